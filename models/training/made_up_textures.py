"""Made-up arrangements of drums, bass and comping, for tests and first trials of the texture models."""

import random

from linnet_training.arrangement import Arrangement, as_rows, save_arrangements
from linnet_training.theory import QUALITY_PCS
from linnet_training.tokens import QUALITIES, duration_class, position_of_tick

_PROGRESSIONS = (((0, "maj"), (9, "min"), (5, "maj"), (7, "7")), ((0, "min"), (8, "maj"), (3, "maj"), (10, "maj")),
                 ((2, "m7"), (7, "7"), (0, "maj7"), (0, "maj7")), ((0, "m7"), (5, "7")))
_KICKS = {"pop": (0, 8), "rock": (0, 8, 10), "funk": (0, 3, 10), "house": (0, 4, 8, 12),
          "swing": (0, 8), "latin": (0, 6, 8, 14)}
_STYLES = tuple(_KICKS)


def _drum_rows(rng, style, bars, steps, density):
    every = 4 if density < 0.35 else 2 if density < 0.8 else 1
    rows = []
    for bar in range(bars):
        for step in range(steps):
            hits = [2] if step % every == 0 else []
            hits += [0] * (step in _KICKS[style] or rng.random() < 0.1 * density)
            hits += [1] * (step % 8 == 4)
            hits += [4] * (bar % 8 == 7 and step >= 12 and rng.random() < 0.7)
            rows += [(bar, step, hit, 60 + 40 * (step % 4 == 0), 0) for hit in hits]
    return rows


def _bass_rows(rng, chords, bars, columns, tonic, density):
    onsets = {0: (0,), 1: (0, 8), 2: (0, 3, 8, 11), 3: (0, 2, 4, 6, 8, 10, 12, 14)}[int(3.99 * density)]
    onsets = [c for c in onsets if c < columns]
    rows = []
    for bar in range(bars):
        root, _ = chords[bar]
        for i, column in enumerate(onsets):
            fifth = 7 * (i % 4 == 3) + 12 * (i % 4 == 2 and rng.random() < 0.5)
            midi = 36 + (tonic + root) % 12 + fifth
            following = onsets[i + 1] if i + 1 < len(onsets) else columns
            rows.append((bar, position_of_tick(column * 6), midi, duration_class(6 * (following - column)), 80))
    return rows


def _comp_rows(rng, chords, bars, columns, tonic, density):
    onsets = {0: (0,), 1: (4, 12), 2: (0, 6, 8, 14), 3: (2, 4, 6, 10, 12, 14)}[int(3.99 * density)]
    long = rng.random() < 0.5
    rows = []
    for bar in range(bars):
        root, quality = chords[bar]
        struck = [c for c in onsets if c < columns]
        for column, following in zip(struck, [*struck[1:], columns], strict=True):
            duration = duration_class(min(24 if long else 6, 6 * (following - column)))
            for pc in QUALITY_PCS[quality]:
                midi = 60 + (tonic + root + pc) % 12
                rows.append((bar, position_of_tick(column * 6), midi, duration, 70))
    return rows


def arrangement(rng, number, split, bars=16):
    """One arrangement; every fifth in 3/4, every seventh without drums, as if a person wrote it."""
    style, tonic = _STYLES[number % len(_STYLES)], rng.randrange(12)
    metre = (3, 4) if number % 5 == 4 else (4, 4)
    columns = 4 * metre[0]
    progression = rng.choice(_PROGRESSIONS)
    chords = [progression[bar % len(progression)] for bar in range(bars)]
    densities = [rng.random() for _ in range(3)]
    human = number % 7 == 6
    parts = {"bass": as_rows(_bass_rows(rng, chords, bars, columns, tonic, densities[1])),
             "chords": as_rows(_comp_rows(rng, chords, bars, columns, tonic, densities[2]))}
    if not human:
        parts["drums"] = as_rows(_drum_rows(rng, style, bars, columns, densities[0]))
    ticks = 6 * columns
    return Arrangement(
        set="made-up", piece=str(number), title=f"Made-up {number}", licence="CC0", split=split,
        style="lied" if human else style, tonic=tonic, scale="major", metre=metre, bars=bars,
        chords=[[bar * ticks, ticks, (tonic + root) % 12, QUALITIES.index(quality)]
                for bar, (root, quality) in enumerate(chords)],
        bpm=110.0, by_grammar=[] if human else ["drums", "bass", "chords"], parts=parts)


def make(path, count=60, seed=5):
    """Writes `count` arrangements, two of ten held out, as one `.npz`."""
    rng = random.Random(seed)
    splits = {0: "valid", 1: "test"}
    save_arrangements([arrangement(rng, i, splits.get(i % 10, "train")) for i in range(count)], path)
