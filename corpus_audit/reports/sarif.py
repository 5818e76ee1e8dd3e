"""A gate's decision as SARIF 2.1.0 for code scanning: one result for each source and rule.

Only what is not a plain pass is a result, so alerts close when the gate opens. Results, rules and
the size stay within what GitHub takes; what had to be left out is said in the run.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import orjson

from corpus_audit.gate.model import Decision, Level, Place, Verdict
from corpus_audit.gate.story import relative_path
from corpus_audit.gate.words import percent, sentence, source_of, subject_of
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import clipped, printable

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: What GitHub takes: results and rules of a run, and bytes of the compressed file.
RESULTS, BYTES = 25_000, 10_000_000
_LEVELS: dict[Level, str] = {
    "fail": "error", "undecided": "error", "warn": "warning", "waived": "note", "known": "note",
}  # fmt: skip
_TEXT = 2000
_PATH = 400  # characters: what is longer is no path in a repository

Result = dict[str, Any]


def decision_sarif(
    decision: Decision,
    lang: Language = "en",
    *,
    base: str = "",
    limit: int = RESULTS,
    size: int = BYTES,
) -> bytes:
    """The decision as a SARIF log. `base` is the folder that paths are written relative to.
    `limit` and `size` are the most results, and bytes when compressed.

    A source and rule that several limits are about is told once, under the gravest.
    """
    rules: dict[str, dict[str, Any]] = {}
    results: list[Result] = []
    told: set[tuple[str, str]] = set()
    total = 0
    for verdict in decision.of("fail", "undecided", "warn", "waived", "known"):
        for rule, result in _results(verdict, decision, base, lang):
            if (verdict.source, rule) in told:
                continue
            told.add((verdict.source, rule))
            total += 1
            if len(results) < limit and (rule in rules or len(rules) < limit):
                rules.setdefault(rule, _rule(rule, verdict, lang))
                results.append(result)
    place = {rule: index for index, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = place[result["ruleId"]]
    data = _log(decision, list(rules.values()), results, total)
    if len(results) < 2 or len(gzip.compress(data, 6)) <= size:
        return data
    return decision_sarif(decision, lang, base=base, limit=len(results) // 2, size=size)


def _log(
    decision: Decision, rules: list[dict[str, Any]], results: list[Result], total: int
) -> bytes:
    driver = {
        "name": "corpus-audit",
        "version": decision.tool_version,
        "semanticVersion": decision.tool_version,
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"corpus-audit/{decision.policy_digest}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": decision.exit_code,
                "endTimeUtc": decision.made.replace("+00:00", "Z"),
            }
        ],
        "results": results,
        "properties": {
            "outcome": decision.outcome,
            "policyDigest": decision.policy_digest,
            "documents": decision.documents,
            "sources": decision.sources,
            "resultsLeftOut": total - len(results),
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_APPEND_NEWLINE)


def _rule(rule: str, verdict: Verdict, lang: Language) -> dict[str, Any]:
    what = verdict.clause or subject_of(verdict.measure, verdict.value)
    words = printable(what.to(lang))[:_TEXT]
    return {
        "id": rule,
        "shortDescription": {"text": f"{rule}: {words}"},
        "fullDescription": {"text": words},
        "help": {"text": f"corpus-audit policy explain; corpus-audit show AUDIT --rule {rule}"},
        "properties": {"tags": ["training-data", verdict.measure]},
    }


def _results(
    verdict: Verdict, decision: Decision, base: str, lang: Language
) -> Iterator[tuple[str, Result]]:
    """One for each rule of a source; one where no rule is behind it."""
    source = clipped(source_of(verdict, lang))
    said = printable(f"{source}: {sentence(verdict, lang)}")[:_TEXT]
    if verdict.measure in ("risk", "pii") and verdict.causes:
        for cause in verdict.causes:
            places = [place for place in verdict.places if place.rule == cause.name]
            share = cause.documents / verdict.amount.of if verdict.amount else 0.0
            counted = f"{cause.name}: {cause.documents:,} ({percent(share)}). {said}"
            rule = clipped(cause.name)
            yield rule, _result(rule, verdict, counted, places, decision, base)
        return
    rule = f"gate/{clipped(verdict.limit)}"
    yield rule, _result(rule, verdict, said, list(verdict.places), decision, base)


def _result(
    rule: str,
    verdict: Verdict,
    text: str,
    places: list[Place],
    decision: Decision,
    base: str,
) -> Result:
    key = f"{verdict.source}\0{rule}".encode("utf-8", "surrogatepass")
    print_ = hashlib.blake2b(key, digest_size=16).hexdigest()
    locations = [_location(relative_path(place.path, base), place.line) for place in places]
    result: Result = {
        "ruleId": rule,
        "level": _LEVELS[verdict.level],
        "message": {"text": printable(text)[:_TEXT]},
        "locations": locations or [_location(relative_path(decision.policy, base), None)],
        "partialFingerprints": {"corpusAudit/v1": print_, "primaryLocationLineHash": f"{print_}:1"},
        "properties": {"limit": verdict.limit, "gateLevel": verdict.level},
    }
    if decision.baseline:
        result["baselineState"] = "unchanged" if verdict.level == "known" else "new"
    if verdict.pardon:
        reason = f"{verdict.pardon.owner} ({verdict.pardon.expires}): {verdict.pardon.reason}"
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": printable(reason)[:_TEXT]}
        ]
    return result


def _location(path: str, line: int | None) -> dict[str, Any]:
    where: dict[str, Any] = {
        "artifactLocation": {"uri": uri_of(path)},
        "region": {"startLine": line or 1},
    }
    return {"physicalLocation": where}


def uri_of(path: str) -> str:
    """A relative path or URL as a URI reference; members of archives go after a `!/`."""
    clean = clipped(path, _PATH)
    scheme, mark, rest = clean.partition("://")
    if mark and scheme.isalnum():
        return f"{scheme}://{quote(rest, safe='/!')}"
    relative = str(PurePosixPath(clean.replace("\\", "/"))) if clean.strip() else "."
    return quote(relative, safe="/!")
