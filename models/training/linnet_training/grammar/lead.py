"""The melody restyled: thinned, stretched, anticipated or made a riff, then fitted to the chords.

Notes are `(onset ticks, length ticks, midi)`.
"""

from ..tokens import DURATIONS, POSITION_TICKS
from .chance import chance, pick, spread
from .events import line_rows
from .hook import RIFFS, rhythm


def notes_of(piece, ticks):
    """The piece's notes from its first bar line."""
    return [(bar * ticks + POSITION_TICKS[position], DURATIONS[kind], midi)
            for bar, position, midi, kind in piece.rows]


def straightened(notes, grid):
    """Notes whose long–short pairs in thirds of a beat are even eighths: swing is no part of the score."""
    if grid.step_ticks != 6 or grid.ticks % 24:
        return notes
    thirds = {n[0] // 24 for n in notes if n[0] % 24 == 8}
    out = []
    for onset, length, midi in notes:
        swung = onset % 24 == 16 and onset // 24 not in thirds
        onset, length = (onset - 4, length + 4) if swung else (onset, length)
        if out and out[-1][0] + out[-1][1] > onset:
            out[-1] = (out[-1][0], max(1, onset - out[-1][0]), out[-1][2])
        out.append((onset, length, midi))
    return out


def weight(onset, grid):
    """Metric weight of an onset: 3 on the bar line, 2 on a beat, 1 on an eighth, 0 else."""
    inside = onset % grid.ticks
    if inside == 0:
        return 3
    return 2 if inside in grid.beats else (1 if inside % 12 == 0 else 0)


def thinned(notes, share, grid, random):
    """Notes without about `share` of the weaker ones; those before them last longer."""
    if not notes or share <= 0:
        return notes
    cost = [weight(n[0], grid) + 0.03 * n[1] + 0.8 * random.random() for n in notes]
    edge = sorted(cost)[int(share * (len(cost) - 1))]
    out = []
    for note, value in zip(notes, cost, strict=True):
        if value >= edge or not out:
            out.append(note)
        elif note[0] - (out[-1][0] + out[-1][1]) <= 6:
            onset, _, midi = out[-1]
            out[-1] = (onset, note[0] + note[1] - onset, midi)
    return out


def stretched(notes, grid, every):
    """At most one note in each `every` ticks, the longest, held to the next."""
    best = {}
    for note in notes:
        slot = note[0] // every
        if slot not in best or note[1] > best[slot][1]:
            best[slot] = note
    kept, out = [best[slot] for slot in sorted(best)], []
    for at, (onset, length, midi) in enumerate(kept):
        onset -= onset % (grid.step_ticks * 2)
        follow = kept[at + 1][0] if at + 1 < len(kept) else onset + length
        out.append((onset, max(length, min(follow - onset, 2 * every)), midi))
    return out


def pushed(notes, share, ticks, grid, random):
    """Notes on beats moved `ticks` earlier, where the note before leaves room; alike in bars alike."""
    chosen, out = {}, []
    for at, (onset, length, midi) in enumerate(notes):
        inside = onset % grid.ticks
        slot = (inside, onset // grid.ticks % 2)
        if slot not in chosen:
            chosen[slot] = inside in grid.beats and chance(random, share * (1.0 if inside else 0.6))
        moved = chosen[slot] and length >= 18 and chance(random, 0.85) and onset >= ticks
        if moved and out and onset - out[-1][0] < ticks + 6:
            moved = False
        if moved:
            onset, length = onset - ticks, length + ticks
        if out and out[-1][0] + out[-1][1] > onset:
            out[-1] = (out[-1][0], onset - out[-1][0], out[-1][2])
        out.append((onset, length, midi))
    return out


def _cell(notes, begin, length):
    """Notes inside `length` ticks from `begin`, from 0."""
    return [(n[0] - begin, min(n[1], begin + length - n[0]), n[2]) for n in notes
            if begin <= n[0] < begin + length]


def _rhythmic(cells, size, grid, random):
    """Cells whose pitches follow a rhythm of their own."""
    pattern, out = pick(random, RIFFS), []
    for cell in cells:
        onsets = [(bar * grid.ticks + onset, length) for bar in range(size // grid.ticks)
                  for onset, length in rhythm(pattern, grid, bar)]
        gaps = [b[0] - a[0] for a, b in zip(onsets, [*onsets[1:], (size, 0)], strict=True)]
        out.append([(onset, min(gap, max(length, 12)), cell[at % len(cell)][2])
                    for at, ((onset, length), gap) in enumerate(zip(onsets, gaps, strict=True))]
                   if cell else cell)
    return tuple(out)


def riffed(notes, form, grid, rhythm_share, random):
    """A bar or two of the melody, straightened, again and again in each section; every fourth varied."""
    chosen, out = {}, []
    size = grid.ticks * grid.cycle * pick(random, (1, 1, 2))
    for section in form:
        begin, end = section.start * grid.ticks, (section.start + section.bars) * grid.ticks
        if section.label not in chosen:
            cells = [_cell(notes, at, size) for at in range(begin, end, size)]
            cells = [c for c in cells if 3 <= len(c) <= 10 * size // 96 + 2] or [c for c in cells if c]
            cells = cells or [_cell(notes, 0, size)]
            chosen[section.label] = (pick(random, cells), pick(random, cells))
            if chance(random, rhythm_share):
                chosen[section.label] = _rhythmic(chosen[section.label], size, grid, random)
        first, other = chosen[section.label]
        for number, at in enumerate(range(begin, end, size)):
            cell = other if number % 4 == 3 and chance(random, 0.7) else first
            out += [(at + n[0], n[1], n[2]) for n in cell if at + n[0] < end]
    return out


def strong_share(notes, timeline, grid):
    """Share of the notes on beats that belong to the chord; 1 where there are none."""
    inside = total = 0
    for onset, _, midi in notes:
        if onset % grid.ticks in grid.beats:
            total += 1
            inside += midi % 12 in timeline.pcs[timeline.at(onset)]
    return inside / max(total, 1) if total else 1.0


def _snap(midi, pcs, before):
    """The nearest chord tone, the one nearer to the note before on a tie."""
    options = [midi + s for s in (-3, -2, -1, 0, 1, 2, 3) if (midi + s) % 12 in pcs]
    if not options:
        return midi
    return min(options, key=lambda m: (abs(m - midi), m == before, abs(m - before)))


def _anticipates(note, grid):
    """The tick of the beat that an off-beat note sounds across, or its own onset."""
    onset, length, _ = note
    inside = onset % grid.ticks
    later = [b for b in (*grid.beats, grid.ticks) if b > inside]
    over = later and 0 < later[0] - inside <= 12 and length > later[0] - inside
    return onset + later[0] - inside if over else onset


def fitted(notes, timeline, grid, wanted, random):
    """Notes whose share of chord tones on beats is at least `wanted`; the longest are moved first."""
    notes = list(notes)
    order = sorted(range(len(notes)), key=lambda i: (-notes[i][1], notes[i][0]))
    for at in order:
        onset, length, midi = notes[at]
        heard = _anticipates(notes[at], grid)
        on_beat = heard % grid.ticks in grid.beats
        pcs = timeline.pcs[timeline.at(heard)]
        if not on_beat or midi % 12 in pcs:
            continue
        if strong_share_reached(notes, timeline, grid, wanted) and heard == onset:
            break
        notes[at] = (onset, length, _snap(midi, pcs, notes[at - 1][2] if at else midi))
    return notes


def strong_share_reached(notes, timeline, grid, wanted):
    """True where the share of chord tones on beats is at least `wanted`."""
    return strong_share(notes, timeline, grid) >= wanted


def placed(notes, centre):
    """Notes moved by octaves so that their middle lies between 4 half steps below `centre` and 8 above."""
    if not notes:
        return notes
    middle = sorted(n[2] for n in notes)[len(notes) // 2]
    shift = -((middle - centre + 4) // 12) * 12
    out = []
    for onset, length, midi in notes:
        midi += shift
        while midi > 88:
            midi -= 12
        while midi < 55:
            midi += 12
        out.append((onset, length, midi))
    return out


def restyled(notes, style, traits, form, grid, random):
    """The melody as the style plays it; also whether it became a riff of the grammar's."""
    plan = style.lead
    if not notes:
        return notes, False
    notes = straightened(notes, grid)
    riff = chance(random, plan.riff)
    busy = len(notes) * 24 / max(1, (form[-1].start + form[-1].bars) * grid.ticks)
    share = spread(random, *plan.thin) * (1.3 - traits.density) + 0.35 * max(0.0, busy - 1.6)
    notes = thinned(notes, min(0.75, share), grid, random)
    if chance(random, plan.stretch):
        notes = stretched(notes, grid, pick(random, (48, 48, 96) if grid.ticks >= 96 else (grid.ticks,)))
    if riff:
        notes = riffed(notes, form, grid, plan.rhythm, random)
    if plan.push:
        share = plan.push * (0.3 + 1.2 * traits.syncopation)
        notes = pushed(notes, share, plan.push_ticks, grid, random)
    return placed(notes, plan.centre + round(10 * traits.register - 3)), riff


def lead_rows(notes, style, traits, form, grid, random):
    """Rows of the melody with velocities by metre, height and section."""
    if not notes:
        return []
    middle = sum(n[2] for n in notes) / len(notes)
    length = (0.62 + 0.5 * traits.articulation) * style.lead.legato
    level = {bar: section.level(bar) for section in form
             for bar in range(section.start, section.start + section.bars)}
    out = []
    for onset, ticks, midi in notes:
        loud = style.lead.loudness + 2.5 * (weight(onset, grid) - 1) + 0.5 * (midi - middle)
        loud += 14 * (level.get(onset // grid.ticks, 0.5) - 0.5) + 3 * random.standard_normal()
        out.append((onset, max(3, ticks * min(1.0, length)), midi, loud))
    return line_rows(out, grid.ticks, form[-1].start + form[-1].bars)
