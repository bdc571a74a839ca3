"""Chord parts: rhythm patterns, broken chords and pushes, on voicings that move little."""

from .chance import chance
from .events import chord_rows, lay
from .pattern import choose_family, choose_pattern, mutated, repertoire
from .voicing import lead_voices

_LOUD = {"X": 8, "x": 0, "o": -16}
HIGHEST, DROPPED = 82, 0.06


class Comper:
    """Plays a form's chords; holds a pattern and a family for each section label."""

    def __init__(self, style, traits, grid, timeline, lead, kick_of, random):
        self.style, self.traits, self.grid, self.random = style, traits, grid, random
        self.timeline, self.patterns, self.families, self.family = timeline, {}, {}, None
        self.ceilings = _ceilings(lead, timeline)
        self.voicings, self.kick_of = {}, kick_of
        self.before = None

    def pattern(self, section, at):
        """The pattern of a bar: plain, or one of its family in each fourth bar."""
        if section.label not in self.patterns:
            self.family = choose_family(self.random, self.style.comps, self.family, 0.6)
            texts = repertoire(self.family, self.style.invention, self.random)
            wish = (self.traits.density * (0.55 + 0.6 * section.intensity), self.traits.syncopation)
            wish = (*wish, self.kick_of(section), self.style.comp_lock)
            plain = choose_pattern(self.random, texts, *wish)
            plain = mutated(plain, texts, self.style.mutation, self.random)
            plain = plain if self.grid.sounds(plain) else "X-------" * 2
            other = choose_pattern(self.random, texts, *wish) if chance(self.random, 0.4) else plain
            other = other if len(other) == len(plain) else plain
            self.patterns[section.label] = (plain, other, chance(self.random, 0.3))
            self.families[section.label] = self.family
        plain, other, answer = self.patterns[section.label]
        return other if at % 4 == 3 or (answer and at % 2 == 1) else plain

    def voicing(self, index, family):
        """The voicing of chord `index`, led from the one sounded before."""
        kind = family.options.get("voicing", "triad")
        key = (index, family.name)
        if key not in self.voicings:
            centre = family.options.get("centre", 60) + round(12 * (self.traits.register - 0.5))
            self.voicings[key] = lead_voices(self.timeline.chords[index], kind, self.before, centre,
                                             self.ceilings[index])
        self.before = self.voicings[key]
        return self.before

    def _heard(self, event, family):
        """The chord an event plays: the next one where it anticipates a change within `push` ticks."""
        index = self.timeline.at(event.tick)
        push = family.options.get("push", 0)
        end = self.timeline.end(index)
        off_beat = event.tick % self.grid.ticks not in self.grid.beats
        if push and off_beat and end - event.tick <= push and event.tick + event.length >= end \
                and index + 1 < len(self.timeline.chords):
            return index + 1
        return index

    def _pieces(self, event, index, family):
        """`(tick, length, chord index)` of an event, struck again where the chord changes under it."""
        at, stop, out = event.tick, event.tick + event.length, []
        while at < stop:
            edge = self.timeline.end(index)
            edge = stop if edge >= stop or index + 1 >= len(self.timeline.chords) else edge
            edge = min(edge, at + 192)
            out.append((at, edge - at, index))
            if edge >= self.timeline.end(index):
                index += 1
            at = edge
        return out

    def _voices(self, symbol, voicing):
        """The notes that a symbol takes of a voicing."""
        if symbol.isdigit():
            number = int(symbol)
            octave, place = divmod(number, len(voicing))
            return (voicing[place] + 12 * octave,)
        if symbol == "U":
            return voicing[-2:] if len(voicing) < 4 else voicing[-3:]
        if symbol == "L":
            return voicing[:2]
        if symbol == "D":
            return (voicing[-1] - 12, voicing[-1])
        return voicing

    def _lengthen(self, event, follow):
        """Makes a single step twice as long where the part plays broadly and the next note leaves room."""
        if self.traits.articulation > 0.55 and event.length == self.grid.step_ticks < 12:
            event.length = min(2 * self.grid.step_ticks, follow - event.tick)

    def play(self, form):
        """Chord rows of the whole form."""
        grid, notes = self.grid, []
        events = lay(self.pattern, form, grid, "chords")
        for at, event in enumerate(events):
            family = self.families[event.section.label]
            if at + 1 < len(events):
                self._lengthen(event, events[at + 1].tick)
            if event.symbol in "xo" and event.tick % 24 and chance(self.random, DROPPED):
                continue
            ring = family.options.get("ring", False)
            short = min(1.0, family.options.get("legato", 0.9) * (0.65 + 0.5 * self.traits.articulation))
            base = 70 + family.options.get("loud", 0) + 16 * (event.section.level(event.bar) - 0.5)
            base += _LOUD.get(event.symbol, -3) + (3 if event.tick % grid.ticks == 0 else 0)
            for tick, length, index in self._pieces(event, self._heard(event, family), family):
                voicing = self.voicing(index, family)
                if ring:
                    length = max(length, min(self.timeline.end(index) - tick, ring))
                loud = base + 3 * self.random.standard_normal()
                for place, midi in enumerate(self._voices(event.symbol, voicing)):
                    while midi > HIGHEST:
                        midi -= 12
                    notes.append((tick, max(4, length * (1.0 if ring else short)), midi,
                                  loud + 2 * (midi == voicing[-1]) - (place == 1)))
        return self._ended(notes, form)

    def _ended(self, notes, form):
        """Rows of notes; the last bar often holds one chord."""
        ticks, bars = self.grid.ticks, form[-1].start + form[-1].bars
        begin = (bars - 1) * ticks
        if "chords" not in form[-1].silent and chance(self.random, self.style.ending):
            family = self.families[form[-1].label]
            voicing = self.voicing(self.timeline.at(begin), family)
            notes = [n for n in notes if n[0] < begin] + [(begin, ticks, m, 74) for m in voicing]
            notes = [(n[0], min(n[1], begin - n[0]), *n[2:]) if n[0] < begin else n for n in notes]
        return chord_rows(notes, ticks, bars)


def _ceilings(lead, timeline):
    """The lowest melody note over each chord, or None where it rests."""
    out = [None] * len(timeline.chords)
    for onset, _, midi in lead:
        index = timeline.at(onset)
        out[index] = midi if out[index] is None else min(out[index], midi)
    return out
