"""The plan of an arrangement: its traits, and sections with labels, intensity and drop-outs."""

from dataclasses import dataclass, fields, replace

from .chance import chance, pick, spread

SCHEMES = ("AABA", "ABAB", "AABB", "ABAC", "AABC", "ABAB", "AAAB")
ARCS = ((0.35, 0.55, 0.75, 0.95), (0.5, 0.7, 0.6, 0.9), (0.45, 0.8, 0.5, 0.85), (0.6, 0.6, 0.75, 0.8),
        (0.7, 0.85, 0.45, 0.95), (0.55, 0.6, 0.6, 0.55))

_OWN = ("density", "syncopation", "register", "articulation")


@dataclass(frozen=True)
class Traits:
    """How this arrangement differs from others of its style; each in 0–1."""

    density: float
    syncopation: float
    register: float
    energy: float
    articulation: float
    looseness: float


@dataclass(frozen=True)
class Section:
    """`bars` bars from bar `start`; `intensity` in 0–1; `silent` names parts that rest.

    `beat` says how much of the drums plays: full, light (cymbals), pulse (kick and cymbals), none.
    `stop` says that all but a fill rest after the first beat of the last bar.
    """

    start: int
    bars: int
    label: str
    intensity: float
    silent: frozenset
    beat: str
    stop: bool = False
    swell: float = 0.0

    def level(self, bar):
        """Intensity in bar `bar` of the piece, which rises by `swell` from the first to the last."""
        return self.intensity + self.swell * ((bar - self.start) / max(self.bars, 1) - 0.5)


def draw_traits(random):
    """Traits, each its own wide draw."""
    return Traits(*(float(random.beta(0.9, 0.9)) for _ in range(6)))


def own_traits(common, random):
    """Traits of one part: half the arrangement's, half its own."""
    own = draw_traits(random)
    return Traits(*((getattr(common, f.name) + getattr(own, f.name)) / 2 if f.name in _OWN
                    else getattr(common, f.name) for f in fields(Traits)))


def _lengths(bars, random):
    """Section lengths that add up to `bars`: eights, fours where short, a rest joined to the last."""
    size = 4 if bars < 16 else 8
    if bars >= 64 and chance(random, 0.3):
        size = 16
    count, rest = divmod(bars, size)
    if count == 0:
        return [bars] if bars else []
    lengths = [size] * count
    if rest >= size // 2:
        lengths.append(rest)
    elif rest:
        lengths[-1] += rest
    return lengths


def _beat(style, at, count, intensity, random):
    """How much of the drums a section has."""
    if style.layered and count > 1:
        if at == 0 and chance(random, style.layered):
            return pick(random, ("light", "pulse", "pulse"))
        if 0 < at < count - 1 and chance(random, 0.5 * style.layered):
            return pick(random, ("light", "pulse", "none"), (3, 1, 0.6))
        return "full"
    if at == 0 and count > 2 and chance(random, 0.16):
        return pick(random, ("light", "none"), (3, 1))
    if 1 < at < count - 1 and intensity < 0.6 and chance(random, 0.12):
        return "light"
    return "full"


def _silent(style, at, count, beat, random):
    """Parts that rest in a section; never both bass and chords."""
    silent = set()
    if count > 2 and at == 0 and chance(random, 0.12 + 0.2 * style.layered):
        silent.add(pick(random, ("bass", "chords", "counter"), (3, 1, 3)))
    if 0 < at < count - 1 and chance(random, 0.06 + 0.1 * style.layered):
        silent.add(pick(random, ("bass", "chords"), (1, 1)))
    if beat == "none":
        silent.discard("chords")
    if chance(random, 0.6 if at == 0 else 0.25):
        silent.add("counter") if count > 1 else None
    return frozenset(silent)


def make_form(style, first, bars, random):
    """Sections of the bars from `first` up to `bars`."""
    lengths = _lengths(bars - first, random)
    scheme, arc = pick(random, SCHEMES), pick(random, ARCS)
    sections, start = [], first
    for at, length in enumerate(lengths):
        share = at / max(1, len(lengths) - 1) if len(lengths) > 1 else 0.6
        level = arc[min(3, int(share * 3.99))] + spread(random, -0.07, 0.07)
        beat = _beat(style, at, len(lengths), level, random)
        if beat != "full":
            level -= 0.15
        silent = _silent(style, at, len(lengths), beat, random)
        level = min(1.0, max(0.1, level))
        stop = at + 1 < len(lengths) and length >= 4 and chance(random, style.stops)
        swell = style.swell * spread(random, -0.3, 1.0)
        sections.append(Section(start, length, scheme[at % 4], level, silent, beat, stop, swell))
        start += length
    return _heard(sections)


def _heard(sections):
    """The sections, with no part resting in all of them."""
    always = frozenset.intersection(*(s.silent for s in sections)) if sections else frozenset()
    return [replace(s, silent=s.silent - always) for s in sections]
