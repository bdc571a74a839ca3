"""Mixtures of models that stay exactly normalised, and the figures that are published.

Two ways to mix are used, one inside the other:

* **Per key.** Models that go through the keys in the same order give each key a Bernoulli
  distribution under the same conditions. The mean of their logits, times a constant, is again one
  Bernoulli distribution a key; their product over the keys and frames is normalised by itself.
* **Per frame.** p(x_t | x_<t) = sum_m w_m(x_<t) p_m(x_t | x_<t), with weights proportional to
  prod_{s<t} p_m(x_s | x_<s)^rate, which depend on the past of the same piece only and sum to 1.
  Rate 1 is the Bayesian mixture of whole pieces, log mean_m p_m(piece); rate 0 the plain mean.

The constant and the rate are chosen by the valid split.
"""

import numpy as np

SCALES = np.arange(0.9, 1.31, 0.025)
RATES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def log_sum_exp(values, axis):
    """log(sum(exp(values))) along `axis`."""
    top = values.max(axis, keepdims=True)
    return (top + np.log(np.exp(values - top).sum(axis, keepdims=True))).squeeze(axis)


def mix(members, lengths, rate):
    """Nats of each frame under the mixture per frame, [F] float64.

    `members` [M, F] float64 are the log-likelihoods of the members, `lengths` [pieces] int64.
    """
    mixed = np.empty(members.shape[1])
    begin = 0
    for length in lengths:
        piece = members[:, begin:begin + length]
        earlier = np.cumsum(piece, 1) - piece
        weights = rate * earlier
        weights = weights - log_sum_exp(weights, 0)
        mixed[begin:begin + length] = log_sum_exp(weights + piece, 0)
        begin += length
    return mixed


def best_rate(members, lengths):
    """The rate with the greatest likelihood on the given (valid) split."""
    return max(RATES, key=lambda rate: mix(members, lengths, rate).mean())


def best_scale(logits, frames, canvas):
    """The scale of mean logits [F, W] with the greatest likelihood on the given split."""
    return max(SCALES, key=lambda s: canvas.log_likelihood(logits * s, frames).mean().item())


def figures(nats, lengths):
    """Negative log-likelihood in nats per frame, from log-likelihoods [F] in three conventions."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    later = np.ones(len(nats), bool)
    later[starts] = False
    pieces = [nats[a:b].mean() for a, b in zip(starts, ends, strict=True)]
    return {"micro": round(float(-nats.mean()), 4),
            "micro_without_frame_0": round(float(-nats[later].mean()), 4),
            "macro": round(float(-np.mean(pieces)), 4)}
