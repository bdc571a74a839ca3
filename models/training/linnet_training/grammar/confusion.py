"""How distinct the styles are: a linear classifier over simple features of rhythm and texture.

`python -m linnet_training.grammar.confusion PIECES.json.gz --count N` trains on arrangements of training
pieces and prints accuracy and confusions on those of held-out ones.
"""

import argparse
from pathlib import Path

import numpy as np

from ..piece import load_pieces
from ..tokens import DURATIONS, POSITION_TICKS, bar_ticks
from ..vocabulary import GRAMMAR_STYLES
from .arranger import arrange

_BINS = 8


def _histogram(places, bars):
    """Hits a bar in each of `_BINS` parts of the bar; `places` in 0–1."""
    return np.histogram(places, _BINS, (0, 1))[0] / bars


def features(arrangement):
    """Numbers of one arrangement: where drums, bass and chords strike, how long, how loud; chord kinds."""
    bars = arrangement.bars - arrangement.first_full
    ticks, out = bar_ticks(arrangement.metre), []
    drums = arrangement.parts.get("drums", np.zeros((0, 5), np.int16))
    steps = max(1, int(drums[:, 1].max(initial=0)) + 1)
    for group in ((0,), (1,), (2, 3, 8)):
        rows = drums[np.isin(drums[:, 2], group)]
        out.append(_histogram(rows[:, 1] / steps, bars))
    out.append([np.isin(drums[:, 2], g).sum() / bars for g in ((3,), (4, 5, 6), (7,), (8,))])
    out.append([drums[:, 3].mean() / 40 if len(drums) else 0, arrangement.steps_a_beat])
    for name in ("bass", "chords"):
        rows = arrangement.parts.get(name, np.zeros((0, 5), np.int16))
        at = np.array(POSITION_TICKS)[rows[:, 1]] / ticks
        strikes = len({(r[0], r[1]) for r in rows.tolist()})
        out.append(_histogram(at, bars) / (1 if name == "bass" else max(1, len(rows) / max(strikes, 1))))
        out.append([np.log(np.array(DURATIONS)[rows[:, 3]]).mean() if len(rows) else 0,
                    len(rows) / max(strikes, 1), rows[:, 4].mean() / 20 if len(rows) else 0])
    qualities = np.bincount([c[3] for c in arrangement.chords], minlength=12)
    out.append(qualities / qualities.sum())
    out.append([len(arrangement.chords) / bars])
    return np.concatenate(out)


def table(pieces, count, random):
    """Features and style numbers of `count` arrangements of each style."""
    rows, labels = [], []
    for label, style in enumerate(GRAMMAR_STYLES):
        made = 0
        while made < count:
            arrangement = arrange(pieces[int(random.integers(len(pieces)))], style, random)
            if arrangement is not None:
                rows.append(features(arrangement))
                labels.append(label)
                made += 1
    return np.array(rows), np.array(labels)


def fit(x, y, rounds=1500, rate=0.5, decay=1e-3):
    """Weights of a softmax regression, by gradient descent with momentum."""
    target = np.eye(len(GRAMMAR_STYLES))[y]
    weights, speed = np.zeros((x.shape[1], target.shape[1])), 0.0
    for _ in range(rounds):
        logits = x @ weights
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        speed = 0.9 * speed - rate * (x.T @ (p - target) / len(x) + decay * weights)
        weights = weights + 0.1 * speed
    return weights


def main():
    """Trains, tests and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--four-four", action="store_true")
    options = parser.parse_args()
    pieces, random = load_pieces(options.pieces), np.random.default_rng(0)
    if options.four_four:
        pieces = [p for p in pieces if tuple(p.metre) == (4, 4)]
    x, y = table([p for p in pieces if p.split == "train"], options.count, random)
    test_x, test_y = table([p for p in pieces if p.split != "train"], options.count // 2, random)
    mean, scale = x.mean(0), x.std(0) + 1e-6
    x, test_x = ((np.c_[(t - mean) / scale, np.ones(len(t))]) for t in (x, test_x))
    guess = (test_x @ fit(x, y)).argmax(1)
    print(f"features {x.shape[1] - 1}, accuracy {(guess == test_y).mean():.3f}")
    for label, style in enumerate(GRAMMAR_STYLES):
        counts = np.bincount(guess[test_y == label], minlength=len(GRAMMAR_STYLES))
        wrong = [(c, GRAMMAR_STYLES[i]) for i, c in enumerate(counts) if c and i != label]
        names = ", ".join(f"{name} {c}" for c, name in sorted(wrong, reverse=True)[:5])
        print(f"{style:14} {counts[label] / counts.sum():.2f}  {names}")


if __name__ == "__main__":
    main()
