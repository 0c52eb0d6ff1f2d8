"""The demo's little song, played by numpy: eight bars of A minor at 96 beats a minute, twenty seconds that loop.

Each instrument is a function from nothing to audio: float samples shaped (frames,) or (frames, 2), not yet at a level.
The same numbers come out every time; noise has a seed of its own per instrument.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Audio = npt.NDArray[np.float64]

RATE = 44_100
BARS = 8
STEPS = 16
"""Sixteenth notes in a bar."""

STEP_S = 60.0 / 96.0 / 4.0
SWING_S = 0.18 * STEP_S
"""How late every second sixteenth comes."""

BAR_S = STEPS * STEP_S
FRAMES = round(BARS * BAR_S * RATE)
TABLE_SIZE = 16_384

CHORDS = (
    (57, 60, 64, 67, 71),  # Am9
    (53, 57, 60, 64, 67),  # Fmaj9
    (55, 60, 64, 67, 74),  # Cadd9 over G
    (55, 59, 62, 64, 69),  # G6/9
)
"""One chord a bar, twice round, as MIDI notes around middle C."""

ROOTS = (33, 29, 36, 31)
"""The bass note of each chord."""

VOWELS = {
    "a": ((730, 1.0, 90), (1090, 0.50, 110), (2440, 0.12, 160)),
    "e": ((530, 1.0, 80), (1840, 0.35, 120), (2480, 0.20, 170)),
    "o": ((570, 1.0, 80), (840, 0.45, 100), (2410, 0.06, 160)),
    "u": ((300, 1.0, 70), (870, 0.25, 100), (2240, 0.04, 160)),
}
"""Formants of a sung vowel: Hz, amplitude, bandwidth in Hz (Peterson and Barney's averages for men)."""


def kick() -> Audio:
    t = _seconds(0.45)
    drop = 47.0 * t + 105.0 * 0.028 * (1.0 - np.exp(-t / 0.028))  # a falling pitch, integrated
    hit = np.sin(2 * np.pi * drop) * np.exp(-t / 0.16) + 0.25 * _noise(1, t.size) * np.exp(-t / 0.003)
    return _drums(hit, {0: 1.0, 7: 0.55, 10: 0.9}, fill={0: 1.0, 6: 0.7, 10: 0.9, 13: 0.6})


def snare() -> Audio:
    t = _seconds(0.3)
    rattle = _band(_noise(2, t.size), 900.0, 7500.0) * np.exp(-t / 0.075)
    shell = np.sin(2 * np.pi * 187.0 * t) * np.exp(-t / 0.05) + 0.5 * np.sin(2 * np.pi * 331.0 * t) * np.exp(-t / 0.03)
    return _drums(2.2 * rattle + shell, {4: 1.0, 9: 0.12, 12: 0.95, 15: 0.18}, fill={4: 1.0, 12: 0.9, 14: 0.5, 15: 0.7})


def hats() -> Audio:
    t = _seconds(0.35)
    shimmer = _band(_noise(3, t.size), 6500.0, 16_000.0)
    closed, opened = shimmer * np.exp(-t / 0.022), shimmer * np.exp(-t / 0.11)
    accents = {step: (1.0, 0.35, 0.65, 0.4)[step % 4] for step in range(STEPS) if step != 14}
    return _drums(closed, accents) + 0.8 * _drums(opened, {14: 1.0})


def bass() -> Audio:
    table = _table([0.8 / n**0.8 for n in range(1, 12)])
    riff = ((0, 2.6, 0), (3, 1.4, 0), (6, 2.6, 12), (10, 2.4, 0), (13, 1.2, 7), (14.5, 1.2, 10))
    out = np.zeros(FRAMES)
    for bar in range(BARS):
        for step, length, up in riff:
            t = _seconds(length * STEP_S)
            _place(out, _tone(table, _hz(ROOTS[bar % 4] + up), t) * _envelope(t, 0.006, 0.04), _when(bar, step))
    return np.tanh(1.6 * out)


def chords() -> Audio:
    """An electric piano, on and off the beat, with a slow tremolo from side to side."""
    out = np.zeros(FRAMES)
    for bar in range(BARS):
        for step, length, velocity in ((0, 5.0, 1.0), (6, 2.2, 0.7), (11, 3.6, 0.85)):
            t = _seconds(length * STEP_S + 0.25)
            bell = velocity * 1.9 * np.exp(-t / 0.35)
            for note in CHORDS[bar % 4]:
                turn = 2 * np.pi * _hz(note) * t
                key = np.sin(turn + bell * np.sin(turn)) + 0.12 * np.sin(7 * turn) * np.exp(-t / 0.08)
                _place(out, velocity * key * np.exp(-t / 0.9) * _envelope(t, 0.004, 0.2), _when(bar, step))
    sway = 0.25 * np.sin(2 * np.pi * np.arange(FRAMES) / FRAMES * BARS * 4)
    return np.stack([out * (1.0 + sway), out * (1.0 - sway)], axis=1)


def pad() -> Audio:
    """Three detuned saws a note on either side, swelling through each bar."""
    table = _table([1.0 / n**1.4 for n in range(1, 14)])
    out = np.zeros((FRAMES, 2))
    t = _seconds(BAR_S + 0.6)
    swell = _envelope(t, 0.9, 1.0)
    for bar in range(BARS):
        for index, note in enumerate(CHORDS[bar % 4][:4]):
            for side in (0, 1):
                voices = [
                    _tone(table, _hz(note + cents / 100.0), t, 0.37 * index + 0.21 * voice + 0.5 * side)
                    for voice, cents in enumerate((-9.0 + 3.0 * side, 0.0, 8.0 - 2.0 * side))
                ]
                _place(out[:, side], swell * np.sum(voices, axis=0), bar * BAR_S)
    return out


def lead() -> Audio:
    """A hollow synth melody in the second half, with an echo three sixteenths later."""
    table = _table([1.0 / n if n % 2 else 0.08 / n for n in range(1, 16)])
    line = (
        ((0, 3, 76), (3, 3, 79), (6, 6, 81), (13, 3, 79)),
        ((0, 4, 76), (6, 2, 74), (8, 7, 72)),
        ((0, 3, 74), (3, 3, 76), (6, 8, 79)),
        ((0, 2, 78), (2, 4, 79), (8, 2, 76), (10, 5, 74)),
    )
    out = np.zeros(FRAMES)
    for bar in range(BARS):
        for step, length, note in line[bar % 4] if bar >= 4 else line[bar % 4][-2:]:
            t = _seconds(length * STEP_S)
            _place(out, _tone(table, _vibrato(_hz(note), t, 5.6), t) * _envelope(t, 0.015, 0.08), _when(bar, step))
    return out + 0.35 * np.roll(out, round(3 * STEP_S * RATE))


def voice() -> Audio:
    """A singer without words: a glottal buzz through formants that move from vowel to vowel."""
    phrase = (
        ((1, 5, 64, "ao"), (7, 4, 67, "ea"), (12, 3, 64, "uo")),
        ((0, 7, 65, "ae"), (8, 3, 64, "eo"), (11, 4, 60, "ou")),
        ((1, 4, 67, "oa"), (6, 8, 72, "ae")),
        ((0, 4, 71, "ea"), (5, 3, 69, "ao"), (8, 7, 67, "ou")),
    )
    breath = _band(_noise(8, FRAMES), 1800.0, 9000.0)
    out = np.zeros(FRAMES)
    for bar in range(BARS):
        for step, length, note, vowels in phrase[bar % 4]:
            t = _seconds(length * STEP_S)
            pitch, glide = _vibrato(_hz(note), t, 5.1), np.linspace(0.0, 1.0, t.size)
            first, second = (_tone(_vowel_table(vowel, _hz(note)), pitch, t) for vowel in vowels)
            sung = first * (1.0 - glide) + second * glide + 0.02 * breath[: t.size]
            _place(out, sung * _envelope(t, 0.06, 0.14), _when(bar, step))
    return out


def _seconds(length: float) -> Audio:
    return np.arange(round(length * RATE)) / RATE


def _hz(note: float) -> float:
    """The pitch of a MIDI note."""
    return float(440.0 * 2.0 ** ((note - 69.0) / 12.0))


def _when(bar: int, step: float) -> float:
    """Seconds from the start of the song; every second sixteenth swings."""
    return bar * BAR_S + step * STEP_S + (SWING_S if step % 2 == 1 else 0.0)


def _place(out: Audio, sound: Audio, at: float) -> None:
    """Add a sound at `at` seconds; what rings past the end comes round at the beginning, as in a loop."""
    start = round(at * RATE) % FRAMES
    head = min(sound.size, FRAMES - start)
    out[start : start + head] += sound[:head]
    out[: sound.size - head] += sound[head:]


def _drums(hit: Audio, bar: dict[int, float], fill: dict[int, float] | None = None) -> Audio:
    """A bar of hits by step and velocity, all the way through; every fourth bar plays the fill."""
    out = np.zeros(FRAMES)
    for number in range(BARS):
        for step, velocity in (fill if fill and number % 4 == 3 else bar).items():
            _place(out, velocity * hit, _when(number, step))
    return out


def _envelope(t: Audio, attack_s: float, release_s: float) -> Audio:
    """Up in `attack_s`, level, and down to nothing in the last `release_s`."""
    shape: Audio = np.clip(t / attack_s, 0.0, 1.0) * np.clip((t[-1] - t) / release_s, 0.0, 1.0)
    return shape


def _vibrato(hz: float, t: Audio, rate_hz: float) -> Audio:
    """A pitch that begins to sway after a third of a second."""
    sway: Audio = 0.006 * np.clip((t - 0.3) / 0.4, 0.0, 1.0) * np.sin(2 * np.pi * rate_hz * t)
    return hz * (1.0 + sway)


def _table(harmonics: Sequence[float]) -> Audio:
    """One cycle of a tone whose harmonics have these amplitudes."""
    turn = 2 * np.pi * np.arange(TABLE_SIZE) / TABLE_SIZE
    cycle: Audio = np.sum([amp * np.sin(n * turn) for n, amp in enumerate(harmonics, 1)], axis=0)
    return cycle


def _vowel_table(vowel: str, hz: float) -> Audio:
    """One cycle of a vowel sung at `hz`: harmonics that fall with the pitch, lifted by the formants."""
    return _table(
        [
            sum(amp / (1.0 + ((n * hz - centre) / width) ** 2) for centre, amp, width in VOWELS[vowel]) / n**0.5
            for n in range(1, int(5000.0 / hz))
        ]
    )


def _tone(table: Audio, hz: float | Audio, t: Audio, phase: float = 0.0) -> Audio:
    """`table` played at `hz`, which may move; `phase` in cycles."""
    cycles = hz * t if isinstance(hz, float) else np.cumsum(hz) / RATE
    played: Audio = table[((cycles + phase) * TABLE_SIZE).astype(np.int64) % TABLE_SIZE]
    return played


def _noise(seed: int, frames: int) -> Audio:
    return np.random.default_rng(seed).uniform(-1.0, 1.0, frames)


def _band(noise: Audio, low_hz: float, high_hz: float) -> Audio:
    """What lies between two frequencies, with soft edges."""
    hz = np.fft.rfftfreq(noise.size, 1.0 / RATE)
    passed = 1.0 / (1.0 + (low_hz / np.maximum(hz, 1.0)) ** 6) / (1.0 + (hz / high_hz) ** 6)
    return np.asarray(np.fft.irfft(np.fft.rfft(noise) * passed, noise.size), dtype=np.float64)
