"""The eight attributes of a phrase that a user can ask for (`TOKENS.md`, Attributes)."""

import numpy as np

from . import tokens
from .tokens import POSITION_TICKS, TICKS_PER_QUARTER

COUNT = 8
DENSITY, REGISTER, RANGE, SYNCOPATION, LEAPS, REPETITION, ARTICULATION, POLYPHONY = range(COUNT)
_TICKS = np.array(POSITION_TICKS, np.int64)
_LENGTHS = np.array(tokens.DURATIONS, np.int64)
LEAP_SEMITONES = 2


class Onsets:
    """The onsets of note rows `int[N, ≥4]` (bar, position, midi, duration class), sorted.

    Per onset: `tick` from the first bar line, `length` of its longest note and `top`, its highest
    midi; per note `first`, true for the first of its onset.
    """

    def __init__(self, rows, bar_ticks):
        self.midi = rows[:, 2].astype(np.int64)
        tick = rows[:, 0].astype(np.int64) * bar_ticks + _TICKS[rows[:, 1]]
        self.first = np.append(True, tick[1:] != tick[:-1]) if len(tick) else np.zeros(0, bool)
        start = np.flatnonzero(self.first)
        self.tick = tick[start]
        lengths = _LENGTHS[rows[:, 3]]
        self.length = np.maximum.reduceat(lengths, start) if len(start) else lengths
        self.top = np.maximum.reduceat(self.midi, start) if len(start) else self.midi

    def syncopated(self, bar_ticks, beat_ticks):
        """Which onsets are off the beat and sound across the next beat, or the bar line before it."""
        return _is_syncopated(self.tick, self.length, bar_ticks, beat_ticks)

    def leaps(self):
        """For each onset but the first, whether its top note leaps from the one before."""
        return np.abs(np.diff(self.top)) > LEAP_SEMITONES

    def legato(self):
        """For each onset but the last, the share of the time to the next that it sounds, at most 1."""
        return np.minimum(self.length[:-1] / np.maximum(np.diff(self.tick), 1), 1.0)


def _is_syncopated(tick, length, bar_ticks, beat_ticks):
    inside = tick % bar_ticks
    next_beat = np.minimum((inside // beat_ticks + 1) * beat_ticks, bar_ticks)
    return (inside % beat_ticks != 0) & (inside + length > next_beat)


def _so_far(values, first):
    """The running maximum of `values` inside each onset; `first` marks the onsets' first notes."""
    out = values.copy()
    for i in np.flatnonzero(~first).tolist():
        out[i] = max(out[i], out[i - 1])
    return out


def repetition(rows, first_bar, end_bar):
    """Mean over the sounding bars after the first of the greatest likeness to an earlier bar.

    The likeness of two bars is the share that their (position, midi) pairs have in common (Jaccard).
    """
    bars = [set() for _ in range(end_bar - first_bar)]
    for bar, position, midi in rows[:, :3].tolist():
        bars[bar - first_bar].add((position, midi))
    values = [max(len(now & before) / len(now | before) for before in bars[:i])
              for i, now in enumerate(bars) if i and now]
    return float(np.mean(values)) if values else 0.0


def measure(rows, first_bar, end_bar, metre):
    """All attributes of the notes in bars `first_bar … end_bar`, `float32[8]`; 0 where there are none.

    `rows` are sorted note rows, of which only those bars are looked at.
    """
    lo, hi = np.searchsorted(rows[:, 0], (first_bar, end_bar))
    rows, values = rows[lo:hi], np.zeros(COUNT, np.float32)
    if not len(rows):
        return values
    bar_ticks, beat_ticks = tokens.bar_ticks(metre), tokens.beat_ticks(metre)
    onsets = Onsets(rows, bar_ticks)
    quarters = (end_bar - first_bar) * bar_ticks / TICKS_PER_QUARTER
    midi = onsets.midi
    values[DENSITY] = len(onsets.tick) / quarters / 4
    values[REGISTER] = (midi.mean() - 60) / 24
    values[RANGE] = (midi.max() - midi.min()) / 24
    values[SYNCOPATION] = onsets.syncopated(bar_ticks, beat_ticks).mean()
    values[LEAPS] = onsets.leaps().mean() if len(onsets.tick) > 1 else 0
    values[REPETITION] = repetition(rows, first_bar, end_bar)
    values[ARTICULATION] = onsets.legato().mean() if len(onsets.tick) > 1 else 1
    values[POLYPHONY] = (len(midi) / len(onsets.tick) - 1) / 3
    return values


def running(rows, first_bar, metre):
    """The attributes of the first 0, 1 … N notes of target rows, `float32[N + 1, 8]`.

    As `measure` of what has been written so far, up to the last onset (a quarter at least);
    repetition, which is known a bar at a time, stays 0. Row 0 is 0.
    """
    bar_ticks, beat_ticks = tokens.bar_ticks(metre), tokens.beat_ticks(metre)
    out = np.zeros((len(rows) + 1, COUNT), np.float32)
    if not len(rows):
        return out
    onsets = Onsets(rows, bar_ticks)
    count = np.arange(1, len(rows) + 1)
    onset = np.cumsum(onsets.first) - 1
    elapsed = onsets.tick[onset] - first_bar * bar_ticks
    quarters = np.maximum(elapsed / TICKS_PER_QUARTER, 1.0)
    midi, heard = onsets.midi, onset + 1
    out[1:, DENSITY] = heard / quarters / 4
    out[1:, REGISTER] = (np.cumsum(midi) / count - 60) / 24
    out[1:, RANGE] = (np.maximum.accumulate(midi) - np.minimum.accumulate(midi)) / 24
    length, top = (_so_far(v, onsets.first) for v in (_LENGTHS[rows[:, 3]], midi))
    # Whole onsets before the note's own, and its own as far as it has come.
    whole = np.append(0, np.cumsum(onsets.syncopated(bar_ticks, beat_ticks)))[onset]
    own = _is_syncopated(onsets.tick[onset], length, bar_ticks, beat_ticks)
    out[1:, SYNCOPATION] = (whole + own) / heard
    moves = np.concatenate([[0, 0], np.cumsum(onsets.leaps())])[onset]
    own = (onset > 0) & (np.abs(top - onsets.top[np.maximum(onset - 1, 0)]) > LEAP_SEMITONES)
    out[1:, LEAPS] = (moves + own) / np.maximum(onset, 1)
    legato = np.append(0, np.cumsum(onsets.legato()))
    out[1:, ARTICULATION] = np.where(onset > 0, legato[onset] / np.maximum(onset, 1), 1)
    out[1:, POLYPHONY] = (count / heard - 1) / 3
    return out
