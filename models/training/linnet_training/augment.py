"""Ways to make another arrangement of one, or of two: pure functions, None where they do not apply.

What sounds together stays together: parts move by octaves, a change of mode takes the chords along, and
pieces are joined where phrases of four bars end.
"""

from dataclasses import replace

import numpy as np

from .arrangement import as_rows, cut
from .rhythm import TIME_SCALES, onset_ticks, scale_time, vary_rhythm
from .theory import QUALITY_PCS, SCALES
from .tokens import DURATIONS, QUALITIES, bar_ticks, duration_class

PHRASE_BARS = 4
RANGES = {"lead": (45, 96), "counter": (40, 91), "chords": (36, 91), "bass": (24, 64)}
_TO_MINOR = {4: 3, 9: 8, 11: 10}
_TO_MAJOR = {3: 4, 8: 9, 10: 11}
_MINOR_SCALES = tuple(name for name, pcs in SCALES.items() if 3 in pcs and 4 not in pcs)


def is_minor(item):
    """True for scales with a minor third."""
    return item.scale in _MINOR_SCALES


def shift_register(item, part, octaves):
    """A pitched part some octaves higher, or None where a note would leave the part's range."""
    rows = item.parts[part].copy()
    rows[:, 2] += 12 * octaves
    low, high = RANGES[part]
    if rows[:, 2].min() < low or rows[:, 2].max() > high:
        return None
    return replace(item, parts={**item.parts, part: rows})


def transpose(item, semitones):
    """Everything some semitones higher, tonic and chords too; None where MIDI ends."""
    parts = {}
    for name, rows in item.parts.items():
        parts[name] = rows.copy()
        if name != "drums":
            parts[name][:, 2] += semitones
            if parts[name][:, 2].min() < 0 or parts[name][:, 2].max() > 127:
                return None
    chords = [[onset, length, (root + semitones) % 12, quality]
              for onset, length, root, quality in item.chords]
    return replace(item, parts=parts, chords=chords, tonic=(item.tonic + semitones) % 12)


def drop_parts(item, names):
    """The arrangement without some parts, or None where none would be left."""
    parts = {name: rows for name, rows in item.parts.items() if name not in names}
    if not parts or len(parts) == len(item.parts):
        return None
    return replace(item, parts=parts, by_grammar=[n for n in item.by_grammar if n not in names])


def swap_voices(item):
    """Counter and lead exchanged, by octaves, so that the new lead lies above; None without both."""
    if not {"lead", "counter"} <= set(item.parts):
        return None
    lead, counter = item.parts["counter"].copy(), item.parts["lead"].copy()
    while np.median(lead[:, 2]) < np.median(item.parts["lead"][:, 2]) - 6:
        lead[:, 2] += 12
    while np.median(counter[:, 2]) > np.median(lead[:, 2]) - 3:
        counter[:, 2] -= 12
    if lead[:, 2].max() > RANGES["lead"][1] or counter[:, 2].min() < RANGES["counter"][0]:
        return None
    other = {"lead": "counter", "counter": "lead"}
    return replace(item, parts={**item.parts, "lead": lead, "counter": counter},
                   by_grammar=[other.get(name, name) for name in item.by_grammar])


def phrase_ends(item):
    """The bars after which phrases of four bars end, from the first full bar."""
    return list(range(item.first_full + PHRASE_BARS, item.bars, PHRASE_BARS))


def splice(first, second, end, begin):
    """Bars up to `end` of one piece, then bars from `begin` on of another, in the first's key.

    None where metre, mode, style or split differ, or they share no part.
    """
    like = all(getattr(first, key) == getattr(second, key) for key in ("split", "style"))
    if not like or list(first.metre) != list(second.metre) or is_minor(first) != is_minor(second):
        return None
    shift = (first.tonic - second.tonic + 6) % 12 - 6
    tail = transpose(cut(second, begin, second.bars), shift)
    names = [n for n in first.parts if tail is not None and n in tail.parts]
    if first.steps_a_beat != second.steps_a_beat:
        names = [name for name in names if name != "drums"]
    head, ticks, parts = cut(first, 0, end), bar_ticks(first.metre), {}
    names = [name for name in names if name in head.parts]
    if not names:
        return None
    for name in names:
        after = tail.parts[name].copy()
        after[:, 0] += end
        before = head.parts[name]
        if name != "drums":
            before = _ended(before, first.metre, end * ticks)
        parts[name] = np.concatenate([before, after])
    chords = head.chords + [[c[0] + end * ticks, *c[1:]] for c in tail.chords]
    either = {*first.by_grammar, *second.by_grammar}
    title = first.piece if first.piece == second.piece else f"{first.piece}+{second.piece}"
    return replace(head, piece=title, parts=parts, chords=chords, bars=end + tail.bars,
                   chords_inferred=first.chords_inferred or second.chords_inferred,
                   by_grammar=[name for name in names if name in either])


def _ended(rows, metre, end):
    """Rows whose notes stop at tick `end`."""
    rows = rows.copy()
    for i, onset in enumerate(onset_ticks(rows, metre)):
        if onset + DURATIONS[rows[i, 3]] > end:
            rows[i, 3] = duration_class(end - onset, end - onset)
    return rows


def change_mode(item):
    """Major made minor on the same tonic, or minor major, by scale degrees, chords too.

    The leading note stays in minor's dominant chords. Chords outside the key that would become no chord
    that has a name are left as they are, with their notes.
    """
    table = _TO_MAJOR if is_minor(item) else _TO_MINOR
    chords, tables = [], []
    for onset, length, root, quality in item.chords:
        mapped = _chord_in_mode((root - item.tonic) % 12, quality, table)
        chords.append([onset, length, (mapped[0] + item.tonic) % 12, mapped[1]])
        tables.append(mapped[2])
    onsets, parts = [chord[0] for chord in item.chords], {}
    for name, rows in item.parts.items():
        parts[name] = rows if name == "drums" else _in_mode(item, rows, onsets, tables, table)
    scale = "major" if is_minor(item) else _minor_of(parts, item.tonic)
    return replace(item, parts=parts, chords=chords, scale=scale)


def _chord_in_mode(degree, quality, table):
    """`(degree, quality, table of the notes under it)` of a chord in the other mode."""
    tones = [(degree + pc) % 12 for pc in QUALITY_PCS[QUALITIES[quality]]]
    if table is _TO_MINOR and 11 in tones and degree in (7, 11):
        table = {4: 3, 9: 8}
    moved = {table.get(pc, pc) for pc in tones}
    root = table.get(degree, degree)
    for number, name in enumerate(QUALITIES):
        if {(root + pc) % 12 for pc in QUALITY_PCS[name]} == moved:
            return root, number, table
    return degree, quality, {k: v for k, v in table.items() if k not in tones}


def _in_mode(item, rows, onsets, tables, table):
    rows = rows.copy()
    at = np.searchsorted(onsets, onset_ticks(rows, item.metre), "right") - 1
    for i, chord in enumerate(at):
        degree = (rows[i, 2] - item.tonic) % 12
        rows[i, 2] += (tables[chord] if chord >= 0 else table).get(degree, degree) - degree
    seen = {}
    for row in rows.tolist():
        seen.setdefault(tuple(row[:3]), row)
    return as_rows(seen.values())


def _minor_of(parts, tonic):
    """Harmonic minor where the raised seventh is heard more often than the other."""
    degrees = np.concatenate([(rows[:, 2] - tonic) % 12 for n, rows in parts.items() if n != "drums"])
    return "harmonic minor" if np.sum(degrees == 11) > np.sum(degrees == 10) else "minor"


class Augmenter:
    """Applies some of the changes at random. The shares are chances of each, tried in this order."""

    def __init__(self, splice=0.1, mode=0.15, time=0.1, rhythm=0.1, register=0.2, swap=0.05, drop=0.1):
        self.shares = {"splice": splice, "mode": mode, "time": time, "rhythm": rhythm,
                       "register": register, "swap": swap, "drop": drop}

    def __call__(self, item, random, other=None):
        """Another arrangement, or the same; `other` is the piece to splice with (None: the piece itself)."""
        for name, share in self.shares.items():
            if random.random() < share:
                changed = getattr(self, f"_{name}")(item, random, other)
                item = item if changed is None else changed
        return item

    def _splice(self, item, random, other):
        second = item if other is None else other
        ends, begins = phrase_ends(item), phrase_ends(second)
        if not ends or not begins:
            return None
        return splice(item, second, int(random.choice(ends)), int(random.choice(begins)))

    def _mode(self, item, random, other):
        return change_mode(item)

    def _time(self, item, random, other):
        choices = TIME_SCALES.get(tuple(item.metre), ())
        return scale_time(item, *choices[random.integers(len(choices))]) if choices else None

    def _pitched(self, item, random):
        names = [name for name in item.parts if name != "drums"]
        return names[random.integers(len(names))] if names else None

    def _rhythm(self, item, random, other):
        part = self._pitched(item, random)
        return vary_rhythm(item, part, random) if part else None

    def _register(self, item, random, other):
        part = self._pitched(item, random)
        return shift_register(item, part, int(random.choice([-1, 1]))) if part else None

    def _swap(self, item, random, other):
        return swap_voices(item)

    def _drop(self, item, random, other):
        part = self._pitched(item, random)
        return drop_parts(item, [part]) if part else None
