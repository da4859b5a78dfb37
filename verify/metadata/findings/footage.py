"""Rules about videos: who wrote the container, and how the frames run."""

from __future__ import annotations

import re

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule

ENCODING_TOOLS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bLav[fc]\d|\bFFmpeg", re.IGNORECASE), "FFmpeg, which most tools and platforms use"),
    (re.compile(r"HandBrake", re.IGNORECASE), "HandBrake"),
    (re.compile(r"\bx26[45]\b", re.IGNORECASE), "the x264 or x265 encoder"),
    (re.compile(r"\bGPAC\b|MP4Box", re.IGNORECASE), "GPAC"),
    (
        re.compile(r"ISO Media file produced by Google|\bGoogle\b", re.IGNORECASE),
        "Google, as YouTube delivers it",
    ),
    (re.compile(r"Twitter-vork muxer", re.IGNORECASE), "X (Twitter)"),
    (re.compile(r"mkvmerge|libwebm|libmatroska|libebml", re.IGNORECASE), "a Matroska tool"),
    (re.compile(r"\bVLC\b|VideoLAN", re.IGNORECASE), "VLC"),
    (
        re.compile(r"L-SMASH|Nero|MEncoder|Xvid|DivX|Sorenson|Vegas|Adobe", re.IGNORECASE),
        "a desktop tool",
    ),
)
"""What muxers and encoders of tools and platforms write, to a name for people."""
TOOL_VALUES = (
    "container:encoder",
    "container:encoding_tool",
    "container:writing_application",
    "container:muxing_app",
    "container:software",
    "container:comment",
    "container:handler_name",
    "video:encoder",
    "video:handler_name",
    "audio:encoder",
    "audio:handler_name",
)
CAMERA_NAMES = ("container:make", "container:model", "video:make", "video:model")
GENERIC_BRANDS = ("isom", "iso2", "iso4", "iso5", "iso6", "avc1", "mp41")
"""Major brands of tools' muxers; devices write `qt  `, `mp42`, `MSNV`, `XAVC` or `3gp` ones (mp4ra.org)."""


@rule(
    "notice",
    next_step="Ask for the file as it left the camera; a new encoding hides cuts and quality.",
    kinds=("video",),
)
def reencoded_video(facts: Facts) -> Observation | None:
    """The container was written by a tool or platform rather than by a camera.

    Known from the names that muxers and encoders leave, or from a generic MP4 brand without any device.
    """
    for pattern, tool in ENCODING_TOOLS:
        names = [name for name in TOOL_VALUES if pattern.search(facts.text(name))]
        if names:
            sentence = f"The file was written by {tool}."
            return Observation(sentence=sentence, values=facts.values(*names, *CAMERA_NAMES))
    brand = facts.text("container:major_brand").strip()
    if brand in GENERIC_BRANDS and not facts.has_camera_data:
        sentence = f"The generic MP4 brand `{brand}` without a device is consistent with a tool or platform."
        return Observation(sentence=sentence, values=facts.values("container:major_brand"))
    return None


@rule(
    "info",
    next_step="Step through the frames: gaps can be cuts, and phones record at varying rates.",
    kinds=("video",),
)
def variable_frame_rate(facts: Facts) -> Observation | None:
    """The frames do not follow at even distances."""
    if not facts.number("video:variable_frame_rate"):
        return None
    return Observation(
        sentence="The frames come at varying distances in time.",
        values=facts.values("video:variable_frame_rate", "video:frame_rate"),
    )


@rule(
    "info",
    next_step="Look at each shot on its own: they may come from different places and times.",
    kinds=("video",),
)
def hard_cuts(facts: Facts) -> Observation | None:
    """The video consists of several shots."""
    cuts = int(facts.number("video:cut_count") or max(0, len(facts.shots) - 1))
    if not cuts:
        return None
    times = ", ".join(f"{float(shot.start):.1f} s" for shot in facts.shots[1:6])
    where = f", first at {times}" if times else ""
    sentence = f"The video has {cuts} hard {'cut' if cuts == 1 else 'cuts'}{where}."
    return Observation(sentence=sentence, values={"video:cut_count": cuts})
