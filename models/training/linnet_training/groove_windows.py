"""Windows of human drum takes for the groove model.

A pitched part is played to the model as one drum class (`TOKENS.md`), so a share of the windows
keeps a few classes only.
"""

import numpy as np

from .batching import in_batches
from .drum_features import PLACE_FEATURES, Feel, energy, place_features
from .drum_styles import STYLE_COUNT
from .drum_windows import STYLE_DROP, DrumSampler, whole_windows
from .groove_model import GROOVE_FEATURES

WISH_DROP, FEW_CLASSES_SHARE = 0.5, 0.35
_WISHES_AT = PLACE_FEATURES + STYLE_COUNT


def swing(velocity, shift, feel):
    """The mean shift, in steps, of the hits between the eighths (on the odd steps of a beat).

    0 where there are none, and in grids of three steps a beat, where the long and short are written.
    """
    odd = (np.arange(len(velocity)) % feel.bar_steps) % feel.a_beat % 2 == 1
    hits = (velocity > 0) & odd[:, None]
    return float(shift[hits].mean()) if feel.a_beat == 4 and hits.any() else 0.0


def lateness(velocity, shift, feel):
    """The mean shift, in steps, of the hits on the even steps of a beat; 0 where there are none."""
    even = (np.arange(len(velocity)) % feel.bar_steps) % feel.a_beat % 2 == 0
    hits = (velocity > 0) & even[:, None]
    return float(shift[hits].mean()) if hits.any() else 0.0


def touch(velocity):
    """The mean velocity (0–1) of the hits of each class, 0 where it has none: `f32[9]`."""
    hits = velocity > 0
    return (velocity * hits).sum(0) / np.maximum(hits.sum(0), 1)


def groove_features(steps, feel, style=None, loud=None, swung=None, late=None, touched=None):
    """Features of every step: `f32[steps, 53]` as in `TOKENS.md`; None is no wish."""
    out = np.zeros((steps, GROOVE_FEATURES), np.float32)
    out[:, :PLACE_FEATURES] = place_features(steps, feel)
    if style is not None:
        out[:, PLACE_FEATURES:_WISHES_AT] = style
    for column, value in ((_WISHES_AT, loud), (_WISHES_AT + 2, swung), (_WISHES_AT + 4, late)):
        if value is not None:
            out[:, column], out[:, column + 1] = value, 1
    if touched is not None:
        out[:, _WISHES_AT + 6:-1], out[:, -1] = touched, 1
    return out


def _arrays(velocity, shift, features, feel):
    steps = len(velocity)
    return {"hits": (velocity > 0).astype(np.float32), "velocity": velocity, "shift": shift,
            "features": features,
            "step_ms": np.full(steps, 60_000 / feel.bpm / feel.a_beat, np.float32)}


class GrooveSampler:
    """Draws windows of human takes, in their metres and others, with wishes dropped at random."""

    def __init__(self, takes, seed):
        self.drums = DrumSampler([t for t in takes if t.is_human], seed)
        self.random = self.drums.random

    def sample(self):
        """The arrays of one window."""
        random, take = self.random, self.drums.take()
        velocity, shift, _ = self.drums.cut(take)
        if random.random() < FEW_CLASSES_SHARE:
            kept = random.random(velocity.shape[1]) < random.choice([0.2, 0.5])
            velocity, shift = velocity * kept, shift * kept
        feel = Feel(take.bar_steps, take.a_beat, take.bpm)
        here = random.random(5) >= (STYLE_DROP, *[WISH_DROP] * 4)
        features = groove_features(len(velocity), feel, take.style if here[0] else None,
                                   energy(velocity) if here[1] else None,
                                   swing(velocity, shift, feel) if here[2] else None,
                                   lateness(velocity, shift, feel) if here[3] else None,
                                   touch(velocity) if here[4] else None)
        return _arrays(velocity.astype(np.float32), shift.astype(np.float32), features, feel)


def evaluation_batches(takes, size=64, bars=8, with_wishes=False):
    """All of the human beat takes in windows of up to 8 bars, the style given."""
    arrays = []
    for take, _, velocity, shift in whole_windows([t for t in takes if t.is_human], bars):
        feel = Feel(take.bar_steps, take.a_beat, take.bpm)
        wishes = ()
        if with_wishes:
            wishes = (energy(velocity), swing(velocity, shift, feel),
                      lateness(velocity, shift, feel), touch(velocity))
        arrays.append(_arrays(velocity, shift,
                              groove_features(len(velocity), feel, take.style, *wishes), feel))
    return in_batches(arrays, size)
