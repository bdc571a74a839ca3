"""The eight attributes that the first dimensions of the line VAE's latent follow, of batches of grids."""

import torch

from . import line_grid
from .line_grid import FIRST_PITCH, HOLD
from .vocabulary import ATTRIBUTES

LINE_ATTRIBUTES = [*ATTRIBUTES[:7], "contour"]
LEAP_SEMITONES = 3


def sounding(grid):
    """Of step classes `i64[B, N]`: the step of the last change (−1: none yet) and the pitch token that
    sounds (−1: silence, or a note from before the grid), both `i64[B, N]`."""
    steps = torch.arange(grid.shape[1], device=grid.device)
    change = torch.where(grid != HOLD, steps, -1).cummax(1).values
    last = grid.gather(1, change.clamp(min=0))
    pitch = torch.where((change >= 0) & (last >= FIRST_PITCH), last - FIRST_PITCH, -1)
    return change, pitch


def _mean(values, mask):
    return (values * mask).sum(1) / mask.sum(1).clamp(min=1)


def _leaps(pitch, onset):
    """The share of steps from onset to onset that leap three semitones or more."""
    steps = torch.arange(pitch.shape[1], device=pitch.device)
    latest = torch.where(onset, steps, -1).cummax(1).values
    before = torch.cat([torch.full_like(latest[:, :1], -1), latest[:, :-1]], 1)
    interval = (pitch - pitch.gather(1, before.clamp(min=0))).abs()
    return _mean((interval >= LEAP_SEMITONES).float(), (onset & (before >= 0)).float())


def _syncopation(grid, change, pitch, onset, metre):
    """The share of onsets off the beat whose note sounds across the next beat."""
    width = line_grid.bar_steps(metre)
    beats = [bar + at for bar in range(0, grid.shape[1], width) for at in line_grid.beat_starts(metre)]
    at = torch.tensor(beats[1:], device=grid.device)
    before = torch.tensor(beats[:-1], device=grid.device)
    across = (grid[:, at] == HOLD) & (pitch[:, at] >= 0) & (change[:, at] > before)
    return across.sum(1) / onset.sum(1).clamp(min=1)


def _repetition(grid, onset):
    """How like the second bar is to the first: shared onsets, and shared onsets of one pitch, of all."""
    half = grid.shape[1] // 2
    first, second = onset[:, :half], onset[:, half:]
    both = first & second
    same = both & (grid[:, :half] == grid[:, half:])
    return (both.sum(1) + same.sum(1)) / (2 * (first | second).sum(1).clamp(min=1))


def line_attributes(grid, metre):
    """`f32[B, 8]` in the order of `LINE_ATTRIBUTES`, of step classes `i64[B, N]` of two bars.

    Density in notes a quarter, register as mean pitch token, range in semitones, articulation as the
    share of steps after the first onset that sound, contour as the second bar's mean pitch less the
    first's, in semitones; the others are shares.
    """
    onset, (change, pitch) = grid >= FIRST_PITCH, sounding(grid)
    struck, tone = onset.float(), pitch.float()
    count, half = struck.sum(1), grid.shape[1] // 2
    highest = torch.where(onset, tone, -1.0).amax(1)
    lowest = torch.where(onset, tone, 64.0).amin(1)
    begun = (onset.cumsum(1) > 0).float()
    bars = [_mean(tone[:, part], struck[:, part]) for part in (slice(half), slice(half, None))]
    has_both = (struck[:, :half].sum(1) > 0) & (struck[:, half:].sum(1) > 0)
    return torch.stack([
        count / line_grid.quarters(grid.shape[1]), _mean(tone, struck),
        (highest - lowest).clamp(min=0), _syncopation(grid, change, pitch, onset, metre),
        _leaps(pitch, onset), _repetition(grid, onset),
        _mean((pitch >= 0).float(), begun), (bars[1] - bars[0]) * has_both,
    ], 1)


def line_distance(left, right):
    """Distance in 0–1 of grids `i64[B, N]`: half the share of steps whose onsets differ, half of those
    at which another pitch, or silence, sounds: `f32[B]`."""
    struck = (left >= FIRST_PITCH) != (right >= FIRST_PITCH)
    tone = sounding(left)[1] != sounding(right)[1]
    return (struck.float().mean(1) + tone.float().mean(1)) / 2
