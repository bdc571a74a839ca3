"""The exported graphs of the drum and the groove model, and golden inputs for them."""

import numpy as np
import torch

from .drum_features import DRUM_FEATURES
from .drum_model import DrumStep, DrumTouch
from .graph import Graph
from .groove_model import GROOVE_FEATURES
from .tokens import DRUM_CLASSES, DRUM_START

CLASSES = len(DRUM_CLASSES)
GROOVE_STEPS = 20
_OVER_TIME = {0: "B", 1: "T"}


def drum_graphs(model):
    """`name → Graph` of the drum model."""
    b, d = 2, model.hidden
    step = {"prev": torch.zeros(b, dtype=torch.int64), "features": torch.zeros(b, DRUM_FEATURES),
            "h": torch.zeros(2, b, d), "c": torch.zeros(2, b, d)}
    touch = {"context": torch.zeros(b, d), "hits": torch.zeros(b, CLASSES)}
    return {"step": Graph(DrumStep(model), step, ["context", "hits_logits", "h_out", "c_out"]),
            "touch": Graph(DrumTouch(model.touch_head), touch, ["velocity", "shift"])}


def groove_graphs(model):
    """`name → Graph` of the groove model."""
    inputs = {"hits": torch.zeros(2, 16, CLASSES), "features": torch.zeros(2, 16, GROOVE_FEATURES)}
    names = (*inputs, "velocity", "shift")
    return {"groove": Graph(model, inputs, ["velocity", "shift"], dict.fromkeys(names, _OVER_TIME),
                            has_int8=False)}


def draw_drums(graph, batch, random, so_far):
    """Random but legal inputs of the drum model (see `golden.walk`)."""
    if graph == "touch":
        return {"hits": random.random((batch, CLASSES), np.float32).round()}
    return {"prev": random.integers(0, DRUM_START + 1, batch),
            "features": random.random((batch, DRUM_FEATURES), np.float32).round(3)}


def draw_groove(graph, batch, random, so_far):
    """Random but legal inputs of the groove model."""
    shape = (batch, GROOVE_STEPS)
    return {"hits": random.random((*shape, CLASSES), np.float32).round(),
            "features": random.random((*shape, GROOVE_FEATURES), np.float32).round(3)}
