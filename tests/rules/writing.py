"""Rules and matches in a few words, for tests of this folder."""

from pathlib import Path

import pyarrow as pa

from corpus_audit.rules.expansion import expand_rule
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Pattern, RuleSpec, Title
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import TRANSFORMS, fold

SLOTS = {"act": ("办理", "代办"), "paper": ("毕业证", "学位证")}
CONTEXTS = {"law": ("依照刑法", "警方"), "contact": ("微信", "qq")}


def rule(id_="r", *, patterns=(), **keys):
    """A rule of high confidence, its slots and contexts filled from the lists above."""
    spec = RuleSpec(
        id=id_, title=Title(en="t", zh="t"), risk="A.1.h", severity="high",
        confidence=keys.pop("confidence", "high"), hits=("x",), misses=("y",),
        patterns=tuple(Pattern(**pattern) for pattern in patterns), **keys,
    )  # fmt: skip
    made, faults = expand_rule(spec, Path("test"), 1, SLOTS, CONTEXTS)
    assert not faults, faults
    return made


def found(rules, *texts, **options):
    """(row, rule, matched text, names of the trace) of each finding."""
    raw = Utf8.of(pa.array(texts, pa.large_string()))
    seen = Matcher(rules, **options).match(raw, fold(raw))
    columns = (seen.row, seen.rule, seen.start, seen.end, seen.trace)
    return [
        (row, rules[r].spec.id, texts[row][a:b], "+".join(names(trace)))
        for row, r, a, b, trace in zip(*(column.tolist() for column in columns), strict=True)
    ]


def names(trace):
    """The transforms of a trace."""
    return [name for i, name in enumerate(TRANSFORMS) if trace >> i & 1]


def pieces(rules, *texts, **options):
    """The matched texts."""
    return [piece for _, _, piece, _ in found(rules, *texts, **options)]
