"""A gate's decision as JUnit XML: a suite for each limit, a case for each source.

What cannot be decided is an error, what is waived or known from the baseline is skipped, a warning
passes with its words in `system-out`: JUnit has no word for it.
"""

from __future__ import annotations

from xml.etree import ElementTree

from corpus_audit.gate.model import Decision, Level, Verdict
from corpus_audit.gate.story import causes, place_words
from corpus_audit.gate.words import LEVEL_WORDS, sentence, source_of
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import clipped, printable

PASSES = 5000  # cases of passes that are written; more are only counted
_TAGS: dict[Level, str] = {
    "fail": "failure", "undecided": "error", "waived": "skipped", "known": "skipped",
}  # fmt: skip
_TEXT = 4000


def decision_junit(decision: Decision, lang: Language = "en") -> bytes:
    """The decision as an XML document."""
    root = ElementTree.Element("testsuites", {"name": "corpus-audit gate"})
    by_limit: dict[str, list[Verdict]] = {}
    left = PASSES
    hidden: dict[str, int] = {}
    for verdict in decision.verdicts:  # gravest first, so that passes are what is left out
        if verdict.level == "pass":
            left -= 1
            if left < 0:
                hidden[verdict.limit] = hidden.get(verdict.limit, 0) + 1
                continue
        by_limit.setdefault(verdict.limit, []).append(verdict)
    for limit, verdicts in by_limit.items():
        suite = ElementTree.SubElement(root, "testsuite", _numbers(limit, verdicts, decision))
        for verdict in verdicts:
            _add_case(suite, verdict, lang)
        if limit in hidden:
            note = ElementTree.SubElement(suite, "system-out")
            note.text = f"{hidden[limit]:,} more sources keep this limit"
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _numbers(limit: str, verdicts: list[Verdict], decision: Decision) -> dict[str, str]:
    tags = [_TAGS.get(verdict.level) for verdict in verdicts]
    return {
        "name": limit,
        "tests": str(len(verdicts)),
        "failures": str(tags.count("failure")),
        "errors": str(tags.count("error")),
        "skipped": str(tags.count("skipped")),
        "timestamp": decision.made.removesuffix("+00:00"),
    }


def _add_case(suite: ElementTree.Element, verdict: Verdict, lang: Language) -> None:
    name = clipped(source_of(verdict, lang))
    attributes = {"classname": f"corpus-audit.{verdict.limit}", "name": name, "time": "0"}
    case = ElementTree.SubElement(suite, "testcase", attributes)
    words = printable(sentence(verdict, lang))[:_TEXT]
    tag = _TAGS.get(verdict.level)
    if tag is None:
        if verdict.level == "warn":
            out = ElementTree.SubElement(case, "system-out")
            out.text = f"{LEVEL_WORDS['warn'].to(lang)}: {words}"
        return
    element = ElementTree.SubElement(case, tag, {"message": words})
    if tag != "skipped":
        element.set("type", verdict.level)
        more = [causes(verdict, lang), *(place_words(p, lang) for p in verdict.places[:5])]
        lines = [words, *more, verdict.command]
        element.text = "\n".join(printable(line)[:_TEXT] for line in lines if line)
