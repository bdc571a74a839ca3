"""Chord events, what the chord model is told at each, and two attributes of a progression.

A progression is a row of `(degree, quality, beats)`: semitones above the tonic, index in `QUALITIES`,
length. The attributes are written to be read again in Rust.
"""

from dataclasses import dataclass

import numpy as np

from .drum_styles import STYLE_COUNT
from .theory import QUALITY_PCS
from .tokens import QUALITIES, bar_ticks, beat_ticks, is_compound

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16)
DEGREES = 12
START_CHORD = (DEGREES, len(QUALITIES), len(LENGTHS))
MELODY_SPANS = 4
STYLE_AT = 33
CHORD_FEATURES = STYLE_AT + STYLE_COUNT + 4 + 12 * MELODY_SPANS + 1

BRIGHTNESS = {"maj": 1.0, "6": 0.8, "maj7": 0.6, "7": 0.5, "sus2": 0.3, "sus4": 0.2, "m7": -0.4,
              "aug": -0.5, "min": -0.8, "m7b5": -1.0, "dim": -1.0, "dim7": -1.0}
_BRIGHT = [BRIGHTNESS[name] for name in QUALITIES]
_PCS = [QUALITY_PCS[name] for name in QUALITIES]


def valence(row, mask):
    """How bright a progression is, −1 … 1.

    0.55 × the mean `BRIGHTNESS` of the chords, weighted by length, + 0.3 × the third of the scale
    (1 major, −1 minor, 0 both or none in `mask`) + 0.3 × the share of the moves from one chord to the
    next that go from V or IV to I (degrees 7 and 5 to 0); clamped.
    """
    beats = sum(length for _, _, length in row)
    bright = sum(_BRIGHT[quality] * length for _, quality, length in row) / max(beats, 1)
    third = float(mask[4]) - float(mask[3])
    moves = [(a[0], b[0]) for a, b in zip(row, row[1:], strict=False)]
    home = sum(to == 0 and origin in (5, 7) for origin, to in moves) / max(len(moves), 1)
    return min(max(0.55 * bright + 0.3 * third + 0.3 * home, -1.0), 1.0)


def complexity(row, mask, beats_a_bar):
    """How rich a progression is, 0 … 1.

    0.4 × the share of the length in chords of four notes (not 6) + 0.4 × the share in chords with a
    note outside of the scale + 0.2 × chords a bar / 2, at most 1. An all-0 `mask` holds all notes.
    """
    beats = max(sum(length for _, _, length in row), 1)
    known = any(mask)
    four = sum(n for _, q, n in row if len(_PCS[q]) == 4 and QUALITIES[q] != "6") / beats
    outside = sum(n for d, q, n in row
                  if known and not all(mask[(d + pc) % 12] for pc in _PCS[q])) / beats
    rate = min(len(row) * beats_a_bar / beats / 2, 1.0)
    return 0.4 * four + 0.4 * outside + 0.2 * rate


def chord_beat(metre):
    """Ticks of the beat in which chords are counted: the metre's, or an eighth where a bar is no
    whole number of those (7/8)."""
    beat = beat_ticks(metre)
    return beat if bar_ticks(metre) % beat == 0 else 12


def chord_beats_a_bar(metre):
    """Beats a bar for `chord_beat`."""
    return bar_ticks(metre) // chord_beat(metre)


def joined(row):
    """A chord row with equal neighbours joined and empty chords left out."""
    out = []
    for degree, quality, beats in row:
        if beats <= 0:
            continue
        if out and out[-1][:2] == (degree, quality):
            out[-1] = (degree, quality, out[-1][2] + beats)
        else:
            out.append((degree, quality, beats))
    return out


def events_of(row):
    """`(degree, quality, length class)` events of a row: a chord too long for a class is repeated."""
    events = []
    for degree, quality, beats in row:
        while beats > 0:
            kind = max(i for i, length in enumerate(LENGTHS) if length <= beats)
            events.append((degree, quality, kind))
            beats -= LENGTHS[kind]
    return events


@dataclass
class Setting:
    """What is known of a window: scale mask (12, from the tonic), metre, bars, and the wishes.

    `melody` holds `(onset, length, pitch class from the tonic)` in ticks from the window's start.
    """

    mask: tuple
    metre: tuple
    bars: int
    style: np.ndarray = None
    valence: float = None
    complexity: float = None
    melody: list = None


def _melody_sums(melody, ticks):
    """Sounding ticks of each pitch class before each tick: `f32[ticks + 1, 12]`."""
    sounding = np.zeros((ticks + 1, 12), np.float32)
    for onset, length, pitch_class in melody:
        sounding[onset + 1:max(onset + length, 0) + 1, pitch_class] = 1
    return np.cumsum(sounding, 0)


def chord_features(events, setting):
    """Features of the step that predicts each event: `f32[events, 106]` as in `TOKENS.md`."""
    metre, beat = setting.metre, chord_beat(setting.metre)
    beats_a_bar, total = chord_beats_a_bar(metre), setting.bars * chord_beats_a_bar(metre)
    lengths = [LENGTHS[kind] for _, _, kind in events]
    now = np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, int)
    out, at = np.zeros((len(events), CHORD_FEATURES), np.float32), np.arange(len(events))
    out[:, :12] = setting.mask
    out[:, 12], out[:, 13] = beats_a_bar / 4, is_compound(metre)
    out[at, 14 + np.minimum(now % beats_a_bar, 7)] = 1
    out[at, 22 + now // beats_a_bar % 8] = 1
    left = (total - now) / beats_a_bar
    out[:, 30], out[:, 31], out[:, 32] = np.minimum(left, 16) / 16, left <= 1, left <= 2
    if setting.style is not None:
        out[:, STYLE_AT:STYLE_AT + STYLE_COUNT] = setting.style
    wishes = STYLE_AT + STYLE_COUNT
    for column, value in ((wishes, setting.valence), (wishes + 2, setting.complexity)):
        if value is not None:
            out[:, column], out[:, column + 1] = value, 1
    if setting.melody is not None:
        ticks, half = setting.bars * bar_ticks(metre), bar_ticks(metre) // 2
        sums = _melody_sums(setting.melody, ticks)
        for span in range(MELODY_SPANS):
            lo = np.minimum(now * beat + span * half, ticks)
            hi = np.minimum(lo + half, ticks)
            column = wishes + 4 + 12 * span
            out[:, column:column + 12] = (sums[hi] - sums[lo]) / half
        out[:, -1] = 1
    return out


def window_arrays(events, setting):
    """Inputs and targets of a window: prev, event `i64[N, 3]`, features."""
    event = np.array(events, np.int64).reshape(-1, 3)
    prev = np.concatenate([np.array([START_CHORD]), event[:-1]])
    return {"prev": prev, "event": event, "features": chord_features(events, setting)}
