"""Patterns laid along a form: note events with their lengths, and rows from notes."""

from dataclasses import dataclass
from functools import lru_cache

from ..tokens import DURATIONS, POSITION_TICKS, position_of_tick, quantise_onset
from ..tokens import duration_class as _duration_class

_PLACES = set(POSITION_TICKS)


@dataclass
class Event:
    """A symbol at `tick` that holds for `length` ticks; `accent` in −1–1."""

    tick: int
    symbol: str
    length: int
    section: object
    bar: int


def lay(pattern_of, form, grid, part):
    """Events of a part over a form; `pattern_of(section, bar in section)` gives each bar's pattern.

    A hold at the start of a bar goes on from the bar before. A part has none in sections where it rests.
    """
    events = []
    for section in form:
        if part in section.silent:
            continue
        open_event = None
        for at in range(section.bars):
            begin = (section.start + at) * grid.ticks
            stopped = section.stop and at == section.bars - 1
            symbols = grid.symbols(pattern_of(section, at), at)
            for step, symbol in enumerate(symbols[:grid.steps_a_beat] if stopped else symbols):
                tick = begin + step * grid.step_ticks
                if symbol == "-":
                    if open_event is not None:
                        open_event.length += grid.step_ticks
                elif symbol == ".":
                    open_event = None
                else:
                    open_event = Event(tick, symbol, grid.step_ticks, section, section.start + at)
                    events.append(open_event)
    return events


@lru_cache(maxsize=65536)
def duration_class(ticks, room):
    """Class of the duration nearest to `ticks` that fits in `room` ticks."""
    return _duration_class(ticks, room)


def row_of(onset, length, midi, velocity, ticks, room=None):
    """One pitched row, its onset moved to the grid; `room` bounds the length."""
    bar, inside = divmod(int(onset), ticks)
    if inside not in _PLACES:
        inside = quantise_onset(inside)
        if inside >= ticks:
            bar, inside = bar + 1, 0
    kind = duration_class(max(1, int(length)), None if room is None else max(1, int(room)))
    return (bar, position_of_tick(inside), int(midi), kind, int(min(max(round(velocity), 1), 127)))


def line_rows(notes, ticks, bars):
    """Rows of a monophonic part from `(onset, length, midi, velocity)` notes; overlaps are cut."""
    notes = sorted(notes)
    kept = [n for i, n in enumerate(notes) if i + 1 == len(notes) or notes[i + 1][0] > n[0]]
    rows = []
    for i, (onset, length, midi, velocity) in enumerate(kept):
        edge = kept[i + 1][0] if i + 1 < len(kept) else bars * ticks
        rows.append(row_of(onset, length, midi, velocity, ticks, edge - onset))
    return rows


def chord_rows(notes, ticks, bars):
    """Rows of a part of chords; a pitch ends where it is struck again."""
    following, rows = {}, {}
    for onset, length, midi, velocity in sorted(notes, reverse=True):
        edge = following.get(midi, bars * ticks)
        if edge > onset:
            row = row_of(onset, length, midi, velocity, ticks, edge - onset)
            rows[row[:3]] = row
            following[midi] = onset
    return sorted(rows.values())


def longest(ticks):
    """The longest duration class that `ticks` holds, in ticks."""
    return max(d for d in DURATIONS if d <= max(ticks, 1))
