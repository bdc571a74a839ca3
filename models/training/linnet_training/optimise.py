"""The training loop that the lead and the drum model share: AdamW, cosine, EMA, best checkpoint."""

import copy
import json
import math
import time
from dataclasses import dataclass

import torch
from tqdm import tqdm

from .plots import plot_curve


@dataclass
class Schedule:
    """How long and how to train. Stops at `steps` or `minutes`, whichever comes first."""

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
    """Trains `model` on `loss_of(model, batch)`; `score_of(model)` gives the valid figure in nats."""

    def __init__(self, name, model, batches, loss_of, score_of, schedule, out):
        self.name, self.model, self.batches = name, model, batches
        self.loss_of, self.score_of, self.schedule = loss_of, score_of, schedule
        self.last, self.best = out / f"{name}_last.pt", out / f"{name}_best.pt"
        self.curve_path, self.plot_path = out / f"{name}_curve.json", out / f"{name}_curve.png"
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.learning_rate,
                                           weight_decay=schedule.weight_decay, betas=(0.9, 0.98))
        self.averaged = Averaged(model, schedule.ema)
        self.step, self.seconds, self.best_score, self.curve = 0, 0.0, float("inf"), []

    def resume(self):
        """Continues from the last checkpoint, if there is one."""
        if not self.last.exists():
            return
        state = torch.load(self.last, weights_only=False)
        self.model.load_state_dict(state["model"])
        self.averaged.model.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best_score, self.curve = state["best_score"], state["curve"]

    def run(self):
        """Trains to the end of the schedule; returns the best valid figure."""
        torch.manual_seed(self.schedule.seed + self.step)
        bar = tqdm(total=self.schedule.steps, initial=self.step, desc=f"train {self.name}",
                   mininterval=10)
        losses = []
        while self._progress() < 1:
            began = time.monotonic()
            losses.append(self._train_step(next(self.batches)))
            self.seconds += time.monotonic() - began
            self.step += 1
            bar.update()
            if self.step % self.schedule.valid_every == 0 or self._progress() >= 1:
                self._validate(sum(losses) / len(losses), bar)
                losses = []
        bar.close()
        return self.best_score

    def _progress(self):
        return max(self.step / self.schedule.steps, self.seconds / 60 / self.schedule.minutes)

    def _rate(self):
        warm = min(1.0, (self.step + 1) / self.schedule.warm_up)
        cosine = 0.5 * (1 + math.cos(math.pi * min(self._progress(), 1)))
        return self.schedule.learning_rate * warm * (0.01 + 0.99 * cosine)

    def _train_step(self, batch):
        self.model.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.schedule.bf16):
            loss = self.loss_of(self.model, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.schedule.clip)
        self.optimiser.step()
        self.averaged.update(self.model, self.step)
        return loss.item()

    def _validate(self, train_loss, bar):
        with torch.no_grad():
            score = self.score_of(self.averaged.model)
        self.curve.append({"step": self.step, "train": train_loss, "valid": score,
                           "minutes": self.seconds / 60})
        bar.set_postfix(train=f"{train_loss:.3f}", valid=f"{score:.3f}")
        if score < self.best_score:
            self.best_score = score
            torch.save({"model": self.averaged.model.state_dict(), "step": self.step,
                        "valid": score, "minutes": self.seconds / 60}, self.best)
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
