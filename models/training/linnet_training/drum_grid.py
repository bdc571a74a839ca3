"""Drums on a grid of steps: the hit sets of `drum_vae` (TOKENS.md), their conditions and attributes."""

from functools import lru_cache

import numpy as np
import torch

from . import tokens
from .drum_features import CLASS_HITS
from .vocabulary import STYLES

DRUM_ATTRIBUTES = ["density", "syncopation", "cymbals"]
DRUM_CONDITIONS = 4 + 8 + 2 + 2 + 1 + len(STYLES)
HITS = 9
HANDS_AND_FEET = [0, 1, 4, 5, 6]
CYMBALS = [2, 3, 8]


@lru_cache
def hit_table():
    """The hits of each of the 512 sets: `f32[512, 9]`, bit 0 first."""
    return torch.from_numpy(CLASS_HITS)


def hit_sets(velocity):
    """Step classes `int16[steps]` of velocities `f32[steps, 9]`."""
    return ((velocity > 0) * (1 << np.arange(HITS))).sum(1).astype(np.int16)


def row_sets(rows, bar_steps, bars):
    """Step classes `int16[bars · bar_steps]` of arrangement rows `(bar, step, class, …)`."""
    grid = np.zeros(bars * bar_steps, np.int16)
    rows = np.asarray(rows, np.int64)
    at = rows[:, 0] * bar_steps + rows[:, 1]
    inside = (at >= 0) & (at < len(grid))
    np.bitwise_or.at(grid, at[inside], (1 << rows[inside, 2]).astype(np.int16))
    return grid


def bar_steps(metre, a_beat):
    """Steps a bar at `a_beat` steps a beat, or None where the bar is no whole number of them."""
    steps, rest = divmod(tokens.bar_ticks(metre) * a_beat, tokens.beat_ticks(metre))
    return None if rest else steps


@lru_cache
def _places(width, a_beat):
    """Place of each step of two bars of `width` steps: `f32[N, 16]`."""
    step = np.arange(2 * width)
    out = np.zeros((len(step), 16), np.float32)
    inside = step % width
    out[step, inside % a_beat] = 1
    out[step, 4 + np.minimum(inside // a_beat, 7)] = 1
    out[:, 12 if a_beat == 4 else 13] = 1
    out[:, 14], out[:, 15] = width / a_beat / 4, step >= width
    return torch.from_numpy(out)


def drum_conditions(width, a_beat, bpm, styles):
    """`f32[B, N, 37]` as in TOKENS.md, of bars of `width` steps, beats a minute `f32[B]` (0: unknown)
    and styles `i64[B]` (255: unknown)."""
    places = _places(width, a_beat).to(bpm.device)
    size, steps = len(bpm), len(places)
    still = torch.zeros(size, 1 + len(STYLES), device=bpm.device)
    still[:, 0] = torch.where(bpm > 0, torch.log2(bpm.clamp(min=1) / 120), 0.0)
    row = torch.arange(size, device=bpm.device)
    still[row, 1 + styles.clamp(max=len(STYLES) - 1)] = (styles < len(STYLES)).float()
    still, places = still[:, None].expand(-1, steps, -1), places.expand(size, -1, -1)
    return torch.cat([places[..., :15], still[..., :1], places[..., 15:], still[..., 1:]], -1)


def drum_attributes(grid, width, a_beat):
    """`f32[B, 3]` of step classes `i64[B, N]` of two bars of `width` steps: hits a beat; the share of
    kick, snare and tom hits off the beat; the share of hits that are hats or ride."""
    hits = hit_table().to(grid.device)[grid]
    body, cymbals = hits[..., HANDS_AND_FEET].sum(-1), hits[..., CYMBALS].sum((1, 2))
    off = (torch.arange(grid.shape[1], device=grid.device) % width % a_beat > 0).float()
    count = hits.sum((1, 2))
    return torch.stack([count * a_beat / grid.shape[1], (body * off).sum(1) / body.sum(1).clamp(min=1),
                        cymbals / count.clamp(min=1)], 1)


def drum_distance(left, right):
    """Distance in 0–1 of grids `i64[B, N]`: hits in one only, of all hits in either: `f32[B]`."""
    table = hit_table().to(left.device)
    a, b = table[left], table[right]
    return (a != b).float().sum((1, 2)) / torch.maximum(a, b).sum((1, 2)).clamp(min=1)
