"""Pictures of the VAEs: curves of the loss's parts, sheets of samples, maps of the latent space."""

import torch

from .drum_grid import hit_table
from .line_attributes import sounding
from .line_grid import FIRST_PITCH
from .plots import pyplot
from .vae_figures import is_line
from .vocabulary import STYLES

COLUMNS = 6
_ROLL = {"cmap": "Blues", "vmin": 0, "vmax": 1, "aspect": "auto", "origin": "lower",
         "interpolation": "nearest"}


def plot_parts(rows, path):
    """Reconstruction, divergence and order loss, and the share of steps right, over steps."""
    figure, axes = pyplot.subplots(1, 4, figsize=(16, 3.4), dpi=80)
    steps = [row["step"] for row in rows]
    for axis, part in zip(axes, ("reconstruction", "divergence", "order"), strict=False):
        for kind in ("train", "valid"):
            axis.plot(steps, [row[kind][part] for row in rows], label=kind)
        axis.set_title(part + (" (sum over dimensions)" if part == "order" else ", nats a window"))
    axes[1].plot(steps, [100 * row["beta"] for row in rows], ":", label="100 β")
    for key in ("forced_steps_right", "free_steps_right", "forced_f1", "free_f1"):
        axes[3].plot(steps, [row["valid"][key] for row in rows], label=key.replace("_", " "))
    axes[3].set_title("valid, averaged weights")
    for axis in axes:
        axis.set_xlabel("optimiser steps")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def _roll(model, grid):
    """A grid `i64[N]` as a picture `f32[rows, N]`: held notes pale, onsets dark."""
    if not is_line(model):
        return hit_table()[grid.cpu()].T
    pitch = sounding(grid[None].cpu())[1][0]
    roll, at = torch.zeros(64, len(grid)), torch.arange(len(grid))
    held = pitch >= 0
    roll[pitch[held], at[held]] = 0.5
    struck = grid.cpu() >= FIRST_PITCH
    roll[pitch[struck], at[struck]] = 1.0
    return roll


@torch.no_grad()
def sheet(model, bank, path):
    """Rolls of originals, reconstructions, samples of the prior, and one way from idea to idea."""
    batch = bank.held_out(8 * COLUMNS, 8 * COLUMNS, seed=9)[0]
    batch = {k: v[:COLUMNS] if v.dim() else v for k, v in batch.items()}
    conditions, count = batch["conditions"], len(batch["grid"])
    mu = model.encoder(batch["grid"], conditions)[0].float()
    generator = torch.Generator().manual_seed(4)
    noise = torch.randn(count, mu.shape[1], generator=generator).to(mu.device)
    share = torch.linspace(0, 1, count, device=mu.device)[:, None]
    same = conditions[:1].expand(count, -1, -1)
    rows = {
        "original": batch["grid"], "reconstruction": model.decode(mu, conditions),
        "prior, T = 1": model.decode(noise, conditions, 1.0),
        "nearby": model.decode(mu + 0.5 * noise, conditions),
        "from first to last": model.decode(torch.lerp(mu[:1], mu[-1:], share), same),
        "density −2 … 2": model.decode(_swept(mu, 4 * share[:, 0] - 2), same),
    }
    figure, axes = pyplot.subplots(len(rows), count, figsize=(2.6 * count, 8), dpi=70,
                                   squeeze=False)
    for line, (title, grids) in zip(axes, rows.items(), strict=True):
        for axis, grid in zip(line, grids, strict=True):
            axis.imshow(_roll(model, grid), **_ROLL)
            axis.axvline(len(grid) / 2 - 0.5, color="grey", lw=0.5)
            axis.set_xticks([])
            axis.set_yticks([])
        line[0].set_ylabel(title, fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def _swept(mu, values):
    z = mu[:1].repeat(len(values), 1)
    z[:, 0] = values
    return z


@torch.no_grad()
def latent_map(model, batches, path):
    """The first two principal components of held-out latents, coloured by style, density and role."""
    mu = torch.cat([model.encoder(b["grid"], b["conditions"])[0].float().cpu() for b in batches])
    style = torch.cat([b["style"].cpu() for b in batches])
    density = torch.cat([b["attributes"][:, 0].cpu() for b in batches])
    centred = mu - mu.mean(0)
    _, _, axes_of = torch.linalg.svd(centred, full_matrices=False)
    x, y = (centred @ axes_of[:2].T).T
    figure, axes = pyplot.subplots(1, 2, figsize=(13, 6), dpi=80)
    colours = pyplot.get_cmap("tab20")
    for index in style.unique().tolist():
        mine = style == index
        name = STYLES[index] if index < len(STYLES) else "unknown"
        axes[0].scatter(x[mine], y[mine], s=3, color=colours(index % 20), label=name)
    axes[0].legend(fontsize=7, markerscale=3)
    axes[0].set_title("style")
    picture = axes[1].scatter(x, y, s=3, c=density, cmap="viridis")
    axes[1].set_title("density (normal score)")
    figure.colorbar(picture, ax=axes[1])
    figure.suptitle("latents, first two principal components")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
