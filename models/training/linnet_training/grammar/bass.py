"""Bass lines: patterns of chord degrees, approach notes into changes, and walking lines."""

from ..theory import SCALES
from ..tokens import is_compound
from .chance import chance, pick
from .events import Event, lay, line_rows
from .harmony import PCS
from .pattern import choose_family, choose_pattern, mutated, repertoire, settle_line

LOWEST, HIGHEST = 28, 55


def nearest(pc, midi, low=LOWEST, high=HIGHEST):
    """The note of pitch class `pc` nearest to `midi` between `low` and `high`."""
    at = midi + ((pc - midi + 6) % 12) - 6
    while at < low:
        at += 12
    while at > high:
        at -= 12
    return at


class Bassist:
    """Plays a form's bass; holds a pattern for each section label."""

    def __init__(self, style, traits, grid, timeline, key, kick_of, random):
        self.style, self.traits, self.grid, self.random = style, traits, grid, random
        self.timeline, self.patterns, self.family = timeline, {}, None
        self.scale = {(key[0] + pc) % 12 for pc in SCALES[key[1]]}
        self.centre = style.bass_low + round(9 * traits.register)
        self.length = 0.55 + 0.5 * traits.articulation
        self.last, self.families, self.kick_of = self.centre, {}, kick_of
        self.roots, self.anchor = {}, self.centre

    def pattern(self, section, at):
        """The pattern of a bar: plain, or varied in each fourth bar."""
        if section.label not in self.patterns:
            self.family = choose_family(self.random, self.style.bass, self.family)
            texts = repertoire(self.family, self.style.invention, self.random)
            chosen = choose_pattern(self.random, texts, self.traits.density, self.traits.syncopation,
                                    self.kick_of(section), self.style.lock)
            if not self.family.options.get("fixed"):
                chosen = mutated(chosen, texts, self.style.mutation, self.random)
            density = self.traits.density * (0.5 + 0.7 * section.intensity)
            plain = settle_line(chosen, density, self.random)
            plain = plain if self.grid.sounds(plain) else "R---" * 4
            varied = self._varied(settle_line(chosen, min(1.0, density + 0.25), self.random))
            self.patterns[section.label] = (plain, varied)
            self.families[section.label] = self.family
        return self.patterns[section.label][at % 4 == 3]

    def _varied(self, pattern):
        """A pattern with a pickup in its last beat, sometimes."""
        if not chance(self.random, 0.55) or self.families_free():
            return pattern
        tail = pick(self.random, ("A-", "D-", "FA", "F-", "TD"))
        return pattern[:-2] + tail

    def families_free(self):
        """True where the family forbids pickups."""
        return bool(self.family.options.get("plain"))

    def degree(self, symbol, chord):
        """Pitch class of a chord degree."""
        tones = PCS[chord[3]]
        if symbol in "ROG":
            step = 0
        elif symbol in "FQ":
            step = tones[2]
        elif symbol == "T":
            step = tones[1]
        elif symbol == "S":
            step = tones[3] if len(tones) > 3 else (10 if (chord[2] + 10) % 12 in self.scale else 7)
        elif symbol == "X":
            step = 9 if (chord[2] + 9) % 12 in self.scale else 7
        else:
            step = 2 if (chord[2] + 2) % 12 in self.scale else tones[1]
        return (chord[2] + step) % 12

    def root(self, chord):
        """The root of `chord`, in one octave through the piece, near the roots before it."""
        if chord[2] not in self.roots:
            low = max(LOWEST, self.centre - 6)
            near = round(0.4 * self.anchor + 0.6 * self.centre)
            self.roots[chord[2]] = nearest(chord[2], near, low, min(HIGHEST, self.centre + 7))
        self.anchor = self.roots[chord[2]]
        return self.anchor

    def approach(self, symbol, chord, target, goal):
        """A note a half step (`A`) or a scale step (`D`) from `goal`, the root of the next chord."""
        if target[2] == chord[2]:
            return nearest(self.degree("F", chord), self.last)
        if symbol == "A":
            return goal + (-1 if goal > self.last or chance(self.random, 0.4) else 1)
        down = next(goal - s for s in (1, 2, 3) if (goal - s) % 12 in self.scale or s == 3)
        up = next(goal + s for s in (1, 2, 3) if (goal + s) % 12 in self.scale or s == 3)
        return min((down, up), key=lambda note: abs(note - self.last))

    def _walking_root(self, chord):
        """The root of `chord` near the line, drawn to the centre of the part."""
        near = round(0.6 * self.last + 0.4 * self.centre)
        return nearest(chord[2], near, LOWEST, min(HIGHEST, self.centre + 12))

    def walk(self, tick, index, follow):
        """A walking note: root on the change, approach before the next, else along scale and chord."""
        chord, end = self.timeline.chords[index], self.timeline.end(index)
        if tick == chord[0]:
            return self._walking_root(chord)
        target = self.timeline.chords[min(index + 1, len(self.timeline.chords) - 1)]
        if follow >= end and target is not chord:
            return self.approach(pick(self.random, "AAD"), chord, target, self._walking_root(target))
        tones = {(chord[2] + pc) % 12 for pc in PCS[chord[3]]}
        up = self.last < self.centre + 3 if chance(self.random, 0.75) else chance(self.random, 0.5)
        on_strong = (tick % self.grid.ticks) in self.grid.beats[::2]
        choices = []
        for step in (2, 1, 3, 4, 5, 7):
            note = self.last + (step if up else -step)
            pc = note % 12
            good = pc in tones or (not on_strong and step <= 2 and pc in self.scale)
            if good and LOWEST <= note <= HIGHEST:
                choices.append(note)
        return pick(self.random, choices[:3]) if choices else self.root(chord)

    def pitch(self, event, index, follow, fresh):
        """The midi note of one event."""
        chord, symbol = self.timeline.chords[index], event.symbol
        free = self.family_of(event).options
        if symbol == "W":
            return self.walk(event.tick, index, follow)
        if fresh and symbol not in "AD" and not free.get("free"):
            return self.root(chord)
        if symbol in "AD":
            target = self.timeline.chords[self.timeline.at(follow)]
            return self.approach(symbol, chord, target, self.root(target))
        if symbol == "R":
            return self.root(chord)
        if symbol == "G":
            return self.last
        if symbol == "O":
            return self.root(chord) + (12 if self.root(chord) + 12 <= HIGHEST else 0)
        if symbol == "Q":
            return nearest(self.degree("F", chord), self.root(chord) - 5)
        return nearest(self.degree(symbol, chord), round(0.5 * (self.last + self.root(chord))) + 1)

    def family_of(self, event):
        """The family that the event's section plays."""
        return self.families[event.section.label]

    def _with_changes(self, events):
        """Events cut, and the root struck, where the chord changes under a held note."""
        out = []
        for event in events:
            out.append(event)
            moves = self.family_of(event).options.get("moves", True)
            if not moves or self._heard(event) != event.tick:
                continue
            end, edge = event.tick + event.length, self.timeline.end(self.timeline.at(event.tick))
            while edge < end:
                out[-1].length = edge - out[-1].tick
                out.append(Event(edge, "R", end - edge, event.section, edge // self.grid.ticks))
                following = self.timeline.end(self.timeline.at(edge))
                edge = following if following > edge else end
        return out

    def _heard(self, event):
        """The tick whose chord an event plays: the next beat's for anticipating lines, else its own."""
        ahead = self.family_of(event).options.get("ahead", 0)
        ahead = ahead * 3 // 2 if is_compound(self.grid.metre) else ahead
        if ahead and event.symbol == "R" and event.tick % self.grid.ticks + ahead >= self.grid.ticks:
            return event.tick + ahead
        return event.tick

    def play(self, form):
        """Bass rows of the whole form."""
        grid, random = self.grid, self.random
        events = self._with_changes(lay(self.pattern, form, grid, "bass"))
        notes, seen = [], None
        for at, event in enumerate(events):
            follow = events[at + 1].tick if at + 1 < len(events) else event.tick + event.length
            index = self.timeline.at(self._heard(event))
            pitch = self.pitch(event, index, follow, index != seen)
            seen = index
            while pitch > HIGHEST:
                pitch -= 12
            while pitch < LOWEST:
                pitch += 12
            legato = self.family_of(event).options.get("legato", 1.0)
            length = event.length * min(1.0, max(0.3, self.length * legato))
            accent = 7 if (event.tick % grid.ticks) == 0 else (2 if event.tick % 24 == 0 else -2)
            loud = 84 + accent + 16 * (event.section.level(event.bar) - 0.5) + 3 * random.standard_normal()
            loud += self.family_of(event).options.get("loud", 0)
            if self.traits.articulation > 0.6 and event.length == grid.step_ticks < 12:
                length = min(2 * grid.step_ticks, follow - event.tick)
            length = max(4, min(length, self.timeline.end(index) - event.tick))
            if event.symbol == "G":
                length, loud = grid.step_ticks, loud - 26
            self.last = pitch
            notes.append((event.tick, length, pitch, loud))
        return self._ended(notes, form)

    def _ended(self, notes, form):
        """Rows of notes; the last bar often holds one root."""
        ticks, bars = self.grid.ticks, form[-1].start + form[-1].bars
        if "bass" not in form[-1].silent and chance(self.random, self.style.ending):
            begin = (bars - 1) * ticks
            chord = self.timeline.chords[self.timeline.at(begin)]
            notes = [n for n in notes if n[0] < begin] + [(begin, ticks, self.root(chord), 84)]
        return line_rows(notes, ticks, bars)
