"""The command line: each step can be run alone, and picks up where an earlier run stopped."""

import argparse
import datetime
import functools
import json
import shutil
import sys
import warnings
from pathlib import Path

import torch

from . import card, corpus, evaluate, export, golden, manifest, shipped_weights
from .compose import PROCESSES, compose
from .licences import SETS, licence_list
from .optimise import Schedule
from .piece import load_pieces
from .registry import MODELS
from .shipped_weights import UnlikeModel
from .sources.archive import MissingData


def parse(arguments):
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="linnet_training", description=__doc__)
    parser.add_argument("command", choices=["prepare", "compose", "pack", "train", "export", "evaluate", "all"])
    parser.add_argument("--data", type=Path, help="folder with the sets and splits.tsv")
    parser.add_argument("--out", type=Path, required=True, help="folder for prepared data, "
                        "checkpoints, curves and figures")
    parser.add_argument("--models", type=Path, help="where exported models go "
                        "(default: OUT/models)")
    parser.add_argument("--model", choices=list(MODELS), help="only this one (default: all whose "
                        "prepared data is there)")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODELS", help="for train: begin "
                        "with the weights of the exported models there (all but the GAN)")
    parser.add_argument("--steps", type=int, help="optimiser steps")
    parser.add_argument("--learning-rate", type=float, default=Schedule.learning_rate,
                        help="the greatest (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop training after these")
    parser.add_argument("--batch", type=int, help="windows a step")
    parser.add_argument("--valid-every", type=int, help="steps from one validation to the next")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw windows (0: this "
                        "one) or compose (0: two)")
    parser.add_argument("--threads", type=int, default=0, help="PyTorch threads (0: its choice)")
    parser.add_argument("--device", default="cpu", help="where to train: cpu or cuda")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=9000, help="arrangements to compose")
    parser.add_argument("--bf16", action="store_true", help="train in bfloat16 (twice as fast on "
                        "processors that have it)")
    parser.add_argument("--small", action="store_true", help="tiny models, a few steps: a smoke test")
    return parser.parse_args(arguments)


class Pipeline:
    """One run of the command line."""

    def __init__(self, options):
        self.options, self.out = options, options.out
        self.models = options.models or options.out / "models"
        if options.threads:
            torch.set_num_threads(options.threads)

    def size(self, name):
        """The size that a model has in this run."""
        return MODELS[name].small if self.options.small else MODELS[name].full

    def names(self):
        """The models whose prepared data is there."""
        wanted = [self.options.model] if self.options.model else MODELS
        found = [name for name in wanted if MODELS[name].has_inputs(self.out)]
        if not found:
            raise MissingData(f"{self.out} holds no prepared data. Run `prepare` first.")
        return found

    def trained(self):
        """Those of them that have a checkpoint."""
        names = [name for name in self.names() if (self.out / f"{name}_best.pt").exists()]
        if not names:
            raise MissingData(f"{self.out} holds no checkpoint. Run `train` first.")
        return names

    def prepare(self):
        if self.options.data is None or not self.options.data.is_dir():
            raise MissingData(f"--data {self.options.data} is not a folder.")
        from .prepare import prepare  # It needs packages that a machine that only trains may lack.

        prepare(self.options.data, self.out)

    def compose(self):
        options = self.options
        made = compose(self.out, options.count, options.seed, options.workers or PROCESSES)
        print(json.dumps(made, indent=1))

    def pack(self):
        for name in self.names():
            if MODELS[name].pack:
                print(f"{name}: {MODELS[name].pack(self.out)}")

    def train(self):
        for name in self.names():
            size, options = self.size(name), self.options
            schedule = Schedule(options.steps or size.steps, options.minutes,
                                options.valid_every or size.valid_every, options.learning_rate,
                                weight_decay=MODELS[name].weight_decay,
                                warm_up=200 if size.steps > 500 else 5, seed=options.seed,
                                bf16=options.bf16, device=options.device, workers=options.workers,
                                start=self._start(name))
            best = MODELS[name].train(self.out, size.hidden, options.batch or size.batch, schedule)
            print(f"{name}: best validation {best:.3f}")

    def _start(self, name):
        """What fills a new model with exported weights, or None where it begins with random ones."""
        folder = self.options.start
        if folder is None:
            return None
        if not MODELS[name].goes_on:
            raise UnlikeModel(f"{name} cannot go on from its export, which lacks half of its networks.")
        return functools.partial(shipped_weights.load, graphs_of=MODELS[name].graphs, folder=folder / name)

    def export(self):
        for name in self.trained():
            entry, folder = MODELS[name], self.models / name
            masters = self.out / "fp32" / name
            model, _ = entry.load(self.out, self.size(name).hidden)
            graphs = entry.graphs(model)
            calibrate = entry.calibrate and functools.partial(entry.calibrate, model, self.out)
            export.export(graphs, folder, masters, licence_list(self._sets(name)), calibrate)
            golden.write(name, graphs, entry.draw, folder)
            if entry.describe:
                entry.describe(model, self.out, folder)
            entry.sheet(model, self.out, folder / "samples.png")
            shutil.copy(self.out / f"{name}_curve.png", folder / "training_curve.png")
            self._write_manifest(name, {})
            worst = golden.compare(graphs, entry.draw, masters)
            print(f"{name}: exported; greatest difference from PyTorch {worst:.2g}")
        self._write_counts()

    def _sets(self, name):
        return sorted(set(MODELS[name].sets(self.out)) & SETS.keys())

    def _write_manifest(self, name, figures):
        manifest.write(self.models / name, name, self.size(name).hidden,
                       datetime.date.today().isoformat(), self.options.seed, self._sets(name),
                       figures)

    def _write_counts(self):
        """The corpus file and the chord counts, which no network is."""
        if (self.out / "pieces.json.gz").exists():
            corpus.write_corpus(load_pieces(self.out / "pieces.json.gz"), self.models / "corpus")
        if (self.out / "harmony.json").exists():
            (self.models / "harmony").mkdir(exist_ok=True)
            shutil.copy(self.out / "harmony.json", self.models / "harmony" / "model.json")

    def evaluate(self):
        names = [name for name in self.trained() if (self.models / name).exists()]
        sizes = {name: self.size(name).hidden for name in names}
        figures = evaluate.evaluate(self.out, self.models, sizes)
        for name in names:
            headline = MODELS[name].headline(figures[name])
            self._write_manifest(name, headline)
            card.write(name, MODELS[name].card_values(figures[name]), sizes[name], self.models / name)
            print(json.dumps({name: headline}, indent=1))

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
    except (MissingData, UnlikeModel) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 2
    return 0
