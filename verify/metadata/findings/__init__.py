"""Findings: leads for a reviewer, one small documented rule per code. A finding is never a verdict."""

from verify.metadata.findings.facts import Facts, by_name
from verify.metadata.findings.registry import RULES, find
from verify.metadata.findings.rule import Rule

__all__ = ["RULES", "Facts", "Rule", "by_name", "find"]
