"""Bars cut into steps, and which step of a 4/4 pattern each step of another metre takes.

Patterns are written for four beats of 4/4: sixteen steps, or twelve where the beat falls in three.
A bar of another metre is a row of such beats: a waltz takes the first, second and fourth, two bars of
2/4 or 6/8 share one pattern, and a group of three eighths is a beat with its second half again.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from ..tokens import bar_ticks, is_compound

_ROWS = {
    1: (((0,), (1,), (2,), (3,)),),
    2: (((0, 1), (2, 3)),),
    3: (((0, 1, 3),), ((0, 2, 3),)),
    4: (((0, 1, 2, 3),),),
    5: (((0, 2, 1, 2, 3),), ((0, 1, 2, 2, 3),)),
    6: (((0, 1, 2, 0, 1, 3),), ((0, 1, 2, 3, 2, 3),)),
    7: (((0, 1, 2, 3, 2, 1, 3),), ((0, 2, 1, 2, 1, 2, 3),)),
    8: (((0, 1, 2, 3, 0, 1, 2, 3),),),
}
_ODD_CELLS = {1: ((0,), (1,), (2,), (3,)), 2: ((0, 1), (2, 3)), 3: ((0, 1, 3),), 4: ((0, 1, 2, 3),),
              5: ((0, 1, 2, 1, 3),), 6: ((0, 1, 2, 3, 2, 3),), 7: ((0, 1, 2, 3, 0, 1, 3),)}

CACHE_MAX = 8192


@dataclass(frozen=True, eq=False)
class Grid:
    """The steps of a bar. `sources[k][s]` are the pattern steps of step `s` in bar `k` of a cycle."""

    metre: tuple
    ticks: int
    step_ticks: int
    steps_a_beat: int
    sources: tuple
    beats: tuple
    size: int
    cache: dict = field(default_factory=dict)

    @property
    def steps(self):
        """Steps a bar."""
        return len(self.sources[0])

    @property
    def cycle(self):
        """Bars that share one bar of a pattern."""
        return len(self.sources)

    def sounds(self, pattern):
        """True where some step of the metre takes an onset of `pattern`."""
        bars = self.cycle * max(1, len(pattern) // self.size)
        return any(symbol not in ".-" for bar in range(bars) for symbol in self.symbols(pattern, bar))

    def symbols(self, pattern, bar):
        """The symbols of `pattern` on the steps of bar `bar` (0 is where the pattern begins)."""
        whole, part = divmod(bar, self.cycle)
        begin = whole % max(1, len(pattern) // self.size) * self.size
        key = (pattern, begin, part)
        if key not in self.cache:
            if len(self.cache) > CACHE_MAX:
                self.cache.clear()
            self.cache[key] = [_symbol(pattern, begin, places) for places in self.sources[part]]
        return self.cache[key]


def _symbol(pattern, begin, places):
    """The first symbol that sounds, else a hold, else a rest."""
    here = [pattern[begin + place] for place in places]
    sounding = [symbol for symbol in here if symbol not in ".-"]
    return sounding[0] if sounding else ("-" if "-" in here else ".")


def _odd_groups(eighths, variant):
    """Group lengths in eighths: 2+2+3 or 3+2+2 for seven, 3+2 or 2+3 for five."""
    pairs = [2] * ((eighths - 3) // 2)
    return [3, *pairs] if variant else [*pairs, 3]


def _cell_steps(cell, size, kind):
    """Pattern steps of each step of one beat; `kind` is simple, compound, short or long."""
    a_beat = size // 4
    at = cell * a_beat
    if kind == "compound" and a_beat == 4:
        return [(at,), (at + 1,), (at + 2, at + 3)]
    if kind in ("simple", "compound"):
        return [(at + i,) for i in range(a_beat)]
    steps = [(at + i,) for i in range(4)] if a_beat == 4 else [(at,), (), (at + 2,), ()]
    return steps + steps[2:] if kind == "long" else steps


@lru_cache(maxsize=256)
def make_grid(metre, thirds=False, variant=0):
    """The `Grid` of a metre, or None where it has no beats that we know.

    `thirds` takes patterns of twelve steps, the beat in three. `variant` (0 or 1) chooses the grouping.
    """
    ticks, size = bar_ticks(metre), 12 if thirds else 16
    compound, odd = is_compound(metre), ticks % 24 != 0
    if ticks > 192 or ticks < 36 or (96 * metre[0]) % metre[1] or ticks % 12:
        return None
    if odd and not compound:
        groups = _odd_groups(ticks // 12, variant)
        rows, kinds = _ODD_CELLS[len(groups)], ["long" if g == 3 else "short" for g in groups]
        step, a_beat = 6, 4
    else:
        count = ticks // (36 if compound else 24)
        rows = _ROWS[count][variant % len(_ROWS[count])]
        kinds = ["compound" if compound else "simple"] * count
        step = 12 if compound else (8 if thirds else 6)
        a_beat = 3 if compound or thirds else 4
    sources, beats = [], []
    for row in rows:
        bar, beats = [], []
        for cell, kind in zip(row, kinds, strict=True):
            beats.append(len(bar) * step)
            bar += _cell_steps(cell, size, kind)
        sources.append(tuple(bar))
    return Grid(metre, ticks, step, a_beat, tuple(sources), tuple(beats), size)
