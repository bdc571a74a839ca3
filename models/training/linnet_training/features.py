"""The lead model's inputs, exactly as `TOKENS.md` defines them, for one window of a piece."""

from dataclasses import dataclass

import numpy as np

from . import tokens
from .theory import chord_vector, scale_mask
from .tokens import BAR, LAGS_BARS, NO_DURATION, NO_PITCH, POSITION_TICKS, START, TICKS_PER_QUARTER

_METRES = {(2, 4): 0, (3, 4): 1, (4, 4): 2, (2, 2): 2, (6, 8): 3, (3, 8): 3, (9, 8): 4, (12, 8): 5}
_TICKS = np.array(POSITION_TICKS + [0, 0], np.int64)
CONTROLS = ("density", "register", "range", "syncopation")


class Line:
    """A piece as arrays: the form in which windows are cut from it.

    `rows` are `(bar, position, midi, duration class)`; `chords` are
    `(onset ticks, length ticks, root, quality)` from bar 0.
    """

    def __init__(self, rows, chords, tonic, scale, metre, bars, first_full=0, source=None):
        array = np.array(rows, np.int64).reshape(-1, 4)
        self.bar, self.position, self.midi, self.duration = array.T
        self.pitch = np.clip(self.midi - 60 - tokens.signed_tonic(tonic) + tokens.PITCH_OFFSET,
                             0, tokens.PITCHES - 1)
        self.tonic, self.metre, self.bars, self.first_full = tonic, tuple(metre), bars, first_full
        self.bar_ticks, self.beat_ticks = tokens.bar_ticks(metre), tokens.beat_ticks(metre)
        self.scale = scale_mask(scale)
        self.source = source
        self._chords(chords)

    def _chords(self, chords):
        self.chord_table = np.zeros((len(chords) + 1, 24), np.float32)
        self.chord_at = np.zeros(self.bars * self.bar_ticks, np.int32)
        for i, (onset, length, root, quality) in enumerate(chords):
            self.chord_table[i + 1] = chord_vector(root, quality, self.tonic)
            self.chord_at[max(onset, 0):max(onset + length, 0)] = i + 1

    def chord(self, ticks, end):
        """Chord vectors at absolute `ticks`, zero from `end` on: `float32[len, 24]`."""
        inside = (ticks < end) & (ticks < len(self.chord_at))
        index = np.where(inside, self.chord_at[np.minimum(ticks, len(self.chord_at) - 1)], 0)
        return self.chord_table[index]


def line_of(piece):
    """The `Line` of a prepared `Piece`."""
    return Line(piece.rows, piece.chords, piece.tonic, piece.scale, piece.metre, piece.bars,
                piece.first_full, piece)


@dataclass
class Window:
    """Bars `start … start + context + target` of a line; the target is what is composed."""

    start: int
    context: int
    target: int

    @property
    def bars(self):
        return self.context + self.target


def measure_controls(line, first_bar, end_bar):
    """density, register, range, syncopation of the bars' notes as `float32[4]` (TOKENS.md)."""
    inside = (line.bar >= first_bar) & (line.bar < end_bar)
    midi = line.midi[inside]
    values = np.zeros(4, np.float32)
    if not len(midi):
        return values
    quarters = (end_bar - first_bar) * line.bar_ticks / TICKS_PER_QUARTER
    tick = _TICKS[line.position[inside]]
    length = np.array(tokens.DURATIONS)[line.duration[inside]]
    next_beat = np.minimum((tick // line.beat_ticks + 1) * line.beat_ticks, line.bar_ticks)
    syncopated = (tick % line.beat_ticks != 0) & (tick + length > next_beat)
    values[:] = (len(midi) / quarters / 4, (midi.mean() - 60) / 24,
                 (midi.max() - midi.min()) / 24, syncopated.mean())
    return values


def window_events(line, window):
    """Events of the window `int64[T, 3]`, and the bar of each event (its BAR included)."""
    lo, hi = np.searchsorted(line.bar, (window.start, window.start + window.bars))
    bar = line.bar[lo:hi] - window.start
    count = hi - lo
    events = np.empty((count + window.bars, 3), np.int64)
    events[:] = (BAR, NO_PITCH, NO_DURATION)
    at = np.arange(count) + bar
    events[at, 0], events[at, 1] = line.position[lo:hi], line.pitch[lo:hi]
    events[at, 2] = line.duration[lo:hi]
    is_bar = events[:, 0] == BAR
    bars = np.cumsum(is_bar) - is_bar
    return events, bars


def _look_ahead(events, bars, now_position):
    """`look i64[T, 6]`: first later note one, two, four bars ago, positions then pitches."""
    notes = events[:, 0] < BAR
    key = bars[notes] * 128 + events[notes, 0]
    positions = np.append(events[notes, 0], BAR)
    pitches = np.append(events[notes, 1], NO_PITCH)
    note_bar = np.append(bars[notes], -1)
    look = np.empty((len(events), 6), np.int64)
    for i, lag in enumerate(LAGS_BARS):
        wanted = bars - lag
        at = np.searchsorted(key, wanted * 128 + now_position, side="right")
        found = (note_bar[at] == wanted) & (wanted >= 0)
        look[:, i] = np.where(found, positions[at], BAR)
        look[:, 3 + i] = np.where(found, pitches[at], NO_PITCH)
    return look


def _look_at(events, bars):
    """`look i64[T, 3]` of the pitch head: the pitch at the same position of earlier bars."""
    notes = events[:, 0] < BAR
    key = np.append(bars[notes] * 128 + events[notes, 0], -1)
    pitches = np.append(events[notes, 1], NO_PITCH)
    look = np.full((len(events), 3), NO_PITCH, np.int64)
    for i, lag in enumerate(LAGS_BARS):
        wanted = (bars - lag) * 128 + events[:, 0]
        at = np.minimum(np.searchsorted(key[:-1], wanted), len(key) - 1)
        look[:, i] = np.where((bars >= lag) & (key[at] == wanted) & notes, pitches[at], NO_PITCH)
    return look


def _step_features(line, window, bars, now, after_bar):
    """Metre, phase and place of each step: `float32[T, 21]`."""
    out = np.zeros((len(bars), 21), np.float32)
    out[:, _METRES.get(line.metre, 6)] = 1
    out[:, 7] = line.bar_ticks / 96
    for at, period in ((8, line.bar_ticks), (10, line.beat_ticks)):
        angle = 2 * np.pi * now / period
        out[:, at], out[:, at + 1] = np.sin(angle), np.cos(angle)
    out[:, 12] = after_bar
    out[np.arange(len(bars)), 13 + (bars - window.context) % 4] = 1
    left = window.bars - 1 - bars
    out[:, 17] = np.minimum(left, 8) / 8
    out[:, 18] = left == 0
    out[:, 19], out[:, 20] = bars < window.context, bars >= window.context
    return out


def window_arrays(line, window, controls=None, present=None, chords=True, scale=True):
    """All inputs and targets of one window.

    `controls f32[4]` and `present f32[4]` are the wish and its presence bits (default: absent).
    Returns a dict: events, prev `[T,3]`, look `[T,6]`, features `[T,113]`, pitch_look `[T,3]`,
    chord `[T,24]`, target `[T]` (1 where the event belongs to the target).
    """
    events, bars = window_events(line, window)
    prev = np.vstack([[(START, NO_PITCH, NO_DURATION)], events[:-1]])
    after_bar = prev[:, 0] >= BAR
    now = np.where(after_bar, 0, _TICKS[prev[:, 0]])
    line_start = (window.start + bars) * line.bar_ticks
    end = (window.start + window.bars) * line.bar_ticks
    features = np.zeros((len(events), tokens.LEAD_FEATURES), np.float32)
    if scale:
        features[:, :12] = line.scale
    if chords:
        features[:, 12:36] = line.chord(line_start + now, end)
        features[:, 36:60] = line.chord(line_start + now + TICKS_PER_QUARTER, end)
        features[:, 60:84] = line.chord(line_start + line.bar_ticks, end)
    features[:, 84:105] = _step_features(line, window, bars, now, after_bar)
    if present is not None:
        features[:, 105:109] = controls * present
        features[:, 109:113] = present
    onset = line_start + np.where(events[:, 0] < BAR, _TICKS[np.minimum(events[:, 0], 97)], 0)
    chord = line.chord(onset, end) if chords else np.zeros((len(events), 24), np.float32)
    return {
        "events": events, "prev": prev, "features": features,
        "look": _look_ahead(events, bars, np.where(after_bar, -1, prev[:, 0])),
        "pitch_look": _look_at(events, bars),
        "chord": chord * (events[:, :1] < BAR), "target": bars >= window.context,
    }
