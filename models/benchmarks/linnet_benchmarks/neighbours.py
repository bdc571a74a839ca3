"""How near each piece of a split is to the train split, whatever its key and tempo.

The top line of a roll is the highest key of each frame, runs of one key being one note. Pieces are
compared by the sets of 8-grams of that line's intervals; by the Jaccard index of 0.35 or more that the
phrase model's data are parted by (`linnet_training.families`), two pieces are near-duplicates.
"""

from collections import Counter, defaultdict

import numpy as np

GRAM = 8
NEAR = 0.35


def top_line(frames):
    """Highest key of each frame, silence left out and runs made one: a list of keys."""
    sounding = frames[frames.any(1)]
    if not len(sounding):
        return []
    top = sounding.shape[1] - 1 - sounding[:, ::-1].argmax(1)
    return top[np.append(True, np.diff(top) != 0)].tolist()


def grams(frames):
    """The set of interval 8-grams of a piece's top line."""
    intervals = np.diff(top_line(frames)).tolist()
    return {tuple(intervals[i:i + GRAM]) for i in range(len(intervals) - GRAM + 1)}


def pieces_of(split):
    """The pieces of a split, a list of [frames, keys]."""
    return np.split(split.frames, np.cumsum(split.lengths)[:-1])


class Neighbours:
    """The train split, asked for the piece that is most like another."""

    def __init__(self, train):
        self.postings, self.sizes = defaultdict(list), []
        for number, piece in enumerate(pieces_of(train)):
            found = grams(piece)
            self.sizes.append(len(found))
            for gram in found:
                self.postings[gram].append(number)

    def nearest(self, piece):
        """Greatest Jaccard index with a train piece, and the share of 8-grams that train has at all.

        Both are 0 for a piece with no 8-gram.
        """
        found = grams(piece)
        shared = Counter(number for gram in found for number in self.postings.get(gram, ()))
        jaccard = max((n / (len(found) + self.sizes[number] - n) for number, n in shared.items()),
                      default=0.0)
        known = sum(gram in self.postings for gram in found)
        return jaccard, known / max(len(found), 1)
