"""Trains the lead model on `pieces.json.gz`."""

from collections import defaultdict

import torch

from .lead_model import LeadModel, losses
from .optimise import Trainer
from .piece import load_pieces
from .tokens import BAR
from .windows import WindowSampler, evaluation_batches

SMOOTHING = 0.02
CONTEXT_WEIGHT = 0.5


def training_loss(model, batch):
    """Mean loss a note, target events weighing 1 and context events 0.5."""
    weight = batch["mask"] * (CONTEXT_WEIGHT + (1 - CONTEXT_WEIGHT) * batch["target"])
    total = sum((part * weight).sum() for part in losses(model, batch, SMOOTHING))
    notes = ((batch["events"][..., 0] < BAR) * weight).sum()
    return total / notes.clamp(min=1)


@torch.no_grad()
def nats_per_note(model, batches):
    """Nats a note of the target events, per set and over all (`"all"`), with its three parts."""
    sums = defaultdict(lambda: [0.0, 0.0, 0.0, 0])
    for names, batch in batches:
        weight = batch["mask"] * batch["target"]
        parts = [(part * weight).sum(0) for part in losses(model, batch)]
        notes = ((batch["events"][..., 0] < BAR) * weight).sum(0)
        for i, name in enumerate(names):
            for key in (name, "all"):
                for j, part in enumerate(parts):
                    sums[key][j] += part[i].item()
                sums[key][3] += int(notes[i])
    return {key: {"nats": sum(row[:3]) / max(row[3], 1), "position": row[0] / max(row[3], 1),
                  "pitch": row[1] / max(row[3], 1), "duration": row[2] / max(row[3], 1),
                  "notes": row[3]} for key, row in sorted(sums.items())}


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    state = torch.load(out / "lead_best.pt", weights_only=True)
    model = LeadModel(hidden)
    model.load_state_dict(state.pop("model"))
    return model.eval(), state


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid nats a note."""
    pieces = load_pieces(out / "pieces.json.gz")
    torch.manual_seed(schedule.seed)
    model = LeadModel(hidden)
    sampler = WindowSampler([p for p in pieces if p.split == "train"], schedule.seed)
    held_out = [p for p in pieces if p.split == "valid"]
    valid = list(evaluation_batches(held_out or pieces[:4]))
    trainer = Trainer("lead", model, sampler.batches(batch_size), training_loss,
                      lambda m: nats_per_note(m, valid)["all"]["nats"], schedule, out)
    trainer.resume()
    return trainer.run()
