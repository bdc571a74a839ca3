"""A texture: drums, bass and comping over two bars of 16th-note columns, as in `TOKENS.md`.

The rows of all parts stand in one stack of `ROWS` rows: drums, bass onsets, bass hold, comping onsets,
comping hold. A bar has `BAR_COLUMNS` columns, of which a metre uses the first few.
"""

import numpy as np

from . import tokens
from .tokens import DURATIONS, IN_BEAT, POSITION_TICKS, QUALITIES
from .vocabulary import COLUMN_TICKS

BAR_COLUMNS = 24
COLUMNS = 2 * BAR_COLUMNS
BASS_FIRST, BASS_ROWS = 4, 32
COMP_FIRST, COMP_ROWS = 24, 40
DRUMS = slice(0, 9)
BASS = slice(9, 9 + BASS_ROWS)
BASS_HOLD = slice(BASS.stop, BASS.stop + 1)
COMP = slice(BASS_HOLD.stop, BASS_HOLD.stop + COMP_ROWS)
COMP_HOLD = slice(COMP.stop, COMP.stop + 1)
ROWS = COMP_HOLD.stop
TEXTURE_PARTS = ("drums", "bass", "chords")
NO_CHORD = 255
OFF_GRID_SHARE_MAX = 0.05
METRES = ((4, 4), (3, 4), (2, 4), (6, 8), (12, 8), (9, 8), (5, 4), (6, 4), (2, 2), (3, 8), (3, 2))
_PITCHED = (("bass", BASS, BASS_HOLD, BASS_FIRST), ("chords", COMP, COMP_HOLD, COMP_FIRST))


def bar_columns(metre):
    """Columns of one bar of `metre`, or None where the bar does not fit."""
    ticks = tokens.bar_ticks(metre)
    fits = ticks % COLUMN_TICKS == 0 and 0 < ticks <= BAR_COLUMNS * COLUMN_TICKS
    return ticks // COLUMN_TICKS if fits else None


def grid(metre):
    """`f32[2, 48]`: 1 where the column exists; 1 where a beat of `metre` begins."""
    rows = np.zeros((2, 2, BAR_COLUMNS), np.float32)
    columns = bar_columns(metre)
    rows[0, :, :columns] = 1
    rows[1, :, :columns:tokens.beat_ticks(metre) // COLUMN_TICKS] = 1
    return rows.reshape(2, COLUMNS)


def is_swung(steps_a_beat, metre):
    """Whether eighths sound as the first and last third of a beat; a texture writes them straight."""
    return steps_a_beat == 3 and not tokens.is_compound(metre)


def _tick_columns(swung):
    """Column and whether it is exact, for each tick of a quarter: two `int[24]`."""
    ticks = np.arange(24)
    column = (ticks + COLUMN_TICKS // 2 - 1) // COLUMN_TICKS
    exact = ticks % COLUMN_TICKS == 0
    if swung:
        column[16], exact[16] = 2, True
    return column, exact


def _drum_columns(steps, steps_a_beat, metre):
    """Columns of drum steps and whether each is exact, or None where no column fits."""
    if steps_a_beat == 4:
        return None if tokens.is_compound(metre) else (steps, np.ones(len(steps), bool))
    if tokens.is_compound(metre):
        return 2 * steps, np.ones(len(steps), bool)
    third = steps % 3
    return 4 * (steps // 3) + np.array([0, 1, 2])[third], third != 1


class Bars:
    """The bars of one arrangement: `stack u8[bars, 83, 24]`, `chords u8[bars, 24]`.

    `chords` holds `12·(root − tonic) + quality`, or `NO_CHORD`; `off_grid` and `onsets` count the
    onsets of each bar that lie between columns, and all.
    """

    def __init__(self, bars, columns):
        self.columns, self.bars = columns, bars
        self.flat = np.zeros((ROWS, bars * columns), np.uint8)
        self.chord = np.full(bars * columns, NO_CHORD, np.uint8)
        self.off_grid, self.onsets = np.zeros(bars, int), np.zeros(bars, int)

    def count(self, bar, exact):
        """Adds onsets to the counts."""
        np.add.at(self.onsets, bar, 1)
        np.add.at(self.off_grid, bar[~exact], 1)

    def _padded(self, flat, fill):
        out = np.full((*flat.shape[:-1], self.bars, BAR_COLUMNS), fill, np.uint8)
        out[..., : self.columns] = flat.reshape(*flat.shape[:-1], self.bars, self.columns)
        return out

    @property
    def stack(self):
        return self._padded(self.flat, 0).transpose(1, 0, 2)

    @property
    def chords(self):
        return self._padded(self.chord, NO_CHORD)


def fold(row, rows):
    """Pitch rows moved by octaves into `[0, rows)`."""
    row = np.where(row < 0, row + 12 * (-(row // 12)), row)
    return np.where(row >= rows, row - 12 * ((row - rows) // 12 + 1), row)


def _write_pitched(bars, rows, where, hold, first, tonic, swung):
    """Onsets and hold of a pitched part into `bars.flat`."""
    column, exact = _tick_columns(swung)
    ticks = np.array(POSITION_TICKS)[rows[:, 1]]
    bars.count(rows[:, 0], exact[ticks % 24])
    at = rows[:, 0].astype(int) * bars.columns + 4 * (ticks // 24) + column[ticks % 24]
    length = np.maximum(np.round(np.array(DURATIONS)[rows[:, 3]] / COLUMN_TICKS).astype(int), 1)
    token = rows[:, 2].astype(int) - 60 - tokens.signed_tonic(tonic) + tokens.PITCH_OFFSET
    pitch = fold(token - first, where.stop - where.start)
    inside = at < bars.flat.shape[1]
    at, length, pitch = at[inside], length[inside], pitch[inside]
    bars.flat[where.start + pitch, at] = 1
    _write_hold(bars.flat[hold.start], at, length)


def _write_hold(row, at, length):
    """1 from the column after each onset to the note's end or the next onset."""
    starts = np.unique(at)
    longest = np.zeros(len(row), int)
    np.maximum.at(longest, at, length)
    ends = np.minimum(starts + longest[starts], np.append(starts[1:], len(row)))
    for start, end in zip(starts, ends, strict=True):
        row[start + 1:end] = 1


def _write_chords(bars, chords, tonic):
    for onset, length, root, quality in chords:
        begin, end = round(onset / COLUMN_TICKS), round((onset + length) / COLUMN_TICKS)
        bars.chord[max(begin, 0):max(end, 0)] = 12 * ((root - tonic) % 12) + quality


def bars_of(item):
    """The `Bars` of an arrangement, or None where its metre or its drums do not fit the columns."""
    columns = bar_columns(item.metre)
    if columns is None or tuple(item.metre) not in METRES:
        return None
    bars = Bars(item.bars, columns)
    drums = _inside(item.parts.get("drums"), item.bars)
    if len(drums):
        placed = _drum_columns(drums[:, 1].astype(int), item.steps_a_beat, item.metre)
        if placed is None:
            return None
        bars.count(drums[:, 0], placed[1])
        at = drums[:, 0].astype(int) * columns + np.minimum(placed[0], columns - 1)
        bars.flat[drums[:, 2], at] = 1
    swung = is_swung(item.steps_a_beat, item.metre)
    for part, where, hold, first in _PITCHED:
        rows = _inside(item.parts.get(part), item.bars)
        if len(rows):
            _write_pitched(bars, rows, where, hold, first, item.tonic, swung)
    _write_chords(bars, item.chords, item.tonic)
    return bars


def _inside(rows, bars):
    rows = np.zeros((0, 5), np.int16) if rows is None else rows
    return rows[(rows[:, 0] >= 0) & (rows[:, 0] < bars)]


def window_of(stack, first):
    """`u8[83, 48]` of bars `first` and `first + 1`; a note from before the window is silent in it."""
    window = np.concatenate([stack[first], stack[first + 1]], 1).copy()
    for _, where, hold, _ in _PITCHED:
        window[hold] *= np.maximum.accumulate(window[where].max(0)) > 0
    return window


def _note_lengths(onset, hold, columns):
    """`(column among those that exist, length in columns)` of each onset of a pitched part."""
    exists = np.concatenate([np.arange(columns), BAR_COLUMNS + np.arange(columns)])
    struck, held = onset[exists], hold[exists]
    lengths = {}
    for at in np.flatnonzero(struck):
        end = at + 1
        while end < len(exists) and held[end] and not struck[end]:
            end += 1
        lengths[int(at)] = end - int(at)
    return lengths


def rows_of(window, metre, tonic):
    """The rows of an arrangement, `part → int16[N, 5]`, of a binary window; bars 0 and 1."""
    columns = bar_columns(metre)
    exists = np.concatenate([np.arange(columns), BAR_COLUMNS + np.arange(columns)])
    a_step = 2 if tokens.is_compound(metre) else 1
    kind, at = np.nonzero(window[DRUMS][:, exists])
    drums = [(t // columns, t % columns // a_step, k, 100, 0) for k, t in zip(kind, at, strict=True)]
    parts = {"drums": np.array(sorted(drums), np.int16).reshape(-1, 5)}
    for part, where, hold, first in _PITCHED:
        rows = []
        for at, length in _note_lengths(window[where].max(0), window[hold][0], columns).items():
            position = 12 * (at % columns // 4) + IN_BEAT.index(COLUMN_TICKS * (at % columns % 4))
            duration = tokens.duration_class(length * COLUMN_TICKS, length * COLUMN_TICKS)
            for row in np.flatnonzero(window[where][:, exists[at]]):
                midi = tokens.token_midi(int(row) + first, tonic)
                rows.append((at // columns, position, midi, duration, 0))
        parts[part] = np.array(sorted(rows), np.int16).reshape(-1, 5)
    return parts


def chord_table():
    """`f32[256, 24]`: the chord vector of each chord number, all 0 for `NO_CHORD`."""
    from .theory import chord_vector
    table = np.zeros((256, 24), np.float32)
    for number in range(12 * len(QUALITIES)):
        table[number] = chord_vector(number // 12, number % 12, 0)
    return table


def densities(windows, columns):
    """Hits, bass notes and comping strikes a quarter: `f32[N, 3]` of binary `[N, 83, 48]`."""
    counts = np.stack([windows[:, DRUMS].sum((1, 2)), windows[:, BASS].max(1).sum(1),
                       windows[:, COMP].max(1).sum(1)], 1)
    return (counts / (2 * np.asarray(columns)[:, None] / 4)).astype(np.float32)
