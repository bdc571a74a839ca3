"""Quantile tables, and the normal scores of attributes: what a regularised latent dimension follows."""

import torch

POINTS = 101
SCORE_MAX = 2.5


def quantile_table(values):
    """The 101 quantiles of each column of `f32[n, R]`: `f32[R, 101]`."""
    rows = values.double().sort(0).values
    at = torch.linspace(0, len(rows) - 1, POINTS, dtype=torch.float64, device=values.device)
    low, high = rows[at.floor().long()], rows[at.ceil().long()]
    return torch.lerp(low, high, (at - at.floor())[:, None]).T.float().contiguous()


def normal_scores(values, tables):
    """Standard normal scores `f32[B, R]` of `values f32[B, R]` in quantile tables `f32[B, R, 101]`.

    A value's place among the quantiles, the middle of its run where quantiles are equal, is put
    through the inverse normal distribution and clipped to ±2.5.
    """
    wanted, tables = values.unsqueeze(-1).contiguous(), tables.contiguous()
    left = torch.searchsorted(tables, wanted).squeeze(-1)
    right = torch.searchsorted(tables, wanted, right=True).squeeze(-1)
    below = tables.gather(-1, (left - 1).clamp(0, POINTS - 1).unsqueeze(-1)).squeeze(-1)
    above = tables.gather(-1, left.clamp(0, POINTS - 1).unsqueeze(-1)).squeeze(-1)
    between = left - 1 + (values - below) / (above - below).clamp(min=1e-9)
    place = torch.where(right > left, (left + right - 1) / 2, between)
    share = (place / (POINTS - 1)).clamp(0.005, 0.995)
    return torch.special.ndtri(share).clamp(-SCORE_MAX, SCORE_MAX)
