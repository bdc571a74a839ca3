"""Second voices: lines of guide tones, answers in the melody's rests, and stabs."""

import numpy as np

from ..theory import SCALES
from .chance import chance, pick
from .events import lay, line_rows
from .harmony import PCS

LOWEST, HIGHEST = 55, 79
STABS = (
    "X.............x.", "......x.X.......", "X..x............", "............x.x-", "..........x..x..",
    "X-----x.........", "......X-........", "............X---", "...x..x.........")
ANSWERS = ((0, 6, 12, 24), (0, 12, 24), (0, 6, 18), (0, 12), (0, 6, 12, 18, 30), (0, 18, 24), (0, 24))


def _tones(chord):
    """Pitch classes of a chord, third and seventh first."""
    tones = PCS[chord[3]]
    order = tones[1:2] + tones[3:4] + tones[2:3] + tones[:1]
    return [(chord[2] + pc) % 12 for pc in order]


def _near(pcs, before, avoid, tired=None):
    """The pitch of `pcs` in range that moves least from `before`, under the pitch `avoid`, not `tired`."""
    best = None
    for midi in range(LOWEST, HIGHEST + 1):
        if midi % 12 in pcs:
            rank = pcs.index(midi % 12)
            cost = abs(midi - before) + 0.8 * rank + (6 if avoid and abs(midi - avoid) < 2 else 0)
            cost += 2 + 1.5 * (midi - avoid) if avoid is not None and midi > avoid else 0
            cost += 8 * (midi == tired)
            if best is None or cost < best[0]:
                best = (cost, midi)
    return best[1]


class Melody:
    """The lead by time: what sounds, and where it rests."""

    def __init__(self, notes):
        self.onsets = np.array([n[0] for n in notes] or [-1])
        self.notes = notes

    def at(self, tick):
        """The midi note that sounds or sounded last at `tick`, or None before the first."""
        index = int(np.searchsorted(self.onsets, tick, "right")) - 1
        return self.notes[index][2] if index >= 0 and self.notes else None

    def rests(self, ticks, begin, end):
        """`(onset, length)` of rests of at least `ticks` between `begin` and `end`."""
        out, at = [], begin
        for onset, length, _ in self.notes:
            if onset >= end:
                break
            if onset - at >= ticks and onset > begin:
                out.append((at, onset - at))
            at = max(at, onset + length)
        if end - at >= ticks:
            out.append((at, end - at))
        return out


def guide_line(section, timeline, melody, grid, centre, unit, random):
    """One note for each `unit` ticks or chord, moving least: strings, pads."""
    begin, end = section.start * grid.ticks, (section.start + section.bars) * grid.ticks
    notes, before, tick = [], centre, begin
    while tick < end:
        index = timeline.at(tick)
        stop = min(end, tick + unit - (tick - begin) % unit)
        if timeline.end(index) - tick >= 24:
            stop = min(stop, timeline.end(index))
        avoid = melody.at(tick)
        tired = before if len(notes) > 1 and notes[-2][2] == before else None
        pitch = _near(_tones(timeline.chords[index]), before + pick(random, (-1, 0, 0, 1)), avoid, tired)
        if notes and notes[-1][2] == pitch and notes[-1][0] + notes[-1][1] == tick and notes[-1][1] < 96 \
                and chance(random, 0.6):
            notes[-1] = (notes[-1][0], notes[-1][1] + stop - tick, pitch)
        else:
            notes.append((tick, stop - tick, pitch))
        before, tick = pitch, stop
    return notes


def passing(notes, scale, random):
    """A line with some long notes split by a step towards the next."""
    out = []
    for at, (onset, length, midi) in enumerate(notes):
        follow = notes[at + 1][2] if at + 1 < len(notes) else midi
        gap = follow - midi
        if length >= 48 and 2 < abs(gap) <= 5 and chance(random, 0.6):
            way = 1 if gap > 0 else -1
            step = next((s for s in (2, 1) if (follow - way * s) % 12 in scale), 2)
            cut = 12 if chance(random, 0.5) else 24
            out += [(onset, length - cut, midi), (onset + length - cut, cut, follow - way * step)]
        else:
            out.append((onset, length, midi))
    return out


def answers(section, timeline, melody, grid, centre, scale, random):
    """Short figures where the melody rests, all with one rhythm a section."""
    begin, end = section.start * grid.ticks, (section.start + section.bars) * grid.ticks
    rhythm = pick(random, ANSWERS)
    shape = [pick(random, (-2, -1, 0, 1, 2)) for _ in rhythm]
    notes = []
    for onset, length in melody.rests(36, begin, end):
        start = onset + (-onset % grid.step_ticks) + grid.step_ticks * pick(random, (1, 2, 2))
        start += -start % 12
        before = centre
        for offset, move in zip(rhythm, shape, strict=True):
            tick = start + offset * grid.step_ticks // 6
            if tick + 6 > onset + length:
                break
            pcs = _tones(timeline.chords[timeline.at(tick)])
            pcs = pcs if tick % 24 == 0 else pcs + [pc for pc in scale if pc not in pcs]
            before = _near(pcs, before + 2 * move, None)
            notes.append((tick, 12 if offset != rhythm[-1] else 24, before))
    return notes


def stabs(section, timeline, melody, grid, centre, random):
    """A rhythm of hits on upper chord tones, every second bar or so: horns."""
    pattern = pick(random, STABS) if chance(random, 0.5) else pick(random, STABS) + pick(random, STABS)
    if len(pattern) == 16 and chance(random, 0.5):
        pattern += "." * 16
    one = type(section)(section.start, section.bars, section.label, section.intensity, frozenset(),
                        section.beat)
    notes, before = [], centre
    for event in lay(lambda s, at: pattern, [one], grid, "counter"):
        ahead = timeline.at(event.tick + 6) if event.tick % 24 else timeline.at(event.tick)
        before = _near(_tones(timeline.chords[ahead]), before, melody.at(event.tick))
        notes.append((event.tick, max(9, event.length * 0.8 if event.length > 6 else 9), before))
    return notes


def counter_rows(kind, lead, timeline, form, grid, key, traits, random):
    """Rows of a counter of one kind: line, slow, answers or stabs."""
    melody, centre = Melody(lead), 62 + round(8 * traits.register)
    scale = [(key[0] + pc) % 12 for pc in SCALES[key[1]]]
    notes = []
    for section in form:
        if "counter" in section.silent:
            continue
        if kind == "stabs":
            part = stabs(section, timeline, melody, grid, centre, random)
        elif kind == "answers":
            part = answers(section, timeline, melody, grid, centre, scale, random)
        else:
            unit = grid.ticks * grid.cycle * (2 if kind == "slow" else 1)
            unit = max(24, unit // 2) if kind == "line" and traits.density > 0.6 else unit
            part = guide_line(section, timeline, melody, grid, centre, min(unit, 192), random)
            part = passing(part, scale, random) if kind == "line" else part
        base = 66 + (10 if kind == "stabs" else 0)
        notes += [(*note, base + 16 * (section.level(note[0] // grid.ticks) - 0.5)
                   + 3 * random.standard_normal()) for note in part]
    return line_rows(notes, grid.ticks, form[-1].start + form[-1].bars)
