"""The exported graphs of the VAEs, and golden inputs for them."""

import numpy as np
import torch

from .graph import Graph
from .vae_model import DRUMS, LINE, VaeStep

STEPS_SHOWN = 32
GOLDEN_STEPS = (16, 24, 32)
_STEPS = {1: "N"}


def graphs(model):
    """`name → Graph` of a VAE. The encoder hears one whole phrase at once, and ships as it is."""
    b, shape = 2, model.shape
    condition = torch.zeros(b, shape.conditions)
    encoder = {"grid": torch.zeros(1, STEPS_SHOWN, dtype=torch.int64),
               "conditions": torch.zeros(1, STEPS_SHOWN, shape.conditions)}
    step = {"prev": torch.zeros(b, dtype=torch.int64), "z": torch.zeros(b, shape.latent),
            "condition": condition, "h": torch.zeros(2, b, model.hidden),
            "c": torch.zeros(2, b, model.hidden)}
    axes = {"grid": _STEPS, "conditions": _STEPS}
    return {"encoder": Graph(model.encoder, encoder, ["mu", "logvar"], axes, has_int8=False),
            "step": Graph(VaeStep(model), step, ["logits", "h_out", "c_out"])}


def _draw(shape, graph, batch, random):
    if graph == "encoder":
        steps = int(random.choice(GOLDEN_STEPS))
        return {"grid": random.integers(0, shape.classes, (1, steps)),
                "conditions": random.random((1, steps, shape.conditions), np.float32).round(2)}
    return {"prev": random.integers(0, shape.classes + 1, batch),
            "z": random.normal(size=(batch, shape.latent)).astype(np.float32).round(3),
            "condition": random.random((batch, shape.conditions), np.float32).round(3)}


def draw_line(graph, batch, random, so_far):
    """Random but legal inputs of the line VAE (see `golden.walk`)."""
    return _draw(LINE, graph, batch, random)


def draw_drums(graph, batch, random, so_far):
    """Random but legal inputs of the drum VAE."""
    return _draw(DRUMS, graph, batch, random)
