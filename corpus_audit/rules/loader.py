"""Reads rule files and refuses what would not do what its author meant."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from pydantic import ValidationError

from corpus_audit.errors import RuleError
from corpus_audit.rules.demotions import SUFFIX, beside, demote
from corpus_audit.rules.expansion import Lists, expand_rule, written_out
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule, RuleFile, RuleSpec
from corpus_audit.rules.patterns import fault as pattern_fault
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_texts

_HEADER = re.compile(r"""\s*\[\[\s*["']?rule["']?\s*\]\]""")
_BREAK = re.compile(rb"[\x00\n]")
_WIDEST = 4  # bytes of one character
_TERM_BYTES = 500  # no term is that long, and conditions read as far around a match as one is


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Loaded rules, in order of their files and places, what finds them, and their digest."""

    rules: tuple[Rule, ...]
    digest: str
    matcher: Matcher


def load_rules(
    paths: Sequence[str | Path] = (), *, check: bool | None = None, search_demoted: bool = True
) -> RuleSet:
    """Load rule files or folders of them; without paths, the shipped ones.

    With `check`, each rule is tried on its own examples: it must find every one of `hits` and none
    of `misses`; by default all rules but the shipped ones are, which the project's tests try.
    `search_demoted`: terms that weigh low are looked for, too.
    """
    rules = read_rules(paths)
    matcher = Matcher(rules, search_demoted=search_demoted)
    loaded = RuleSet(tuple(rules), _digest(rules, search_demoted), matcher)
    tried = bool(paths) if check is None else check
    if tried and (failed := failed_examples(loaded, search_demoted)):
        raise RuleError("\n".join(f"{rule.where}: {fault}" for rule, fault in failed))
    return loaded


def read_rules(paths: Sequence[str | Path] = (), *, demotions: bool = True) -> list[Rule]:
    """Read rules without compiling them: fast, and enough to count, show and compare.

    A path may also be a file of demotions; those beside a rule file are found. Without rule files
    among the paths the shipped ones are read. Raises RuleError with all faults of all files.
    """
    given = [Path(path) for path in paths]
    shipped = [] if any(_is_rules(path) for path in given) else [rules_dir() / "keywords"]
    files = _rule_files([*shipped, *(path for path in given if _is_rules(path))])
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
    if demotions and not faults:
        rules, faults = demote(rules, _demotion_files([*shipped, *given]))
    if faults:
        raise RuleError("\n".join(faults))
    return rules


def _is_rules(path: Path) -> bool:
    return not path.name.endswith(SUFFIX)


def _demotion_files(paths: Iterable[Path]) -> list[Path]:
    """Those in folders, beside rule files, and given as such, each once."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(sorted(path.glob(f"*{SUFFIX}")))
        elif not _is_rules(path):
            files[path] = None
        elif beside(path).is_file():
            files[beside(path)] = None
    for path in files:
        if not path.is_file():
            raise RuleError(f"{path}: no such file of demotions. Check --rules.")
    return list(files)


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
    try:
        contexts = written_out(lists.contexts, shared)
    except RuleError as error:
        faults.append(f"{file}:1: {error}")
        return
    read: list[tuple[Rule, list[str]]] = []
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
        if not wrong and not rule.terms and not spec.patterns:
            wrong.append(
                "no terms: the rule would have no effect. Give `terms`, `lexicon`, `all` or "
                "`patterns`"
            )
        wrong += [w for p in spec.patterns if (w := pattern_fault(p.regex, p.validator))]
        read.append((replace(rule, updated=lists.updated), wrong))
    literals = iter(fold_texts([term for rule, _ in read for term in rule.terms]))
    for rule, wrong in read:
        wrong += _term_faults(rule.terms, [next(literals) for _ in rule.terms])
        faults += [f"{rule.where}: {fault}" for fault in wrong]
        rules.append(rule)


def _said(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]


def load_contexts(file: Path) -> Lists:
    """Shared lists by name: `contexts.toml`."""
    if not file.is_file():
        return {}
    try:
        return written_out(RuleFile.model_validate(load_toml(file)).contexts, {})
    except ValidationError as error:
        raise RuleError("\n".join(f"{file}: {fault}" for fault in _said(error))) from None
    except RuleError as error:
        raise RuleError(f"{file}: {error}") from None


def _header_lines(file: Path, tables: int) -> list[int]:
    """The line of each `[[rule]]`; line 1 for all where they are written in another way."""
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    headers = [n for n, line in enumerate(lines, 1) if _HEADER.match(line)]
    return headers if len(headers) == tables else [1] * tables


def _term_faults(terms: Sequence[str], literals: Sequence[bytes]) -> Iterator[str]:
    for term, literal in zip(terms, literals, strict=True):
        if _WIDEST < len(literal) <= _TERM_BYTES and not _BREAK.search(literal):  # nearly all
            continue
        if why := unusable(literal):
            shown = (
                f"{term[:20]!r}..." if len(term) > 20 and len(literal) > _TERM_BYTES else repr(term)
            )
            yield f"term {shown} {why}"


def unusable(literal: bytes) -> str | None:
    """Why a folded text can be no term, or None."""
    folded = literal.decode()
    if not folded.strip():
        return "is empty after folding: it would never match"
    if len(folded) == 1:
        return "is one character: it would match everywhere"
    if _BREAK.search(literal):
        return "holds a line break: it would never match"
    if len(literal) > _TERM_BYTES:
        return (
            f"has {len(literal):,} bytes after folding: the matcher takes {_TERM_BYTES} at most. "
            "Shorten it"
        )
    return None


def failed_examples(loaded: RuleSet, search_demoted: bool = True) -> list[tuple[Rule, str]]:
    """Try every rule on its own examples, all in one scan.

    Where demoted terms are not searched, a hit of a rule that has some may fail.
    """
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
        excused = wanted and not search_demoted and bool(rules[index].demoted)
        if ((row, index) in hit) != wanted and not excused:
            said = "does not match its own hit" if wanted else "matches its own miss"
            faults.append((rules[index], f"{said} {example!r}"))
    return faults


def _digest(rules: Sequence[Rule], search_demoted: bool) -> str:
    state = hashlib.blake2b(digest_size=16)
    if any(rule.demoted for rule in rules):
        state.update(b"all" if search_demoted else b"kept")
    for rule in rules:
        state.update(rule.spec.model_dump_json(exclude={"lexicon"}).encode())
        state.update("\n".join(rule.terms).encode() + b"\0")
        state.update(b"\n".join(sorted(rule.demoted)) + b"\0")
        for condition in rule.conditions:
            state.update("\n".join(condition.literals).encode() + b"\0")
    return state.hexdigest()
