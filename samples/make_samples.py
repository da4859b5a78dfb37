"""Make samples/media from samples/pictures: `python samples/make_samples.py`.

The story is told in README.md, the truth about every file stands in manifest.toml. The same
library versions make the same bytes: nothing here depends on the clock or on chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import sounds
from camera_files import Exposure, camera_exif, mark_as_platform, save_jpeg, with_thumbnail
from edits import blurred_borders, caption, crop, mirror, post_screenshot, resize, softened, warm
from PIL import Image
from PIL.ExifTags import IFD, Base
from scenes import (
    Shot,
    drifting_clouds,
    evening_birds,
    film,
    flying_seeds,
    read_picture,
    running_water,
    turning_light,
)
from videos import SOUND_RATE, Writing, read_video, write_video

HERE = Path(__file__).resolve().parent
PICTURES = HERE / "pictures"
MEDIA = HERE / "media"

WALK = [
    Shot(
        picture="stream.jpg",
        seconds=6,
        start=(0.45, 0.62, 0.62),
        end=(0.50, 0.42, 0.80),
        motion=running_water,
    ),
    Shot(
        picture="path.jpg",
        seconds=6,
        start=(0.40, 0.68, 0.66),
        end=(0.56, 0.36, 0.80),
        motion=drifting_clouds,
    ),
    Shot(
        picture="summit.jpg",
        seconds=6,
        start=(0.38, 0.42, 0.70),
        end=(0.60, 0.60, 0.62),
        motion=evening_birds,
    ),
    Shot(
        picture="dandelions.jpg",
        seconds=6,
        start=(0.62, 0.58, 0.70),
        end=(0.40, 0.46, 0.64),
        motion=flying_seeds,
    ),
]
STRANGERS = [
    Shot(
        picture="coffee.jpg",
        seconds=5,
        start=(0.50, 0.50, 0.70),
        end=(0.50, 0.56, 0.98),
        motion=turning_light,
    ),
    Shot(
        picture="cat.jpg", seconds=6, start=(0.50, 0.52, 0.95), end=(0.56, 0.46, 0.70), motion=turning_light
    ),
    Shot(
        picture="rocket.jpg",
        seconds=5,
        start=(0.50, 0.55, 0.95),
        end=(0.52, 0.66, 0.70),
        motion=turning_light,
    ),
]
STUDIO = [
    Shot(
        picture="brushes.jpg",
        seconds=5,
        start=(0.40, 0.55, 0.60),
        end=(0.62, 0.45, 0.72),
        motion=turning_light,
    ),
    Shot(
        picture="room.jpg", seconds=5, start=(0.50, 0.78, 0.92), end=(0.52, 0.34, 0.80), motion=turning_light
    ),
]
PHONE_VIDEO_TAGS = {
    "creation_time": "2021-05-16T17:42:10.000000Z",
    "com.apple.quicktime.creationdate": "2021-05-16T19:42:10+0200",
    "com.apple.quicktime.location.ISO6709": "+43.1950-004.8200+1320.0/",
    "com.apple.quicktime.make": "Samplecam",
    "com.apple.quicktime.model": "Samplecam P12",
    "com.apple.quicktime.software": "14.5",
}
MEADOW = Exposure(
    taken=datetime.fromisoformat("2021-10-24T12:31:07.412+02:00"),
    latitude=42.9500,
    longitude=-2.3300,
    altitude_metres=1140,
    aperture=2.2,
    shutter_one_over=640,
    iso=64,
    focal_mm=4.2,
)
DOGS = Exposure(
    taken=datetime.fromisoformat("2021-06-12T18:05:44.080+02:00"),
    latitude=42.9790,
    longitude=-2.2910,
    altitude_metres=310,
    aperture=2.8,
    shutter_one_over=250,
    iso=100,
    focal_mm=6.0,
)
FIG = Exposure(
    taken=datetime.fromisoformat("2021-08-29T13:20:19.655+02:00"),
    latitude=43.0420,
    longitude=-2.4110,
    altitude_metres=210,
    aperture=2.2,
    shutter_one_over=1000,
    iso=50,
    focal_mm=4.2,
)
OTHER_CAMERA = Exposure(
    taken=datetime.fromisoformat("2019-04-18T10:02:51.200+08:00"),
    latitude=39.9990,
    longitude=116.2740,
    altitude_metres=80,
    aperture=5.6,
    shutter_one_over=320,
    iso=100,
    focal_mm=35.0,
    camera=("Samplecam", "Samplecam Z5"),
    firmware="1.10",
)


def main() -> None:
    MEDIA.mkdir(exist_ok=True)
    walk_video()
    source_photos()
    mirrored_clip()
    upright_reel()
    compilation()
    screenshot()
    viral_photos()
    edited_photo()
    strangers()


def walk_video() -> None:
    """Make the source: four shots of a walk, as the phone left them."""
    sound = sounds.one_after_the_other(sounds.brook(6), sounds.wind(6), sounds.bells(6), sounds.meadow(6))
    how = Writing(size=(640, 360), rate=30, crf=23, tags=PHONE_VIDEO_TAGS, like_a_phone=True)
    write_video(MEDIA / "IMG_2291.MOV", film(WALK, PICTURES, how.size, how.rate), sound, how)


def source_photos() -> None:
    for picture, name, exposure in (
        ("meadow.jpg", "IMG_2417.JPG", MEADOW),
        ("dogs.jpg", "IMG_2302.JPG", DOGS),
        ("fig.jpg", "IMG_2368.JPG", FIG),
    ):
        image = open_picture(picture)
        save_jpeg(image, MEDIA / name, 88, with_thumbnail(camera_exif(exposure, image.size), image))


def mirrored_clip() -> None:
    """Make the messenger's clip: 12 of the 24 seconds, mirrored, cropped, captioned, compressed again."""
    frames, sound, _ = walk(5.0, 17.0)
    how = Writing(size=(512, 288), rate=30, crf=29)
    text = "NO WINTER AT ALL!\nfilmed yesterday in the mountains"

    def edit(frame: np.ndarray) -> np.ndarray:
        cropped = mirror(crop(Image.fromarray(frame), (0.08, 0.06, 0.92, 0.90)))
        return np.asarray(caption(cropped.resize(how.size), text))

    write_video(MEDIA / "VID-20260114-WA0007.mp4", map(edit, frames), sound, how)


def upright_reel() -> None:
    """Make the reel: the whole video in the middle of an upright frame with blurred borders."""
    frames, sound, _ = walk(0.0, 24.0)
    how = Writing(size=(384, 680), rate=30, crf=28)
    upright = (blurred_borders(frame, how.size) for frame in frames)
    write_video(MEDIA / "reel_7714290381.mp4", upright, sound, how)


def compilation() -> None:
    """Make the compilation: four seconds of the walk, at 11 s, among shots of other things."""
    how = Writing(size=(768, 432), rate=25, crf=30)
    frames, _, rate = walk(13.0, 17.0)
    clip = [frames[round(number * rate / how.rate)] for number in range(4 * how.rate)]
    before, after = STRANGERS[:2], STRANGERS[2:]

    def cut() -> Iterator[np.ndarray]:
        yield from film(before, PICTURES, how.size, how.rate)
        for frame in clip:
            yield np.asarray(Image.fromarray(frame).resize(how.size, Image.Resampling.BICUBIC))
        yield from film(after, PICTURES, how.size, how.rate)

    write_video(MEDIA / "january_wonders_compilation.mp4", cut(), sounds.music(20), how)


def screenshot() -> None:
    """Make the screenshot of a post that shows the frame at 15.5 s."""
    frames, _, rate = walk(0.0, 24.0)
    frame = Image.fromarray(frames[round(15.5 * rate)])
    post = post_screenshot(frame, "No winter at all! Filmed yesterday,\n13 January, at 1,300 metres.")
    post.save(MEDIA / "Screenshot_20260115-081522.png", optimize=True)


def viral_photos() -> None:
    """Make two copies of photos: one stripped by a platform, one mirrored, cropped and captioned."""
    stripped = MEDIA / "271845530_n.jpg"
    save_jpeg(softened(resize(open_media("IMG_2417.JPG"), 1080)), stripped, 74)
    mark_as_platform(stripped, "FBMD0a000a2701000063140000e02c0000c62f00002a3300004f4d0000")
    cropped = mirror(crop(open_media("IMG_2302.JPG"), (0.10, 0.08, 0.94, 0.74)))
    captioned = caption(cropped, "LEFT BEHIND YESTERDAY\nwho knows these two?", top=0.80)
    save_jpeg(captioned, MEDIA / "IMG-20260113-WA0021.jpg", 70)


def edited_photo() -> None:
    """Make the photo with a new date: an editor's name, a crop, old GPS time and the thumbnail of before."""
    original = open_media("IMG_2368.JPG")
    exif = camera_exif(FIG, original.size)
    exif.update({Base.Software: "GIMP 2.10.36", Base.DateTime: "2026:01:12 21:47:30"})
    for time, offset in (
        (Base.DateTimeOriginal, Base.OffsetTimeOriginal),
        (Base.DateTimeDigitized, Base.OffsetTimeDigitized),
    ):
        exif.get_ifd(IFD.Exif).update({time: "2026:01:12 13:20:19", offset: "+01:00"})
    edited = warm(crop(original, (0.30, 0.16, 0.92, 0.94)), 0.06)
    save_jpeg(edited, MEDIA / "figs_today.jpg", 90, with_thumbnail(exif, original))


def strangers() -> None:
    """Make what is no copy of anything: two photos and a video."""
    pagoda = open_picture("pagoda.jpg")
    exif = with_thumbnail(camera_exif(OTHER_CAMERA, pagoda.size), pagoda)
    save_jpeg(pagoda, MEDIA / "DSC01877.JPG", 90, exif)
    save_jpeg(open_picture("dahlia.jpg"), MEDIA / "flower.jpg", 85)
    how = Writing(size=(640, 360), rate=25, crf=27)
    write_video(MEDIA / "studio_tour.mp4", film(STUDIO, PICTURES, how.size, how.rate), sounds.music(10), how)


def walk(start: float, end: float) -> tuple[list[np.ndarray], np.ndarray, int]:
    """Return frames, sound and rate of the source video between two times in seconds."""
    frames, sound, rate = read_video(MEDIA / "IMG_2291.MOV")
    kept = frames[round(start * rate) : round(end * rate)]
    return kept, sound[round(start * SOUND_RATE) : round(end * SOUND_RATE)].copy(), int(rate)


def open_picture(name: str) -> Image.Image:
    return Image.fromarray(read_picture(PICTURES / name))


def open_media(name: str) -> Image.Image:
    return Image.fromarray(read_picture(MEDIA / name))


if __name__ == "__main__":
    main()
