"""From which score on an answer is worth a look, from which it claims a copy, and what fingerprints match.

Apart from `judgement.py`, which needs picture libraries: whoever reads stored matches, a server of pages
above all, needs these numbers alone.
"""

from __future__ import annotations

from typing import Final

ACCEPT_SCORE: Final = 0.9
"""From here on an answer claims a copy."""

WEAK_LEAD_SCORE: Final = 0.3
"""From here on an answer is worth a look; below it nothing is said."""

PDQ_MATCH_BITS: Final = 31
PHASH_MATCH_BITS: Final = 10
"""The field's limits for a match by fingerprint alone."""


def claims_copy(relation: str, score: float) -> bool:
    """Say whether an answer claims a copy: neither a weak lead nor a shared overlay."""
    return score >= ACCEPT_SCORE and relation != "shares-overlay"
