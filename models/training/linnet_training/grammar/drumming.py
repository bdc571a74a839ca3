"""Drum rows from a style's grooves: settled per section, varied by bar, with fills and touch."""

import numpy as np

from ..tokens import is_compound
from .chance import chance, pick
from .pattern import choose_family, choose_pattern, mutated, settle_hits
from .style import DRUM_KEYS

_LOUD = {"X": 104, "x": 84, "o": 46}
_CLASS_LOUD = {"K": 4, "S": 6, "H": -14, "O": -8, "L": 2, "M": 0, "T": 0, "C": 2, "R": -8}
_FILL_KEYS = {"k": "K", "s": "S", "h": "H", "o": "O", "l": "L", "m": "M", "t": "T", "c": "C", "r": "R",
              "g": "S"}
_MUTABLE = "KLMT"
_LIGHT, _PULSE = ("H", "R", "O"), ("K", "H", "R")


def _settled(family, traits, mutation, random):
    """One pattern for each drum, optional hits decided."""
    groove = {}
    for key, alternatives in family.patterns.items():
        pattern = choose_pattern(random, alternatives, traits.density, traits.syncopation)
        if key in _MUTABLE:
            pattern = mutated(pattern, alternatives, mutation, random)
        if len(pattern) > 1:
            groove[key] = settle_hits(pattern, traits.density, random)
    cymbals = [(key, p) for key in "HRO" for p in family.patterns.get(key, ()) if len(p) > 1]
    if cymbals and not set("HRO") & set(groove) and chance(random, 0.85):
        key, pattern = pick(random, cymbals)
        groove[key] = settle_hits(pattern, traits.density, random)
    return groove


def _varied(groove, size, random):
    """The groove with one or two small changes, for every fourth bar and some second ones."""
    out = dict(groove)
    for _ in range(1 + chance(random, 0.4)):
        key = pick(random, list(out))
        steps = list(out[key])
        at = size * int(random.random() * (len(steps) // size)) + int(size * (0.5 + 0.5 * random.random()))
        if key == "K" and steps[at] == "." and at % (size // 4):
            steps[at] = "x"
        elif key == "S" and steps[at] == "." and at % (size // 4):
            steps[at] = "o"
        elif key in "HR" and steps[at] != ".":
            steps[at] = "." if chance(random, 0.5) else "X"
        out[key] = "".join(steps)
    return out


def _swap_cymbal(groove, intensity, random):
    """In loud sections the closed hat may go to the ride, in the loudest to the open hat."""
    if "H" in groove and "R" not in groove and intensity > 0.72 and chance(random, 0.55):
        groove = dict(groove)
        hat = groove.pop("H")
        if hat.count("x") + hat.count("X") > len(hat) // 2:
            hat = "".join(s if i % 2 == 0 else "." for i, s in enumerate(hat))
        groove["R" if chance(random, 0.7) else "O"] = hat
    return groove


def _in_threes(symbols):
    """Beats of three steps whose outer steps sound get the middle one too."""
    out = list(symbols)
    for at in range(0, len(out) - 2, 3):
        if out[at] not in ".-" and out[at + 2] not in ".-" and out[at + 1] in ".-":
            out[at + 1] = "x"
    return out


class Drummer:
    """Plays a form in one style; holds a groove for each section label."""

    def __init__(self, style, traits, grid, random):
        self.style, self.traits, self.grid, self.random = style, traits, grid, random
        self.family, self.grooves, self.seen = None, {}, set()
        self.threes = is_compound(grid.metre) and grid.size == 16 and chance(random, 0.75)
        scale = np.clip(traits.looseness * 1.4, 0.15, 1.4)
        self.jitter = style.jitter * scale
        self.late = {key: value * (0.5 + traits.looseness) for key, value in style.late.items()}
        low, high = style.swing
        self.swing = 0 if grid.steps_a_beat == 3 else low + (high - low) * traits.looseness

    def groove(self, section):
        """The plain and the varied groove of a section."""
        if section.label in self.grooves and section.start not in self.seen and chance(self.random, 0.4):
            plain = self.grooves[section.label][0]
            self.grooves[section.label] = (plain, _varied(plain, self.grid.size, self.random))
        self.seen.add(section.start)
        if section.label not in self.grooves:
            self.family = choose_family(self.random, self.style.drums, self.family)
            plain = _settled(self.family, self.traits, self.style.mutation, self.random)
            if not self.style.layered:
                plain = _swap_cymbal(plain, section.intensity, self.random)
            self.grooves[section.label] = (plain, _varied(plain, self.grid.size, self.random))
        return self.grooves[section.label]

    def kick(self, section):
        """The kick's pattern in a section, empty where it is not in sixteen steps."""
        return self.groove(section)[0].get("K", "") if self.grid.size == 16 else ""

    def _bar(self, groove, bar):
        """`{step: {key: symbol}}` of one bar of a groove."""
        hits = {}
        for key, pattern in groove.items():
            symbols = self.grid.symbols(pattern, bar)
            symbols = _in_threes(symbols) if self.threes and key in "HR" else symbols
            for step, symbol in enumerate(symbols):
                if symbol not in ".-" and not (symbol == "o" and key == "S" and chance(self.random, 0.15)):
                    hits.setdefault(step, {})[key] = symbol
        for here in hits.values():
            if "O" in here:
                here.pop("H", None)
        return hits

    def _fill(self, hits, whole, at_bar):
        """Lays a fill over a bar: `=` keeps the groove, other symbols replace it."""
        fills = self.style.fills
        short = [f for f in fills if f.count("=") >= len(f) // 2]
        fill = pick(self.random, fills if whole or not short else short)
        begin = at_bar % self.grid.cycle
        symbols = self.grid.symbols(fill, begin if self.grid.cycle > 1 else 0)
        out = {}
        for step, symbol in enumerate(symbols):
            if symbol == "=":
                out[step] = hits.get(step, {})
            elif symbol not in ".-":
                key = _FILL_KEYS[symbol.lower()]
                out[step] = {key: "o" if symbol == "g" else "f"}
                if symbol.isupper():
                    out[step]["K"] = "x"
        return out

    def section(self, section, following):
        """`[(bar, {step: {key: symbol}})]` of a section; `following` is the next one or None."""
        plain, varied = self.groove(section)
        rising = following is not None and section.beat != "full" and following.beat == "full"
        if section.beat == "none":
            plain = varied = {}
        elif section.beat != "full":
            kept = _LIGHT if section.beat == "light" else _PULSE
            kept = kept if any(key in plain for key in kept) else ("K",)
            plain, varied = ({k: v for k, v in g.items() if k in kept} for g in (plain, varied))
        two = chance(self.random, 0.3)
        bars = []
        for at in range(section.bars):
            other = at % 4 == 3 or (two and at % 2 == 1)
            hits = self._bar(varied if other else plain, at)
            end = at == section.bars - 1
            if self._fills(at, end, end and following is None, rising):
                large = end and (rising or chance(self.random, 0.3 + 0.6 * self.traits.energy))
                hits = self._fill(hits, large, at)
            if end and section.stop:
                hits = {step: here for step, here in hits.items()
                        if step == 0 or step >= self.grid.steps - self.grid.steps_a_beat}
            bars.append((section.start + at, hits))
        return bars

    def _fills(self, at, end, last, rising):
        """Whether a bar ends in a fill: ends of sections mostly, fourth bars sometimes, never the last."""
        if last or not (end or (at % 4 == 3 and chance(self.random, 0.35))):
            return False
        share = self.style.fill_share * (1.0 if end else 0.6)
        return chance(self.random, max(share, 0.85) if end and rising else share)

    def _pickup(self, section):
        """Rows of a short fill in the bar before the first whole one, sometimes."""
        if not section.start or section.beat != "full" or not chance(self.random, 0.35):
            return []
        fill = self._fill({}, False, self.grid.cycle - 1)
        late = {s: here for s, here in fill.items() if s >= self.grid.steps // 2}
        return self._rows(section.start - 1, late, section.intensity)

    def play(self, form):
        """Drum rows of the whole form."""
        rows, crash = self._pickup(form[0]), False
        for number, section in enumerate(form):
            bars = self.section(section, form[number + 1] if number + 1 < len(form) else None)
            if crash and section.beat == "full":
                first = bars[0][1].setdefault(0, {})
                first["C"] = "X"
                first.setdefault("K", "X")
            for bar, hits in bars:
                rows += self._rows(bar, hits, section.level(bar))
            crash = chance(self.random, self.style.crash * (0.4 + 0.8 * self.traits.energy))
        return self._ended(rows, form)

    def _ended(self, rows, form):
        """The last bar cut after one hit on its first beat, sometimes."""
        quiet = not rows or form[-1].bars < 2 or form[-1].beat == "none"
        if quiet or not chance(self.random, self.style.ending):
            return rows
        bar = form[-1].start + form[-1].bars - 1
        rows = [row for row in rows if row[0] < bar]
        return rows + self._rows(bar, {0: {"K": "X", "C": "x"}}, form[-1].intensity)

    def _rows(self, bar, hits, intensity):
        """Rows of one bar with velocities and shifts; the loudest hit of a class stays."""
        style, random = self.style, self.random
        lift = style.loudness + 16 * (intensity - 0.55) + 14 * (self.traits.energy - 0.5)
        rows = []
        for step, here in sorted(hits.items()):
            inside = step % self.grid.steps_a_beat
            for key, symbol in here.items():
                loud = _LOUD.get(symbol) or 66 + 38 * step / self.grid.steps
                loud += _CLASS_LOUD[key] + lift + 4 * random.standard_normal()
                if key in "HR" and inside:
                    loud -= 8
                shift = self.late.get(key, 0.0) + self.jitter * random.standard_normal()
                shift += self.swing if inside % 2 else 0
                rows.append((bar, step, DRUM_KEYS[key], int(min(max(loud, 12), 127)),
                             int(min(max(round(shift), -49), 49))))
        return rows
