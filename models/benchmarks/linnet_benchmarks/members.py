"""Collects the passes of trained models (seed by transposition) and reports their mixtures."""

import time

import numpy as np
import torch

from . import mixture
from .evaluate import split_logits

SCORED = ("valid", "test")


class Members:
    """Sums of logits for each key order, and log-likelihoods of every pass.

    For both splits: `sums[flip][split]` [F, W] float32, `passes[split]` a list of [F] float64.
    """

    def __init__(self, bench):
        self.bench = bench
        self.sums, self.counts = {}, {}
        self.passes = {name: [] for name in SCORED}

    def add(self, model, flip, minutes, after_pass=lambda: None):
        """Adds a model at every transposition, or as many as `minutes` allow, at least one."""
        end = time.monotonic() + 60 * minutes
        for shift in self.bench.canvas.shifts:
            began = time.monotonic()
            self._add_pass(model, flip, shift)
            after_pass()
            if 2 * time.monotonic() - began > end:
                break

    def _add_pass(self, model, flip, shift):
        sums = self.sums.setdefault(flip, {})
        for name in SCORED:
            logits = split_logits(self.bench, model, name, shift, flip)
            nats = self.bench.canvas.log_likelihood(logits, self.bench.rolls[name])
            self.passes[name].append(nats.cpu().numpy())
            sums[name] = sums[name] + logits if name in sums else logits
        self.counts[flip] = self.counts.get(flip, 0) + 1

    def report(self):
        """The figures of all members so far; constants are chosen by the valid split."""
        per_key, scales = self.per_key()
        return {"passes": sum(self.counts.values()),
                "single": self._figures({name: self.passes[name][0] for name in SCORED}),
                "mixture_of_passes": self._mixed({n: np.stack(self.passes[n]) for n in SCORED}),
                "mixture": self._mixed(per_key) | {"scales": scales}}

    def per_key(self):
        """Nats under the mixture per key of each key order, {split: [orders, F]}, and its scales."""
        rolls, canvas = self.bench.rolls, self.bench.canvas
        found, scales = {name: [] for name in SCORED}, []
        for flip, sums in sorted(self.sums.items()):
            mean = {name: sums[name] / self.counts[flip] for name in SCORED}
            scale = mixture.best_scale(mean["valid"], rolls["valid"], canvas)
            scales.append(round(float(scale), 3))
            for name in SCORED:
                nats = canvas.log_likelihood(mean[name] * scale, rolls[name])
                found[name].append(nats.cpu().numpy())
        return {name: np.stack(nats) for name, nats in found.items()}, scales

    def _mixed(self, members):
        lengths = {name: self.bench.splits[name].lengths for name in SCORED}
        rate = mixture.best_rate(members["valid"], lengths["valid"])
        mixed = {n: mixture.mix(members[n], lengths[n], rate) for n in SCORED}
        return self._figures(mixed) | {"rate": rate}

    def _figures(self, nats):
        return {name: mixture.figures(nats[name], self.bench.splits[name].lengths)
                for name in SCORED}

    def save(self, path):
        """Keeps everything needed to go on."""
        torch.save({"sums": self.sums, "counts": self.counts, "passes": self.passes}, path)

    def load(self, path):
        """Goes on from what `save` kept."""
        state = torch.load(path, map_location=self.bench.device, weights_only=False)
        self.sums, self.counts, self.passes = state["sums"], state["counts"], state["passes"]
