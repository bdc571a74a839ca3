"""The canvas: what is known around a target, as columns of a quarter of a quarter (`TOKENS.md`)."""

import numpy as np

from . import tokens
from .theory import chord_vector, scale_mask
from .tokens import POSITION_TICKS, bar_ticks, beat_ticks
from .vocabulary import CANVAS_FEATURES, COLUMN_TICKS, ROLES

_TICKS = np.array(POSITION_TICKS, np.int64)
_LENGTHS = np.array(tokens.DURATIONS, np.int64)
_DRUM_BANDS = np.array([0, 1, 2, 2, 0, 1, 1, 2, 2])
CHORD, SCALE, MELODY, BASS, CHORDS, DRUMS, OWN, KNOWN, PHASE, PRESENT, HEIGHT = (
    0, 24, 36, 49, 62, 75, 78, 92, 95, 99, 103)
# Where the other parts go: melody (lead or counter), bass, chords; and their presence bits.
PLACES = {"lead": (MELODY, 0), "counter": (MELODY, 0), "bass": (BASS, 1), "chords": (CHORDS, 2)}
HEIGHTS = {"lead": HEIGHT, "counter": HEIGHT, "bass": HEIGHT + 1}


def part_columns(rows, columns, ticks_a_bar, tonic):
    """A pitched part as columns `float32[columns, 14]`: pitch classes that sound (12, relative to the
    tonic), 1 where a note begins, and (mean midi of those that begin or sound on − 60) / 24.
    """
    out = np.zeros((columns, 14), np.float32)
    total, sounding = np.zeros(columns), np.zeros(columns)
    begin = (rows[:, 0].astype(np.int64) * ticks_a_bar + _TICKS[rows[:, 1]])
    end = begin + _LENGTHS[rows[:, 3]]
    first = begin // COLUMN_TICKS
    last = np.minimum(np.maximum(-(-end // COLUMN_TICKS), first + 1), columns)
    for midi, lo, hi in zip(rows[:, 2].tolist(), first.tolist(), last.tolist(), strict=True):
        if lo < columns:
            out[lo:hi, (midi - tonic) % 12] = 1
            out[lo, 12] = 1
            total[lo:hi] += midi
            sounding[lo:hi] += 1
    out[:, 13] = np.where(sounding > 0, (total / np.maximum(sounding, 1) - 60) / 24, 0)
    return out


def drum_columns(rows, columns, ticks_a_bar, ticks_a_beat, steps_a_beat):
    """Drums as columns `float32[columns, 3]`: low, middle and high drums that begin."""
    out = np.zeros((columns, 3), np.float32)
    tick = rows[:, 0].astype(np.int64) * ticks_a_bar
    tick = tick + rows[:, 1].astype(np.int64) * ticks_a_beat // steps_a_beat
    at = tick // COLUMN_TICKS
    inside = at < columns
    out[at[inside], _DRUM_BANDS[rows[inside, 2]]] = 1
    return out


class Score:
    """An arrangement as arrays: the form in which windows are cut from it."""

    def __init__(self, arrangement):
        self.arrangement = arrangement
        self.metre = tuple(arrangement.metre)
        self.bar_ticks, self.beat_ticks = bar_ticks(self.metre), beat_ticks(self.metre)
        self.bar_columns = self.bar_ticks // COLUMN_TICKS
        self.bars, self.tonic = arrangement.bars, arrangement.tonic
        self.scale = scale_mask(arrangement.scale)
        self.rows = {name: rows.astype(np.int64) for name, rows in arrangement.parts.items() if len(rows)}
        self._chords(arrangement.chords)
        self._columns = {}

    def _chords(self, chords):
        self.chord_table = np.zeros((len(chords) + 1, 24), np.float32)
        self.chord_root = np.zeros(len(chords) + 1, np.int64)
        self.chord_at = np.zeros(self.bars * self.bar_ticks, np.int32)
        for i, (onset, length, root, quality) in enumerate(chords):
            self.chord_table[i + 1] = chord_vector(root, quality, self.tonic)
            self.chord_root[i + 1] = root
            self.chord_at[max(onset, 0):max(onset + length, 0)] = i + 1

    def chord_index(self, ticks, end):
        """Rows of `chord_table` at absolute `ticks`, 0 from `end` on."""
        inside = (ticks < end) & (ticks < len(self.chord_at))
        return np.where(inside, self.chord_at[np.minimum(ticks, len(self.chord_at) - 1)], 0)

    def columns(self, part):
        """All columns of a part (see `part_columns`, `drum_columns`)."""
        if part not in self._columns:
            count, rows = self.bars * self.bar_columns, self.rows[part]
            if part == "drums":
                steps = self.arrangement.steps_a_beat
                made = drum_columns(rows, count, self.bar_ticks, self.beat_ticks, steps)
            else:
                made = part_columns(rows, count, self.bar_ticks, self.tonic)
            self._columns[part] = made.astype(np.float16)
        return self._columns[part]


def _phases(score, columns):
    tick = np.arange(columns) * COLUMN_TICKS
    out = np.zeros((columns, 4), np.float32)
    for at, period in ((0, score.beat_ticks), (2, score.bar_ticks)):
        angle = 2 * np.pi * (tick % period) / period
        out[:, at], out[:, at + 1] = np.sin(angle), np.cos(angle)
    return out


def canvas(score, window, role, visible, chords=True, scale=True):
    """The canvas of a window, `float32[columns, 105]`.

    `visible` maps the name of another part to the bars of the window in which it is given, as
    `(first, end)`. The part's own notes are on it only after the target.
    """
    a_bar, columns = score.bar_columns, window.all_bars * score.bar_columns
    first = window.start * a_bar
    out = np.zeros((columns, CANVAS_FEATURES), np.float32)
    if chords:
        ticks = window.start * score.bar_ticks + np.arange(columns) * COLUMN_TICKS
        out[:, CHORD:CHORD + 24] = score.chord_table[score.chord_index(ticks, 1 << 40)]
    if scale:
        out[:, SCALE:SCALE + 12] = score.scale
    for part, (begin, end) in visible.items():
        _show(out, score, part, first, begin * a_bar, end * a_bar)
    hole, rest = window.context * a_bar, window.bars * a_bar
    if window.future:
        out[rest:, OWN:OWN + 14] = score.columns(role)[first + rest:first + columns]
    out[:hole, KNOWN], out[hole:rest, KNOWN + 1], out[rest:, KNOWN + 2] = 1, 1, 1
    out[:, PHASE:PHASE + 4] = _phases(score, columns)
    return out


def _show(out, score, part, first, begin, end):
    shown = score.columns(part)[first + begin:first + end]
    if part == "drums":
        out[begin:end, DRUMS:DRUMS + 3] = shown
        out[begin:end, PRESENT + 3] = 1
        return
    place, bit = PLACES[part]
    out[begin:end, place:place + 13] = np.maximum(out[begin:end, place:place + 13], shown[:, :13])
    out[begin:end, PRESENT + bit] = 1
    if part in HEIGHTS:
        height = HEIGHTS[part]
        out[begin:end, height] = np.where(shown[:, 13] != 0, shown[:, 13], out[begin:end, height])


def role_one_hot(role):
    """`float32[4]` of a role's name."""
    return np.eye(len(ROLES), dtype=np.float32)[ROLES.index(role)]
