"""From findings to hit documents: does some window of a document carry enough weight?

A scan judges all findings. Judging again, from those that an audit stores, needs no second scan and
gives no further hit; `corpus_audit.observe` says which ones it may miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.policies import JudgePolicy
from corpus_audit.types import LEVELS, Findings, RuleInfo


class Hits(NamedTuple):
    """Which documents hit which risks: aligned arrays, in order of (row, risk)."""

    row: npt.NDArray[np.int32]
    risk: npt.NDArray[np.int32]  # index into `risks`
    risks: tuple[str, ...]  # sorted


def judge(findings: Findings, rules: Sequence[RuleInfo], policy: JudgePolicy) -> Hits:
    """Judge documents by their densest window.

    A document hits a risk when the findings that begin and end within `policy.window` code points
    of each other carry `policy.threshold` or more; a rule counts once in a window. Personal data
    hits a risk of its own (`A.4.f:personal`), so that a policy may leave it out of a ratio.
    """
    risks = tuple(sorted({rule.hits for rule in rules if rule.hits}))
    index = {risk: i for i, risk in enumerate(risks)}
    risk_of = np.array([index.get(rule.hits, -1) for rule in rules], np.int32)
    weight_of = np.array([policy.weight(level) for level in LEVELS], np.float64)
    if not len(findings) or not len(rules):
        none = np.zeros(0, np.int32)
        return Hits(none, none, risks)
    risk, level = risk_of[findings.rule], findings.level
    if level is None:
        level = np.array([LEVELS.index(rule.confidence) for rule in rules])[findings.rule]
    weight = weight_of[level]
    counted = np.flatnonzero((risk >= 0) & (weight > 0))

    # One finding that is enough by itself decides its document: by far the usual case.
    heavy = counted[weight[counted] >= policy.threshold]
    pairs = {*zip(findings.row[heavy].tolist(), risk[heavy].tolist(), strict=True)}
    light: dict[tuple[int, int], list[int]] = {}
    for i in counted[weight[counted] < policy.threshold].tolist():
        pair = (int(findings.row[i]), int(risk[i]))
        if pair not in pairs:
            light.setdefault(pair, []).append(i)
    pairs |= {pair for pair, members in light.items() if _dense(members, findings, weight, policy)}
    ordered = np.array(sorted(pairs), np.int32).reshape(-1, 2)
    return Hits(ordered[:, 0], ordered[:, 1], risks)


def _dense(
    members: list[int],
    findings: Findings,
    weight: npt.NDArray[np.float64],
    policy: JudgePolicy,
) -> bool:
    """Does some window hold findings of distinct rules that weigh enough together?

    The densest window may be moved right until it begins with a finding, so only these are tried.
    """
    members.sort(key=lambda i: int(findings.start[i]))
    start = findings.start[members].tolist()
    end = findings.end[members].tolist()
    rule = findings.rule[members].tolist()
    for first in range(len(members)):
        limit = max(start[first] + policy.window, end[first])
        inside: dict[int, float] = {}
        for i in range(first, len(members)):
            if start[i] >= limit:
                break
            if end[i] <= limit:
                inside[rule[i]] = max(inside.get(rule[i], 0.0), weight[members[i]])
        if sum(inside.values()) >= policy.threshold - 1e-9:
            return True
    return False
