"""Trains the drum model on the Groove takes and, where they are there, composed arrangements."""

import functools

import torch

from .arrangement import load_arrangements
from .batching import training_batches
from .drum_data import load_composed, load_takes
from .drum_model import DrumModel, losses
from .drum_sheet import draw_sheet
from .drum_windows import DrumSampler, evaluation_batches
from .optimise import Trainer, load_weights
from .processes import device_of, moved

COMPOSED = "composed.npz"
VALID_COMPOSED = 48


def training_loss(model, batch):
    """Nats plus the touch error of a batch, and its steps."""
    nats, error = losses(model, batch)
    return ((nats + error) * batch["mask"]).sum(), batch["mask"].sum()


@torch.no_grad()
def figures(model, batches):
    """Nats a step, and the mean error of velocity (0–127) and shift (in steps) of the hits."""
    nats = steps = hits = velocity = shift = 0.0
    for batch in batches:
        batch = moved(batch, device_of(model))
        logits, loud, late = model(batch)
        flat = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1), batch["event"].flatten(), reduction="none")
        nats += (flat.view(batch["event"].shape) * batch["mask"]).sum().item()
        steps += batch["mask"].sum().item()
        hits += batch["hits"].sum().item()
        velocity += ((loud.float() - batch["velocity"]).abs() * batch["hits"]).sum().item()
        shift += ((late.float() - batch["shift"]).abs() * batch["hits"]).sum().item()
    return {"nats": nats / steps, "velocity_error": 127 * velocity / hits,
            "shift_error_steps": shift / hits, "steps": int(steps)}


def sheet(model, out, path):
    """Draws generated beats beside real ones."""
    draw_sheet(model, path, all_takes(out))


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    return load_weights(DrumModel(hidden), out / "drums_best.pt")


def sets(out):
    """The sets that the model learns from."""
    composed = out / COMPOSED
    return {"groove", *(a.set for a in (load_arrangements(composed) if composed.exists() else []))}


def all_takes(out):
    """The Groove takes and those of the composed arrangements."""
    return load_takes(out / "drums.pt") + load_composed(out / COMPOSED)


def held_out(takes, split):
    """The beats of a split as `{"human": takes, "written": takes}`, what is empty left out."""
    beats = [t for t in takes if t.split == split and not t.is_fill]
    written = [t for t in beats if not t.is_human]
    kinds = {"human": [t for t in beats if t.is_human],
             "written": written[::max(1, len(written) // VALID_COMPOSED)]}
    return {name: ours for name, ours in kinds.items() if ours}


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid nats a step.

    The figure that chooses the checkpoint is the mean over human and written drums.
    """
    takes = all_takes(out)
    torch.manual_seed(schedule.seed)
    ours = [t for t in takes if t.split == "train"]
    batches = training_batches(functools.partial(DrumSampler, ours), batch_size, schedule)
    valid = [list(evaluation_batches(kind))
             for kind in (held_out(takes, "valid") or {"human": takes}).values()]
    trainer = Trainer("drums", DrumModel(hidden, dropout=0.4), batches, training_loss,
                      lambda m: sum(figures(m, kind)["nats"] for kind in valid) / len(valid),
                      schedule, out, functools.partial(draw_sheet, takes=takes))
    trainer.resume()
    return trainer.run()
