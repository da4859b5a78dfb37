"""Rules about the picture itself: size, borders, light, thumbnail, name and what follows its end."""

from __future__ import annotations

from pathlib import PurePath

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule

THUMBNAIL_DISTANCE_BITS = 90
"""PDQ distance of preview and picture. Unrelated pictures lie around 128 of 256. Of 102 camera files 100 stay
at or below 84, beyond the usual match threshold of 31: previews are small, padded or a little cropped."""
MIN_BORDER = 0.02
"""Of the side; thinner bars come from scaling."""
RELIABLE_QUALITY = 50
"""Below it a PDQ hash says little (ThreatExchange, pdq/README.md)."""
DARK_LUMA = 32
"""Of 255."""
SAME_ASPECT = 0.01
"""Rounding to whole pixels and blocks stays below one per cent."""

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif", "mpo"),
    "mpo": ("mpo", "jpg", "jpeg"),
    "png": ("png", "apng"),
    "gif": ("gif",),
    "webp": ("webp",),
    "tiff": ("tif", "tiff", "dng", "nef", "arw", "cr2", "pef", "srw"),
    "bmp": ("bmp", "dib"),
    "jpeg2000": ("jp2", "j2k", "jpx", "jpf", "j2c", "jpc"),
    "heif": ("heic", "heif", "hif"),
    "avif": ("avif", "avifs", "heif"),
    "mp4": ("mp4", "m4v", "mov", "3gp", "3g2", "qt", "f4v"),
    "mov": ("mov", "qt", "mp4", "m4v"),
    "matroska": ("mkv", "webm"),
    "webm": ("webm", "mkv"),
    "avi": ("avi",),
    "mpegts": ("ts", "mts", "m2ts"),
    "mpegps": ("mpg", "mpeg", "vob"),
    "flv": ("flv",),
    "ogg": ("ogv", "ogg", "ogm"),
    "asf": ("wmv", "asf"),
}
"""Usual extensions of each format; MP4 and its kin borrow each other's, raw files are TIFF inside."""
FOREIGN_EXTENSIONS = ("txt", "pdf", "zip", "exe", "html", "doc", "docx", "mp3", "svg")
KNOWN_EXTENSIONS = frozenset(name for names in EXTENSIONS.values() for name in names) | set(
    FOREIGN_EXTENSIONS
)

MIN_TRAILING_BYTES = 32
"""Fewer are padding to an even or round length, as several cameras write."""

PHONE_SCREENS = frozenset({
    (640, 1136), (750, 1334), (828, 1792), (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622),
    (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868), (1488, 2266), (1640, 2360),
    (1668, 2224), (1668, 2388), (2048, 2732), (720, 1520), (720, 1560), (720, 1600), (1080, 2160),
    (1080, 2220), (1080, 2280), (1080, 2310), (1080, 2340), (1080, 2376), (1080, 2400), (1080, 2408),
    (1080, 2412), (1440, 2880), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200),
})  # fmt: skip
"""Portrait pixels, from the technical specifications of Apple (iPhone, iPad), Samsung, Google, Xiaomi and
Huawei. No camera takes pictures of these sizes."""
OTHER_SCREENS = frozenset({
    (720, 1280), (1080, 1920), (1440, 2560), (2160, 3840), (768, 1024), (768, 1366), (800, 1280),
    (900, 1440), (864, 1536), (900, 1600), (1024, 1280), (1050, 1680), (1200, 1920), (1600, 2560),
    (1620, 2160), (1536, 2048), (1800, 2880), (1964, 3024), (2234, 3456), (1664, 2560),
})  # fmt: skip
"""Short side first: screens whose size photos and video frames have as well (StatCounter's screen
resolutions, Apple's MacBook specifications); they count for PNG only, which cameras do not write."""


@rule(
    "warning",
    next_step="Open the thumbnail beside the picture: it may show the state before an edit.",
    kinds=("image",),
)
def thumbnail_differs(facts: Facts) -> Observation | None:
    """The small preview inside the EXIF data shows something else than the picture.

    Some editors change the picture and leave the camera's preview as it was.
    """
    distance = facts.number("pixels:embedded_thumbnail_distance_bits")
    if distance is None or distance <= THUMBNAIL_DISTANCE_BITS:
        return None
    return Observation(
        sentence=f"The embedded preview differs from the picture by {distance:.0f} of 256 bits.",
        values=facts.values("pixels:embedded_thumbnail_distance_bits"),
    )


@rule(
    "notice",
    next_step="Ask for the picture at its first size, and look for what was cut off.",
    kinds=("image",),
)
def dimensions_disagree(facts: Facts) -> Observation | None:
    """The picture is not of the size that its EXIF data states: it was scaled or cropped after the camera.

    Turned pictures are compared with the sides swapped.
    """
    names = ("exif:PixelXDimension", "exif:PixelYDimension")
    stated = sorted(int(facts.number(name) or 0) for name in names)
    actual = sorted((facts.width or 0, facts.height or 0))
    if not stated[0] or not actual[0] or stated == actual:
        return None
    change = abs(stated[1] / stated[0] / (actual[1] / actual[0]) - 1)
    what = "has another shape, as after a crop" if change > SAME_ASPECT else "has been scaled"
    return Observation(
        sentence=f"The EXIF data state {facts.text(names[0])} x {facts.text(names[1])} pixels, the picture "
        f"has {facts.width} x {facts.height}: it {what}.",
        values=facts.values(*names, "file:StoredWidth", "file:StoredHeight"),
    )


@rule("notice", next_step="Find out who renamed it; open it only with tools that go by content.")
def extension_mismatch(facts: Facts) -> Observation | None:
    """The file name ends like another format than the content has.

    Mostly a careless download; sometimes a way past a filter.
    """
    extension = PurePath(facts.file_name).suffix.lower().lstrip(".")
    expected = EXTENSIONS.get(facts.format)
    if not expected or extension in expected or extension not in KNOWN_EXTENSIONS:
        return None
    sentence = f"The file name ends in .{extension}, but the content is {facts.format}."
    return Observation(sentence=sentence, values={"file:extension": extension, "file:format": facts.format})


@rule("notice", next_step="Search for the picture without the bars: it was fitted into another shape.")
def borders(facts: Facts) -> Observation | None:
    """Bars of one colour or of a blurred copy surround the picture."""
    sides = {
        side: facts.number(f"pixels:border_{side}") or 0.0 for side in ("top", "bottom", "left", "right")
    }
    wide = {side: share for side, share in sides.items() if share >= MIN_BORDER}
    if not wide:
        return None
    kind = facts.text("pixels:border_kind") or "uniform"
    shares = ", ".join(f"{side} {share:.0%}" for side, share in wide.items())
    names = [f"pixels:border_{side}" for side in wide]
    sentence = f"The picture has {kind} bars: {shares} of the side."
    return Observation(sentence=sentence, values=facts.values(*names, "pixels:border_kind"))


@rule("notice", next_step="Do not trust a missing match: fingerprints of such pictures are unreliable.")
def dark_or_flat(facts: Facts) -> Observation | None:
    """The picture, or most of the video, is dark or has too little detail for reliable fingerprints."""
    qualities = [view.fingerprints.pdq.quality for view in facts.views]
    poor = [quality for quality in qualities if quality < RELIABLE_QUALITY]
    if not qualities or 2 * len(poor) <= len(qualities):
        return None
    luma = facts.number("pixels:mean_luma")
    look = "dark" if luma is not None and luma < DARK_LUMA else "flat"
    share = "The picture is" if len(qualities) == 1 else f"{len(poor)} of {len(qualities)} frame samples are"
    sentence = f"{share} {look}: PDQ quality {min(poor)} of 100, where {RELIABLE_QUALITY} is needed."
    return Observation(
        sentence=sentence, values={"pdq:quality": min(poor), **facts.values("pixels:mean_luma")}
    )


@rule("notice", next_step="Look for the post or page it was taken from.", kinds=("image",))
def screenshot_like(facts: Facts) -> Observation | None:
    """The picture has the size of a screen, or says that it is a screenshot, and has no camera data."""
    if facts.has_camera_data or facts.width is None or facts.height is None:
        return None
    size = min(facts.width, facts.height), max(facts.width, facts.height)
    named = any("screenshot" in text.lower() for text in (facts.file_name, facts.text("exif:UserComment")))
    sized = size in PHONE_SCREENS or (size in OTHER_SCREENS and facts.format == "png")
    if not named and not sized:
        return None
    reason = "is named a screenshot" if named else "has the size of a screen"
    return Observation(
        sentence=f"The picture of {facts.width} x {facts.height} pixels {reason} and has no camera data.",
        values=facts.values("file:StoredWidth", "file:StoredHeight", "exif:UserComment"),
    )


@rule(
    "notice",
    next_step="Have the appended bytes looked at: a clip, a second picture or an archive can hide there.",
    kinds=("image",),
)
def trailing_data(facts: Facts) -> Observation | None:
    """Bytes follow the end of the picture: a phone's motion clip, a camera's preview, or a hidden file."""
    count = facts.number("file:TrailingBytes") or 0
    if count < MIN_TRAILING_BYTES:
        return None
    names = ("file:TrailingBytes", "file:TrailingFormat", "file:MotionPhoto")
    kind = facts.text("file:TrailingFormat")
    sentence = f"{count:.0f} bytes follow the end of the picture{f' and look like {kind}' if kind else ''}."
    if facts.number("file:MotionPhoto"):
        sentence += " The file announces a motion photo, a short clip that phones append."
    return Observation(sentence=sentence, values=facts.values(*names))
