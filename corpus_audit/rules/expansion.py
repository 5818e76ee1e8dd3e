"""From what a rule says to plain lists of terms: lexicons read, slots filled, contexts named."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from corpus_audit.errors import RuleError
from corpus_audit.rules.model import Condition, Rule, RuleSpec

Lists = Mapping[str, Sequence[str]]

_SLOT = re.compile(r"\{([^{}]*)\}")
ESCAPE = "\\"  # before a term of a lexicon that is taken as it stands: \@55, \#1, \{a}
_MOST = 20_000  # terms that one term may become


def expand_rule(
    spec: RuleSpec, file: Path, line: int, slots: Lists, contexts: Lists
) -> tuple[Rule, list[str]]:
    """A rule as the matcher takes it, and what is wrong with its terms.

    The anchors are the terms, or the first list of `all` where there are none; every other list
    becomes a condition on what stands around a match.
    """
    faults: list[str] = []

    def plain(terms: Sequence[str]) -> tuple[str, ...]:
        try:
            named: list[str] = []
            for term in terms:
                named += _named(term, contexts)
            if "{" not in "".join(named):  # nearly always
                return tuple(dict.fromkeys(named))
            return tuple(dict.fromkeys(t for term in named for t in fill(term, slots)))
        except RuleError as error:
            faults.append(str(error))
            return ()

    written, literal = [*spec.terms, *spec.weak], []
    if spec.lexicon:
        lexicon = file.parent / spec.lexicon
        if lexicon.is_file():
            lines = read_lexicon(lexicon)
            written += [line for line in lines if not line.startswith(ESCAPE)]
            literal = [line[1:] for line in lines if line.startswith(ESCAPE)]
        else:
            faults.append(f"lexicon {lexicon} does not exist")
    lists = list(spec.all)
    if lists and not written and not literal and not spec.patterns:
        written = list(lists.pop(0))
        if not lists:
            faults.append("`all` has one list: it would be `terms`. Add what must stand with it")
    conditions = [Condition(plain(terms), spec.within) for terms in lists]
    if spec.near:
        conditions.append(Condition(plain(spec.near), spec.near_within))
    for words, within in (
        (spec.unless, spec.unless_within),
        (spec.unless_far, spec.unless_far_within),
    ):
        if words:
            conditions.append(Condition(plain(words), within, wanted=False))
    terms = tuple(dict.fromkeys((*plain(written), *literal)))
    asked = plain(spec.weak)
    firm = set(terms).difference(asked) if asked else ()
    # of matches inside each other the longest counts, so one that holds a firm term is firm
    weak = frozenset(term for term in asked if not any(inner in term for inner in firm))
    distinct = tuple(dict.fromkeys((*written, *literal)))
    base = len(distinct) + len(spec.patterns)
    rule = Rule(spec, terms, file, line, tuple(conditions), base, distinct, weak=weak)
    return rule, faults


def fill(term: str, slots: Lists) -> Iterator[str]:
    """Every way to fill the slots of a term. Raises RuleError for an unknown slot."""
    names = _SLOT.findall(term)
    if not names:
        return iter((term,))
    for name in names:
        if name not in slots:
            known = ", ".join(sorted(slots)) or "none"
            raise RuleError(f"term {term!r}: no slot {{{name}}} in this file; known: {known}")
    count = 1
    for name in names:
        count *= len(slots[name])
    if count > _MOST:
        raise RuleError(
            f"term {term!r} would become {count:,} terms; {_MOST:,} are allowed. Use `all`"
        )
    pieces = _SLOT.split(term)[::2]
    return (
        "".join(itertools.chain(*zip(pieces, [*values, ""], strict=True)))
        for values in itertools.product(*(slots[name] for name in names))
    )


def written_out(lists: Lists, shared: Lists) -> dict[str, Sequence[str]]:
    """Lists by name, with those that they name in place of their names: `shared` and `lists`.

    `shared` is written out already. Raises RuleError for an unknown list and one that names itself.
    """
    made = dict(shared)

    def write(name: str, within: tuple[str, ...]) -> Sequence[str]:
        if name in within:
            raise RuleError(f"list @{name} names itself: @{' > @'.join((*within, name))}")
        entries: dict[str, None] = {}
        for entry in lists[name]:
            if entry[1:] in lists and entry.startswith("@"):
                entries |= dict.fromkeys(write(entry[1:], (*within, name)))
            else:
                entries |= dict.fromkeys(_named(entry, shared))
        return tuple(entries)

    for name in lists:
        made[name] = write(name, ())
    return made


def _named(term: str, contexts: Lists) -> Sequence[str]:
    """The list that `@name` stands for; a bare @ and any other term is itself."""
    if len(term) == 1 or not term.startswith("@"):
        return (term,)
    if term[1:] not in contexts:
        known = ", ".join(f"@{name}" for name in sorted(contexts)) or "none"
        raise RuleError(f"no list {term} in contexts.toml or in this file; known: {known}")
    return contexts[term[1:]]


def read_lexicon(file: Path) -> list[str]:
    """Terms of a lexicon: one a line; blank lines and lines that start with `#` are not terms."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise RuleError(f"{file}: not UTF-8 ({error.reason}). Save the list as UTF-8.") from None
    return [term for line in lines if (term := line.strip()) and not term.startswith("#")]
