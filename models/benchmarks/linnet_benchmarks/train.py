"""Trains one model: AdamW, cosine over steps or minutes, averaged weights, best valid kept."""

import copy
import math
import time
from dataclasses import dataclass

import torch
from tqdm import tqdm

from .canvas import bernoulli
from .evaluate import split_logits
from .model import Biaxial, flatten_lstms
from .plots import plot_curve
from .windows import TrainingWindows

VALID_SHARE = 0.1  # of the training time


@dataclass
class Bench:
    """A set on its device: splits by name, [F, keys] uint8 rolls by name, canvas and recipe."""

    name: str
    splits: dict
    rolls: dict
    canvas: object
    recipe: object
    device: str
    bf16: bool = False

    def autocast(self):
        """Where the model trains: in bfloat16 if the command line says so. It scores in float32."""
        return torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.bf16)

    def model(self):
        """A new model of the recipe's size."""
        r = self.recipe
        model = Biaxial(self.canvas.size, r.frame, r.hidden, r.heads, r.layers, r.dropout,
                        r.window)
        return model.to(self.device)


def flip_of(seed):
    """Whether the model of a seed goes through the keys from the top; every other one does."""
    return seed % 2 == 0


def log_likelihood(bench, model, split, shift, flip):
    """Nats of each frame of a split, [F] float64."""
    logits = split_logits(bench, model, split, shift, flip)
    return bench.canvas.log_likelihood(logits, bench.rolls[split])


class Trainer:
    """Trains the model of one seed for the recipe's steps, or `minutes` where those end first.

    Where `minutes` are too few for the recipe's least steps, it takes up to `minutes_max`.
    """

    def __init__(self, bench, seed, minutes, minutes_max, out, on_best):
        torch.manual_seed(seed)
        self.bench, self.seed, self.on_best = bench, seed, on_best
        self.minutes, self.share, self.minutes_max = minutes, minutes, minutes_max
        self.flip, self.recipe = flip_of(seed), bench.recipe
        self.model = bench.model()
        self.averaged = flatten_lstms(copy.deepcopy(self.model)).eval()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=self.recipe.learning_rate,
                                           weight_decay=self.recipe.weight_decay,
                                           betas=(0.9, 0.98))
        self.last, self.best = out / f"seed{seed}_last.pt", out / f"seed{seed}_best.pt"
        self.plot = out / f"seed{seed}_curve.png"
        self.step, self.seconds, self.valid_seconds = 0, 0.0, 0.0
        self.best_score, self.curve = float("inf"), []
        self._resume()

    def _resume(self):
        if not self.last.exists():
            return
        state = torch.load(self.last, map_location=self.bench.device, weights_only=False)
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best_score, self.curve = state["best_score"], state["curve"]

    def run(self):
        """Trains to the end of the schedule; returns the best averaged model."""
        batches = TrainingWindows(self.bench.splits["train"], self.recipe.window,
                                  self.recipe.batch, self.seed + self.step, self.bench.device)
        bar = tqdm(total=self.recipe.steps, initial=self.step, mininterval=15,
                   desc=f"{self.bench.name} seed {self.seed}")
        while self._progress() < 1:
            loss = self._train_for(batches, bar)
            self._validate(loss, bar)
            self._take_time()
        bar.close()
        if self.best.exists():
            self.averaged.load_state_dict(torch.load(self.best, map_location=self.bench.device))
        return self.averaged

    def _take_time(self):
        """Claims the minutes that the least steps take at the speed so far."""
        least = min(self.recipe.least_steps, self.recipe.steps)
        needed = least * self.seconds / 60 / self.step
        self.minutes = min(max(self.share, needed), self.minutes_max)

    def _progress(self):
        return max(self.step / self.recipe.steps, self.seconds / 60 / self.minutes)

    def _train_for(self, batches, bar):
        """Trains until the next validation is due; returns the mean loss in nats per frame."""
        began, total, count = time.monotonic(), 0.0, 0
        pause = self.valid_seconds * (1 / VALID_SHARE - 1)
        before = self.seconds
        while self._progress() < 1 and (count < 50 or self.seconds - before < pause):
            losses = [self._train_step(next(batches)) for _ in range(10)]
            total, count = total + torch.stack(losses).sum().item(), count + 10
            self.step += 10
            self.seconds = before + time.monotonic() - began
            bar.update(10)
        return total / max(count, 1)

    def _rate(self):
        warm = min(1.0, (self.step + 1) / self.recipe.warm_up)
        cosine = 0.5 * (1 + math.cos(math.pi * min(self._progress(), 1)))
        return self.recipe.learning_rate * warm * (0.01 + 0.99 * cosine)

    def _loss(self, batch):
        """Nats per frame of a batch in which each window is transposed at random."""
        canvas = self.bench.canvas
        roll = self.bench.rolls["train"][batch.rows]
        shift = torch.randint(-canvas.down, canvas.up + 1, (len(roll),), device=roll.device)
        x = canvas.lay(roll, shift, self.flip)
        with self.bench.autocast():
            logits = self.model(x, batch.position)
        logits = canvas.take(logits, shift, self.flip)
        values = canvas.take(x, shift, self.flip)
        nats = -bernoulli(logits, values).sum(2)
        return (nats * batch.scored).sum() / batch.scored.sum()

    def _train_step(self, batch):
        self.model.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        loss = self._loss(batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self._average()
        return loss.detach()

    @torch.no_grad()
    def _average(self):
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(list(self.averaged.parameters()), list(self.model.parameters()),
                             1 - decay)

    def _validate(self, loss, bar):
        began = time.monotonic()
        score = -log_likelihood(self.bench, self.averaged, "valid", 0, self.flip).mean().item()
        self.curve.append({"step": self.step, "train": loss, "valid": score,
                           "minutes": self.seconds / 60})
        bar.set_postfix(train=f"{loss:.3f}", valid=f"{score:.3f}")
        better = score < self.best_score
        if better:
            self.best_score = score
            torch.save(self.averaged.state_dict(), self.best)
        self._save()
        self.valid_seconds = time.monotonic() - began
        if better:
            self.on_best(self)
        self.seconds += time.monotonic() - began

    def _save(self):
        state = {"model": self.model.state_dict(), "averaged": self.averaged.state_dict(),
                 "optimiser": self.optimiser.state_dict(), "step": self.step,
                 "seconds": self.seconds, "best_score": self.best_score, "curve": self.curve}
        partial = self.last.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.last)
        plot_curve(self.curve, f"{self.bench.name}, seed {self.seed}", self.plot)
