"""Trains the texture GAN, then its critic as a judge of textures.

Hinge loss with R1 (L. Mescheder et al., ICML 2018), two time scales (M. Heusel et al., NeurIPS
2017), averaged generator weights. Beside generated textures the critic learns from spoilt ones (`gan_corruptions`).
"""

import copy
import json
import math
import time
from dataclasses import replace

import torch
from torch.nn import functional
from tqdm import tqdm

from . import gan_measures, gan_pictures
from .gan_corruptions import KINDS, changed, spoil, spoil_all
from .gan_measures import chunks, generated, raw_densities
from .gan_model import NOISE, Critic, Generator, wishes_of
from .optimise import Averaged, Trainer, load_weights
from .ranks import auc
from .texture_windows import Textures, load
from .vocabulary import STYLES

RANKING_SHARE = 0.2
CRITIC_LR, GENERATOR_LR = 4e-4, 2e-4
EMA = 0.999
PENALTY, PENALTY_EVERY = 1.0, 8
SPOILT_SHARE = 1 / 3
DENSITY_WEIGHT = 2.0
VALID_WINDOWS = 2048
SHEET_TEXTURES = 32
SHEETS_MAX = 16
_LOGGED = ("critic", "generator", "real", "made", "spoilt", "density", "penalty")


def _penalty_r1(critic, batch):
    """Mean squared gradient of the critic at real textures."""
    stack = batch["stack"].clone().requires_grad_()
    score = critic(stack, *wishes_of(batch))
    gradient, = torch.autograd.grad(score.sum(), stack, create_graph=True)
    return gradient.square().sum((1, 2)).mean()


class GanTrainer:
    """Generator against critic; keeps the averaged generator that measures best."""

    def __init__(self, textures, width, batch_size, schedule, out):
        self.textures, self.batch_size, self.schedule = textures, batch_size, schedule
        device = textures.device
        self.generator, self.critic = Generator(width).to(device), Critic(width).to(device)
        heard = set(textures.style[textures.numbers("train")].tolist())
        self.generator.leave_out_styles([i for i in range(len(STYLES)) if i not in heard])
        self.averaged = Averaged(self.generator, EMA)
        self.generator_steps = torch.optim.Adam(self.generator.parameters(), GENERATOR_LR, (0.0, 0.99))
        self.critic_steps = torch.optim.Adam(self.critic.parameters(), CRITIC_LR, (0.0, 0.99))
        self.out, self.sheets = out, out / "gan_sheets"
        self.last, self.best = out / "gan_last.pt", out / "gan_best.pt"
        self.step, self.seconds, self.best_score, self.curve = 0, 0.0, float("inf"), []
        self.sums, self.sheets_due = dict.fromkeys(_LOGGED, 0.0), 0
        self.spread = self._density_spread()

    def _density_spread(self):
        numbers = self.textures.numbers("train")
        raw = self.textures.raw[numbers]
        return torch.stack([raw[raw[:, i] > 0, i].std() if (raw[:, i] > 0).sum() > 1
                            else torch.ones((), device=raw.device) for i in range(3)]).clamp(min=0.1)

    def resume(self):
        """Continues from the last checkpoint, if there is one."""
        if not self.last.exists():
            return
        state = torch.load(self.last, weights_only=False, map_location=self.textures.device)
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best_score, self.curve = state["best_score"], state["curve"]

    def _parts(self):
        return {"generator": self.generator, "critic": self.critic, "averaged": self.averaged.model,
                "generator_steps": self.generator_steps, "critic_steps": self.critic_steps}

    def run(self):
        """Trains to the end of the schedule; returns the best valid figure."""
        torch.manual_seed(self.schedule.seed + self.step)
        bar = tqdm(total=self.schedule.steps, initial=self.step, desc="train gan", mininterval=10)
        began = time.monotonic()
        while self._goes_on():
            self._set_rates()
            self._critic_step()
            self._generator_step()
            self.averaged.update(self.generator, self.step)
            self.step += 1
            bar.update()
            self.seconds, began = self.seconds + time.monotonic() - began, time.monotonic()
            if self.step % self.schedule.valid_every == 0 or not self._goes_on():
                self._validate(bar)
        bar.close()
        return self.best_score

    def _progress(self):
        return max(self.step / self.schedule.steps, self.seconds / 60 / self.schedule.minutes)

    def _goes_on(self):
        return self._progress() < 1

    def _set_rates(self):
        """Warm-up, then constant, then down to a tenth over the last two fifths."""
        warm = min(1.0, (self.step + 1) / self.schedule.warm_up)
        late = max(0.0, self._progress() - 0.6) / 0.4
        for steps, rate in ((self.generator_steps, GENERATOR_LR), (self.critic_steps, CRITIC_LR)):
            for group in steps.param_groups:
                group["lr"] = rate * warm * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * late)))

    def _noise(self):
        return torch.randn(self.batch_size, NOISE, device=self.textures.device)

    def _critic_step(self):
        batch = self.textures.training_batch(self.batch_size)
        with torch.no_grad():
            fake = self.generator.played(self._noise(), *wishes_of(batch))
        spoilt = spoil_all(batch)
        counts = changed(batch, spoilt).float()
        sides = [batch, {**batch, "stack": fake}, spoilt]
        joined = {key: torch.cat([side[key] for side in sides]) for key in batch}
        real, made, bad = self.critic(joined["stack"], *wishes_of(joined)).chunk(3)
        terms = [functional.relu(1 - real), functional.relu(1 + made), functional.relu(1 + bad)]
        fakes = (1 - SPOILT_SHARE) * terms[1].mean() + SPOILT_SHARE * (terms[2] * counts).mean()
        loss = terms[0].mean() + fakes
        whole = loss + self._penalty(batch)
        self.critic_steps.zero_grad(set_to_none=True)
        whole.backward()
        self.critic_steps.step()
        self._log(critic=loss, real=real.mean(), made=made.mean(), spoilt=bad.mean())

    def _penalty(self, batch):
        if self.step % PENALTY_EVERY:
            return 0.0
        penalty = PENALTY / 2 * PENALTY_EVERY * _penalty_r1(self.critic, batch)
        self._log(penalty=penalty)
        return penalty

    def _generator_step(self):
        batch = self.textures.training_batch(self.batch_size)
        self.critic.requires_grad_(False)
        fake = self.generator.played(self._noise(), *wishes_of(batch))
        loss = -self.critic(fake, *wishes_of(batch)).mean()
        realised = raw_densities({**batch, "stack": fake})
        density = functional.smooth_l1_loss(realised / self.spread, batch["raw"] / self.spread)
        self.generator_steps.zero_grad(set_to_none=True)
        (loss + DENSITY_WEIGHT * density).backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 5.0)
        self.generator_steps.step()
        self.critic.requires_grad_(True)
        self._log(generator=loss, density=density)

    def _log(self, **values):
        for name, value in values.items():
            self.sums[name] = self.sums[name] + value.detach()

    def _validate(self, bar):
        since = self.curve[-1]["step"] if self.curve else 0
        row = {name: float(total) / max(self.step - since, 1) for name, total in self.sums.items()}
        self.sums = dict.fromkeys(_LOGGED, 0.0)
        numbers = valid_numbers(self.textures, VALID_WINDOWS)
        torch.manual_seed(self.schedule.seed + 1000 * self.step)
        generator = self.averaged.model
        score, gap = gan_measures.score(generator, self.textures, numbers)
        self.curve.append({"step": self.step, "minutes": self.seconds / 60, **row, "valid": score,
                           "gap": gap})
        bar.set_postfix(critic=f"{row['critic']:.2f}", generator=f"{row['generator']:.2f}",
                        valid=f"{score:.3f}")
        if score < self.best_score:
            torch.save({"model": generator.state_dict(), "critic": self.critic.state_dict(),
                        "step": self.step, "valid": score, "minutes": self.seconds / 60},
                       self.best)
        self.best_score = min(self.best_score, score)
        self._save()
        self._draw(numbers)

    def _save(self):
        state = {name: part.state_dict() for name, part in self._parts().items()}
        state.update(step=self.step, seconds=self.seconds, best_score=self.best_score,
                     curve=self.curve)
        partial = self.last.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.last)
        (self.out / "gan_curve.json").write_text(json.dumps(self.curve, indent=0) + "\n")

    def _draw(self, numbers):
        """The curves and a sheet of textures now and then, at most `SHEETS_MAX` times in all."""
        due = int(SHEETS_MAX * self._progress())
        if due <= self.sheets_due:
            return
        self.sheets_due = due
        gan_pictures.curves(self.curve, self.out / "gan_curve.png")
        self.sheets.mkdir(exist_ok=True)
        _draw_sheet(self.averaged.model, self.textures, numbers, self.sheets / f"{self.step:06}.png",
                    f"step {self.step}")


def _draw_sheet(generator, textures, numbers, path, title):
    """Draws a few real textures, and what is generated for their wishes."""
    picked = numbers[:: max(1, len(numbers) // SHEET_TEXTURES)][:SHEET_TEXTURES]
    real = textures.batch(picked)
    gan_pictures.sheet(real, generated(generator, real), path, title)


def valid_numbers(textures, count, split="valid"):
    """At most `count` held-out windows (else training windows), drawn once by weight, in order."""
    split = split if len(textures.numbers(split)) else "train"
    state = torch.random.get_rng_state()
    torch.manual_seed(5)
    numbers = textures.draw(split, min(count, len(textures.numbers(split))))
    torch.random.set_rng_state(state)
    return numbers.unique()


class Judge(torch.nn.Module):
    """The critic as a judge: a score alone, for a dict of tensors; no wished density."""

    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def forward(self, batch):
        asked = {**batch, "density": torch.zeros_like(batch["density"])}
        return self.critic(batch["stack"], *wishes_of(asked), compares=False)


def _judged_batches(textures, generator, batch_size):
    """Endless dicts: real textures, as many spoilt, half as many generated."""
    while True:
        batch = textures.training_batch(batch_size)
        spoilt = spoil_all(batch)
        fake = generated(generator, {k: v[::2] for k, v in batch.items()})
        joined = {key: torch.cat([batch[key], spoilt[key], fake[key]]) for key in batch}
        fakes = batch_size // 2 + batch_size % 2
        ones = torch.ones(batch_size, device=textures.device)
        joined["is_real"] = torch.cat([ones, 0 * ones, 0 * ones[:fakes]])
        joined["weight"] = torch.cat([ones, changed(batch, spoilt).float(), 0.5 * ones[:fakes]])
        yield joined


def _judge_loss(model, batch):
    """Summed binary cross-entropy in nats and its weight."""
    loss = functional.binary_cross_entropy_with_logits(model(batch), batch["is_real"],
                                                       reduction="none")
    return (loss * batch["weight"]).sum(), batch["weight"].sum()


@torch.no_grad()
def judge_aucs(judge, textures, numbers, kinds=tuple(KINDS)):
    """AUC of real windows against the same windows spoilt, a kind and for all kinds together."""
    real, bad = [], {kind: [] for kind in kinds}
    for chunk in chunks(numbers):
        batch = textures.batch(chunk)
        real.append(judge(batch))
        for kind in kinds:
            spoilt = spoil(batch, kind)
            bad[kind].append(judge(spoilt)[changed(batch, spoilt)])
    real = torch.cat(real).cpu().numpy()
    bad = {kind: torch.cat(scores).cpu().numpy() for kind, scores in bad.items()}
    found = {kind: auc(real, scores) for kind, scores in bad.items() if len(scores) > 4}
    found["all"] = sum(found.values()) / max(len(found), 1)
    return found


def _judge_figure(textures):
    """The validation figure of the judge: 1 − mean AUC over kinds, on human windows where there are."""
    numbers = valid_numbers(textures, VALID_WINDOWS)
    human = numbers[textures.source[numbers] > 0]
    numbers = human if len(human) > 64 else numbers
    return lambda model: 1 - judge_aucs(model, textures, numbers)["all"]


def _share(schedule, share, valid_every):
    return replace(schedule, steps=max(1, round(schedule.steps * share)), valid_every=valid_every,
                   minutes=schedule.minutes * share)


class Gan(torch.nn.Module):
    """The generator, the critic as a judge, and what a density means: `tables f32[21, 3, 33]`."""

    def __init__(self, width, tables):
        super().__init__()
        self.generator, self.judge, self.tables = Generator(width), Judge(Critic(width)), tables


def load_best(out, width):
    """The averaged generator of the best checkpoint and the judge, in evaluation mode; what the
    generator's checkpoint says, its `critic`'s weights among it.
    """
    gan = Gan(width, load(out)["tables"])
    _, state = load_weights(gan.generator, out / "gan_best.pt")
    load_weights(gan.judge, out / "critic_best.pt")
    return gan.eval(), state


def sheet(gan, out, path):
    """Draws test textures, and what is generated for their wishes."""
    textures = Textures(load(out))
    _draw_sheet(gan.generator, textures, valid_numbers(textures, VALID_WINDOWS, "test"), path, "test")


def sets(out):
    """The sets that the textures come from."""
    return set(load(out)["sets"].tolist())


def train(out, width, batch_size, schedule):
    """Trains the GAN, then the judge from its critic; resumes; returns the generator's best figure."""
    if schedule.device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    torch.manual_seed(schedule.seed)
    textures = Textures(load(out), schedule.device)
    of_gan = _share(schedule, 1 - RANKING_SHARE, schedule.valid_every)
    trainer = GanTrainer(textures, width, batch_size, of_gan, out)
    trainer.resume()
    best = trainer.run()
    of_judge = _share(schedule, RANKING_SHARE, schedule.valid_every)
    of_judge = replace(of_judge, learning_rate=5e-4, weight_decay=0.01)
    generator, _ = load_weights(Generator(width), out / "gan_best.pt")
    judge = Trainer("critic", Judge(copy.deepcopy(trainer.critic)),
                    _judged_batches(textures, generator.to(textures.device), batch_size),
                    _judge_loss, _judge_figure(textures), of_judge, out)
    judge.resume()
    judge.run()
    return best
