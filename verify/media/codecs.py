"""FFmpeg's decoders that a video may ask for: of what cameras, sites, editors and recorders have written.

FFmpeg has some five hundred, many of them for games and systems of the nineties, and any container can name
any of them. Names are FFmpeg's own (`ffmpeg -decoders`).
"""

from __future__ import annotations

from typing import Final

CAMERAS_AND_SITES: Final = (
    "h264", "hevc", "vvc", "av1", "libdav1d", "vp8", "vp9", "theora",
    "mpeg1video", "mpeg2video", "mpeg4", "h261", "h263", "h263i", "mjpeg", "mjpegb",
)  # fmt: skip

PLAYERS_OF_THEIR_TIME: Final = (
    "flv", "vp6", "vp6a", "vp6f", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1",
    "svq1", "svq3", "cinepak", "indeo3", "indeo4", "indeo5", "msvideo1", "rpza",
)  # fmt: skip
"""Flash, Windows Media, QuickTime and Video for Windows: in archives of old footage."""

EDITORS_AND_RECORDERS: Final = (
    "prores", "dnxhd", "dvvideo", "cfhd", "apv", "ffv1", "huffyuv", "ffvhuff", "utvideo", "magicyuv",
    "lagarith", "rawvideo", "v210", "png", "qtrle", "msrle", "flashsv", "flashsv2", "mss1", "mss2", "tscc",
    "tscc2", "camtasia", "cscd", "zmbv", "fraps",
)  # fmt: skip

SOUND: Final = (
    "aac", "aac_latm", "mp1float", "mp2float", "mp3float", "ac3", "eac3", "dca", "truehd", "opus", "vorbis",
    "flac", "alac", "speex", "wmav1", "wmav2", "wmapro", "amrnb", "amrwb", "nellymoser", "qdm2",
    "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_mulaw",
    "pcm_alaw", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf",
)  # fmt: skip
"""Never decoded for itself, but FFmpeg looks into it when it opens a file."""

PICTURE_DECODERS: Final = frozenset((*CAMERAS_AND_SITES, *PLAYERS_OF_THEIR_TIME, *EDITORS_AND_RECORDERS))

CODEC_WHITELIST: Final = ",".join(sorted((*PICTURE_DECODERS, *SOUND)))
