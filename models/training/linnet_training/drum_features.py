"""What the drum models are told at each step, and the attributes that it can be asked for."""

from dataclasses import dataclass

import numpy as np

from .drum_styles import STYLE_COUNT
from .tokens import DRUM_START

DRUM_FEATURES = 79
PLACE_FEATURES = 17
STYLE_AT = 59
_WEIGHTS = 1 << np.arange(9)
CLASS_HITS = ((np.arange(512)[:, None] & _WEIGHTS) > 0).astype(np.float32)


@dataclass(frozen=True)
class Feel:
    """The grid of a bar: its steps, steps a beat (3 or 4) and beats a minute."""

    bar_steps: int
    a_beat: int
    bpm: float


@dataclass
class Wish:
    """What is asked of a window; None is no wish.

    `rhythm f32[steps]` holds the velocities to fit (0: no onset); `style f32[20]` sums to 1.
    """

    rhythm: np.ndarray = None
    density: float = None
    syncopation: float = None
    energy: float = None
    style: np.ndarray = None


def hit_density(velocity):
    """Mean hits a step / 2, at most 1."""
    return min(float((velocity > 0).sum(1).mean()) / 2, 1.0)


def syncopation(velocity, bar_steps, a_beat):
    """The share of kick and snare hits that are on no beat; 0 where there are none."""
    hits = (velocity[:, :2] > 0).sum(1)
    off = (np.arange(len(hits)) % bar_steps) % a_beat != 0
    return float(hits[off].sum() / max(hits.sum(), 1))


def energy(velocity):
    """The mean velocity (0–1) of the hits; 0 where there are none."""
    return float(velocity.sum() / max((velocity > 0).sum(), 1))


def place_features(steps, feel):
    """Place in beat and bar, feel, length of the bar, tempo: `f32[steps, 17]`."""
    at = np.arange(steps)
    inside = at % feel.bar_steps
    out = np.zeros((steps, PLACE_FEATURES), np.float32)
    out[at, inside % feel.a_beat] = 1
    out[at, 4 + np.minimum(inside // feel.a_beat, 7)] = 1
    out[:, 12 if feel.a_beat == 4 else 13] = 1
    out[:, 14] = feel.bar_steps / 16
    out[:, 15] = (feel.bar_steps - 1 - inside) / 16
    out[:, 16] = np.log2(feel.bpm / 120)
    return out


def drum_features(velocity, feel, fill_bars=(), context=0, wish=None):
    """Features of every step of a window: `f32[steps, 79]` as in `TOKENS.md`.

    `velocity f32[steps, 9]` holds the hits, `fill_bars` the bars that are fills; the first `context`
    bars are known.
    """
    wish, steps, width = wish or Wish(), len(velocity), feel.bar_steps
    at = np.arange(steps)
    bar, bars = at // width, steps // width
    out = np.zeros((steps, DRUM_FEATURES), np.float32)
    out[:, :PLACE_FEATURES] = place_features(steps, feel)
    out[at, 17 + bar % 8] = 1
    out[:, 25] = np.minimum(bars - 1 - bar, 8) / 8
    out[:, 26] = bar == bars - 1
    out[:, 27] = np.isin(bar, list(fill_bars))
    out[:, 28] = bar < context
    out[:, 29] = bar >= context
    hits = velocity > 0
    for lag, column in ((1, 30), (2, 39)):
        out[lag * width:, column:column + 9] = hits[: max(steps - lag * width, 0)]
    if wish.rhythm is not None:
        out[:, 48], out[:, 49] = wish.rhythm > 0, wish.rhythm
        out[:-1, 50], out[:-1, 51] = wish.rhythm[1:] > 0, wish.rhythm[1:]
        out[:, 52] = 1
    for column, value in ((53, wish.density), (55, wish.syncopation), (57, wish.energy)):
        if value is not None:
            out[:, column], out[:, column + 1] = value, 1
    if wish.style is not None:
        out[:, STYLE_AT:STYLE_AT + STYLE_COUNT] = wish.style
    return out


def window_arrays(velocity, shift, features):
    """Inputs and targets of a window: prev, event `i64[T]`, hits, velocity, shift `f32[T, 9]`."""
    hits = (velocity > 0).astype(np.float32)
    event = (hits.astype(np.int64) * _WEIGHTS).sum(1)
    prev = np.concatenate([[DRUM_START], event[:-1]])
    return {"prev": prev, "event": event, "features": features, "hits": hits,
            "velocity": velocity, "shift": shift}
