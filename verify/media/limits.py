"""Every budget of the decoders, in one place, each with its reason.

A file may be hostile: small on disk, huge in work. Each limit lets the largest honest
media we know of pass and stops work before it starts, not after it hurt.
"""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 64 * 1024
"""Read to identify a file: holds the EBML DocType, three MPEG-TS packets, the start of any text."""

MAX_FILE_BYTES: Final = 2**40
"""Hashed in some ten minutes. Three hours of ProRes 422 HQ in 4K are 0.95 TB; a file of holes may claim more
than any disk holds."""

MAX_STILL_BYTES: Final = 512 * 1024 * 1024
"""A still is read into memory once. The largest honest ones are 16-bit TIFF scans of about 80 megapixels."""

MAX_PIXELS: Final = 120_000_000
"""Stills that must be decoded in full: 108-megapixel phone pictures pass, a 144-megapixel bomb does not."""

MAX_JPEG_PIXELS: Final = 256_000_000
"""Sequential JPEGs, which can be decoded at an eighth of their size: 200-megapixel phone photos pass
(16320 x 12240). Progressive ones cannot, as the coefficients of all scans are held: `MAX_PIXELS` for them."""

CHEAP_DECODING_BYTES: Final = 300_000_000
"""Memory that any picture may take, however few bytes it has: 150 megapixels of black and white, which are
blank scans, 50 in colour (a blank 8K screenshot has 33), 37 of HEIF, 18 of WebP."""

CHEAP_MOVING_BYTES: Final = 200_000_000
"""The same for the frames of an animation, which are held while others are drawn: 16 megapixels as APNG or
GIF, 11 as WebP, 8.3 as AVIF, which is 4K."""

DECODING_BYTES_A_BYTE: Final = 100
"""Memory that a still may take beyond that, for each byte of the picture itself (`picture_bytes.py`): one of
48 megapixels passes as HEIC of 0.9 MB, where phones write 2 to 10, one of 108 as progressive JPEG of 3.5,
where they write 10 to 30. So what is padded has to be as large as a photo."""

MOVING_BYTES_A_BYTE: Final = 10
"""The same for an animation, whose frames share its bytes: 8K has to have 20 MB as APNG, 60 as AVIF. Filmed,
a few seconds of it have more."""

MAX_DECODING_BYTES: Final = 1_200_000_000
"""Memory for a still with as many bytes as it likes: 120 megapixels as AVIF, 75 as WebP, which no camera
writes and sites shrink."""

MAX_PARTS: Final = 200_000
"""Chunks of a PNG or WebP, blocks of a GIF: `MAX_ANIMATION_FRAMES` are 40,000 chunks or some more, a PNG of
512 MiB in the 8 KiB of libpng is 65,000."""

MAX_GIF_PIECES: Final = 2_500_000
"""Of all blocks: 512 MiB in full pieces of 255 bytes are 2.1 million."""

MAX_JPEG_SEGMENTS: Final = 1000
"""Segments of at most 64 KiB: a profile has up to 255, extended XMP within `MAX_XMP_BYTES` 260."""

MAX_JPEG_SCANS: Final = 100
"""Of a progressive JPEG, as many as libtiff allows (`tif_jpeg.c`); encoders write about ten."""

MAX_TIFF_STRIPS: Final = 100_000
"""Pieces of a TIFF: 120 megapixels in tiles of 64 x 64 are 30,000, in strips of one line rarely 20,000."""

MAX_THUMBNAIL_BYTES: Final = 64 * 1024
"""An embedded EXIF thumbnail lies in one JPEG segment, whose length has 16 bits."""

MAX_THUMBNAIL_PIXELS: Final = 1_000_000
"""EXIF asks for 160 x 120; some cameras embed up to 640 x 480."""

MAX_XMP_BYTES: Final = 16 * 1024 * 1024
"""XMP with its extension; depth maps and gain maps inside extended XMP reach some megabytes."""

MAX_TEXT_CHARACTERS: Final = 1024 * 1024
"""Of one text field, Pillow's own limit for a PNG text chunk (`PngImagePlugin.MAX_TEXT_CHUNK`)."""

MAX_FRAME_PIXELS: Final = 8192 * 8192
"""One video frame: 8K and 8192-pixel 360-degree footage pass, the 15000 x 15000 AVI bomb does not."""

MAX_DECODE_ERRORS: Final = 500
"""Packets in a row that may fail: two groups of pictures of x264's default length (250)."""

MAX_READINGS: Final = 10
"""How often a video may have its bytes decoded, on average: an edit list may show a stretch again, but a few
kilobytes of index can ask for one frame a million times."""

MAX_INDEX_ENTRIES: Final = 8_000_000
"""Samples times edits of an MP4, for each of which FFmpeg takes 24 bytes: three hours at 60 frames a second
are 648,000; films are cut by few edits, and only clips of minutes by hundreds."""

MAX_BOXES: Final = 400_000
"""Of an MP4: three hours in fragments of a fifth of a second have 108,000 boxes."""

MAX_UNPACKED_BYTES: Final = 32 * 1024 * 1024
"""Of a movie header that QuickTime has packed; three hours of two tracks are some 10 MB."""

MAX_OPENING_SECONDS: Final = 2
"""CPU time of opening a video, after which the worker is ended: three hours of MP4 take 0.1 s, 8K footage
0.8. FFmpeg holds each tag against all others: 100,000 take 40 s."""

MAX_INDEX_BYTES: Final = 200_000_000
"""Memory for opening a video: 8K footage takes up to 85 MB, `MAX_INDEX_ENTRIES` 192 MB. A table or a fragment
of a hundred bytes can declare a hundred million samples."""

CHEAP_WALK_BYTES: Final = 340_000_000
"""Memory for walking any video, however few its bytes: 4K whose frames refer to 16 others takes 310 MB. More
than that by `DECODING_BYTES_A_BYTE`, as for a still: 8K takes 0.2 to 0.9 GB, and has 0.1 MB a frame."""

MAX_WALK_SECONDS: Final = 600
"""CPU time of one walk through a video: a 3-hour 720p video takes about 300 s on a laptop of 2024."""

MAX_ANIMATION_FRAMES: Final = 20_000
"""Of a GIF, WebP, APNG or AVIF sequence: over ten minutes at 30 frames a second."""

MAX_CANVAS_PIXELS: Final = 7680 * 4320
"""One frame of an animation, of which several copies are held: 8K, four times what sites accept as GIF."""

CHEAP_ANIMATION_PIXELS: Final = 150_000_000
"""Frames times pixels that any animation may have, however few its bytes: 72 frames of full HD, up to two
seconds of Pillow's work."""

MAX_MOVING_PIXELS_PER_BYTE: Final = 50
"""Of animations beyond that: filmed ones have 1 to 10 pixels a byte, drawn ones some 30, those of one colour
hundreds to millions."""

MAX_ANIMATION_PIXELS: Final = 600_000_000
"""Frames times pixels of any animation: 289 frames of full HD."""
