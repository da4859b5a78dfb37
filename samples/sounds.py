"""Sound made of noise and tones that change over time, so that no two moments sound alike."""

from __future__ import annotations

import numpy as np
from videos import SOUND_RATE

FADE_SECONDS = 0.05


def brook(seconds: float) -> np.ndarray:
    """Rushing noise that swells and falls."""
    time = _time(seconds)
    return _noise(seconds, smooth=6, seed=1) * (0.30 + 0.12 * np.sin(2.3 * time))


def wind(seconds: float) -> np.ndarray:
    """Deep noise with the calls of a bird."""
    time = _time(seconds)
    call = np.sin(2 * np.pi * (2400 * time + 300 * np.sin(9 * time) / 9)) * (np.sin(3.1 * time) > 0.93)
    return _noise(seconds, smooth=60, seed=2) * (0.5 + 0.3 * np.sin(0.9 * time)) + 0.10 * call


def bells(seconds: float) -> np.ndarray:
    """Far bells over a light wind: every stroke another tone."""
    time = _time(seconds)
    sound = 0.2 * _noise(seconds, smooth=60, seed=3)
    for number, tone in enumerate((523.3, 659.3, 587.3, 392.0, 440.0, 698.5, 349.2)):
        since = time - 0.85 * number
        sound += 0.16 * np.sin(2 * np.pi * tone * since) * np.exp(-1.8 * since.clip(0)) * (since > 0)
    return sound


def meadow(seconds: float) -> np.ndarray:
    """Insects: a high trembling tone over noise."""
    time = _time(seconds)
    hum = np.sin(2 * np.pi * 190 * time + 3 * np.sin(5 * time)) * (0.5 + 0.5 * np.sin(1.1 * time))
    return 0.08 * hum + 0.15 * _noise(seconds, smooth=3, seed=4) * (np.sin(40 * time) > 0)


def music(seconds: float) -> np.ndarray:
    """A slow row of broken chords, as under a compilation."""
    time = _time(seconds)
    tones = np.array([261.6, 329.6, 392.0, 523.3, 220.0, 261.6, 329.6, 440.0])
    step = (time / 0.3).astype(int)
    swell = 0.18 + 0.10 * np.sin(0.7 * time)
    return swell * np.sin(2 * np.pi * tones[step % len(tones)] * time) * np.exp(-4 * (time % 0.3))


def one_after_the_other(*sounds: np.ndarray) -> np.ndarray:
    """Join sounds, each faded at its ends so that the joints do not crack."""
    ramp = np.linspace(0, 1, round(FADE_SECONDS * SOUND_RATE))
    for sound in sounds:
        sound[: len(ramp)] *= ramp
        sound[-len(ramp) :] *= ramp[::-1]
    return np.concatenate(sounds)


def _time(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE


def _noise(seconds: float, smooth: int, seed: int) -> np.ndarray:
    """White noise averaged over `smooth` samples, scaled to a loudness near 1."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * SOUND_RATE) + smooth - 1)
    return np.convolve(white, np.ones(smooth) / np.sqrt(smooth), mode="valid") / 3
