"""Measures the trained and the exported models on held-out pieces: `figures.json`."""

import json

import torch

from .registry import MODELS


def evaluate(out, models, sizes):
    """Measures the models of `sizes` and writes `figures.json`, keeping what others are in it."""
    path, prepared = out / "figures.json", out / "prepared.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    for name, hidden in sizes.items():
        torch.manual_seed(0)
        figures[name] = MODELS[name].figures(out, models / name, out / "fp32" / name, hidden)
    if prepared.exists():
        figures["prepared"] = json.loads(prepared.read_text())
    path.write_text(json.dumps(figures, indent=1) + "\n")
    return figures
