"""A picture that remembers where the original's pixels went.

Every geometric step multiplies one homography and clips one outline, so the truth about an
edit (mirrored, turned, scaled, which part is visible, where it is shown) is never written
down by hand: it is read off at the end. Coordinates are continuous pixels, (0, 0) at the
outer corner of the first pixel, y downward.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""Height x width x 3."""
Matrix = NDArray[np.float64]
Corners = tuple[tuple[float, float], ...]

GRID = 1001
"""Places along each side on which outlines are compared."""
HALF_PIXEL = 0.5
"""OpenCV puts (0, 0) at the centre of the first pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What an honest report about an edit says."""

    mirrored: bool
    rotation_degrees: float
    """How far the original was turned clockwise, as seen on screen, after mirroring left to right."""
    scale: float
    """Pixels of the edit per pixel of the original, in the middle of what is visible."""
    region: Corners
    """Convex outline of what is visible, as fractions of the original."""
    query_region: Corners
    """Convex outline of where it is shown, as fractions of the edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A picture after an edit, with the truth about it."""

    rgb: Rgb
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Pixels, and how the original lies in them."""

    rgb: Rgb
    matrix: Matrix
    """Homography from pixels of the original to pixels of `rgb`."""
    outline: Matrix
    """Corners in pixels of `rgb` within which the original shows, n x 2, convex."""
    original_size: tuple[int, int]
    """Width and height of the original."""

    @classmethod
    def of(cls, rgb: Rgb) -> Placed:
        height, width = rgb.shape[:2]
        frame = _rectangle(0, 0, width, height)
        return cls(rgb=rgb, matrix=np.eye(3), outline=frame, original_size=(width, height))

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    def painted(self, rgb: Rgb) -> Placed:
        """Other pixels in the same place."""
        assert rgb.shape == self.rgb.shape, (rgb.shape, self.rgb.shape)
        return replace(self, rgb=rgb)

    def resized(self, width: float, height: float) -> Placed:
        width, height = max(1, round(width)), max(1, round(height))
        smaller = width * height < self.width * self.height
        how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        step = np.diag([width / self.width, height / self.height, 1.0])
        return self._moved(cv2.resize(self.rgb, (width, height), interpolation=how), step)

    def scaled(self, factor: float) -> Placed:
        return self.resized(self.width * factor, self.height * factor)

    def fitted(self, width: float, height: float) -> Placed:
        """As large as fits into the box, proportions kept."""
        return self.scaled(min(width / self.width, height / self.height))

    def cropped(self, left: float, top: float, width: float, height: float) -> Placed:
        """The rectangle given as fractions of this picture."""
        x0, y0 = round(left * self.width), round(top * self.height)
        x1 = min(self.width, x0 + max(1, round(width * self.width)))
        y1 = min(self.height, y0 + max(1, round(height * self.height)))
        return self._moved(np.ascontiguousarray(self.rgb[y0:y1, x0:x1]), _shift(-x0, -y0))

    def mirrored(self) -> Placed:
        step = np.array([[-1.0, 0, self.width], [0, 1, 0], [0, 0, 1]])
        return self._moved(np.ascontiguousarray(self.rgb[:, ::-1]), step)

    def turned(self, quarters: int) -> Placed:
        """Clockwise by 90 degrees, so many times."""
        placed = self
        for _ in range(quarters % 4):
            step = np.array([[0.0, -1, placed.height], [1, 0, 0], [0, 0, 1]])
            placed = placed._moved(np.ascontiguousarray(np.rot90(placed.rgb, -1)), step)
        return placed

    def rotated(self, degrees: float, fill: int = 0) -> Placed:
        """Clockwise about the middle, the frame's size kept, the corners cut off or filled."""
        turn = np.eye(3)
        turn[:2] = cv2.getRotationMatrix2D((0, 0), -degrees, 1.0)
        middle = (self.width / 2, self.height / 2)
        step = _shift(*middle) @ turn @ _shift(-middle[0], -middle[1])
        return self.warped(step, np.full_like(self.rgb, fill))

    def onto(self, background: Rgb, left: float, top: float) -> Placed:
        """Laid on another picture, its top left corner at these pixels."""
        x, y = round(left), round(top)
        x0, y0 = max(0, x), max(0, y)
        height, width = background.shape[:2]
        x1, y1 = min(width, x + self.width), min(height, y + self.height)
        canvas = background.copy()
        canvas[y0:y1, x0:x1] = self.rgb[y0 - y : y1 - y, x0 - x : x1 - x]
        return self._moved(canvas, _shift(x, y))

    def warped(self, step: Matrix, background: Rgb) -> Placed:
        """Moved by a homography, laid on another picture."""
        height, width = background.shape[:2]
        centred = _shift(-HALF_PIXEL, -HALF_PIXEL) @ step @ _shift(HALF_PIXEL, HALF_PIXEL)
        cover = cv2.warpPerspective(
            np.ones(self.rgb.shape[:2], np.float32), centred, (width, height), flags=cv2.INTER_LINEAR
        )[..., None]
        # Pixels beyond the edge repeat it, so that the blend does not darken the rim.
        moved = cv2.warpPerspective(
            self.rgb, centred, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return self._moved((moved * cover + background * (1 - cover)).round().astype(np.uint8), step)

    def edited(self) -> Edited:
        """The pixels with the truth about them."""
        return Edited(rgb=self.rgb, truth=self.truth())

    def truth(self) -> Truth:
        region = _through(np.linalg.inv(self.matrix), self.outline)
        local = _linear_part(self.matrix, region.mean(axis=0))
        mirrored = bool(np.linalg.det(local) < 0)
        upright = local @ np.diag([-1.0, 1.0]) if mirrored else local
        angle = np.arctan2(upright[1, 0] - upright[0, 1], upright[0, 0] + upright[1, 1])
        return Truth(
            mirrored=mirrored,
            rotation_degrees=float(np.degrees(angle)),
            scale=float(np.sqrt(abs(np.linalg.det(local)))),
            region=_fractions(region, self.original_size),
            query_region=_fractions(self.outline, (self.width, self.height)),
        )

    def _moved(self, rgb: Rgb, step: Matrix) -> Placed:
        height, width = rgb.shape[:2]
        outline = _clipped(_through(step, self.outline), _rectangle(0, 0, width, height))
        return replace(self, rgb=rgb, matrix=step @ self.matrix, outline=outline)


def overlap(first: Corners, second: Corners) -> float:
    """Intersection over union of two convex outlines in fractions of a picture, counted on a fine grid.

    OpenCV's exact intersection of outlines that nearly coincide is sometimes empty.
    """
    one, other = _filled(first), _filled(second)
    union = (one | other).sum()
    return float((one & other).sum() / union) if union else 0.0


def _filled(outline: Corners) -> NDArray[np.bool_]:
    grid = np.zeros((GRID, GRID), np.uint8)
    corners = cv2.convexHull(np.rint(np.array(outline) * (GRID - 1)).astype(np.int32))
    return np.asarray(cv2.fillConvexPoly(grid, corners, 1) > 0)


def _rectangle(x0: float, y0: float, x1: float, y1: float) -> Matrix:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def _through(matrix: Matrix, points: Matrix) -> Matrix:
    return cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0]


def _clipped(outline: Matrix, frame: Matrix) -> Matrix:
    inside = (outline >= frame.min(axis=0) - 1e-6).all() and (outline <= frame.max(axis=0) + 1e-6).all()
    if inside:
        return outline
    area, shared = cv2.intersectConvexConvex(outline.astype(np.float32), frame.astype(np.float32))
    if area <= 0:
        raise ValueError("an edit left nothing of the original visible")
    return shared.reshape(-1, 2).astype(np.float64)


def _linear_part(matrix: Matrix, point: Matrix) -> Matrix:
    """The homography's derivative at a point."""
    around = point + np.array([[0, 0], [0.5, 0], [0, 0.5]])
    origin, right, down = _through(matrix, around)
    return np.stack([right - origin, down - origin], axis=1) / 0.5


def _fractions(points: Matrix, size: tuple[int, int]) -> Corners:
    return tuple((float(x), float(y)) for x, y in points / np.array(size))
