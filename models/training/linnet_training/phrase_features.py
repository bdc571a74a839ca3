"""The phrase model's inputs, exactly as `TOKENS.md` defines them, for one window of one part."""

from dataclasses import dataclass

import numpy as np

from . import attributes, tokens
from .canvas import canvas, role_one_hot
from .tokens import BAR, LAGS_BARS, METRES, NO_DURATION, NO_PITCH, START, TICKS_PER_QUARTER
from .vocabulary import COLUMN_TICKS, PHRASE_FEATURES, STYLES

_TICKS = np.array(tokens.POSITION_TICKS + [0, 0], np.int64)
# Columns of `features`.
SCALE, CHORDS, METRE, PHASE, PLACE, ASKED, PRESENT, TO_GO, ROLE, STYLE, STACK, FUTURE = (
    0, 12, 84, 92, 97, 105, 113, 121, 129, 133, 153, 154)
# The ordinal after which no note of an onset is looked for.
_NO_MORE = 7


@dataclass
class Window:
    """Bars `start … start + context + target + future` of a score; the target is what is composed."""

    start: int
    context: int
    target: int
    future: int = 0

    @property
    def bars(self):
        """Bars that the events cover."""
        return self.context + self.target

    @property
    def all_bars(self):
        """Bars that the canvas covers."""
        return self.bars + self.future


@dataclass
class Wish:
    """What is asked for, and what is shown: `None` is hidden. `present f32[8]` are the presence bits."""

    asked: np.ndarray = None
    present: np.ndarray = None
    style: np.ndarray = None
    chords: bool = True
    scale: bool = True


def pitch_tokens(midi, tonic):
    """Pitch tokens of MIDI notes under a tonic."""
    relative = midi - 60 - tokens.signed_tonic(tonic) + tokens.PITCH_OFFSET
    return np.clip(relative, 0, tokens.PITCHES - 1)


def window_rows(score, role, window):
    """The part's rows in the window's bars, their bars counted from the window's first."""
    rows = score.rows[role]
    lo, hi = np.searchsorted(rows[:, 0], (window.start, window.start + window.bars))
    rows = rows[lo:hi].copy()
    rows[:, 0] -= window.start
    return rows


def window_events(rows, bars, tonic):
    """Events `int64[T, 3]` of rows, each bar's notes then BAR; the bar of each event."""
    events = np.empty((len(rows) + bars, 3), np.int64)
    events[:] = (BAR, NO_PITCH, NO_DURATION)
    at = np.arange(len(rows)) + rows[:, 0]
    events[at, 0], events[at, 1] = rows[:, 1], pitch_tokens(rows[:, 2], tonic)
    events[at, 2] = rows[:, 3]
    is_bar = events[:, 0] == BAR
    return events, np.cumsum(is_bar) - is_bar


def ordinals(events, bars):
    """The number of notes before each note at its own onset, `int64[T]`; 0 for BAR."""
    count = np.arange(len(events))
    same = np.zeros(len(events), bool)
    same[1:] = (events[1:, 0] == events[:-1, 0]) & (bars[1:] == bars[:-1]) & (events[1:, 0] < BAR)
    start = np.maximum.accumulate(np.where(same, 0, count))
    return count - start


class _Notes:
    """The notes of a window in order, to be found by bar, position and ordinal."""

    def __init__(self, events, bars, order):
        notes = events[:, 0] < BAR
        self.key = bars[notes] * 1024 + events[notes, 0] * 8 + np.minimum(order[notes], _NO_MORE)
        self.position = np.append(events[notes, 0], BAR)
        self.pitch = np.append(events[notes, 1], NO_PITCH)
        self.index = np.append(np.flatnonzero(notes), -1)
        self.bar = np.append(bars[notes], -1)

    def next(self, bar, position, order):
        """Place of the first note of `bar` at or after (position, order); the last place if none."""
        at = np.searchsorted(self.key, bar * 1024 + position * 8 + np.minimum(order, _NO_MORE))
        return np.where((self.bar[at] == bar) & (bar >= 0), at, len(self.key))

    def exact(self, bar, position, order):
        """Place of the note of `bar` at exactly (position, order); the last place if none."""
        at = self.next(bar, position, order)
        wanted = bar * 1024 + position * 8 + np.minimum(order, _NO_MORE)
        found = np.append(self.key, -1)[at] == wanted
        return np.where(found, at, len(self.key))


def look_ahead(notes, bars, now, order):
    """`look i64[T, 6]`: the next note one, two, four bars ago, positions then pitches.

    `now` and `order` are the position and ordinal from which the next note may come.
    """
    look = np.empty((len(bars), 6), np.int64)
    for i, lag in enumerate(LAGS_BARS):
        at = notes.next(bars - lag, now, order)
        look[:, i], look[:, 3 + i] = notes.position[at], notes.pitch[at]
    return look


def look_at(notes, bars, events, order, roots):
    """`look i64[T, 6]` of the pitch head: the pitch of the note with the same position and ordinal in
    earlier bars, then the same moved by the nearest step between the chords' roots (`roots i64[T]`, −1
    where there is no chord).
    """
    look = np.full((len(bars), 6), NO_PITCH, np.int64)
    is_note = events[:, 0] < BAR
    for i, lag in enumerate(LAGS_BARS):
        at = notes.exact(np.where(is_note, bars - lag, -1), events[:, 0], order)
        pitch, before = notes.pitch[at], roots[notes.index[at]]
        step = (roots - before + 6) % 12 - 6
        known = (pitch != NO_PITCH) & (roots >= 0) & (before >= 0)
        moved = np.clip(pitch + step, 0, tokens.PITCHES - 1)
        look[:, i], look[:, 3 + i] = pitch, np.where(known, moved, NO_PITCH)
    return look


def _place(score, window, bars, now, after_bar):
    """Metre, phase and place of each step, `float32[T, 21]`."""
    out = np.zeros((len(bars), 21), np.float32)
    out[:, METRES.get(score.metre, 6)] = 1
    out[:, 7] = score.bar_ticks / 96
    for at, period in ((8, score.bar_ticks), (10, score.beat_ticks)):
        angle = 2 * np.pi * now / period
        out[:, at], out[:, at + 1] = np.sin(angle), np.cos(angle)
    out[:, 12] = after_bar
    out[np.arange(len(bars)), 13 + (bars - window.context) % 4] = 1
    left = window.bars - 1 - bars
    out[:, 17] = np.minimum(left, 8) / 8
    out[:, 18] = left == 0
    out[:, 19], out[:, 20] = bars < window.context, bars >= window.context
    return out


def _to_go(rows, bars, events, window, metre, wish):
    """What was asked minus what the target holds so far, `float32[T, 8]`; 0 in the context."""
    target = rows[rows[:, 0] >= window.context]
    so_far = attributes.running(target, window.context, metre)
    inside = (bars >= window.context) & (events[:, 0] < BAR)
    before = np.cumsum(inside) - inside
    out = (wish.asked - so_far[before]) * wish.present
    out[:, attributes.REPETITION] = 0
    return out * ((bars >= window.context) & (before > 0))[:, None]


def window_arrays(score, role, window, visible, wish):
    """All inputs and targets of one window of one part, a dict of arrays.

    events, prev `i64[T,3]`, look `[T,6]`, pitch_look `[T,6]`, features `f32[T,155]`, chord `f32[T,24]`
    (at the onset), columns `i64[T,4]` (of now, a quarter on, the next bar line, the onset), target
    `bool[T]`, canvas `f32[columns,105]`, role `f32[4]`.
    """
    rows = window_rows(score, role, window)
    events, bars = window_events(rows, window.bars, score.tonic)
    order = ordinals(events, bars)
    prev = np.vstack([[(START, NO_PITCH, NO_DURATION)], events[:-1]])
    after_bar = prev[:, 0] >= BAR
    stack = np.append(0, order[:-1] + 1) * ~after_bar
    now = np.where(after_bar, 0, _TICKS[prev[:, 0]])
    line = bars * score.bar_ticks
    first, end = window.start * score.bar_ticks, (window.start + window.all_bars) * score.bar_ticks
    onset = line + np.where(events[:, 0] < BAR, _TICKS[np.minimum(events[:, 0], 97)], now)
    at = [first + line + now, first + line + now + TICKS_PER_QUARTER, first + line + score.bar_ticks]
    index = [score.chord_index(ticks, end) if wish.chords else np.zeros(len(bars), np.int64)
             for ticks in (*at, first + onset)]
    features = np.zeros((len(events), PHRASE_FEATURES), np.float32)
    if wish.scale:
        features[:, SCALE:CHORDS] = score.scale
    features[:, CHORDS:METRE] = score.chord_table[np.stack(index[:3], 1)].reshape(-1, 72)
    features[:, METRE:ASKED] = _place(score, window, bars, now, after_bar)
    if wish.present is not None:
        features[:, ASKED:PRESENT] = wish.asked * wish.present
        features[:, PRESENT:TO_GO] = wish.present
        features[:, TO_GO:ROLE] = _to_go(rows, bars, events, window, score.metre, wish)
    features[:, ROLE:STYLE] = role_one_hot(role)
    if wish.style is not None:
        features[:, STYLE:STACK] = wish.style
    features[:, STACK] = np.minimum(stack, 8) / 4
    features[:, FUTURE] = min(window.future, 4) / 4
    notes = _Notes(events, bars, order)
    roots = np.where(index[3] > 0, score.chord_root[index[3]], -1)
    is_note = events[:, :1] < BAR
    last = window.all_bars * score.bar_columns - 1
    columns = np.stack([at[0] - first, at[1] - first, at[2] - first, onset], 1) // COLUMN_TICKS
    position = np.where(after_bar, 0, prev[:, 0])
    # A line goes on after its onset; a chord may go on at it.
    order_from = np.where(after_bar, 0, stack if role == "chords" else _NO_MORE)
    return {
        "events": events, "prev": prev, "features": features,
        "look": look_ahead(notes, bars, position, order_from),
        "pitch_look": look_at(notes, bars, events, order, roots),
        "chord": score.chord_table[index[3]] * is_note,
        "columns": np.minimum(columns, last), "target": bars >= window.context,
        "canvas": canvas(score, window, role, visible, wish.chords, wish.scale),
        "role": role_one_hot(role),
    }


def style_one_hot(style):
    """`float32[20]` of a style's name."""
    out = np.zeros(len(STYLES), np.float32)
    out[STYLES.index(style)] = 1
    return out
