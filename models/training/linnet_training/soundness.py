"""What holds for every arrangement, however it was made."""

import numpy as np

from .tokens import DRUM_CLASSES, DURATIONS, POSITION_TICKS, QUALITIES, bar_ticks, beat_ticks
from .vocabulary import PARTS, STYLES

_LINES = ("lead", "counter", "bass")


def faults(item):
    """What is wrong with an arrangement, in words; empty where it is sound."""
    found = [] if item.parts else ["no parts"]
    if item.style not in STYLES:
        found.append(f"style {item.style}")
    if not 0 <= item.first_full < max(item.bars, 1):
        found.append("first_full outside")
    for name, rows in item.parts.items():
        found += [f"{name}: {text}" for text in _row_faults(item, name, rows)]
    return found + _chord_faults(item)


def _row_faults(item, name, rows):
    if name not in PARTS:
        return ["no such part"]
    if rows.dtype != np.int16 or rows.ndim != 2 or rows.shape[1] != 5 or not len(rows):
        return ["not rows of five int16"]
    keys = [tuple(row[:3]) for row in rows.tolist()]
    if keys != sorted(set(keys)):
        return ["not sorted, or one note twice"]
    found = []
    if rows[:, 0].min() < 0 or rows[:, 0].max() >= item.bars:
        found.append("bar outside")
    if name == "drums":
        return found + _drum_faults(item, rows)
    if rows[:, 4].min() < 0 or rows[:, 4].max() > 127:
        found.append("velocity outside")
    ticks = bar_ticks(item.metre)
    if any(POSITION_TICKS[p] >= ticks for p in rows[:, 1]):
        found.append("onset past the bar line")
    if rows[:, 2].min() < 0 or rows[:, 2].max() > 127:
        found.append("pitch outside")
    if rows[:, 3].min() < 0 or rows[:, 3].max() >= len(DURATIONS):
        found.append("duration class outside")
    if name in _LINES and not found:
        found += _overlaps(rows, ticks)
    return found


def _overlaps(rows, ticks):
    onsets = [row[0] * ticks + POSITION_TICKS[row[1]] for row in rows.tolist()]
    ends = [onset + DURATIONS[row[3]] for onset, row in zip(onsets, rows, strict=True)]
    late = [end > after for end, after in zip(ends, onsets[1:], strict=False)]
    return ["notes overlap"] if any(late) else []


def _drum_faults(item, rows):
    found = []
    if rows[:, 1].max() >= bar_ticks(item.metre) * item.steps_a_beat // beat_ticks(item.metre):
        found.append("step past the bar line")
    if not 0 <= rows[:, 2].min() <= rows[:, 2].max() < len(DRUM_CLASSES):
        found.append("class outside")
    if not 1 <= rows[:, 3].min() <= rows[:, 3].max() <= 127:
        found.append("velocity outside")
    if abs(rows[:, 4]).max() > 50:
        found.append("shift outside")
    return found


def _chord_faults(item):
    at, found = 0, []
    for onset, length, root, quality in item.chords:
        if onset < at or length <= 0:
            found.append("chords overlap")
        if not (0 <= root < 12 and 0 <= quality < len(QUALITIES)):
            found.append("no such chord")
        at = onset + length
    if at > item.bars * bar_ticks(item.metre):
        found.append("chords pass the end")
    return found


def covered_share(item):
    """The share of the bars' time that has a chord."""
    return sum(chord[1] for chord in item.chords) / (item.bars * bar_ticks(item.metre))
