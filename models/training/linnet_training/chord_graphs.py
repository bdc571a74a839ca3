"""The exported graphs of the chord model, and golden inputs for them."""

import numpy as np
import torch

from .chord_features import CHORD_FEATURES, START_CHORD
from .chord_model import ChordStep
from .graph import Graph


def graphs(model):
    """`name → Graph` of the chord model."""
    b, h = 2, model.hidden
    context, ids = torch.zeros(b, h), torch.zeros(b, dtype=torch.int64)
    step = {"prev": torch.zeros(b, 3, dtype=torch.int64), "features": torch.zeros(b, CHORD_FEATURES),
            "h": torch.zeros(2, b, h), "c": torch.zeros(2, b, h)}
    return {
        "step": Graph(ChordStep(model), step, ["context", "root_logits", "h_out", "c_out"]),
        "quality": Graph(model.quality_head, {"context": context, "root": ids}, ["quality_logits"]),
        "length": Graph(model.length_head,
                        {"context": context, "root": ids, "quality": ids.clone()}, ["length_logits"]),
    }


def draw(graph, batch, random, so_far):
    """Random but legal inputs (see `golden.walk`)."""
    if graph == "step":
        prev = np.stack([random.integers(0, size + 1, batch) for size in START_CHORD], 1)
        return {"prev": prev, "features": random.random((batch, CHORD_FEATURES), np.float32).round(3)}
    names = ("root", "quality")[: 1 if graph == "quality" else 2]
    return {name: random.integers(0, size, batch)
            for name, size in zip(names, START_CHORD, strict=False)}
