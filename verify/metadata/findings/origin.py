"""Rules about where a file comes from: camera, platform or editing software."""

from __future__ import annotations

import re
from collections.abc import Collection

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule
from verify.records import Scalar

EDITORS: tuple[str, ...] = (
    "Photoshop", "Lightroom", "Adobe Premiere", "After Effects", "Adobe Media Encoder", "Adobe Express",
    "Illustrator", "GIMP", "Affinity", "Pixelmator", "Paint.NET", "Paint Shop", "PaintShop", "Corel",
    "Krita", "Inkscape", "Photopea", "Snapseed", "Picasa", "PicsArt", "Canva", "VSCO", "Facetune",
    "FaceApp", "Meitu", "BeautyPlus", "Remini", "PhotoScape", "Fotor", "BeFunky", "Pixlr", "Polarr",
    "Luminar", "Topaz", "Capture One", "DxO", "darktable", "RawTherapee", "ACDSee", "IrfanView", "XnView",
    "FastStone", "ImageMagick", "GraphicsMagick", "Windows Photo", "Photo Editor", "PhotoImpact",
    "Noise Ninja", "Silkypix", "digiKam", "gThumb", "Shotwell", "Final Cut", "iMovie", "DaVinci Resolve",
    "CapCut", "InShot", "KineMaster", "VivaVideo", "Filmora", "Shotcut", "Kdenlive", "OpenShot", "Vegas",
    "Camtasia", "Clipchamp", "Movie Maker", "PowerDirector", "Avidemux", "VirtualDub", "Wondershare",
    "Splice", "LumaFusion", "YouCut", "Quik",
)  # fmt: skip
"""Programs by the name they write. A list, not a guess: cameras put their firmware into the same fields."""
SOFTWARE_VALUES = (
    "exif:Software",
    "exif:ProcessingSoftware",
    "xmp:CreatorTool",
    "xmp:History",
    "iptc:OriginatingProgram",
    "png:Software",
    "jpeg:comment",
    "gif:comment",
    "container:software",
    "container:encoder",
    "container:encoding_tool",
    "container:keywords",
    "video:encoder",
    "video:handler_name",
)
_EDITOR = re.compile("|".join(rf"\b{re.escape(name)}" for name in EDITORS), re.IGNORECASE)
EDITING_ACTIONS = ("action=saved", "action=edited", "action=converted", "action=derived")

FACEBOOK_MARK = "FBMD"
"""First letters of what Facebook and Instagram write into IPTC's special instructions."""
ANY_STRONG = range(1, 90)
"""Platforms compress for size; web sites and editors that export for people mostly write 90 and more."""
PLATFORM_SIDES: dict[int, tuple[str, Collection[int]]] = {
    1280: ("Telegram", (80, 87)),
    1600: ("WhatsApp", ANY_STRONG),
    2048: ("X (Twitter) or Facebook", ANY_STRONG),
    2560: ("Telegram", (80, 87)),
    4096: ("X (Twitter)", ANY_STRONG),
}
"""Longest side to which platforms reduce photos, and the qualities they write. Telegram: sizes `y` and `w`
of core.telegram.org/api/files, qualities from the code of its Android and desktop clients; X: media sizes
(`large` 2048, `4096x4096`) of docs.x.com; WhatsApp: its standard quality, by its files."""
PLATFORM_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(IMG|VID)-\d{8}-WA\d{4}", re.IGNORECASE), "WhatsApp"),
    (re.compile(r"^WhatsApp (Image|Video) \d{4}-\d\d-\d\d", re.IGNORECASE), "WhatsApp"),
    (re.compile(r"^(photo|video)_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", re.IGNORECASE), "Telegram"),
    (re.compile(r"^received_\d{10,}", re.IGNORECASE), "Facebook Messenger"),
    (re.compile(r"^signal-\d{4}-\d\d-\d\d", re.IGNORECASE), "Signal"),
    (re.compile(r"^\d{6,}_\d{10,}_\d{10,}_[no]\.", re.IGNORECASE), "Facebook or Instagram"),
)
"""File names under which platforms hand out media; a name is a hint and easily changed."""
LIBRARY_TABLES = ("ijg", "mozjpeg")
"""Quantisation tables of the libraries that servers and apps use; most cameras have tables of their own."""


@rule(
    "info",
    next_step="Ask for the original file; absence alone proves nothing, most platforms remove such data.",
)
def no_camera_metadata(facts: Facts) -> Observation | None:
    """Nothing in the file names a camera or phone, or how it exposed."""
    if facts.has_camera_data or not facts.was_read:
        return None
    return Observation(sentence="The file names no camera and no exposure.", values={})


@rule("notice", next_step="Look for the post it was saved from: an earlier copy may carry the camera's data.")
def stripped_by_platform(facts: Facts) -> Observation | None:
    """The file bears a platform's mark, or the kind of name it hands out, and lost its camera data.

    Facebook's mark in IPTC is a strong sign; a file name is only consistent with a platform.
    """
    if FACEBOOK_MARK in facts.text("iptc:SpecialInstructions"):
        sentence = "The IPTC special instructions hold the mark that Facebook and Instagram write (FBMD)."
        return Observation(sentence=sentence, values=facts.values("iptc:SpecialInstructions"))
    if facts.has_camera_data or not facts.was_read:
        return None
    for pattern, platform in PLATFORM_NAMES:
        if pattern.match(facts.file_name):
            sentence = f"The file name and the missing camera data are consistent with {platform}."
            return Observation(sentence=sentence, values={"file:name": facts.file_name})
    return None


@rule(
    "info",
    next_step="Anybody can produce the same: look for a post with this picture before concluding.",
    kinds=("image",),
)
def platform_like_size(facts: Facts) -> Observation | None:
    """Size, compression and missing metadata are consistent with what a platform delivers.

    A bare JPEG (no EXIF, XMP or IPTC) with a library's quantisation tables, compressed strongly, of a longest
    side to which WhatsApp, Telegram, X or Facebook reduce photos.
    """
    platform, qualities = PLATFORM_SIDES.get(max(facts.width or 0, facts.height or 0), ("", ()))
    quality = facts.number("jpeg:QualityEstimate")
    described = any(name.startswith(("exif:", "xmp:", "iptc:")) for name in facts.metadata)
    if described or quality not in qualities or facts.text("jpeg:EncoderFamily") not in LIBRARY_TABLES:
        return None
    names = ("jpeg:QualityEstimate", "jpeg:EncoderFamily", "file:StoredWidth", "file:StoredHeight")
    size = f"{facts.width} x {facts.height} pixels"
    return Observation(
        sentence=f"No metadata, {size} and JPEG quality {quality:.0f} are consistent with {platform}.",
        values=facts.values(*names),
    )


@rule("notice", next_step="Ask what was changed; editing can be harmless, such as brightness or a crop.")
def editing_software(facts: Facts) -> Observation | None:
    """The file names a program that edits pictures or videos.

    Names of known editors only: cameras write their firmware into the same fields.
    """
    values: dict[str, Scalar] = {}
    programs: dict[str, str] = {}
    for name in SOFTWARE_VALUES:
        found = _EDITOR.findall(facts.text(name))
        if found:
            values[name] = facts.text(name)[:200]
            programs |= {program.casefold(): program for program in found}
    if not values:
        return None
    return Observation(
        sentence=f"The file names editing software: {', '.join(programs.values())}.", values=values
    )
