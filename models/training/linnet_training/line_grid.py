"""A monophonic line on a grid of sixteenths: the step classes of `line_vae` (TOKENS.md), and back."""

import numpy as np

from . import tokens
from .tokens import DURATIONS, POSITION_TICKS, TICKS_PER_QUARTER

STEP_TICKS = 6
HOLD, OFF, FIRST_PITCH = 0, 1, 2
CLASSES = FIRST_PITCH + tokens.PITCHES
_TICKS = np.array(POSITION_TICKS)
_LENGTHS = np.array(DURATIONS)


def bar_steps(metre):
    """Steps of a sixteenth in one bar."""
    return tokens.bar_ticks(metre) // STEP_TICKS


def beat_starts(metre):
    """The first step of each beat of one bar."""
    return list(range(0, bar_steps(metre), tokens.beat_ticks(metre) // STEP_TICKS))


def _step(ticks):
    """The nearest step to `ticks`, the earlier on a tie."""
    return (ticks + STEP_TICKS // 2 - 1) // STEP_TICKS


def line_grid(rows, tonic, metre, bars):
    """Step classes `uint8[bars · bar_steps]` of rows `(bar, position, midi, duration class, …)`.

    Of notes with one onset the highest stays; of onsets that fall into one step, the longest. Silence
    is restated as OFF at every bar line, so that each run of bars is a grid of its own.
    """
    steps = bars * bar_steps(metre)
    grid = np.full(steps, HOLD, np.uint8)
    rows = np.asarray(rows, np.int64).reshape(len(rows), -1)
    rows = rows[(rows[:, 0] >= 0) & (rows[:, 0] < bars)]
    if len(rows):
        _write(grid, rows, tonic, tokens.bar_ticks(metre))
    grid[0] = grid[0] or OFF
    last = grid[np.maximum.accumulate(np.where(grid != HOLD, np.arange(steps), 0))]
    lines = np.arange(0, steps, bar_steps(metre))
    silent = lines[(last[lines] == OFF) & (grid[lines] == HOLD)]
    grid[silent] = OFF
    return grid


def _write(grid, rows, tonic, bar_ticks):
    """Writes onsets and the OFFs after them."""
    rows = rows[np.lexsort((-rows[:, 2], rows[:, 1], rows[:, 0]))]
    onset = rows[:, 0] * bar_ticks + _TICKS[rows[:, 1]]
    highest = np.append(True, onset[1:] != onset[:-1])
    onset, rows = onset[highest], rows[highest]
    length = _LENGTHS[rows[:, 3]]
    length[:-1] = np.minimum(length[:-1], np.diff(onset))
    pitch = np.clip(rows[:, 2] - 60 - tokens.signed_tonic(tonic) + tokens.PITCH_OFFSET, 0,
                    tokens.PITCHES - 1)
    at = _step(onset)
    longest = np.lexsort((onset, -length, at))
    at, kept = np.unique(at[longest], return_index=True)
    kept = longest[kept]
    end = np.maximum(_step(onset[kept] + length[kept]), at + 1)
    grid[end[end < len(grid)]] = OFF
    grid[at] = FIRST_PITCH + pitch[kept]


def grid_notes(grid):
    """Notes `(step, length in steps, pitch token)` of step classes, and the steps at the start for
    which the note before the grid goes on."""
    grid = [int(v) for v in grid]
    changes = [i for i, v in enumerate(grid) if v != HOLD] + [len(grid)]
    notes = [(at, until - at, grid[at] - FIRST_PITCH)
             for at, until in zip(changes, changes[1:], strict=False) if grid[at] >= FIRST_PITCH]
    return notes, changes[0]


def grid_rows(grid, tonic, metre):
    """Rows `(bar, position, midi, duration class)` of step classes; the bars count from 0."""
    width, rows = bar_steps(metre), []
    notes, _ = grid_notes(grid)
    for at, length, pitch in notes:
        position = tokens.position_of_tick(at % width * STEP_TICKS)
        ticks = length * STEP_TICKS
        rows.append((at // width, position, tokens.token_midi(pitch, tonic),
                     tokens.duration_class(ticks, ticks)))
    return rows


def chord_steps(chords, tonic, metre, bars):
    """The chord of each step as `uint8`: 0 for none, else `1 + 12·root + quality`, root from the tonic."""
    out = np.zeros(bars * bar_steps(metre), np.uint8)
    for onset, length, root, quality in chords:
        first = -(-max(onset, 0) // STEP_TICKS)
        last = -(-max(onset + length, 0) // STEP_TICKS)
        out[first:last] = 1 + 12 * ((root - tonic) % 12) + quality
    return out


def quarters(steps):
    """The length of a grid in quarters."""
    return steps * STEP_TICKS / TICKS_PER_QUARTER
