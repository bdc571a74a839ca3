"""Trains `line_vae` and `drum_vae` on the two-bar windows of a folder's prepared data."""

import json
from dataclasses import dataclass

import numpy as np
import torch

from . import vae_figures, vae_plots
from .drum_bank import DrumBank, load_drum_takes, pack_drums
from .line_windows import LineBank, all_arrangements, pack_lines
from .optimise import Trainer, load_weights
from .processes import Processes, moved
from .vae_loss import VaeLoss, Weights
from .vae_model import DRUMS, LINE, Shape, TwoBarVae

VALID_WINDOWS, VALID_BATCH = 2000, 512
DECODED_BATCHES = 2


@dataclass(frozen=True)
class Kind:
    """What sets one VAE apart from the other."""

    shape: Shape
    bank: type
    weights: Weights
    windows: str


KINDS = {
    "line_vae": Kind(LINE, LineBank, Weights(free_nats=32.0, order=4.0), "line_windows.npz"),
    "drum_vae": Kind(DRUMS, DrumBank, Weights(free_nats=48.0), "drum_steps.npz"),
}


def pack(name, out):
    """The path of the packed windows; packs them if they are not there yet."""
    path = out / KINDS[name].windows
    if not path.exists():
        partial = path.with_suffix(".partial")
        if name == "line_vae":
            pack_lines(all_arrangements(out), partial)
        else:
            pack_drums(load_drum_takes(out), all_arrangements(out), partial)
        partial.replace(path)
    return path


def sets(name, out):
    """The sets that the packed windows come from."""
    with np.load(pack(name, out)) as packed:
        return json.loads(packed["header"].tobytes())["sets"]


def banks(name, out, device):
    """The banks of the training and the valid windows; where none are held out, the same twice."""
    kind, path = KINDS[name], pack(name, out)
    train = kind.bank(path, "train", device)
    valid = kind.bank(path, "valid", device, train.tables)
    return train, valid if len(valid) else train


def sheet(name, model, out, path):
    """Draws test windows, what the model makes of them, and samples."""
    train, valid = banks(name, out, "cpu")
    bank = KINDS[name].bank(pack(name, out), "test", "cpu", train.tables)
    vae_plots.sheet(model, bank if len(bank) else valid, path)


def load_best(name, out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    return load_weights(TwoBarVae(KINDS[name].shape, hidden), out / f"{name}_best.pt")


class Validation:
    """`score_of` of a `Trainer`: the loss under full β on held-out windows. Writes the parts' curve."""

    def __init__(self, loss, batches, out, name):
        self.loss, self.batches = loss, batches
        self.path, self.plot = out / f"{name}_parts.json", out / f"{name}_parts.png"
        self.step, self.is_first = lambda: 0, True

    def __call__(self, model):
        sums, windows = torch.zeros(3), 0
        for batch in self.batches:
            size = len(batch["grid"])
            sums += size * torch.stack(self.loss.parts(model, batch)).float().cpu()
            windows += size
        mean = sums / max(windows, 1)
        score = self.loss.total(mean, self.loss.weights.beta).item()
        if self.is_first:
            self._write(mean.tolist(), model)
        return score

    def _write(self, valid, model):
        rows = json.loads(self.path.read_text()) if self.path.exists() else []
        row = {"step": self.step(), "train": self.loss.mean_seen(), "beta": self.loss.beta(),
               "valid": dict(zip(("reconstruction", "divergence", "order"), valid, strict=True))}
        row["valid"] |= vae_figures.quick(model, self.batches[:DECODED_BATCHES])
        rows = [r for r in rows if r["step"] < row["step"]] + [row]
        self.path.write_text(json.dumps(rows, indent=0) + "\n")
        vae_plots.plot_parts(rows, self.plot)


def train(name, out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid figure in nats."""
    kind = KINDS[name]
    torch.manual_seed(schedule.seed)
    processes = Processes(schedule.device)
    bank, valid = banks(name, out, processes.device)
    model = TwoBarVae(kind.shape, hidden)
    loss = VaeLoss(kind.weights)
    batches = [moved(b, processes.device) for b in valid.held_out(VALID_WINDOWS, VALID_BATCH)]
    validation = Validation(loss, batches, out, name)
    trainer = Trainer(name, model, bank.batches(batch_size, schedule.seed), loss, validation,
                      schedule, out, lambda m, path: vae_plots.sheet(m, valid, path))
    loss.progress, validation.step = lambda: trainer.progress, lambda: trainer.step
    validation.is_first = processes.is_first
    trainer.resume()
    return trainer.run()
