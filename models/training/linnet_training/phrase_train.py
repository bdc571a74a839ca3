"""Trains the phrase model on `arrangements.npz` and `composed.npz`."""

from collections import defaultdict
from functools import partial

import numpy as np
import torch

from .arrangement import load_corpus
from .batching import training_batches
from .canvas import Score
from .optimise import Trainer, load_weights
from .phrase_model import PhraseModel, losses
from .phrase_sheet import draw_sheet
from .phrase_windows import PhraseSampler, collate, evaluation_batches
from .processes import device_of, moved
from .tokens import BAR

SMOOTHING = 0.02
CONTEXT_WEIGHT = 0.5
VALID_WINDOWS = 1200
SHEET_SCORES = 150


def sets(out):
    """The sets that the model learns from."""
    return {arrangement.set for arrangement in load_corpus(out)}


def training_loss(model, batch):
    """Loss and notes of a batch, target events weighing 1 and context events 0.5."""
    weight = batch["mask"] * (CONTEXT_WEIGHT + (1 - CONTEXT_WEIGHT) * batch["target"])
    total = sum((part * weight).sum() for part in losses(model, batch, SMOOTHING))
    return total, ((batch["events"][..., 0] < BAR) * weight).sum()


@torch.no_grad()
def nats_per_note(model, batches):
    """Nats a note of the target events, per role and kind and over all (`"all"`), with its parts."""
    sums = defaultdict(lambda: [0.0, 0.0, 0.0, 0])
    for names, batch in batches:
        batch = moved(batch, device_of(model))
        weight = batch["mask"] * batch["target"]
        parts = [(part * weight).sum(0).tolist() for part in losses(model, batch)]
        notes = ((batch["events"][..., 0] < BAR) * weight).sum(0).tolist()
        for i, name in enumerate(names):
            for key in (name, name.split("/")[0], "all"):
                for j, part in enumerate(parts):
                    sums[key][j] += part[i]
                sums[key][3] += int(notes[i])
    return {key: {"nats": sum(row[:3]) / max(row[3], 1), "position": row[0] / max(row[3], 1),
                  "pitch": row[1] / max(row[3], 1), "duration": row[2] / max(row[3], 1),
                  "notes": row[3]} for key, row in sorted(sums.items())}


def sheet(model, out, path):
    """Draws held-out windows as they were written and as the model composes them."""
    corpus = load_corpus(out)
    held_out = [a for a in corpus if a.split == "test"] or corpus
    random = np.random.default_rng(3)
    some = random.permutation(len(held_out))[:SHEET_SCORES]
    draw_sheet(model, [Score(held_out[i]) for i in some], path)


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    return load_weights(PhraseModel(hidden), out / "phrase_best.pt")


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid nats a note."""
    corpus = load_corpus(out)
    torch.manual_seed(schedule.seed)
    model = PhraseModel(hidden)
    training = [a for a in corpus if a.split == "train"]
    held_out = [a for a in corpus if a.split == "valid"]
    batches = training_batches(partial(PhraseSampler, training), batch_size, schedule, collate)
    valid = list(evaluation_batches(held_out or corpus[:4], windows_max=VALID_WINDOWS))
    trainer = Trainer("phrase", model, batches, training_loss,
                      lambda m: nats_per_note(m, valid)["all"]["nats"], schedule, out)
    trainer.resume()
    return trainer.run()
