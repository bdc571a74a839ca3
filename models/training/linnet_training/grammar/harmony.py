"""Chords for a style: the source's own, slowed, or a loop that fits the melody; then coloured.

Chords are `[onset ticks, length ticks, root, quality index]`, without gaps.
"""

import numpy as np

from ..theory import QUALITY_PCS, SCALES, infer_chords
from ..tokens import QUALITIES
from .chance import chance, pick, softmax_pick

INDEX = {name: i for i, name in enumerate(QUALITIES)}
PCS = [QUALITY_PCS[name] for name in QUALITIES]
MINOR_SCALES = ("minor", "harmonic minor", "melodic minor", "dorian", "phrygian")

LOOPS = {
    "major": ("0 7 9m 5", "9m 5 0 7", "0 9m 5 7", "5 7 9m 0", "0 5 9m 7", "0 4m 5 7", "2m 7 0 9m",
              "5 0 7 9m", "0 7 5 5", "0 10 5 0", "9m 7 5 7", "0 2m 5 0", "5 4m 2m 0", "0 5 0 7",
              "0 9m 2m 7", "2m 5 0 0", "4m 9m 5 7", "0 3 5 8", "5 5 0 0"),
    "minor": ("0m 8 3 10", "0m 5m 8 7m", "0m 10 8 10", "0m 8 5m 7", "0m 5m 10 3", "8 10 0m 0m",
              "0m 3 10 5m", "5m 0m 8 10", "0m 7m 8 5m", "0m 0m 8 10", "8 5m 0m 10", "0m 10 5m 8",
              "0m 5 0m 10", "0m 8 10 7m", "3 10 0m 8"),
}
VAMPS = {
    "major": ("0", "0 5", "0 10", "2m 7", "9m 5", "9m 7", "0 2m", "5 0", "9m"),
    "minor": ("0m", "0m 5m", "0m 10", "0m 8", "0m 5", "0m 7m", "0m 3", "0m 1", "0m 0m 8 10"),
}


def chord_pcs(chord):
    """Pitch classes of a chord."""
    return {(chord[2] + pc) % 12 for pc in PCS[chord[3]]}


def mode_of(piece):
    """`major` or `minor`, by the scale's third."""
    return "minor" if piece.scale in MINOR_SCALES else "major"


def source_chords(piece, notes, total):
    """The piece's chords over `total` ticks, gaps filled by the chord before; inferred where none."""
    if not piece.chords:
        if not notes:
            return []
        return infer_chords(notes, total, 96, piece.tonic, piece.scale, melodic=True)
    chords = []
    for onset, length, root, quality in sorted(piece.chords):
        if onset >= total:
            break
        if chords and onset <= chords[-1][0]:
            continue
        if chords:
            chords[-1][1] = onset - chords[-1][0]
        chords.append([onset if chords else 0, length, root, quality])
    chords[-1][1] = total - chords[-1][0]
    return chords


def join(chords):
    """Chords with equal neighbours joined."""
    out = []
    for chord in chords:
        if out and out[-1][2:] == chord[2:]:
            out[-1][1] += chord[1]
        else:
            out.append(list(chord))
    return out


def weights_by_unit(notes, unit, begin, end):
    """Duration-weighted pitch classes of the melody in each `unit` ticks: `float[units, 12]`."""
    count = max(1, -(-(end - begin) // unit))
    weights = np.zeros((count, 12))
    for onset, duration, midi in notes:
        at, stop = max(onset, begin), min(onset + duration, end)
        while at < stop:
            index = int((at - begin) // unit)
            edge = min(stop, begin + (index + 1) * unit)
            weights[index, midi % 12] += (edge - at) * (1.5 if at == onset and at % 24 == 0 else 1.0)
            at = edge
    return weights


def slowed(chords, notes, unit, begin, end):
    """One chord a unit: of those that sound in it, the one that lasts and fits the melody best."""
    weights = weights_by_unit(notes, unit, begin, end)
    out, at = [], 0
    for index in range(len(weights)):
        low, high = begin + index * unit, min(begin + (index + 1) * unit, end)
        while at + 1 < len(chords) and chords[at][0] + chords[at][1] <= low:
            at += 1
        best, ahead = None, at
        norm = max(weights[index].sum(), 1e-9)
        while ahead < len(chords) and chords[ahead][0] < high:
            chord = chords[ahead]
            over = min(chord[0] + chord[1], high) - max(chord[0], low)
            fit = sum(weights[index][pc] for pc in chord_pcs(chord)) / norm
            score = over / unit + fit + 0.15 * (chord[0] <= low)
            if best is None or score > best[0]:
                best = (score, chord)
            ahead += 1
        out.append([low, high - low, *best[1][2:]])
    return join(out)


def _parse(text, tonic):
    """`(root, quality)` of each word of a loop such as `9m 5 0 7`."""
    row = []
    for word in text.split():
        minor = word.endswith("m")
        row.append(((int(word.rstrip("m")) + tonic) % 12, INDEX["min" if minor else "maj"]))
    return row


def _loop_fit(row, weights):
    """Mean share of the melody's weight inside the loop's chords."""
    total = weights.sum()
    if total <= 0:
        return 0.5
    inside = 0.0
    for index in range(len(weights)):
        root, quality = row[index % len(row)]
        inside += sum(weights[index][(root + pc) % 12] for pc in PCS[quality])
    return inside / total


def _looped(table, piece, notes, form, unit, plan, random):
    """Chords of a loop for each section label, the best fits likeliest; None where none fits."""
    mode, still = mode_of(piece), plan.still
    if mode == "major" and chance(random, plan.dark * 0.5):
        mode, tonic = "minor", (piece.tonic + 9) % 12
    else:
        tonic = piece.tonic
    texts = [text for text in table[mode] if still or " " in text]
    rows = [_parse(text, tonic) for text in texts]
    scale = {(piece.tonic + pc) % 12 for pc in SCALES[piece.scale]}
    outside = [np.mean([(r + pc) % 12 not in scale for r, q in row for pc in PCS[q]]) for row in rows]
    by_label, out = {}, []
    for section in form:
        begin, length = section.start * unit[1], section.bars * unit[1]
        weights = weights_by_unit(notes, unit[0], begin, begin + length)
        if section.label not in by_label:
            reuse = by_label and chance(random, 0.55)
            fits = [_loop_fit(row, weights) for row in rows]
            scores = [14 * fit - 6 * out_share for fit, out_share in zip(fits, outside, strict=True)]
            by_label[section.label] = pick(random, list(by_label.values())) if reuse \
                else softmax_pick(random, rows, scores)
        row = by_label[section.label]
        for index in range(len(weights)):
            low = begin + index * unit[0]
            out.append([low, min(unit[0], begin + length - low), *row[index % len(row)]])
    return out


def _closed(chords, piece, notes, grid):
    """Chords whose last bar is the tonic, where the melody's last note belongs to it."""
    edge = (piece.bars - 1) * grid.ticks
    root, quality = _parse("0m" if mode_of(piece) == "minor" else "0", piece.tonic)[0]
    if notes and notes[-1][2] % 12 not in chord_pcs((0, 0, root, quality)):
        return chords
    kept = [[c[0], min(c[1], edge - c[0]), *c[2:]] for c in chords if c[0] < edge]
    return [*kept, [edge, grid.ticks, root, quality]]


def plan_chords(piece, style, notes, form, grid, random):
    """The chords of the arrangement, uncoloured, over all bars."""
    total = piece.bars * grid.ticks
    source = source_chords(piece, notes, total)
    if not source:
        return []
    plan = style.harmony
    way = pick(random, list(plan.ways), list(plan.ways.values()))
    begin = form[0].start * grid.ticks
    if way in ("loop", "vamp"):
        whole = grid.ticks * grid.cycle
        bars = pick(random, (0.5, 1, 2), (0.2 * (whole >= 96), 1, 0.5)) if way == "loop" \
            else pick(random, (1, 2, 4), (1, 1, 0.6))
        unit = (max(24, int(whole * bars)), grid.ticks)
        table = LOOPS if way == "loop" else VAMPS
        chords = _looped(table, piece, notes, form, unit, plan, random)
    else:
        share = plan.unit_bars if way == "slow" else (0.5 if piece.chords_inferred else 0.25)
        unit = max(24, int(grid.ticks * share))
        unit = grid.ticks if unit % grid.step_ticks else unit
        chords = slowed(source, notes, unit, begin, total)
    if begin:
        chords = slowed(source, notes, begin, 0, begin) + chords
    return join(_closed(chords, piece, notes, grid) if chance(random, style.ending) else chords)


COLOURS = {
    "keep": {},
    "triads": {"7": {"maj": 6, "7": 2}, "maj7": {"maj": 1}, "m7": {"min": 1}, "6": {"maj": 1},
               "dim": {"min": 1, "dim": 1}, "maj": {"maj": 9, "sus4": 0.25, "sus2": 0.4}},
    "pop": {"maj": {"maj": 6, "sus2": 1.2, "maj7": 1, "6": 0.3}, "min": {"min": 4, "m7": 2}},
    "sevenths": {"min": {"m7": 1}, "dim": {"m7b5": 1}, "maj": {"maj7": 3, "6": 1.5},
                 "five": {"7": 4, "sus4": 1}, "sus2": {"maj7": 1}},
    "latin": {"min": {"min": 3, "m7": 3}, "maj": {"maj": 5, "6": 2, "maj7": 0.7}, "dim": {"m7b5": 1},
              "five": {"7": 5, "maj": 1}},
    "soul": {"min": {"m7": 5, "min": 1}, "dim": {"m7b5": 1}, "maj": {"maj7": 3, "maj": 2, "6": 1},
             "five": {"7": 2, "sus4": 1.5, "maj": 1}},
    "funk": {"min": {"m7": 1}, "maj": {"7": 5, "6": 0.5}, "maj7": {"7": 1}, "five": {"7": 5, "sus4": 1},
             "dim": {"m7b5": 1}},
    "dark": {"maj": {"maj": 4, "maj7": 1, "sus2": 1}, "min": {"min": 4, "m7": 2}, "7": {"maj": 1},
             "five": {"maj": 3, "sus4": 1}, "dim": {"min": 1}},
    "wide": {"maj": {"sus2": 2, "maj7": 2, "maj": 2, "6": 0.7}, "min": {"m7": 2, "min": 2, "sus2": 0.5},
             "7": {"sus4": 2, "maj": 1}, "five": {"sus4": 2, "maj": 1}, "dim": {"min": 1}},
    "epic": {"maj": {"maj": 5, "sus2": 1, "sus4": 0.15}, "min": {"min": 4, "sus2": 0.5, "m7": 0.4},
             "7": {"maj": 1, "7": 1}},
}


def _colour_key(chord, tonic, minor, following):
    """Which rule colours a chord: `five` where it is a dominant, else its quality."""
    quality = QUALITIES[chord[3]]
    degree = (chord[2] - tonic) % 12
    leads = following is not None and (following[2] - chord[2]) % 12 == 5
    if quality in ("maj", "7") and (degree == 7 or (leads and degree in (2, 4, 9, 11))):
        return "five"
    if quality == "maj" and degree == 10 and not minor:
        return "five"
    return quality


def coloured(chords, style, piece, random):
    """Chords with the style's qualities, the same for each degree all through."""
    table, tonic = COLOURS[style.harmony.colour], piece.tonic
    minor, chosen, out = mode_of(piece) == "minor", {}, []
    for at, chord in enumerate(chords):
        following = chords[at + 1] if at + 1 < len(chords) else None
        key = _colour_key(chord, tonic, minor, following)
        rule = table.get(key) or (table.get("maj") if key == "five" and chord[3] == 0 else None)
        quality = chord[3]
        if rule:
            slot = (chord[2], key)
            if slot not in chosen:
                chosen[slot] = INDEX[pick(random, list(rule), list(rule.values()))]
            quality = chosen[slot]
        out.append([*chord[:3], quality])
    return out


def turned(chords, share, step, random):
    """Some dominants of a bar or more halved, their second degree before them (ii–V)."""
    out = []
    for at, chord in enumerate(chords):
        onset, length, root, quality = chord
        following = chords[at + 1] if at + 1 < len(chords) else None
        dominant = QUALITIES[quality] == "7" and following is not None and \
            (following[2] - root) % 12 == 5
        half = length // 2 // step * step
        before = out[-1] if out else None
        supported = before is not None and before[2] == (root + 7) % 12
        if dominant and not supported and half >= 48 and chance(random, share):
            minor = QUALITIES[following[3]] in ("min", "m7")
            out.append([onset, half, (root + 7) % 12, INDEX["m7b5" if minor else "m7"]])
            out.append([onset + half, length - half, root, quality])
        else:
            out.append(list(chord))
    return join(out)


def approached(chords, notes, bar, share, random):
    """Long chords whose last bar leads to the next by its dominant (ii–V), where the melody allows."""
    out = []
    for at, (onset, length, root, quality) in enumerate(chords):
        following = chords[at + 1] if at + 1 < len(chords) else None
        if following is None or length < 2 * bar or bar < 48 or not chance(random, share):
            out.append([onset, length, root, quality])
            continue
        edge, half = onset + length - bar, bar // 24 // 2 * 24
        second = (following[2] + 2) % 12
        kind = INDEX["m7b5" if QUALITIES[following[3]] in ("min", "m7") else "m7"]
        turn = [[edge, half, second, kind], [edge + half, bar - half, (following[2] + 7) % 12, INDEX["7"]]]
        if all(_allowed(chord, notes) for chord in turn):
            out += [[onset, length - bar, root, quality], *turn]
        else:
            out.append([onset, length, root, quality])
    return join(out)


def _allowed(chord, notes):
    """True where at least half of the melody over a chord, by time, belongs to it."""
    weights = weights_by_unit(notes, chord[1], chord[0], chord[0] + chord[1])[0]
    return sum(weights[pc] for pc in chord_pcs(chord)) >= 0.5 * weights.sum()


class Timeline:
    """The chords by time: which sounds at a tick, and where the next begins."""

    def __init__(self, chords):
        self.chords = chords
        self.onsets = np.array([chord[0] for chord in chords])
        self.pcs = [chord_pcs(chord) for chord in chords]
        self.changes = set(self.onsets.tolist())

    def at(self, tick):
        """Index of the chord that sounds at `tick`."""
        return max(0, int(np.searchsorted(self.onsets, tick, "right")) - 1)

    def end(self, index):
        """The tick at which chord `index` ends."""
        chord = self.chords[index]
        return chord[0] + chord[1]
