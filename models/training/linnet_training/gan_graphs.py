"""The exported graphs of the texture GAN, and golden inputs for them.

Both are convolutions of a few milliseconds, which int8 would not speed up.
"""

import json

import numpy as np
import torch

from . import texture
from .gan_model import NOISE, Ranking
from .graph import Graph
from .texture import METRES
from .vocabulary import STYLES

_ROWS = {"drums": 9, "bass": texture.BASS_ROWS, "bass_hold": 1, "comp": texture.COMP_ROWS,
         "comp_hold": 1}
PARTS = list(_ROWS)
JUDGED = ("style", "chord", "grid", "presence")
_CHORDS = 4


def example(batch, random):
    """Random but legal wishes by name: noise, one style, four chords, a metre, densities, parts."""
    columns = texture.COLUMNS // _CHORDS
    chords = texture.chord_table()[random.integers(0, 144, (batch, _CHORDS))].repeat(columns, 1)
    grids = np.stack([texture.grid(METRES[i]) for i in random.integers(0, len(METRES), batch)])
    presence = (random.random((batch, 3)) < 0.8).astype(np.float32)
    return {"z": random.standard_normal((batch, NOISE)).astype(np.float32).round(3),
            "style": np.eye(len(STYLES), dtype=np.float32)[random.integers(0, len(STYLES), batch)],
            "chord": chords.transpose(0, 2, 1) * grids[:, :1], "grid": grids,
            "density": random.random((batch, 3)).astype(np.float32).round(3) * presence,
            "presence": presence}


def made_binary(parts):
    """The generator's probabilities as what is played (`TOKENS.md`), by name."""
    bass = np.eye(parts["bass"].shape[1], dtype=np.float32)[parts["bass"].argmax(1)].transpose(0, 2, 1)
    bass = bass * (parts["bass"].sum(1, keepdims=True) >= 0.5)
    played = {"drums": parts["drums"] >= 0.5, "bass": bass, "comp": parts["comp"] >= 0.5}
    for name in ("bass", "comp"):
        struck = played[name].max(1, keepdims=True) > 0
        begun = np.maximum.accumulate(struck, 2)
        played[f"{name}_hold"] = (parts[f"{name}_hold"] >= 0.5) & begun & ~struck
    return {name: played[name].astype(np.float32) for name in PARTS}


def graphs(gan):
    """`name → Graph` of a `Gan`."""
    wishes = {name: torch.from_numpy(array)
              for name, array in example(2, np.random.default_rng(0)).items()}
    judged = {name: torch.zeros(2, rows, texture.COLUMNS) for name, rows in _ROWS.items()}
    judged |= {name: wishes[name] for name in JUDGED}
    quantiles = {style: gan.tables[i].round(3).tolist() for i, style in enumerate([*STYLES, "any"])}
    meaning = {"density_quantiles": json.dumps(quantiles, separators=(",", ":"))}
    return {"generator": Graph(gan.generator, wishes, PARTS, has_int8=False, metadata=meaning),
            "critic": Graph(Ranking(gan.judge.critic), judged, ["score"], has_int8=False)}


def draw(graph, batch, random, so_far):
    """Random but legal inputs (see `golden.walk`); what is judged is the generator's, made binary."""
    return example(batch, random) if graph == "generator" else made_binary(so_far)
