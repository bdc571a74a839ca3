"""The command line: each step can be run alone, and picks up where an earlier run stopped."""

import argparse
import datetime
import json
import shutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch

from . import corpus, drum_train, evaluate, export, feature_golden, golden, lead_train, manifest
from .drum_data import load_takes
from .licences import licence_list
from .optimise import Schedule
from .piece import load_pieces
from .prepare import prepare
from .sources.archive import MissingData


@dataclass(frozen=True)
class Size:
    """How big a model is and how long it trains, unless the command line says otherwise."""

    hidden: int
    batch: int
    steps: int
    valid_every: int


FULL = {"lead": Size(384, 32, 12000, 250), "drums": Size(256, 32, 5000, 200)}
SMALL = {"lead": Size(48, 8, 60, 20), "drums": Size(32, 8, 40, 20)}
WEIGHT_DECAY = {"lead": 0.02, "drums": 0.05}
TRAIN = {"lead": lead_train.train, "drums": drum_train.train}
LOAD = {"lead": lead_train.load_best, "drums": drum_train.load_best}
INPUTS = {"lead": "pieces.json.gz", "drums": "drums.pt"}


def parse(arguments):
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="linnet_training", description=__doc__)
    parser.add_argument("command", choices=["prepare", "train", "export", "evaluate", "all"])
    parser.add_argument("--data", type=Path, help="folder with the sets and splits.tsv")
    parser.add_argument("--out", type=Path, required=True, help="folder for prepared data, "
                        "checkpoints, curves and figures")
    parser.add_argument("--models", type=Path, help="where exported models go "
                        "(default: OUT/models)")
    parser.add_argument("--model", choices=["lead", "drums"], help="only this one (default: both)")
    parser.add_argument("--steps", type=int, help="optimiser steps")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop training after these")
    parser.add_argument("--threads", type=int, default=0, help="PyTorch threads (0: its choice)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bf16", action="store_true", help="train in bfloat16 (twice as fast on "
                        "processors that have it)")
    parser.add_argument("--small", action="store_true", help="tiny models, a few steps: a smoke test")
    return parser.parse_args(arguments)


class Pipeline:
    """One run of the command line."""

    def __init__(self, options):
        self.options, self.out = options, options.out
        self.models = options.models or options.out / "models"
        self.sizes = SMALL if options.small else FULL
        if options.threads:
            torch.set_num_threads(options.threads)

    def names(self):
        """The models whose prepared data is there."""
        wanted = [self.options.model] if self.options.model else ["lead", "drums"]
        found = [name for name in wanted if (self.out / INPUTS[name]).exists()]
        if not found:
            raise MissingData(f"{self.out} holds no prepared data. Run `prepare` first.")
        return found

    def prepare(self):
        if self.options.data is None or not self.options.data.is_dir():
            raise MissingData(f"--data {self.options.data} is not a folder.")
        prepare(self.options.data, self.out)

    def train(self):
        for name in self.names():
            size = self.sizes[name]
            schedule = Schedule(self.options.steps or size.steps, self.options.minutes,
                                size.valid_every, weight_decay=WEIGHT_DECAY[name],
                                warm_up=200 if size.steps > 500 else 5,
                                seed=self.options.seed, bf16=self.options.bf16)
            best = TRAIN[name](self.out, size.hidden, size.batch, schedule)
            print(f"{name}: best validation {best:.3f} nats")

    def _trained(self):
        return [n for n in self.names() if (self.out / f"{n}_best.pt").exists()]

    def _sets(self, name):
        if name == "drums":
            return ["groove"]
        return sorted({p.set for p in load_pieces(self.out / "pieces.json.gz")})

    def export(self):
        names = self._trained()
        if not names:
            raise MissingData(f"{self.out} holds no checkpoint. Run `train` first.")
        for name in names:
            folder = self.models / name
            model, _ = LOAD[name](self.out, self.sizes[name].hidden)
            export.export(name, model, folder, licence_list(self._sets(name)))
            golden.write(name, model, folder)
            print(f"{name}: exported; greatest difference from PyTorch "
                  f"{golden.compare(name, model, folder):.2g}")
            shutil.copy(self.out / f"{name}_curve.png", folder / "training_curve.png")
            self._write_manifest(name, {})
        self._write_data()

    def _write_manifest(self, name, figures):
        manifest.write(self.models / name, name, self.sizes[name].hidden,
                       datetime.date.today().isoformat(), self.options.seed, self._sets(name),
                       figures)

    def _write_data(self):
        pieces = load_pieces(self.out / "pieces.json.gz")
        corpus.write_corpus(pieces, self.models / "corpus")
        feature_golden.write_lead(pieces, self.models / "lead")
        if (self.out / "drums.pt").exists() and (self.models / "drums").exists():
            feature_golden.write_drums(load_takes(self.out / "drums.pt"), self.models / "drums")
        if (self.out / "harmony.json").exists():
            (self.models / "harmony").mkdir(exist_ok=True)
            shutil.copy(self.out / "harmony.json", self.models / "harmony" / "model.json")

    def evaluate(self):
        sizes = {name: size.hidden for name, size in self.sizes.items()}
        figures = evaluate.evaluate(self.out, self.models, sizes)
        for name in self._trained():
            self._write_manifest(name, figures[name])
        print(json.dumps({n: figures[n] for n in self._trained()}, indent=1))

    def all(self):
        self.prepare()
        self.train()
        self.export()
        self.evaluate()


def main(arguments=None):
    """Runs one command; returns the exit status."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=UserWarning)
    options = parse(arguments)
    pipeline = Pipeline(options)
    try:
        getattr(pipeline, options.command)()
    except MissingData as missing:
        print(f"error: {missing}", file=sys.stderr)
        return 2
    return 0
