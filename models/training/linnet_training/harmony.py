"""The harmony model: counts of key-relative chord rows, for a plain interpolated sampler."""

import json
from collections import Counter, defaultdict

import numpy as np

from . import tokens
from .chord_features import joined
from .piece import load_pieces
from .progressions import read_billboard, read_moods
from .sources.archive import read_splits, unpack
from .tokens import beat_ticks

ORDER = 3
SOURCE_WEIGHTS = {"openewld": 3, "free-midi-chords": 6, "mcgill-billboard": 1}
CHORDS_MAX = 40
COUNT_MIN = {1: 1, 2: 4, 3: 5, 4: 9}


def _sheet_row(piece):
    beat = beat_ticks(piece.metre)
    row = [((root - piece.tonic) % 12, quality, max(1, round(length / beat)))
           for _, length, root, quality in piece.chords]
    return ("minor" if "min" in piece.scale or piece.scale in ("dorian", "phrygian") else "major",
            tokens.bar_ticks(piece.metre) // beat, joined(row))


def collect(data, out):
    """Rows `(source, split, mode, beats a bar, row)` of all sets that are there."""
    rows = []
    for piece in load_pieces(out / "pieces.json.gz"):
        if not piece.chords_inferred:
            rows.append((piece.set, piece.split, *_sheet_row(piece)))
    folder = unpack(data, "chord-progressions", out / "sets")
    if folder is None:
        return rows
    for mode, row in read_moods(folder / "free-midi-chords" / "progressions.json"):
        rows.append(("free-midi-chords", "train", mode, 4, joined(row)))
    splits = read_splits(data)
    for path in sorted((folder / "mcgill-billboard").glob("*/salami_chords.txt")):
        split = splits.get(("mcgill-billboard", path.parent.name), (None, None))[1]
        if split:
            mode, beats, lines = read_billboard(path)
            rows += [("mcgill-billboard", split, mode, beats, joined(line)) for line in lines]
    return rows


def _vocabulary(rows):
    counts = Counter()
    for source, _, _, _, row in rows:
        for degree, quality, _ in row:
            counts[degree, quality] += SOURCE_WEIGHTS.get(source, 1)
    return [list(chord) for chord, _ in counts.most_common(CHORDS_MAX)]


def _mode_counts(rows, chords):
    """Grams of one to four chords (the last is the next one) and lengths by metre and beat."""
    index = {tuple(chord): i for i, chord in enumerate(chords)}
    edge = len(chords)
    grams = [Counter() for _ in range(ORDER + 1)]
    lengths = defaultdict(Counter)
    for source, _, _, beats_a_bar, row in rows:
        weight, line, beat = SOURCE_WEIGHTS.get(source, 1), [edge] * ORDER, 0
        for degree, quality, beats in row:
            lengths[beats_a_bar, beat % beats_a_bar][min(beats, 4 * beats_a_bar)] += weight
            beat += beats
            line.append(index.get((degree, quality), -1))
        for at in range(ORDER, len(line)):
            for order in range(ORDER + 1):
                gram = tuple(line[at - order:at + 1])
                if -1 not in gram:
                    grams[order][gram] += weight
    return grams, lengths


def _mode_json(rows):
    chords = _vocabulary(rows)
    grams, lengths = _mode_counts(rows, chords)
    kept = [[[*gram, count] for gram, count in sorted(table.items())
             if count >= COUNT_MIN[order + 1]] for order, table in enumerate(grams)]
    return {
        "chords": chords, "edge": len(chords),
        "grams": kept,
        "lengths": [[beats, beat, sorted([b, c] for b, c in table.items() if c > 1)]
                    for (beats, beat), table in sorted(lengths.items()) if sum(table.values()) > 20],
    }


class Sampler:
    """The interpolated probabilities, the same way as the plug-in computes them."""

    def __init__(self, mode, weights):
        self.weights, self.size = weights, len(mode["chords"])
        self.edge = mode["edge"]
        self.tables = []
        for table in mode["grams"]:
            by_context = defaultdict(Counter)
            for *context, chord, count in table:
                by_context[tuple(context)][chord] += count
            self.tables.append(by_context)

    def probabilities(self, before):
        """`float[chords]` after the chord indices `before` (the edge index before the first)."""
        context = [self.edge] * ORDER + list(before)
        total = np.full(self.size, self.weights[0] / self.size)
        for order, table in enumerate(self.tables):
            counts = table.get(tuple(context[len(context) - order:]))
            if counts:
                row = np.zeros(self.size)
                for chord, count in counts.items():
                    row[chord] = count
                total += self.weights[order + 1] * row / row.sum()
        return total / total.sum()


def nats_per_chord(mode, weights, rows):
    """Mean log loss of the chords of rows whose chords are all in the vocabulary."""
    sampler = Sampler(mode, weights)
    index = {tuple(chord): i for i, chord in enumerate(mode["chords"])}
    loss, count = 0.0, 0
    for row in rows:
        line = [index.get((degree, quality)) for degree, quality, _ in row]
        if None in line:
            continue
        for at, chord in enumerate(line):
            loss -= np.log(sampler.probabilities(line[:at])[chord])
            count += 1
    return loss / max(count, 1), count


_WEIGHT_SETS = ([0.02, 0.08, 0.2, 0.3, 0.4], [0.02, 0.15, 0.33, 0.3, 0.2],
                [0.02, 0.1, 0.4, 0.3, 0.18], [0.02, 0.05, 0.13, 0.3, 0.5])


def prepare(data, out):
    """Writes `harmony.json` (the model) and returns its figures."""
    rows = collect(data, out)
    model = {"version": 1, "order": ORDER, "qualities": tokens.QUALITIES, "modes": {}}
    figures = {}
    for mode in ("major", "minor"):
        ours = [row for row in rows if row[2] == mode and row[1] == "train"]
        counts = _mode_json(ours)
        held_out = {name: [row[4] for row in rows if row[2] == mode and row[1] == split]
                    for name, split in (("valid", "valid"), ("test", "test"))}
        weights = min(_WEIGHT_SETS, key=lambda w: nats_per_chord(counts, w, held_out["valid"])[0])
        model["modes"][mode] = {"weights": weights, **counts}
        figures[mode] = {"rows": len(ours), "chords": sum(len(row[4]) for row in ours)}
        for name, lines in held_out.items():
            nats, count = nats_per_chord(counts, weights, lines)
            figures[mode][f"{name}_nats_per_chord"] = round(nats, 4)
            figures[mode][f"{name}_chords"] = count
    (out / "harmony.json").write_text(json.dumps(model, separators=(",", ":")) + "\n")
    return figures
