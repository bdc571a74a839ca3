"""Trains the groove model on the Groove takes of `drums.pt`."""

import functools
from collections import defaultdict

import numpy as np
import torch

from .batching import training_batches
from .drum_data import load_takes
from .groove_model import GrooveModel
from .groove_sheet import draw_sheet
from .groove_windows import GrooveSampler, evaluation_batches
from .optimise import Trainer, load_weights
from .processes import device_of, moved

SHIFT_WEIGHT = 2.0


def played(model, batch):
    """The model's velocity and shift of a time-major batch: two `f32[T, B, 9]`."""
    loud, late = model(batch["hits"].transpose(0, 1), batch["features"].transpose(0, 1))
    return loud.float().transpose(0, 1), late.float().transpose(0, 1)


def training_loss(model, batch):
    """The summed absolute errors of velocity and shift at the hits, and the hits."""
    loud, late = played(model, batch)
    error = (loud - batch["velocity"]).abs() + SHIFT_WEIGHT * (late - batch["shift"]).abs()
    return (error * batch["hits"]).sum(), batch["hits"].sum()


@torch.no_grad()
def figures(model, batches):
    """Mean errors over the hits: of velocity (0–127), of timing in steps and in ms."""
    sums = torch.zeros(4, dtype=torch.float64)
    for batch in batches:
        batch = moved(batch, device_of(model))
        loud, late = played(model, batch)
        off = (late - batch["shift"]).abs() * batch["hits"]
        parts = ((127 * (loud - batch["velocity"]).abs() * batch["hits"]).sum(), off.sum(),
                 (off * batch["step_ms"][..., None]).sum(), batch["hits"].sum())
        sums += torch.stack(parts).double().cpu()
    velocity, steps, ms = (sums[:3] / sums[3]).tolist()
    return {"velocity_error": velocity, "shift_error_steps": steps, "shift_error_ms": ms,
            "hits": int(sums[3])}


def score(model, kinds):
    """The training loss, a hit, that chooses the checkpoint: its mean over kinds of batches."""
    errors = [figures(model, batches) for batches in kinds]
    return sum(error["velocity_error"] / 127 + SHIFT_WEIGHT * error["shift_error_steps"]
               for error in errors) / len(errors)


def _hits(batches):
    """`(key, velocity, shift)` of all hits; the key is feel, class and place in the bar."""
    for batch in batches:
        arrays = {name: value.numpy() for name, value in batch.items()}
        for t, b, kind in np.argwhere(arrays["hits"] > 0):
            row = arrays["features"][t, b]
            yield ((kind, row[:16].tobytes()), arrays["velocity"][t, b, kind],
                   arrays["shift"][t, b, kind], arrays["step_ms"][t, b])


def constant_baseline(train, held_out):
    """The errors of the medians by class and place in the bar."""
    known, everything = defaultdict(list), []
    for key, velocity, shift, _ in _hits(evaluation_batches(train)):
        known[key].append((velocity, shift))
        everything.append((velocity, shift))
    medians = {key: np.median(rows, 0) for key, rows in known.items()}
    fallback = np.median(everything, 0)
    errors = [(127 * abs(guess[0] - velocity), abs(guess[1] - shift),
               abs(guess[1] - shift) * step_ms)
              for key, velocity, shift, step_ms in _hits(evaluation_batches(held_out))
              for guess in [medians.get(key, fallback)]]
    names = ("velocity_error", "shift_error_steps", "shift_error_ms")
    return dict(zip(names, np.mean(errors, 0).tolist(), strict=True))


def sets(out):
    """The sets that the model learns from."""
    return {"groove"}


def sheet(model, out, path):
    """Draws the touch of held-out beats as played and as the model gives it."""
    takes = load_takes(out / "drums.pt")
    draw_sheet(model, path, [t for t in takes if t.split == "test" and not t.is_fill] or takes)


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    return load_weights(GrooveModel(hidden), out / "groove_best.pt")


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid loss a hit.

    The figure that chooses the checkpoint is the mean of what is told nothing but the style, and all.
    """
    takes = load_takes(out / "drums.pt")
    torch.manual_seed(schedule.seed)
    ours = [t for t in takes if t.split == "train"]
    batches = training_batches(functools.partial(GrooveSampler, ours), batch_size, schedule)
    held_out = [t for t in takes if t.split == "valid" and not t.is_fill] or takes
    valid = [list(evaluation_batches(held_out, with_wishes=wishes)) for wishes in (False, True)]
    trainer = Trainer("groove", GrooveModel(hidden), batches, training_loss,
                      lambda m: score(m, valid), schedule, out,
                      functools.partial(draw_sheet, takes=held_out))
    trainer.resume()
    return trainer.run()
