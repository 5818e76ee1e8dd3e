"""Reads rule files and refuses what would not do what its author meant."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pydantic import ValidationError

from corpus_audit.errors import RuleError
from corpus_audit.rules.expansion import Lists, expand_rule
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule, RuleFile, RuleSpec
from corpus_audit.rules.patterns import fault as pattern_fault
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_texts

_HEADER = re.compile(r"""\s*\[\[\s*["']?rule["']?\s*\]\]""")
_TERM_BYTES = 500  # hyperscan refuses literals from some 16,000 bytes on; no term is that long


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Loaded rules, in order of their files and places, what finds them, and their digest."""

    rules: tuple[Rule, ...]
    digest: str
    matcher: Matcher


def load_rules(paths: Sequence[str | Path] = (), *, check: bool = True) -> RuleSet:
    """Load rule files or folders of them; without paths, the shipped ones.

    All faults of all files are reported at once. With `check`, each rule is tried on its own
    examples: it must find every one of `hits` and none of `misses`.
    """
    files = _rule_files([Path(path) for path in paths] or [rules_dir() / "keywords"])
    rules: list[Rule] = []
    faults: list[str] = []
    shared = load_contexts(rules_dir() / "contexts.toml")
    for file in files:
        _read_file(file, shared, rules, faults)
    seen: dict[str, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.spec.id, rule)
        if first is not rule:
            faults.append(f"{rule.where}: the id is taken by {first.file}:{first.line}")
    if faults:
        raise RuleError("\n".join(faults))
    loaded = RuleSet(tuple(rules), _digest(rules), Matcher(rules))
    if check and (failed := _failed_examples(loaded)):
        raise RuleError("\n".join(failed))
    return loaded


def _rule_files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.toml"))
            if not inside:
                raise RuleError(f"{path}: no *.toml rule file there. Check --rules.")
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            raise RuleError(f"{path}: no such rule file or folder. Check --rules.")
    return files


def _read_file(file: Path, shared: Lists, rules: list[Rule], faults: list[str]) -> None:
    content = load_toml(file)
    tables = content.pop("rule", [])
    try:
        lists = RuleFile.model_validate(content)
    except ValidationError as error:
        faults += [f"{file}:1: {fault}" for fault in _said(error)]
        return
    if not isinstance(tables, list) or not tables:
        faults.append(f"{file}:1: no [[rule]] in it: it would have no effect. Add one or remove it")
        return
    contexts = {**shared, **lists.contexts}
    for line, table in zip(_header_lines(file, len(tables)), tables, strict=True):
        if not isinstance(table, dict):
            faults.append(f"{file}:{line}: an entry of `rule` is no table. Write [[rule]]")
            continue
        where = f'{file}:{line}: rule "{table.get("id", "?")}"'
        try:
            spec = RuleSpec.model_validate(table)
        except ValidationError as error:
            faults += [f"{where}: {fault}" for fault in _said(error)]
            continue
        rule, wrong = expand_rule(spec, file, line, lists.slots, contexts)
        wrong += _term_faults(rule.terms) if rule.terms else []
        if not wrong and not rule.terms and not spec.patterns:
            wrong.append(
                "no terms: the rule would have no effect. Give `terms`, `lexicon`, `all` or "
                "`patterns`"
            )
        wrong += [w for p in spec.patterns if (w := pattern_fault(p.regex, p.validator))]
        faults += [f"{where}: {fault}" for fault in wrong]
        rules.append(rule)


def _said(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]


def load_contexts(file: Path) -> Lists:
    """Shared lists by name: `contexts.toml`."""
    if not file.is_file():
        return {}
    try:
        return RuleFile.model_validate(load_toml(file)).contexts
    except ValidationError as error:
        raise RuleError("\n".join(f"{file}: {fault}" for fault in _said(error))) from None


def _header_lines(file: Path, tables: int) -> list[int]:
    """The line of each `[[rule]]`; line 1 for all where they are written in another way."""
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    headers = [n for n, line in enumerate(lines, 1) if _HEADER.match(line)]
    return headers if len(headers) == tables else [1] * tables


def _term_faults(terms: Sequence[str]) -> list[str]:
    faults = []
    for term, literal in zip(terms, fold_texts(terms), strict=True):
        folded = literal.decode()
        if not folded.strip():
            faults.append(f"term {term!r} is empty after folding: it would never match")
        elif len(folded) == 1:
            faults.append(f"term {term!r} is one character: it would match everywhere")
        elif re.search(r"[\x00\n]", folded):
            faults.append(f"term {term!r} holds a line break: it would never match")
        elif len(literal) > _TERM_BYTES:
            faults.append(
                f"term {term[:20]!r}... has {len(literal):,} bytes after folding: the matcher "
                f"takes {_TERM_BYTES} at most. Shorten it"
            )
    return faults


def _failed_examples(loaded: RuleSet) -> list[str]:
    """Try every rule on its own examples, all in one scan."""
    rules = loaded.rules
    cases = [
        (index, wanted, text)
        for index, rule in enumerate(rules)
        for wanted, texts in ((True, rule.spec.hits), (False, rule.spec.misses))
        for text in texts
    ]
    text = Utf8.of(pa.array([case[2] for case in cases], pa.large_string()))
    found = loaded.matcher.match(text, fold(text))
    hit = set(zip(found.row.tolist(), found.rule.tolist(), strict=True))
    faults = []
    for row, (index, wanted, example) in enumerate(cases):
        if ((row, index) in hit) != wanted:
            said = "does not match its own hit" if wanted else "matches its own miss"
            faults.append(f"{rules[index].where}: {said} {example!r}")
    return faults


def _digest(rules: Sequence[Rule]) -> str:
    state = hashlib.blake2b(digest_size=16)
    for rule in rules:
        state.update(rule.spec.model_dump_json(exclude={"lexicon"}).encode())
        state.update("\n".join(rule.terms).encode() + b"\0")
        for condition in rule.conditions:
            state.update("\n".join(condition.literals).encode() + b"\0")
    return state.hexdigest()
