"""Draws from a NumPy generator, quick for single values."""

import numpy as np


def chance(random, probability):
    """True with `probability`."""
    return random.random() < probability


def pick(random, options, weights=None):
    """One of `options`, with chances in proportion to `weights` (equal where None)."""
    if weights is None:
        return options[int(random.random() * len(options))]
    at = random.random() * sum(weights)
    for option, weight in zip(options, weights, strict=True):
        at -= weight
        if at < 0:
            return option
    return options[-1]


def spread(random, low, high):
    """A uniform draw from `[low, high)`."""
    return low + (high - low) * random.random()


def softmax_pick(random, options, scores):
    """One of `options`, with chances in proportion to `exp(scores)`."""
    scores = np.asarray(scores, float)
    return pick(random, options, np.exp(scores - scores.max()).tolist())
