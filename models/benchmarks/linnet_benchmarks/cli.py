"""The command line: one command prepares the data, and one a set trains, scores and reports."""

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

import torch

from . import rolls
from .canvas import canvas_for
from .members import Members
from .mixture import figures
from .recipes import RECIPES, changed
from .train import Bench, Trainer, flip_of, log_likelihood

PARTIAL_SECONDS = 45  # between partial results


def parse(arguments):
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="linnet_benchmarks", description=__doc__)
    parser.add_argument("command", choices=["prepare", *RECIPES])
    parser.add_argument("--data", type=Path, required=True,
                        help="for prepare: folder with the .mat files; else: with the .npz files")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--minutes", type=float, default=1e9, help="of training, all seeds")
    parser.add_argument("--evaluate-minutes", type=float, default=1e9,
                        help="of scoring transpositions, all seeds")
    parser.add_argument("--seeds", type=int, help="models in the mixture")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=0, help="PyTorch threads (0: its choice)")
    parser.add_argument("--bf16", action="store_true", help="train in bfloat16 (on a processor "
                        "that has it twice as fast; a GPU trains in TensorFloat-32 without it)")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE",
                        help="changes to the recipe")
    return parser.parse_args(arguments)


def bench_of(options):
    """The set that the command names, on its device."""
    recipe = changed(RECIPES[options.command], options.set)
    splits = rolls.load(options.data, options.command)
    on_device = {name: torch.from_numpy(split.frames).to(options.device)
                 for name, split in splits.items()}
    canvas = canvas_for(splits["train"], recipe.margin)
    return Bench(options.command, splits, on_device, canvas, recipe,
                 options.device, options.bf16)


class Run:
    """Trains the seeds of one set in turn; the result file is valid at any time."""

    def __init__(self, options):
        self.options, self.bench = options, bench_of(options)
        self.seeds = options.seeds or self.bench.recipe.seeds
        self.folder = options.out / options.command
        self.folder.mkdir(parents=True, exist_ok=True)
        self.result = options.out / f"{options.command}.json"
        self.members, self.done = Members(self.bench), []
        self.left, self.written = options.minutes, 0.0
        self._resume()

    def _resume(self):
        path = self.folder / "members.pt"
        if path.exists():
            self.members.load(path)
            state = json.loads((self.folder / "done.json").read_text())
            self.done, self.left = state["done"], self.left - state["minutes"]

    def run(self):
        """Trains and scores every seed that the minutes allow."""
        for seed in range(len(self.done) + 1, self.seeds + 1):
            if self.left <= 0.4 * self._last_minutes():
                break
            self._seed(seed)
        if self.done:
            self._write(self.members.report() | {"complete": True})

    def _last_minutes(self):
        return self.done[-1]["train_minutes"] if self.done else 0.0

    def _seed(self, seed):
        seeds = self.seeds - seed + 1
        if self._last_minutes():
            seeds = max(1, min(seeds, round(self.left / self._last_minutes())))
        trainer = Trainer(self.bench, seed, self.left / seeds, self.left, self.folder,
                          self._partial)
        model = trainer.run()
        self.left -= trainer.seconds / 60
        self.done.append({"seed": seed, "steps": trainer.step, "valid": trainer.best_score,
                          "train_minutes": round(trainer.seconds / 60, 2)})
        self.members.add(model, flip_of(seed), self.options.evaluate_minutes / self.seeds)
        self._write(self.members.report() | {"complete": False})
        self._keep()

    def _keep(self):
        self.members.save(self.folder / "members.pt")
        minutes = sum(seed["train_minutes"] for seed in self.done)
        (self.folder / "done.json").write_text(json.dumps({"done": self.done,
                                                           "minutes": minutes}))

    def _partial(self, trainer):
        """While the first seed trains, the figures of its best weights so far."""
        if self.done or time.monotonic() - self.written < PARTIAL_SECONDS:
            return
        found = {}
        for name in ("valid", "test"):
            nats = log_likelihood(self.bench, trainer.averaged, name, 0, trainer.flip)
            found[name] = figures(nats.cpu().numpy(), self.bench.splits[name].lengths)
        self._write({"passes": 1, "single": found, "complete": False, "step": trainer.step})

    def _write(self, report):
        recipe, canvas = self.bench.recipe, self.bench.canvas
        parameters = sum(p.numel() for p in self.bench.model().parameters())
        report = {"set": self.bench.name, "unit": "nats per frame", "parameters": parameters,
                  "seeds": self.done, **report, "recipe": vars(recipe), "canvas": vars(canvas)}
        partial = self.result.with_suffix(".partial")
        partial.write_text(json.dumps(report, indent=1) + "\n")
        partial.replace(self.result)
        self.written = time.monotonic()


def set_up(options):
    """PyTorch's settings for the device."""
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True


def main(arguments=None):
    """Runs one command; returns the exit status."""
    warnings.filterwarnings("ignore", category=UserWarning)
    options = parse(arguments)
    set_up(options)
    try:
        if options.command == "prepare":
            print("\n".join(rolls.prepare(options.data, options.out)))
            return 0
        run = Run(options)
        run.run()
    except rolls.MissingRolls as missing:
        print(f"error: {missing}", file=sys.stderr)
        return 2
    if run.result.exists():
        print(run.result.read_text())
    return 0
