"""How a rule is written: a function whose name is the code and whose docstring explains it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from verify.metadata.findings.facts import Facts
from verify.records import Finding, ItemKind, Scalar, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a rule saw in one item."""

    sentence: str
    """Plain, ends with a full stop."""
    values: dict[str, Scalar]
    """What it rests on, by `source:key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One documented observation."""

    code: str
    severity: Severity
    kinds: tuple[ItemKind, ...]
    """For other kinds it is not applicable."""
    explanation: str
    """What it looks for and what that can mean."""
    next_step: str
    """What to check next; closes every explanation that a reviewer reads."""
    look: Callable[[Facts], Observation | None]

    def find(self, facts: Facts) -> Finding | None:
        """Apply the rule: a finding, or None where there is nothing to see or nothing to look at."""
        observation = self.look(facts) if facts.kind in self.kinds else None
        if observation is None:
            return None
        return Finding(
            code=self.code,
            severity=self.severity,
            explanation=f"{observation.sentence} {self.next_step}",
            values=observation.values,
        )


def rule(
    severity: Severity, *, next_step: str, kinds: tuple[ItemKind, ...] = ("image", "video")
) -> Callable[[Callable[[Facts], Observation | None]], Rule]:
    """Make a rule of a function: its name, in kebab-case, is the code, its docstring the explanation."""

    def make(look: Callable[[Facts], Observation | None]) -> Rule:
        return Rule(
            code=look.__name__.replace("_", "-"),
            severity=severity,
            kinds=kinds,
            explanation=" ".join(inspect.cleandoc(look.__doc__ or "").split()),
            next_step=next_step,
            look=look,
        )

    return make
