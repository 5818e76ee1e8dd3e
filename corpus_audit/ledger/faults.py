"""What is wrong with a ledger, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong (`grave`) or that a person has to look at."""

    line: int
    where: str
    message: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.where} {'' if self.grave else 'warning: '}{self.message}"
