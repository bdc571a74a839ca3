"""Keeps tunes that are nearly one tune out of two splits.

Two lines are of one family where the sets of their 8-grams overlap by a Jaccard index of 0.35 or
more: of (interval, ratio of the inter-onset intervals), or, so that another rhythm or repeated notes
do not hide a tune, of the intervals alone without repeats. Both are blind to transposition and tempo.
"""

from collections import Counter, defaultdict

import numpy as np

from .tokens import POSITION_TICKS, bar_ticks

GRAM = 8
JACCARD_MIN = 0.35
GRAMS_MIN = 8
_LINES = ("lead", "counter")


def work_of(piece_name):
    """The name of the work: without the marks of stretches (`#2`) and castings (`~2`)."""
    return piece_name.split("#")[0].split("~")[0]


def grams(rows, metre):
    """`(set of interval and rhythm 8-grams, set of interval 8-grams)` of a line's rows."""
    ticks = bar_ticks(metre)
    onsets = [row[0] * ticks + POSITION_TICKS[row[1]] for row in rows]
    intervals = np.diff([int(row[2]) for row in rows])
    gaps = np.diff(onsets).astype(float)
    ratios = np.round(4 * np.log2(np.maximum(gaps[1:], 1) / np.maximum(gaps[:-1], 1))).astype(int)
    pairs = list(zip(intervals[:-1].tolist(), ratios.tolist(), strict=True))
    return _windows(pairs), _windows([i for i in intervals.tolist() if i])


def _windows(symbols):
    return {tuple(symbols[i:i + GRAM]) for i in range(len(symbols) - GRAM + 1)}


class Index:
    """An inverted index of the lines that must stay unseen."""

    def __init__(self):
        self.postings, self.sizes, self.names = defaultdict(list), [], []

    def add(self, name, found):
        """Adds a line's set of grams under a name."""
        if len(found) >= GRAMS_MIN:
            for gram in found:
                self.postings[gram].append(len(self.names))
            self.names.append(name)
            self.sizes.append(len(found))

    def nearest(self, found):
        """`(Jaccard index, name)` of the most similar line, or `(0, None)`."""
        if len(found) < GRAMS_MIN:
            return 0.0, None
        shared = Counter(line for gram in found for line in self.postings.get(gram, ()))
        scores = [(n / (len(found) + self.sizes[line] - n), line) for line, n in shared.items()]
        best, line = max(scores, default=(0.0, None))
        return best, None if line is None else self.names[line]


def lines_of(item):
    """The rows of the lines of an arrangement, or of a piece."""
    if hasattr(item, "rows"):
        return [item.rows]
    return [item.parts[name].tolist() for name in _LINES if name in item.parts]


def near_duplicates(items):
    """`{(set, work) of train: ((set, work) held out, Jaccard index)}` among pieces and arrangements."""
    indexes, train = (Index(), Index()), []
    for item in items:
        name = item.set, work_of(item.piece)
        for rows in lines_of(item):
            both = grams(rows, item.metre)
            if item.split == "train":
                train.append((name, both))
                continue
            for index, found in zip(indexes, both, strict=True):
                index.add(name, found)
    near = {}
    for name, both in train:
        for index, found in zip(indexes, both, strict=True):
            score, other = index.nearest(found)
            if score >= JACCARD_MIN and score > near.get(name, (None, 0.0))[1]:
                near[name] = (other, score)
    return near


def without(items, near):
    """The items but for those of train whose work is in `near`."""
    return [i for i in items if i.split != "train" or (i.set, work_of(i.piece)) not in near]
