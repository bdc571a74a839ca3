"""The training loop that all models but the GAN share: AdamW, cosine, EMA, best checkpoint.

One process, or several under `torchrun` (PyTorch's DistributedDataParallel over gloo or NCCL): every
process draws the same batches and keeps its share of each, so that the gradient, and with it the loss
curve, is that of one process with the whole batch.
"""

import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from .plots import plot_curve
from .processes import Processes, moved


@dataclass
class Schedule:
    """How long and how to train. Stops at `steps` or `minutes`, whichever comes first.

    `start(model)`, where given, fills a new model with the weights to begin with.
    """

    steps: int
    minutes: float = 1e9
    valid_every: int = 500
    learning_rate: float = 2e-3
    warm_up: int = 200
    weight_decay: float = 0.02
    ema: float = 0.998
    clip: float = 1.0
    seed: int = 1
    bf16: bool = False
    device: str = "cpu"
    workers: int = 0
    start: Callable | None = None


def load_weights(model, path):
    """The model with the weights of a checkpoint, which may be half floats, in evaluation mode; and
    what else the checkpoint says.
    """
    state = torch.load(path, weights_only=True, map_location="cpu")
    model.load_state_dict(state.pop("model"))
    return model.eval(), state


class Averaged:
    """Exponential moving average of a model's weights."""

    def __init__(self, model, decay):
        self.model = copy.deepcopy(model).eval()
        self.decay = decay

    @torch.no_grad()
    def update(self, model, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        for mean, now in zip(self.model.parameters(), model.parameters(), strict=True):
            mean.lerp_(now, 1 - decay)


class Trainer:
    """Trains `model` on `loss_of(model, batch)`; `score_of(model)` gives the valid figure in nats.

    `batches` yields dicts of tensors, the share of this process only. `loss_of` returns the summed
    loss of a batch and its weight (what the sum is divided by), both scalars. `sheet_of(model, path)`,
    where given, draws a sheet of samples at each validation.
    """

    def __init__(self, name, model, batches, loss_of, score_of, schedule, out, sheet_of=None):
        self.processes = Processes(schedule.device)
        # Nineteen bits in place of 32 on GPUs that are faster so; nothing changes elsewhere.
        torch.set_float32_matmul_precision("high")
        self.name, self.model, self.batches = name, model.to(self.processes.device), batches
        self.loss_of, self.score_of, self.schedule = loss_of, score_of, schedule
        self.sheet_of, self.sheets = sheet_of, out / f"{name}_sheets"
        self.last, self.best = out / f"{name}_last.pt", out / f"{name}_best.pt"
        self.curve_path, self.plot_path = out / f"{name}_curve.json", out / f"{name}_curve.png"
        if schedule.start is not None and not self.last.exists():
            schedule.start(model)
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.learning_rate,
                                           weight_decay=schedule.weight_decay, betas=(0.9, 0.98))
        self.averaged = Averaged(model, schedule.ema)
        self.step, self.seconds, self.best_score, self.curve = 0, 0.0, float("inf"), []
        self.progress = 0.0
        self.parallel = DistributedDataParallel(model) if self.processes.count > 1 else model

    def resume(self):
        """Continues from the last checkpoint, if there is one."""
        if not self.last.exists():
            return
        state = torch.load(self.last, weights_only=False, map_location=self.processes.device)
        self.model.load_state_dict(state["model"])
        self.averaged.model.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best_score, self.curve = state["best_score"], state["curve"]

    def run(self):
        """Trains to the end of the schedule; returns the best valid figure."""
        torch.manual_seed(self.schedule.seed + self.step)
        bar = tqdm(total=self.schedule.steps, initial=self.step, desc=f"train {self.name}",
                   mininterval=10, disable=not self.processes.is_first)
        if self.schedule.start is not None and not self.curve:
            self._validate(None, bar)  # No training loss yet.
        losses, began = [], time.monotonic()
        while self._goes_on():
            losses.append(self._train_step(next(self.batches)))
            self.step += 1
            bar.update()
            self.seconds, began = self.seconds + time.monotonic() - began, time.monotonic()
            if self.step % self.schedule.valid_every == 0 or not self._goes_on():
                mean = self.processes.mean(torch.stack(losses).mean())
                self._validate(mean.item(), bar)
                losses = []
        bar.close()
        return self.best_score

    def _goes_on(self):
        """Whether the schedule has steps and minutes left: the first process's clock counts for all."""
        mine = max(self.step / self.schedule.steps, self.seconds / 60 / self.schedule.minutes)
        self.progress = self.processes.first_says(mine)
        return self.progress < 1

    def _rate(self):
        warm = min(1.0, (self.step + 1) / self.schedule.warm_up)
        cosine = 0.5 * (1 + math.cos(math.pi * min(self.progress, 1)))
        return self.schedule.learning_rate * warm * (0.01 + 0.99 * cosine)

    def _train_step(self, batch):
        self.model.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        batch = moved(batch, self.processes.device)
        kind = self.processes.device.type
        with torch.autocast(kind, torch.bfloat16, enabled=self.schedule.bf16):
            total, weight = self.loss_of(self.parallel, batch)
        # The mean over all processes' weights: DistributedDataParallel averages the gradients.
        loss = total / self.processes.mean(weight).clamp(min=1)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.schedule.clip)
        self.optimiser.step()
        self.averaged.update(self.model, self.step)
        return loss.detach()

    def _validate(self, train_loss, bar):
        with torch.no_grad():
            score = self.score_of(self.averaged.model)
        self.curve.append({"step": self.step, "train": train_loss, "valid": score,
                           "minutes": self.seconds / 60})
        bar.set_postfix(train=train_loss, valid=score)
        if self.processes.is_first:
            self._write(score)
        self.best_score = min(self.best_score, score)
        self.processes.wait()

    def _write(self, score):
        if score < self.best_score:
            torch.save({"model": self.averaged.model.state_dict(), "step": self.step,
                        "valid": score, "minutes": self.seconds / 60}, self.best)
        if self.sheet_of is not None:
            self.sheets.mkdir(exist_ok=True)
            self.sheet_of(self.averaged.model, self.sheets / f"{self.step:06}.png")
        self.best_score = min(self.best_score, score)
        self._save()

    def _save(self):
        state = {"model": self.model.state_dict(), "averaged": self.averaged.model.state_dict(),
                 "optimiser": self.optimiser.state_dict(), "step": self.step,
                 "seconds": self.seconds, "best_score": self.best_score, "curve": self.curve}
        partial = self.last.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.last)
        self.curve_path.write_text(json.dumps(self.curve, indent=0) + "\n")
        plot_curve(self.curve, self.name, self.plot_path)
