"""Statistics of ranks, ties by their mean rank."""

import numpy as np


def ranks(values):
    """The ranks of numbers, from 0: `f64[n]`."""
    _, place, counts = np.unique(np.asarray(values).ravel(), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((2 * last - counts - 1) / 2)[place]


def spearman(x, y):
    """The rank correlation of two rows of numbers, 0 where one of them does not vary."""
    a, b = ranks(x), ranks(y)
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0


def auc(real, fake):
    """The chance that a real score is above a fake one."""
    placed = ranks(np.concatenate([real, fake])) + 1
    count = len(real)
    above = placed[:count].sum() - count * (count + 1) / 2
    return float(above / max(count * len(fake), 1))
