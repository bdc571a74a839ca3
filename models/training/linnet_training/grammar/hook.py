"""Melodies of the grammar's own where there is none: a motif, its answer, and both over the chords."""

from ..theory import SCALES
from .chance import chance, pick
from .pattern import choose_pattern

RHYTHMS = (
    "x---x---x-x-x---", "x-----x-x---x---", "x---x-x---x-x---", "x-x-x---x-x-x---", "x-------x---x---",
    "....x-x-x---x---", "x--x--x-----....", "x--x--x--x--x-x-", "..x-x-x-..x-x---", "x-----------x-x-",
    "x-x---x-x---....", "....x---x-x-x-x-", "x--x----x--x----", ".x-x-.x-.x-x-...", "x-x-xxx-x---....",
    "x...x.xx.x.x....", "xx..x..x..x.x...", "x..x..x...x..x..", "..x..x..x.x.....", "x.x...x.x..x....",
    "x-----------....", "x---------------", "....x-----------", "x-------x-------", "..xx.xx...xx.x..")
RIFFS = (
    "x..x..x...x..x..", "x.x...x.x..x....", "..x..x..x.x.....", "x..x..x..x..x.x.", "x...x.x...x.x...",
    "xx..x..x..x.x...", ".x.x..x..x.x..x.", "x.xx.xx.x.xx.xx.", "...x..x....x..x.", "x..x.x..x..x.x..",
    "x-----x---x-x---", "x.......x..x..x.", "xxx.xxx.xxx.x.x.", "..x...x...x...xx")
_STEPS = (-2, -1, -1, 0, 1, 1, 2, 3, -3)
_PENTATONIC = {"minor": (0, 3, 5, 7, 10), "major": (0, 2, 4, 7, 9)}


def rhythm(pattern, grid, bar):
    """`(onset in bar, length)` in ticks of a rhythm pattern in bar `bar`."""
    out = []
    for step, symbol in enumerate(grid.symbols(pattern, bar)):
        if symbol == "x":
            out.append([step * grid.step_ticks, grid.step_ticks])
        elif symbol == "-" and out and sum(out[-1]) == step * grid.step_ticks:
            out[-1][1] += grid.step_ticks
    return [tuple(note) for note in out]


def _ladder(piece, plain):
    """Midi notes of the key's scale, or of its pentatonic scale where `plain`."""
    minor = "min" in piece.scale or piece.scale in ("dorian", "phrygian")
    steps = _PENTATONIC["minor" if minor else "major"] if plain else SCALES[piece.scale]
    return [midi for midi in range(52, 92) if (midi - piece.tonic) % 12 in steps]


class Hook:
    """Motifs for section labels: rhythms and moves along a ladder of scale notes."""

    def __init__(self, piece, style, traits, grid, random):
        self.grid, self.random, self.traits, self.style = grid, random, traits, style
        self.ladder = _ladder(piece, chance(random, 0.5))
        centre = style.lead.centre + round(9 * traits.register - 3)
        self.home = min(range(len(self.ladder)), key=lambda i: abs(self.ladder[i] - centre))
        self.motifs = {}

    def _motif(self):
        """A rhythm pattern and moves in ladder steps for its notes."""
        pattern = choose_pattern(self.random, RHYTHMS, self.traits.density, self.traits.syncopation)
        moves = [pick(self.random, _STEPS) for _ in range(16)]
        return pattern, moves

    def _bar(self, motif, start, begin, bar):
        """Notes of one bar and the ladder place after it."""
        pattern, moves = motif
        place, notes = start, []
        places = rhythm(pattern, self.grid, bar)
        for at, ((onset, length), move) in enumerate(zip(places, moves, strict=False)):
            edge = places[at + 1][0] if at + 1 < len(places) else self.grid.ticks
            length = max(length, min(edge - onset, 12))
            notes.append((begin + onset, length, self.ladder[min(max(place, 0), len(self.ladder) - 1)]))
            far = place - self.home
            place += move if abs(far + move) <= 5 else -move
        return notes, place

    def play(self, form):
        """`(onset, length, midi)` notes of the whole form: bars a b a c in each phrase of four."""
        notes = []
        for section in form:
            if section.label not in self.motifs:
                self.motifs[section.label] = [self._motif() for _ in range(3)]
                if chance(self.random, 0.5):
                    self.motifs[section.label][2] = (self.motifs[section.label][0][0],
                                                     self._motif()[1])
            a, b, c = self.motifs[section.label]
            rest = chance(self.random, 0.25)
            place = self.home
            for at in range(section.bars):
                motif = (a, b, a, c)[at % 4]
                start = self.home if at % 2 == 0 else place
                if not (rest and at % 4 == 1):
                    new, place = self._bar(motif, start, (section.start + at) * self.grid.ticks, at)
                    notes += new
        return notes
