"""`corpus-audit verify`: is an audit as it was written?"""

from __future__ import annotations

from typing import Annotated

import typer


def verify(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    head: Annotated[
        str | None, typer.Option(help="Last digest of the log, as it was written down.")
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Print who did what.")] = False,
) -> None:
    """Check the log of an audit and the digest of every file. Ends 2 where one was changed."""
    from corpus_audit.audit.log import entries
    from corpus_audit.audit.log import verify as check
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.cli.tables import render_table
    from corpus_audit.errors import AuditError
    from corpus_audit.pii.masking import CONTROL

    store = AuditStore(audit)
    store.read_manifest()
    if log:
        rows = [
            [str(each.get(name, "?")) for name in ("n", "time", "action", "by", "digest")]
            for each in entries(store)
        ]
        print(render_table(["line", "time", "action", "by", "digest"], rows, ">"))
    faults, found, compared = check(store, head)
    for fault in faults:
        print(CONTROL.sub(" ", fault))
    if faults:
        print(f"{len(faults)} fault{'s' * (len(faults) != 1)}: {audit} is not as it was written.")
        raise typer.Exit(AuditError.exit_code)
    print(f"{compared:,} files are as they were written. The log ends with {found}")
