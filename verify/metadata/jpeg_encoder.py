"""What JPEG quantisation tables tell about the program that wrote them: quality and family.

Quality is the setting of the Independent JPEG Group's library whose luminance table is nearest; it is exact
where the family is `ijg` or `mozjpeg`, else only a scale to compare by. A platform that recompresses
everything always leaves the same tables; cameras and Photoshop have tables of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from verify.metadata.bounds import clean
from verify.records import MetadataValue

Tables = Mapping[int, Sequence[int]]

LUMINANCE: Final = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
"""ITU-T T.81, table K.1, rows of the 8 x 8 block."""
CHROMINANCE: Final = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
) + (99,) * 32  # fmt: skip
"""ITU-T T.81, table K.2."""
ROBIDOUX: Final = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip
"""N. Robidoux's table, for both channels: mozjpeg's default and ImageMagick's choice."""

FACTS: Final = {"subsampling": "Subsampling", "progressive": "Progressive", "jfif_version": "JFIFVersion"}
"""Details of the header to our keys."""

QUALITIES: Final = range(1, 101)


@cache
def _scaled(base: tuple[int, ...]) -> NDArray[np.int64]:
    """(100, 64): a base table at each quality, as jpeg_quality_scaling of libjpeg's jcparam.c has it."""
    scales = np.array([5000 // q if q < 50 else 200 - 2 * q for q in QUALITIES])
    scaled: NDArray[np.int64] = np.clip((np.array(base) * scales[:, None] + 50) // 100, 1, 255)
    return scaled


def read_jpeg_encoder(tables: Tables, details: Mapping[str, Any]) -> Iterator[MetadataValue]:
    """Yield `QualityEstimate` (1 to 100), `EncoderFamily`, and the plain facts of the format."""
    if len(tables.get(0, ())) == 64:
        quality, family = estimate(tables, details)
        yield MetadataValue(source="jpeg", key="QualityEstimate", value=quality, raw_key="DQT")
        yield MetadataValue(source="jpeg", key="EncoderFamily", value=family, raw_key="DQT")
    for name, key in FACTS.items():
        value = details.get(name)
        if value not in (None, "", ()):
            yield MetadataValue(source="jpeg", key=key, value=_plain(value), raw_key=name)


def estimate(tables: Tables, details: Mapping[str, Any]) -> tuple[int, str]:
    """Give (quality, family): `ijg`, `mozjpeg`, `adobe` or `own-tables`."""
    luminance = np.array(tables[0])
    chrominance = np.array(tables[1]) if len(tables.get(1, ())) == 64 else None
    for family, bases in (("ijg", (LUMINANCE, CHROMINANCE)), ("mozjpeg", (ROBIDOUX, ROBIDOUX))):
        exact = (_scaled(bases[0]) == luminance).all(axis=1)
        if chrominance is not None:
            exact &= (_scaled(bases[1]) == chrominance).all(axis=1)
        if exact.any():
            return QUALITIES[int(exact.argmax())], family
    nearest = int(np.abs(_scaled(LUMINANCE) - luminance).sum(axis=1).argmin())
    markers = str(details.get("app_markers", ""))
    return QUALITIES[nearest], "adobe" if "Photoshop" in markers or "Ducky" in markers else "own-tables"


def _plain(value: object) -> str | int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple):
        return ".".join(str(part) for part in value)
    return value if isinstance(value, int) else clean(str(value))
