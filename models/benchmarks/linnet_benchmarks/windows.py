"""Windows of frames, cut and transposed on the device where the whole set lies."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Batch:
    """A batch of windows.

    `rows` [B, T] int64 are frames of the split, `position` [B, T] int64 their index in the piece,
    `scored` [B, T] bool the frames that count (not the padding after a piece's end, nor a warm-up).
    """

    rows: torch.Tensor
    position: torch.Tensor
    scored: torch.Tensor


def batch_of(first, begin, length, skip, device):
    """A batch from arrays [B]: the piece's row 0, the window's begin, length and warm-up."""
    time = np.arange(length.max())
    offset = np.minimum(time, length[:, None] - 1)
    position = begin[:, None] + offset
    scored = (time < length[:, None]) & (time >= skip[:, None])
    arrays = (first[:, None] + position, position, scored)
    return Batch(*(torch.from_numpy(a).to(device) for a in arrays))


class TrainingWindows:
    """Endless random windows of a split, of like lengths in a batch to save padding."""

    POOL = 8

    def __init__(self, split, window, batch, seed, device):
        self.split, self.window, self.batch, self.device = split, window, batch, device
        self.random = np.random.default_rng(seed)
        self.weights = split.lengths / split.lengths.sum()
        self.waiting = []

    def _draw(self):
        """Draws a pool of windows and parts it into batches of similar length."""
        count = self.POOL * self.batch
        piece = self.random.choice(len(self.weights), count, p=self.weights)
        spare = np.maximum(self.split.lengths[piece] - self.window, 0)
        edge = self.window // 4
        begin = self.random.integers(-edge, spare + edge + 1).clip(0, spare)
        length = np.minimum(self.split.lengths[piece], self.window)
        order = np.argsort(length, kind="stable").reshape(self.POOL, self.batch)
        first = self.split.starts[piece]
        for rows in self.random.permutation(order):
            self.waiting.append((first[rows], begin[rows], length[rows]))

    def __next__(self):
        if not self.waiting:
            self._draw()
        first, begin, length = self.waiting.pop()
        return batch_of(first, begin, length, np.zeros_like(length), self.device)


def scoring_batches(split, window, warm_up, frames, device):
    """Batches that score every frame of a split once.

    A piece is cut into windows of at most `window` frames that overlap by `warm_up`; a frame is
    scored where at least `warm_up` frames of its past (or all of it) are in the window. A batch
    has at most about `frames` frames.
    """
    table = [(first, max(0, begin - warm_up), min(begin + window - warm_up, length), begin)
             for first, length in zip(split.starts, split.lengths, strict=True)
             for begin in _begins(length, window, warm_up)]
    table.sort(key=lambda row: row[2] - row[1])
    while table:
        count = max(1, frames // (table[-1][2] - table[-1][1]))
        rows, table = np.array(table[-count:], np.int64), table[:-count]
        first, begin, end, scored = rows.T
        yield batch_of(first, begin, end - begin, scored - begin, device)


def _begins(length, window, warm_up):
    """First scored frame of each window of a piece; the first window has no warm-up."""
    step = window - warm_up
    return range(0, int(length), step)
