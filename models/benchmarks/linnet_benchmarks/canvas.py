"""Where a piano-roll lies on the keys that a model computes: span, transposition, key order.

A roll of width W (the scored keys) is laid on a canvas that is wider by the reach of the
transpositions, so that no note ever falls off. Canvas places beyond the roll are silent by
construction and are not scored. Each transposed copy therefore is an exactly normalised model of
the untransposed keys, and visits them in the same order.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

OUTSIDE = 1e-5  # probability of a note on a key that is not scored by the model


@dataclass(frozen=True)
class Canvas:
    """The scored keys [low, low + width), and room for shifts in [-down, up] semitones."""

    low: int
    width: int
    down: int = 6
    up: int = 5

    @property
    def size(self):
        """Places on the canvas, N."""
        return self.width + self.down + self.up

    @property
    def shifts(self):
        """All transpositions, the original first and the far ones last."""
        return sorted(range(-self.down, self.up + 1), key=lambda s: (abs(s), s))

    def _places(self, shift, flip):
        """Canvas place of each scored key, [B, W] int64."""
        place = shift[:, None] + self.down + torch.arange(self.width, device=shift.device)
        return self.size - 1 - place if flip else place

    def lay(self, roll, shift, flip):
        """Lays `roll` [B, T, keys] uint8 at `shift` [B] int64; returns [B, T, N] float32."""
        inside = roll[:, :, self.low:self.low + self.width].float()
        places = self._places(shift, flip)[:, None].expand_as(inside)
        empty = inside.new_zeros(*roll.shape[:2], self.size)
        return empty.scatter(2, places, inside)

    def take(self, values, shift, flip):
        """The scored keys of `values` [B, T, N], in the order of the keyboard: [B, T, W]."""
        places = self._places(shift, flip)[:, None]
        return values.gather(2, places.expand(-1, values.shape[1], -1))

    def log_likelihood(self, logits, frames):
        """Nats of each frame, [F] float64.

        `logits` [F, W] float32 are those of the scored keys, `frames` [F, keys] uint8.
        """
        inside = frames[:, self.low:self.low + self.width].to(logits.dtype)
        scored = bernoulli(logits, inside).double().sum(1)
        notes = (frames.sum(1) - inside.sum(1)).double()
        silent = frames.shape[1] - self.width - notes
        return scored + notes * np.log(OUTSIDE) + silent * np.log1p(-OUTSIDE)


def bernoulli(logits, values):
    """Log-probability of 0/1 `values` under `logits`, element by element."""
    return values * logits - functional.softplus(logits)


def canvas_for(train, margin, keys=88):
    """The canvas of a set: the keys that its train split uses, and `margin` more each way."""
    used = np.flatnonzero(train.frames.any(0))
    low = max(0, used[0] - margin)
    high = min(keys, used[-1] + 1 + margin)
    return Canvas(int(low), int(high - low))
