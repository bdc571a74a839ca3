"""Trains the drum model on `drums.pt`."""

import torch

from .drum_data import load_takes
from .drum_model import DrumModel, losses
from .drum_windows import DrumSampler, evaluation_batches
from .optimise import Trainer


def training_loss(model, batch):
    """Mean nats a step plus the touch error."""
    nats, error = losses(model, batch)
    return ((nats + error) * batch["mask"]).sum() / batch["mask"].sum()


@torch.no_grad()
def figures(model, batches):
    """Nats a step, and the mean error of velocity (0–127) and shift (in steps) of the hits."""
    nats = steps = hits = velocity = shift = 0.0
    for batch in batches:
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


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    state = torch.load(out / "drums_best.pt", weights_only=True)
    model = DrumModel(hidden)
    model.load_state_dict(state.pop("model"))
    return model.eval(), state


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid figure.

    The figure that chooses the checkpoint is nats a step plus a small share of the touch errors.
    """
    takes = load_takes(out / "drums.pt")
    torch.manual_seed(schedule.seed)
    model = DrumModel(hidden, dropout=0.35)
    sampler = DrumSampler([t for t in takes if t.split == "train"], schedule.seed)
    held_out = [t for t in takes if t.split == "valid" and not t.is_fill]
    valid = list(evaluation_batches(held_out or takes))
    trainer = Trainer("drums", model, sampler.batches(batch_size), training_loss,
                      lambda m: figures(m, valid)["nats"], schedule, out)
    trainer.resume()
    return trainer.run()
