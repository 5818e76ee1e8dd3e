"""A list of terms from elsewhere becomes a rule file with lexicons that `scan --rules` takes."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus_audit.errors import RuleError, UsageError
from corpus_audit.rules.demotions import beside, read_demotions, to_csv
from corpus_audit.rules.expansion import ESCAPE
from corpus_audit.rules.lists import WordList
from corpus_audit.rules.loader import read_rules, unusable
from corpus_audit.rules.location import load_toml
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Provenance, RiskId, Rule, RuleFile, RuleSpec, Title
from corpus_audit.rules.standards import load_risks
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_texts
from corpus_audit.types import LEVELS, Level

_SHORT = 3  # characters: a term this short is ambiguous and weighs one level less
_TRIED = 50  # terms of a rule that are tried as its example
_MISSES = ("今天天气很好。", "The weather is fine today.", "一二三", "…")


class _Mapping(BaseModel):
    """`--mapping`: which risk, or risks, a category of a list belongs to; false leaves it out."""

    model_config = ConfigDict(extra="forbid")

    categories: dict[str, RiskId | Annotated[tuple[RiskId, ...], Field(min_length=1)] | bool]


@dataclass(slots=True)
class Imported:
    """What an import came to."""

    terms: dict[str, dict[bytes, str]] = field(default_factory=dict)  # risk -> folded -> written
    sources: list[Provenance] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)  # (file, term, reason)
    added: int = 0
    removed: int = 0
    stale: int = 0  # demotions of terms that are gone


def load_mapping(file: Path) -> dict[str, tuple[str, ...]]:
    """Risks by category; none for a category that is left out on purpose."""
    try:
        read = _Mapping.model_validate(load_toml(file)).categories
    except ValidationError as error:
        raise RuleError(
            "\n".join(
                f"{file}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors()
            )
        ) from None
    known = {risk.id for risk in load_risks().risks}
    mapping: dict[str, tuple[str, ...]] = {}
    for category, to in read.items():
        if to is True:
            raise RuleError(f'{file}: "{category}" = true says no risk. Name one, or write false.')
        mapping[category] = () if to is False else (to,) if isinstance(to, str) else to
        for risk in set(mapping[category]) - known:
            raise RuleError(f'{file}: "{category}": no risk {risk}. See rules/risks.toml.')
    return mapping


def gather(
    lists: Sequence[WordList],
    *,
    risk: str | None = None,
    mapping: Mapping[str, tuple[str, ...]] | None = None,
    licence: str | None = None,
    today: date | None = None,
) -> Imported:
    """Sort the terms of lists by risk, each once after folding.

    `risk` takes what has no category, and without a mapping everything. Raises UsageError that
    lists the categories which the mapping does not know, for nothing is dropped silently.
    """
    if risk is not None and risk not in {one.id for one in load_risks().risks}:
        raise UsageError(f"--risk {risk}: no such risk. `corpus-audit rules coverage` names some.")
    _check_categories(lists, risk, mapping)
    imported = Imported()
    for words in lists:
        taken = duplicates = out = 0
        written = [" ".join(entry.term.split()) for entry in words.entries]
        folded = fold_texts(written)
        for entry, term, literal in zip(words.entries, written, folded, strict=True):
            risks, reason = _risks(entry.categories, risk, mapping)
            reason = reason or unusable(literal)
            if reason:
                imported.left_out.append((words.file, term, reason))
                out += 1
                continue
            fresh = [r for r in risks if literal not in imported.terms.get(r, {})]
            taken += bool(fresh)
            duplicates += not fresh
            for r in fresh:
                imported.terms.setdefault(r, {})[literal] = term
        imported.sources.append(
            Provenance(
                file=words.file, sha256=words.sha256, format=words.format,
                imported=today or date.today(), licence=licence, read=len(words.entries),
                taken=taken, duplicates=duplicates, left_out=out,
            )
        )  # fmt: skip
    if not imported.terms:
        raise UsageError("no term is left to import; see the reasons of `--left-out FILE`.")
    return imported


def _check_categories(
    lists: Sequence[WordList], risk: str | None, mapping: Mapping[str, tuple[str, ...]] | None
) -> None:
    if mapping is None:
        if risk is None:
            raise UsageError("which risk do the terms speak of? Pass --risk A.1.f or --mapping.")
        return
    unknown: Counter[str] = Counter()
    without = 0
    for entry in (entry for words in lists for entry in words.entries):
        unknown.update(set(entry.categories) - set(mapping))
        without += not entry.categories and risk is None
    if unknown:
        told = "\n".join(
            f"{json.dumps(name, ensure_ascii=False)} = false  # {count:,} terms"
            for name, count in unknown.most_common()
        )
        raise UsageError(
            "the mapping does not know these categories, so it is unclear where their terms "
            f"belong. Add them under [categories] with a risk, or with false:\n{told}"
        )
    if without:
        raise UsageError(
            f"{without:,} terms have no category, so the mapping says nothing of them. Pass --risk "
            "for these, or --category-column for where the category stands."
        )


def _risks(
    categories: Sequence[str], risk: str | None, mapping: Mapping[str, tuple[str, ...]] | None
) -> tuple[tuple[str, ...], str | None]:
    if mapping is None or not categories:
        return ((risk,) if risk else ()), None
    found = tuple(dict.fromkeys(r for name in categories for r in mapping[name]))
    return found, None if found else f"category {', '.join(categories)}: left out by the mapping"


def write_library(
    imported: Imported, output: Path, confidence: Level = "medium", severity: Level = "medium"
) -> list[Path]:
    """Write NAME.toml, and a lexicon a rule. Files of an earlier import are written anew.

    Terms of up to three characters weigh one level less than `confidence`. Raises UsageError where
    a file is there that no import wrote.
    """
    if output.suffix != ".toml":
        raise UsageError(f"{output}: a rule file ends in .toml, or scans would not find it.")
    before = _terms_before(output)
    rules = list(_rules(imported, output, confidence, severity))
    files = {
        rule.file.with_name(rule.spec.lexicon or ""): "".join(map(_line, rule.terms))
        for rule in rules
    }
    files[output] = _toml(imported, rules)
    now = {rule.spec.id: set(fold_texts(rule.terms)) for rule in rules}
    imported.added = sum(len(terms - before.get(id, set())) for id, terms in now.items())
    imported.removed = sum(len(terms - now.get(id, set())) for id, terms in before.items())
    if beside(output).is_file():
        rows = [row for _, row in read_demotions(beside(output))]
        kept = [row for row in rows if row.term.encode() in now.get(row.rule, ())]
        imported.stale = len(rows) - len(kept)
        files[beside(output)] = to_csv(kept)
    output.parent.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        write_text(path, text)
    return list(files)


def _terms_before(output: Path) -> dict[str, set[bytes]]:
    """The folded terms of an earlier import, by rule."""
    if not output.exists():
        return {}
    try:
        content = load_toml(output)
        content.pop("rule", None)
        imported = bool(RuleFile.model_validate(content).provenance)
    except ValidationError:
        imported = False
    if not imported:
        raise UsageError(
            f"{output} is there and was not written by an import: it would be lost. Choose another "
            "name, or remove it."
        )
    return {rule.spec.id: set(fold_texts(rule.terms)) for rule in read_rules([output])}


def _rules(imported: Imported, output: Path, confidence: Level, severity: Level) -> Iterator[Rule]:
    """A rule for the terms of each risk, and one for the short ones among them."""
    name = re.sub(r"[^a-z0-9]+", "-", output.stem.lower()).strip("-") or "library"
    risks = {risk.id: risk for risk in load_risks().risks}
    lower = LEVELS[min(LEVELS.index(confidence) + 1, len(LEVELS) - 1)]
    made: list[Rule] = []
    for risk, terms in sorted(imported.terms.items()):
        short = [term for literal, term in terms.items() if len(literal.decode()) <= _SHORT]
        rest = [term for literal, term in terms.items() if len(literal.decode()) > _SHORT]
        parts: tuple[tuple[str, str, str, list[str], Level], ...] = (
            ("", "", "", rest, confidence),
            (".short", ", short terms", "，短词", short, lower),
        )
        for kind, en, zh, words, level in parts:
            if not words:
                continue
            id = f"{name}.{risk.replace('.', '').lower()}{kind}"
            spec = RuleSpec(
                id=id, risk=risk, severity=severity, confidence=level, lexicon=f"{id}.txt",
                title=Title(
                    en=f"Own library {name}: {risks[risk].short.en}{en}",
                    zh=f"自有词库 {name}：{risks[risk].short.zh}{zh}",
                ),
                hits=("?",), misses=("?",),
            )  # fmt: skip
            made.append(Rule(spec, tuple(words), output, 1))
    return _with_examples(made)


def _with_examples(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Give each rule a hit, the first of its terms that is found, and a miss."""
    texts = [*_MISSES, *dict.fromkeys(term for rule in rules for term in rule.terms[:_TRIED])]
    raw = Utf8.of(pa.array(texts, pa.large_string()))
    found = Matcher(rules, undo=False).match(raw, fold(raw))
    hit = set(zip(found.row.tolist(), found.rule.tolist(), strict=True))
    for index, rule in enumerate(rules):
        hits = [text for row, text in enumerate(texts) if (row, index) in hit]
        misses = [text for row, text in enumerate(_MISSES) if (row, index) not in hit]
        hits = [text for text in hits if text in rule.terms]
        if not hits or not misses:
            raise UsageError(
                f"the terms for {rule.spec.risk} match {'everything' if hits else 'nothing'} that "
                f"was tried, {rule.terms[0]!r} first. Is the list of terms in plain text?"
            )
        spec = rule.spec.model_copy(update={"hits": (hits[0],), "misses": (misses[0],)})
        yield replace(rule, spec=spec)


def _line(term: str) -> str:
    """A line of a lexicon; what would be read as a comment, a context or a slot is escaped."""
    special = term.startswith(("#", "@", ESCAPE)) or "{" in term
    return f"{ESCAPE if special else ''}{term}\n"


def _toml(imported: Imported, rules: Sequence[Rule]) -> str:
    """The rule file."""
    lines = [
        "# Written by `corpus-audit rules import`: import again rather than edit. What is known to",
        f"# hit ordinary text stands in {beside(rules[0].file).name}, which `corpus-audit rules",
        "# calibrate` writes.",
        "",
        f"updated = {max(source.imported for source in imported.sources)}",
    ]
    for source in imported.sources:
        lines += ["", "[[provenance]]"]
        lines += [
            f"{key} = {value if isinstance(value, date | int) else _quoted(value)}"
            for key, value in source.model_dump(exclude_none=True).items()
        ]
    for rule in rules:
        spec = rule.spec
        lines += [
            "",
            "[[rule]]",
            f"id = {_quoted(spec.id)}",
            f"title = {{ en = {_quoted(spec.title.en)}, zh = {_quoted(spec.title.zh)} }}",
            *(
                f"{key} = {_quoted(getattr(spec, key))}"
                for key in ("risk", "severity", "confidence", "lexicon")
            ),
            f"hits = [{_quoted(spec.hits[0])}]",
            f"misses = [{_quoted(spec.misses[0])}]",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from None
