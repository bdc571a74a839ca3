"""Golden features of the VAEs: how a phrase becomes a grid and conditions."""

import numpy as np
import torch

from . import drum_grid, line_grid, vae_latent, vae_train
from .golden import tensor, write_json
from .line_attributes import line_attributes
from .line_windows import line_conditions
from .theory import scale_mask
from .vocabulary import ROLES, STYLES

PHRASES = (
    {"metre": (4, 4), "tonic": 2, "scale": "major", "role": "lead", "style": "folk",
     "rows": [(0, 0, 62, 12), (0, 14, 66, 9), (0, 24, 69, 9), (0, 36, 69, 15), (1, 12, 67, 7),
              (1, 18, 66, 18)],
     "chords": [(0, 96, 2, 0), (96, 96, 9, 4)]},
    {"metre": (6, 8), "tonic": 9, "scale": "minor", "role": "bass", "style": "",
     "rows": [(0, 6, 45, 9), (0, 18, 52, 12), (1, 0, 43, 18)], "chords": []},
)
BEATS = ({"beats": 4, "a_beat": 4, "bpm": 96.0, "style": "funk",
          "hits": [(0, 0), (0, 2), (4, 1), (4, 2), (10, 0), (12, 1), (16, 0), (28, 1), (31, 4)]},
         {"beats": 3, "a_beat": 3, "bpm": 0.0, "style": "", "hits": [(0, 0), (3, 8), (17, 8)]})


def _style(name):
    return torch.tensor([STYLES.index(name) if name in STYLES else 255])


def line_features():
    """Made-up phrases as step classes, conditions and attributes."""
    cases = []
    for phrase in PHRASES:
        metre, tonic = phrase["metre"], phrase["tonic"]
        grid = line_grid.line_grid(phrase["rows"], tonic, metre, 2)
        chords = line_grid.chord_steps(phrase["chords"], tonic, metre, 2)
        conditions = line_conditions(
            torch.from_numpy(chords.astype(np.int64))[None],
            torch.from_numpy(scale_mask(phrase["scale"]))[None], metre,
            torch.tensor([ROLES.index(phrase["role"])]), _style(phrase["style"]))
        batch = torch.from_numpy(grid.astype(np.int64))[None]
        cases.append({**phrase, "grid": grid.tolist(), "conditions": tensor(conditions[0]),
                      "attributes": tensor(line_attributes(batch, metre)[0]),
                      "decoded_rows": line_grid.grid_rows(grid, tonic, metre)})
    return cases


def drum_features():
    """Made-up beats as step classes, conditions and attributes."""
    cases = []
    for beat in BEATS:
        a_beat = beat["a_beat"]
        width = beat["beats"] * a_beat
        rows = [(step // width, step % width, kind, 100, 0) for step, kind in beat["hits"]]
        grid = torch.from_numpy(drum_grid.row_sets(rows, width, 2).astype(np.int64))
        conditions = drum_grid.drum_conditions(width, a_beat, torch.tensor([beat["bpm"]]),
                                               _style(beat["style"]))
        measured = drum_grid.drum_attributes(grid[None], width, a_beat)
        cases.append({**beat, "grid": grid.tolist(), "conditions": tensor(conditions[0]),
                      "attributes": tensor(measured[0])})
    return cases


def write_line(model, out, folder):
    """Writes `folder/features_golden.json` and `folder/latent.json` of the line VAE."""
    write_json(folder / "features_golden.json", line_features())
    vae_latent.write_latent(model, vae_train.banks("line_vae", out, "cpu")[0], folder)


def write_drums(model, out, folder):
    """Writes `folder/features_golden.json` and `folder/latent.json` of the drum VAE."""
    write_json(folder / "features_golden.json", drum_features())
    vae_latent.write_latent(model, vae_train.banks("drum_vae", out, "cpu")[0], folder)
