"""The held-out arrangements and drums that the evaluation composes for and compares with, as gzipped
JSON lines (`models/corpus/README.md`).

    python -m linnet_training.parts_corpus OUT MODELS/corpus
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

from .arrangement import cut, load_arrangements
from .drum_data import load_takes
from .drum_styles import NO_STYLE, strongest
from .vocabulary import STYLES

GRAMMAR_PER_STYLE = 8
BARS_MAX = 32
COMPOSED_PER_STYLE = 34
BARS_MIN = 8


def _entry(item):
    bars = min(item.bars, BARS_MAX)
    parts = {}
    for name, rows in item.parts.items():
        kept = rows[rows[:, 0] < bars]
        parts[name] = kept[:, :4].astype(int).tolist()
    ticks = 96 * item.metre[0] // item.metre[1] * bars
    chords = [[int(o), int(min(o + n, ticks) - o), int(root), int(quality)]
              for o, n, root, quality in item.chords if o < ticks]
    return {"set": item.set, "piece": item.piece, "title": item.title, "style": item.style,
            "tonic": int(item.tonic), "scale": item.scale, "metre": list(item.metre), "bars": bars,
            "first_full": int(item.first_full), "by_grammar": list(item.by_grammar),
            "bpm": round(float(item.bpm), 1), "steps_a_beat": int(item.steps_a_beat), "chords": chords,
            "parts": parts}


def chosen(arrangements, split="test", seed=11):
    """All human pieces of a split with at least 8 bars, and a few of the grammar's in each style."""
    random, out, by_style = np.random.default_rng(seed), [], {}
    for item in arrangements:
        if item.split == split and item.bars - item.first_full >= 8:
            (by_style.setdefault(item.style, []) if item.by_grammar else out).append(item)
    for style in sorted(by_style):
        items = by_style[style]
        out += [items[i] for i in random.permutation(len(items))[:GRAMMAR_PER_STYLE]]
    return out


def _excerpt(item, random):
    """Eight bars from the start of a phrase of four in which all parts are heard; the first where they
    are in none."""
    begins = range(item.first_full, item.bars - BARS_MIN + 1, 4)
    pieces = [cut(item, begin, begin + BARS_MIN) for begin in random.permutation(list(begins)).tolist()]
    whole = [piece for piece in pieces if piece.parts.keys() == item.parts.keys()]
    return (whole or pieces)[0]


def chosen_composed(arrangements, seed=12):
    """Excerpts of compositions of the validation and test splits, as many in each style, over as many
    tunes as there are."""
    random, by_style = np.random.default_rng(seed), {}
    for item in arrangements:
        if item.by_grammar and item.split != "train" and item.bars - item.first_full >= BARS_MIN:
            by_style.setdefault(item.style, []).append(item)
    out = []
    for style in sorted(by_style, key=STYLES.index):
        items, tunes = by_style[style], {}
        for i in random.permutation(len(items)):
            tunes.setdefault((items[i].set, items[i].piece), items[i])
        out += [_excerpt(item, random) for item in list(tunes.values())[:COMPOSED_PER_STYLE]]
    return out


def _take_entry(take):
    """A drum performance, its metre as its file name tells it; `bpm` counts quarters."""
    metre = [int(n) for n in Path(take.name).stem.rsplit("_", 1)[-1].split("-")]
    bars, style = min(take.bars, BARS_MAX), strongest(take.style)
    steps = np.argwhere(take.velocity[:bars * take.bar_steps] > 0).tolist()
    rows = [[step // take.bar_steps, step % take.bar_steps, kind,
             max(1, round(float(take.velocity[step, kind]) * 127))] for step, kind in steps]
    beats = metre[0] * 4 / metre[1] / take.beats
    return {"set": "groove", "piece": take.name, "title": Path(take.name).stem,
            "style": STYLES[style], "tonic": 0, "scale": "major", "metre": metre, "bars": bars,
            "first_full": 0, "by_grammar": [], "bpm": round(take.bpm * beats, 1),
            "steps_a_beat": take.a_beat, "chords": [], "parts": {"drums": rows}}


def drum_entries(takes):
    """The beats of the test split with at least 8 bars in a style that is known."""
    return [_take_entry(take) for take in takes
            if take.split == "test" and not take.is_fill and take.bars >= BARS_MIN
            and strongest(take.style) != NO_STYLE]


def _pack(entries, path):
    lines = [json.dumps(entry, separators=(",", ":"), ensure_ascii=False) for entry in entries]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    return len(entries)


def write(arrangements, path, split="test"):
    """Writes the pieces of a split; returns how many they are. The repository holds those of `test`;
    whoever tunes takes `valid`.
    """
    return _pack([_entry(item) for item in chosen(arrangements, split)], path)


def write_composed(arrangements, path):
    """Writes a sample of what the grammar composed over held-out tunes; returns how many pieces."""
    return _pack([_entry(item) for item in chosen_composed(arrangements)], path)


def write_drums(takes, path):
    """Writes the drummers of the test split; returns how many takes."""
    return _pack(drum_entries(takes), path)


def main(out, folder):
    """Writes what OUT has the data for."""
    out, folder = Path(out), Path(folder)
    if (out / "composed.npz").exists():
        path = folder / "heldout_composed.json.gz"
        count = write_composed(load_arrangements(out / "composed.npz"), path)
        print(f"{path.name}: {count} pieces, {path.stat().st_size} bytes")
    if (out / "drums.pt").exists():
        path = folder / "heldout_drums.json.gz"
        count = write_drums(load_takes(out / "drums.pt"), path)
        print(f"{path.name}: {count} takes, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:3])
