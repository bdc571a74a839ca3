"""The exported graphs of the phrase model, and golden inputs for them."""

import numpy as np
import torch

from .graph import Graph
from .phrase_model import WIDTH, PhraseStep
from .vocabulary import CANVAS_FEATURES, PHRASE_FEATURES, ROLES

_COLUMNS = {1: "columns"}


def graphs(model):
    """`name → Graph` of the phrase model."""
    b, h = 2, model.hidden
    context, ids = torch.zeros(b, h), torch.zeros(b, dtype=torch.int64)
    looks = torch.zeros(b, 6, dtype=torch.int64)
    step = {"prev": looks[:, :3], "look": looks, "features": torch.zeros(b, PHRASE_FEATURES),
            "memory": torch.zeros(b, 3 * WIDTH), "summary": torch.zeros(b, WIDTH),
            "h": torch.zeros(2, b, h), "c": torch.zeros(2, b, h)}
    pitch = {"context": context, "position": ids, "look": looks, "chord": torch.zeros(b, 24),
             "memory": torch.zeros(b, WIDTH)}
    canvas = {"canvas": torch.zeros(1, 20, CANVAS_FEATURES), "role": torch.zeros(1, len(ROLES))}
    return {
        "canvas": Graph(model.encoder, canvas, ["memory", "summary"],
                        {"canvas": _COLUMNS, "memory": _COLUMNS}),
        "step": Graph(PhraseStep(model), step, ["context", "position_logits", "h_out", "c_out"]),
        "pitch": Graph(model.pitch_head, pitch, ["pitch_logits"]),
        "duration": Graph(model.duration_head,
                          {"context": context, "position": ids, "pitch": ids.clone()},
                          ["duration_logits"]),
    }


def draw(graph, batch, random, so_far):
    """Random but legal inputs (see `golden.walk`)."""
    def ints(high, *shape):
        return random.integers(0, high, shape)

    def floats(*shape):
        return random.random(shape, np.float32).round(3)

    if graph == "canvas":
        return {"canvas": floats(1, 3 * batch, CANVAS_FEATURES).round(),
                "role": np.eye(len(ROLES), dtype=np.float32)[ints(len(ROLES), 1)]}
    if graph == "step":
        return {"prev": np.stack([ints(96, batch), ints(64, batch), ints(24, batch)], 1),
                "look": np.concatenate([ints(97, batch, 3), ints(65, batch, 3)], 1),
                "features": floats(batch, PHRASE_FEATURES), "memory": floats(batch, 3 * WIDTH),
                "summary": floats(batch, WIDTH)}
    if graph == "pitch":
        return {"position": ints(96, batch), "look": ints(65, batch, 6),
                "chord": floats(batch, 24).round(), "memory": floats(batch, WIDTH)}
    return {"position": ints(96, batch), "pitch": ints(64, batch)}
