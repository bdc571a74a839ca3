"""A likelihood by counting frames, to hold the networks' figures against. Nothing is learnt by gradient.

Whole frames are the symbols of an n-gram model with the interpolation of I. H. Witten and T. C. Bell, "The
Zero-Frequency Problem" (IEEE Transactions on Information Theory, 1991); a frame that no count knows has
independent keys with their shares in the train split. Counts of the train split and of the piece so far
are one table, so a repeat within a piece is learnt as it comes. Each frame's probabilities sum to 1.
"""

from collections import Counter, defaultdict

import numpy as np

from .neighbours import pieces_of


class FrameCounts:
    """Counts of frames after the `order` frames before them, and after fewer."""

    def __init__(self, train, order=12):
        self.order = order
        share = (train.frames.sum(0) + 0.5) / (len(train.frames) + 1)
        self.on, self.off = np.log(share), np.log1p(-share)
        self.tables = [defaultdict(Counter) for _ in range(order + 1)]
        for piece in pieces_of(train):
            symbols = self.symbols(piece)
            for time in range(len(symbols)):
                self._count(self.tables, symbols, time)

    @staticmethod
    def symbols(piece):
        """The frames of a piece as hashable symbols."""
        return [frame.tobytes() for frame in piece]

    def _count(self, tables, symbols, time):
        for length in range(min(self.order, time) + 1):
            tables[length][tuple(symbols[time - length:time])][symbols[time]] += 1

    def base(self, frame):
        """Probability of a frame [keys] with independent keys."""
        return float(np.exp(np.where(frame, self.on, self.off).sum()))

    def probability(self, frame, symbols, time, seen):
        """p(x_t | x_<t) of `frame`; `seen` are the tables of the piece so far."""
        symbol, found = frame.tobytes(), self.base(frame)
        for length in range(min(self.order, time) + 1):
            context = tuple(symbols[time - length:time])
            known, ours = self.tables[length].get(context), seen[length].get(context)
            if known is None and ours is None:
                break
            known, ours = known or {}, ours or {}
            total = sum(known.values()) + sum(ours.values())
            kinds = len(known.keys() | ours.keys())
            hits = known.get(symbol, 0) + ours.get(symbol, 0)
            found = (hits + kinds * found) / (total + kinds)
        return found

    def nats(self, piece, remembers=True):
        """Log-likelihood of each frame of a piece, [frames] float64; without its past's counts if it
        does not remember.
        """
        symbols = self.symbols(piece)
        seen = [defaultdict(Counter) for _ in range(self.order + 1)]
        out = np.empty(len(piece))
        for time, frame in enumerate(piece):
            out[time] = np.log(self.probability(frame, symbols, time, seen))
            if remembers:
                self._count(seen, symbols, time)
        return out
