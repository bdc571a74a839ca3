"""Measures the VAEs: reconstruction, obedient dimensions, interpolation, and samples of the prior."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from .drum_grid import drum_distance, hit_table
from .line_attributes import LINE_ATTRIBUTES, line_distance
from .line_grid import FIRST_PITCH
from .ranks import spearman
from .tokens import PITCH_OFFSET

SWEEP = torch.linspace(-2, 2, 9)
BINS = 8
SIMILARITIES = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)


def is_line(model):
    """Whether a model is the line VAE, and not that of drums."""
    return model.shape.attributes is LINE_ATTRIBUTES


def distance(model, left, right):
    """The distance of grids that TOKENS.md defines, in 0–1: `f32[B]`."""
    return (line_distance if is_line(model) else drum_distance)(left, right)


def _struck(model, grid):
    """What a grid strikes, one-hot: `f32[B, N, 64]` pitches, or `[B, N, 9]` hits."""
    if not is_line(model):
        return hit_table().to(grid.device)[grid]
    pitches = torch.nn.functional.one_hot((grid - FIRST_PITCH).clamp(min=0), 64)
    return pitches * (grid >= FIRST_PITCH).unsqueeze(-1)


class Score:
    """Counts right steps and right notes (or hits) of predicted grids."""

    def __init__(self):
        self.right = self.steps = self.hit = self.wanted = self.given = 0.0

    def add(self, model, truth, guess):
        wanted, given = _struck(model, truth), _struck(model, guess)
        self.right += (truth == guess).sum().item()
        self.steps += truth.numel()
        self.hit += (wanted * given).sum().item()
        self.wanted += wanted.sum().item()
        self.given += given.sum().item()

    def figures(self, name):
        return {f"{name}_steps_right": self.right / max(self.steps, 1),
                f"{name}_f1": 2 * self.hit / max(self.wanted + self.given, 1)}


@torch.no_grad()
def quick(model, batches):
    """The share of steps right, and F1 of the notes or hits, with the truth fed back and without."""
    forced, free = Score(), Score()
    for batch in batches:
        logits, mu, _, _ = model(batch)
        forced.add(model, batch["grid"], logits.argmax(-1))
        free.add(model, batch["grid"], model.decode(mu, batch["conditions"]))
    return forced.figures("forced") | free.figures("free")


def _sub(batch, rows):
    return {k: v[rows] if v.dim() else v for k, v in batch.items()}


@torch.no_grad()
def obedience(model, bank, batches, windows=64):
    """Rank correlation of each held dimension, swept from −2 to 2 at held-out windows' latents, with
    its attribute in what is decoded (likeliest classes): pooled, the mean window's, and how many of
    the eight others follow at all (the mean of their absolute correlations)."""
    names, sweeps = model.shape.attributes, SWEEP.to(bank.device)
    measured = [[] for _ in names]
    for batch in batches:
        part = _sub(batch, slice(windows))
        mu = model.encoder(part["grid"], part["conditions"])[0].float()
        for dim in range(len(names)):
            grids = []
            for value in sweeps:
                z = mu.clone()
                z[:, dim] = value
                grids.append(bank.attributes(model.decode(z, part["conditions"]), int(batch["group"])))
            measured[dim].append(torch.stack(grids, 1))
    figures = {}
    for dim, name in enumerate(names):
        values = torch.cat(measured[dim])
        wish = sweeps.expand(len(values), -1)
        each = [spearman(sweeps, row) for row in values[:, :, dim]]
        others = [abs(spearman(wish, values[:, :, k])) for k in range(len(names)) if k != dim]
        figures[name] = {"pooled": spearman(wish, values[:, :, dim]), "window": float(np.mean(each)),
                         "leak": float(np.mean(others))}
    return figures


@torch.no_grad()
def paths(model, batch, points=9):
    """Distances to the two ends along straight lines between neighbouring windows of a batch, decoded
    at `points` places, the ends as they are: two `f32[pairs, points]`."""
    count = len(batch["grid"]) // 2
    first, second = _sub(batch, slice(count)), _sub(batch, slice(count, 2 * count))
    ends = [model.encoder(p["grid"], p["conditions"])[0].float() for p in (first, second)]
    near, far = [], []
    for i, share in enumerate(torch.linspace(0, 1, points).tolist()):
        grid = model.decode(torch.lerp(*ends, share), first["conditions"])
        grid = {0: first["grid"], points - 1: second["grid"]}.get(i, grid)
        near.append(distance(model, grid, first["grid"]))
        far.append(distance(model, grid, second["grid"]))
    return torch.stack(near, 1), torch.stack(far, 1)


def monotone_chain(near, far):
    """The longest run of points, the first and the last among them, along which the distance to the
    first end never falls and that to the second never rises: their indices."""
    points = len(near)
    length, before = [1] + [-points] * (points - 1), [0] * points
    for i in range(1, points):
        for j in range(i):
            rises = near[j] <= near[i] + 1e-6 and far[j] >= far[i] - 1e-6
            if rises and length[j] + 1 > length[i]:
                length[i], before[i] = length[j] + 1, j
    chain = [points - 1]
    while chain[-1] != 0:
        chain.append(before[chain[-1]])
    return chain[::-1]


def interpolation(model, batches, pairs=64, points=9):
    """How straight the way between two windows of one role is."""
    near, far, chains = [], [], []
    for batch in batches:
        for role in batch["role"].unique():
            part = _sub(batch, (batch["role"] == role).nonzero()[:2 * pairs, 0])
            if len(part["grid"]) >= 2:
                rows = [x.cpu() for x in paths(model, part, points)]
                near.append(rows[0])
                far.append(rows[1])
    near, far = torch.cat(near), torch.cat(far)
    for a, b in zip(near.tolist(), far.tolist(), strict=True):
        chains.append(len(monotone_chain(a, b)))
    rise, fall = near.diff(dim=1), -far.diff(dim=1)
    steps = torch.cat([rise, fall], 1)
    return {
        "pairs": len(near), "mean_to_first": near.mean(0).tolist(),
        "mean_to_second": far.mean(0).tolist(),
        "mean_curves_monotone": bool((near.mean(0).diff() >= 0).all()
                                     and (far.mean(0).diff() <= 0).all()),
        "monotone_pairs": float(((steps >= -1e-6).all(1)).float().mean()),
        "nearly_monotone_pairs": float(((steps >= -0.05).all(1)).float().mean()),
        "monotone_steps": float((steps >= -1e-6).float().mean()),
        "rank_correlation": float(np.mean([spearman(torch.arange(points), a - b)
                                           for a, b in zip(near, far, strict=True)])),
        "points_kept_by_the_monotone_chain": float(np.mean(chains)),
        "greatest_step": float(rise.abs().amax(1).mean()),
    }


@dataclass
class Prior:
    """Where a role's latents lie: their mean `f32[Z]` and the Cholesky factor `f32[Z, Z]` of their
    covariance, posterior variances included."""

    mean: torch.Tensor
    factor: torch.Tensor

    def draw(self, count):
        """`f32[count, Z]`."""
        noise = torch.randn(count, len(self.mean), device=self.mean.device)
        return self.mean + noise @ self.factor.T

    def near(self, mu, similarity):
        """Latents like `mu f32[B, Z]`: at similarity 1 these, at 0 any, by a turn between the two."""
        turn = (1 - similarity) * math.pi / 2
        drawn = self.draw(len(mu)) - self.mean
        return self.mean + math.cos(turn) * (mu - self.mean) + math.sin(turn) * drawn


@torch.no_grad()
def fit_prior(model, batches, role=None):
    """The `Prior` of the windows of a role (all: None) in training batches."""
    mus, variances = [], []
    for batch in batches:
        mu, logvar = (x.float() for x in model.encoder(batch["grid"], batch["conditions"]))
        mine = slice(None) if role is None else batch["role"] == role
        mus.append(mu[mine])
        variances.append(logvar[mine].exp())
    mu, variance = torch.cat(mus), torch.cat(variances)
    size = mu.shape[1]
    eye = torch.eye(size, device=mu.device)
    if len(mu) <= 4 * size:
        return Prior(torch.zeros(size, device=mu.device), eye)
    covariance = torch.cov(mu.T) + torch.diag(variance.mean(0))
    return Prior(mu.mean(0), torch.linalg.cholesky(covariance + 1e-4 * eye))


def _tones(grid, conditions):
    """The share of onsets in the scale, and in the chord, where those are known."""
    struck = grid >= FIRST_PITCH
    pc = (grid - FIRST_PITCH - PITCH_OFFSET) % 12
    shares = []
    for mask in (conditions[..., 24:36], conditions[..., :12]):
        known = struck & (mask.sum(-1) > 0)
        inside = mask.gather(-1, pc.unsqueeze(-1)).squeeze(-1) * known
        shares.append(inside.sum().item() / max(known.sum().item(), 1))
    return dict(zip(("in_scale", "in_chord"), shares, strict=True))


def overlap(human, drawn):
    """1 less the total variation of two samples' histograms over the human octiles."""
    edges = torch.quantile(human.double(), torch.linspace(0, 1, BINS + 1, dtype=torch.float64,
                                                          device=human.device)).unique()[1:-1]
    shares = [torch.bincount(torch.bucketize(v.double(), edges, right=True),
                             minlength=len(edges) + 1) / len(v) for v in (human, drawn)]
    return torch.minimum(*shares).sum().item()


@torch.no_grad()
def samples(model, bank, batches, draw, temperature=1.0):
    """Samples of a prior under held-out conditions beside the human windows of those conditions.
    `draw(roles)` gives the latents `f32[B, Z]`."""
    kinds = {"human": [], "drawn": []}
    tones = {"human": [], "drawn": []}
    for batch in batches:
        drawn = model.decode(draw(batch["role"]), batch["conditions"], temperature)
        for kind, grid in (("human", batch["grid"]), ("drawn", drawn)):
            kinds[kind].append(bank.attributes(grid, int(batch["group"])))
            if is_line(model):
                tones[kind].append((len(grid), _tones(grid, batch["conditions"])))
    values = {kind: torch.cat(rows) for kind, rows in kinds.items()}
    figures = {"overlap": {name: overlap(values["human"][:, i], values["drawn"][:, i])
                           for i, name in enumerate(model.shape.attributes)}}
    for kind, rows in tones.items():
        figures[kind] = {f"mean_{n}": v for n, v in zip(model.shape.attributes,
                                                       values[kind].mean(0).tolist(), strict=True)}
        total = max(sum(size for size, _ in rows), 1)
        for key in ("in_scale", "in_chord") if rows else ():
            figures[kind][key] = sum(size * row[key] for size, row in rows) / total
    return figures


@torch.no_grad()
def variation(model, batches, priors):
    """The mean distance of variations from their ideas, by similarity."""
    found = {f"{100 * s:.0f}_per_cent": [] for s in SIMILARITIES}
    for batch in batches:
        for role in batch["role"].unique().tolist():
            part = _sub(batch, batch["role"] == role)
            mu = model.encoder(part["grid"], part["conditions"])[0].float()
            for similarity in SIMILARITIES:
                z = priors[role].near(mu, similarity)
                grid = model.decode(z, part["conditions"])
                found[f"{100 * similarity:.0f}_per_cent"].append(distance(model, part["grid"], grid))
    return {key: torch.cat(rows).mean().item() for key, rows in found.items()}


def by_role(model, batches, roles):
    """`quick` of each role's windows apart."""
    figures = {}
    for index, name in enumerate(roles):
        parts = [_sub(b, b["role"] == index) for b in batches]
        parts = [p for p in parts if len(p["grid"])]
        if parts:
            figures[name] = quick(model, parts)
    return figures


def all_figures(model, bank, batches, priors):
    """Everything that is reported of a model on held-out batches; `priors` is one a role."""
    def fitted(roles):
        return torch.stack([p.draw(len(roles)) for p in priors])[
            roles.clamp(max=len(priors) - 1), torch.arange(len(roles), device=roles.device)]

    def standard(roles):
        return torch.randn(len(roles), model.shape.latent, device=roles.device)

    return {
        "windows": sum(len(b["grid"]) for b in batches),
        "reconstruction": quick(model, batches),
        "obedience": obedience(model, bank, batches),
        "interpolation": interpolation(model, batches),
        "distance_at_similarity": variation(model, batches[:1], priors),
        "samples_fitted_prior": samples(model, bank, batches, fitted),
        "samples_standard_prior": samples(model, bank, batches, standard),
    }
