"""All rules, in the order in which a reviewer reads their findings."""

from __future__ import annotations

from verify.metadata.findings import credentials, footage, origin, picture, places, times
from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Rule
from verify.records import Finding

SEVERITIES = ("warning", "notice", "info")

RULES: dict[str, Rule] = {
    found.code: found
    for part in (times, places, picture, credentials, origin, footage)
    for found in vars(part).values()
    if isinstance(found, Rule)
}
"""Every rule by its code."""


def find(facts: Facts) -> tuple[Finding, ...]:
    """Apply every rule; findings come most severe first, then in the order of the rules."""
    findings = [found for rule in RULES.values() if (found := rule.find(facts)) is not None]
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def reference() -> str:
    """Write the rules as a table in Markdown, for docs/findings.md."""
    rows = [
        f"| `{rule.code}` | {rule.severity} | {', '.join(rule.kinds)} | {rule.explanation} {rule.next_step} |"
        for rule in sorted(RULES.values(), key=lambda rule: rule.code)
    ]
    return "\n".join(
        [
            "| code | severity | of | what it says, and what to check next |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
    )
