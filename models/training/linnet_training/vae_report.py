"""What is reported of a trained VAE: figures on held-out windows, by PyTorch and as exported."""

import numpy as np
import torch

from . import vae_figures, vae_latent, vae_plots, vae_train
from .runtime import Steps, log_loss, run, session
from .vocabulary import ROLES

WINDOWS, BATCH = 1200, 512
EXPORTED_WINDOWS = 256
MAIN_GROUPS = 4


def _largest_first(batches):
    return sorted(batches, key=lambda b: -len(b["grid"]))


def _exported(path, model, z, batch):
    """Nats a window of an exported step graph that is told the truth, and the share of steps right
    and F1 where it goes on from what it made itself.
    """
    grid, conditions = (batch[k][:EXPORTED_WINDOWS].numpy() for k in ("grid", "conditions"))
    forced, free, nats, made = Steps(path), Steps(path), 0.0, []
    told = guess = np.full(len(grid), model.shape.start)
    for steps in (forced, free):
        steps.start(len(grid))
    for at in range(grid.shape[1]):
        given = {"z": z, "condition": conditions[:, at]}
        nats += log_loss(forced(prev=told, **given)["logits"], grid[:, at]).mean()
        told, guess = grid[:, at], free(prev=guess, **given)["logits"].argmax(1)
        made.append(guess)
    score = vae_figures.Score()
    score.add(model, torch.from_numpy(grid), torch.from_numpy(np.stack(made, 1)))
    return {"nats": float(nats), **score.figures("free")}


def _means(folder, batch):
    """The means `f32[B, Z]` that the exported encoder gives the first windows of a batch."""
    encoder = session(folder / "encoder.onnx")
    heard = (batch[k][:EXPORTED_WINDOWS].numpy() for k in ("grid", "conditions"))
    return np.concatenate([run(encoder, grid=grid[None], conditions=conditions[None])["mu"]
                           for grid, conditions in zip(*heard, strict=True)])


def _both_exported(model, folder, masters, batch):
    """`_exported` of the fp32 and of the int8 step, after the shipped encoder."""
    z = _means(folder, batch)
    return {kind: _exported(place / "step.onnx", model, z, batch)
            for kind, place in (("fp32", masters), ("int8", folder))}


def calibrate(name, model, out, folder):
    """Runs an exported step on windows of the training split (see `fixed_scales.give`)."""
    train, _ = vae_train.banks(name, out, "cpu")
    for batch in train.held_out(WINDOWS, EXPORTED_WINDOWS):
        _exported(folder / "step.onnx", model, _means(folder, batch), batch)


def figures(name, out, folder, masters, hidden):
    """The figures of a VAE on test windows, apart by role; draws a map of latents."""
    model, state = vae_train.load_best(name, out, hidden)
    train, valid = vae_train.banks(name, out, "cpu")
    bank = vae_train.KINDS[name].bank(vae_train.pack(name, out), "test", "cpu", train.tables)
    bank = bank if len(bank) else valid
    batches = _largest_first(bank.held_out(WINDOWS, BATCH))
    priors = vae_latent.priors(model, train)
    rows = {"steps": state["step"], "minutes": round(state["minutes"], 1),
            **vae_figures.all_figures(model, bank, batches[:MAIN_GROUPS], priors),
            "exported": _both_exported(model, folder, masters, batches[0])}
    if name == "line_vae":
        rows["by_role"] = vae_figures.by_role(model, batches, ROLES)
    vae_plots.latent_map(model, batches, folder / "latent_map.png")
    return rows
