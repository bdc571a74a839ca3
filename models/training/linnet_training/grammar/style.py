"""What a style is made of: families of patterns, harmony, lead and counter habits, tempo and touch.

Patterns are strings, one symbol a step; `-` holds, `.` rests.
Drums: `X` accent, `x` plain, `o` ghost, a digit a hit with that many tenths of probability.
Chords: `X x o` the whole chord, a digit one voice (0 the lowest), `U` the upper voices, `L` the lower
ones, `D` the top voice in octaves.
Bass: `R` root, `O` its octave, `F` fifth, `Q` the fifth below, `T` third, `S` seventh, `X` sixth, `N`
second, `A` a half step and `D` a scale step towards the next chord, `G` a dead note, `W` a walking note;
lower case where the density asks for it.
Fills: the drum's letter, upper case with the kick, `g` a ghost on the snare, `=` the groove.
"""

from dataclasses import dataclass, field

DRUM_KEYS = {"K": 0, "S": 1, "H": 2, "O": 3, "L": 4, "M": 5, "T": 6, "C": 7, "R": 8}


@dataclass(frozen=True)
class Family:
    """Patterns that go together. `patterns` maps a key to alternatives; `options` are engine
    switches."""

    name: str
    weight: float
    patterns: dict
    options: dict = field(default_factory=dict)


def drums(name, weight, **patterns):
    """A drum family: alternatives, separated by spaces, for each key of `DRUM_KEYS`."""
    return Family(name, weight, {key: _alternatives(text) for key, text in patterns.items()})


def line(name, weight, patterns, **options):
    """A bass or comping family: alternatives separated by spaces, and engine switches."""
    return Family(name, weight, {"": _alternatives(patterns)}, options)


def _alternatives(text):
    """The words of a text, bar lines left out."""
    return tuple(word.replace("|", "") for word in text.split())


@dataclass(frozen=True)
class HarmonyPlan:
    """Weights of the ways to treat the source's chords, and what chords become.

    `ways` weighs keep, slow, loop and vamp; `unit_bars` is the shortest chord after slowing; `colour`
    names a table of qualities; `turns` is the chance to put a second before a dominant, `dark` the
    leaning to minor, `still` allows a vamp of one chord.
    """

    ways: dict
    unit_bars: float = 0.5
    colour: str = "keep"
    turns: float = 0.0
    dark: float = 0.5
    still: bool = False


@dataclass(frozen=True)
class LeadPlan:
    """What becomes of the melody.

    `riff`, `rhythm` (a riff takes a new rhythm), `push` (anticipation by `push_ticks`) and `stretch`
    (long notes) are chances, `thin` a range of shares to leave out, `centre` a midi note; `legato`
    scales lengths.
    """

    riff: float = 0.0
    push: float = 0.0
    push_ticks: int = 12
    thin: tuple = (0.0, 0.3)
    stretch: float = 0.0
    centre: int = 72
    loudness: int = 88
    rhythm: float = 0.4
    legato: float = 1.0


@dataclass(frozen=True)
class Style:
    """All rules of one style.

    `bpm` is a range of quarters a minute; `late`, `jitter` and `swing` (of odd steps) are in 1/100 step.
    `layered`, `crash`, `fill_share`, `ending`, `stops`, `mutation` and `invention` (of patterns) are
    chances, as is `shuffle`, of the beat in three with the drums of `shuffles`. `lock` and
    `comp_lock` are how far bass and chords seek the kick, `swell` how far a section may grow
    louder; `bass_low` is the lowest middle of the bass, a midi note.
    """

    name: str
    bpm: tuple
    drums: tuple
    fills: tuple
    bass: tuple
    comps: tuple
    harmony: HarmonyPlan
    lead: LeadPlan
    counters: dict
    thirds: bool = False
    shuffles: tuple = ()
    shuffle: float = 0.0
    late: dict = field(default_factory=dict)
    jitter: float = 4.0
    swing: tuple = (0.0, 0.0)
    loudness: int = 0
    layered: float = 0.0
    crash: float = 0.5
    fill_share: float = 0.8
    ending: float = 0.6
    stops: float = 0.08
    lock: float = 0.0
    comp_lock: float = 0.0
    swell: float = 0.1
    bass_low: int = 34
    mutation: float = 0.4
    invention: float = 0.4
    programs: dict = field(default_factory=dict)
