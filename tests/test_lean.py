"""What a scan starts without, and with whom it does not."""

import subprocess
import sys
import textwrap

import pytest

LEFT_OUT = ("pandas", "scipy.linalg")


def loaded(code: str) -> set[str]:
    """The modules of interest in a process of its own that ran some code."""
    show = f"import sys; print(*[name for name in {LEFT_OUT} if name in sys.modules])"
    whole = textwrap.dedent(code) + "\n" + show
    ran = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


KERNEL = """
    import pyarrow as pa
    from corpus_audit.engines.lean import start_lean
    from corpus_audit.text.fold import fold_text
    start_lean({names})
    pa.array(["a"]), fold_text("a")
"""


@pytest.mark.parametrize(
    ("names", "found"),
    [(["keywords", "pii", "no-such"], set(LEFT_OUT)), (["keywords", "pii"], set())],
)
def test_nothing_is_left_out_for_detectors_of_others(names, found):
    assert loaded(KERNEL.format(names=names)) == found


def test_what_was_left_out_can_be_imported_afterwards():
    code = KERNEL.format(names=["keywords"]) + "    import pandas, scipy.special\n"
    assert "pandas" in loaded(code)


def test_a_default_scan_imports_neither(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "hello"}\n' * 3)
    code = f"""
        import sys
        from corpus_audit.cli.app import main
        sys.argv = ["corpus-audit", "scan", {str(tmp_path)!r}, "-o", {str(tmp_path / "out")!r}]
        try:
            main()
        except SystemExit as stop:
            assert stop.code == 0, stop
    """
    assert loaded(code) == set()
