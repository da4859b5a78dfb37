"""Find out where viral pictures and videos came from, and keep a record that proves it.

>>> exam = verify.examine("samples/media/flower.jpg")       # one file, nothing stored
>>> with verify.open_archive("newsroom") as archive:        # a folder that remembers
...     archive.scan("samples/media/flower.jpg").files      # every media file at or below it
1
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from verify.showing import show_with

if TYPE_CHECKING:
    from verify.archive import Archive, open_archive
    from verify.casework import Marked
    from verify.check import Check
    from verify.errors import ArchiveError, RefusedStatement, UnknownItem, UnreadableMedia, VerifyError
    from verify.examination import examine
    from verify.find_copies import compare
    from verify.labels import printable
    from verify.matching.families import Family
    from verify.matching.wording import RELATIONS, changes, is_weak, moments
    from verify.metadata.findings.places import time_zone
    from verify.notebook.timeline import timeline
    from verify.progress import Failure, Progress
    from verify.records import (
        Examination,
        Finding,
        Fingerprints,
        Match,
        Matches,
        MetadataValue,
        Pdq,
        Problem,
        Segment,
        Shot,
        View,
    )
    from verify.renditions import frames, picture
    from verify.review.case import (
        CONFIDENCES,
        PILLARS,
        VERDICTS,
        CaseState,
        Claim,
        Decision,
        Established,
        Evidence,
        Note,
        Pillar,
    )
    from verify.review.chain import Fault, Head
    from verify.review.events import ReviewEvent
    from verify.store.review_role import (
        OlderCopy,
        QueueCounts,
        QueueFilter,
        QueuePage,
        QueueRow,
        QueueSort,
    )
    from verify.store.role import ItemSummary

__all__ = [
    "CONFIDENCES",
    "PILLARS",
    "RELATIONS",
    "VERDICTS",
    "Archive",
    "ArchiveError",
    "CaseState",
    "Check",
    "Claim",
    "Decision",
    "Established",
    "Evidence",
    "Examination",
    "Failure",
    "Family",
    "Fault",
    "Finding",
    "Fingerprints",
    "Head",
    "ItemSummary",
    "Marked",
    "Match",
    "Matches",
    "MetadataValue",
    "Note",
    "OlderCopy",
    "Pdq",
    "Pillar",
    "Problem",
    "Progress",
    "QueueCounts",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "QueueSort",
    "RefusedStatement",
    "ReviewEvent",
    "Segment",
    "Shot",
    "UnknownItem",
    "UnreadableMedia",
    "VerifyError",
    "View",
    "changes",
    "compare",
    "examine",
    "frames",
    "is_weak",
    "moments",
    "open_archive",
    "picture",
    "printable",
    "time_zone",
    "timeline",
]

_HOMES = {
    "verify.archive": {"Archive", "open_archive"},
    "verify.casework": {"Marked"},
    "verify.check": {"Check"},
    "verify.errors": {"ArchiveError", "RefusedStatement", "UnknownItem", "UnreadableMedia", "VerifyError"},
    "verify.examination": {"examine"},
    "verify.find_copies": {"compare"},
    "verify.labels": {"printable"},
    "verify.matching.families": {"Family"},
    "verify.matching.wording": {"RELATIONS", "changes", "is_weak", "moments"},
    "verify.metadata.findings.places": {"time_zone"},
    "verify.renditions": {"frames", "picture"},
    "verify.review.case": {
        "CONFIDENCES",
        "PILLARS",
        "VERDICTS",
        "CaseState",
        "Claim",
        "Decision",
        "Established",
        "Evidence",
        "Note",
        "Pillar",
    },
    "verify.review.chain": {"Fault", "Head"},
    "verify.review.events": {"ReviewEvent"},
    "verify.notebook.timeline": {"timeline"},
    "verify.progress": {"Failure", "Progress"},
    "verify.store.review_role": {
        "OlderCopy",
        "QueueCounts",
        "QueueFilter",
        "QueuePage",
        "QueueRow",
        "QueueSort",
    },
    "verify.store.role": {"ItemSummary"},
}
"""Where a name lives if not in `verify.records`; looked up at first use, so that importing costs nothing."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'verify' has no attribute {name!r}")
    home = next((module for module, names in _HOMES.items() if name in names), "verify.records")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)


def _html_of(value: object) -> str:
    from verify.notebook import html_of

    return html_of(value)


show_with(_html_of)
