"""The piano-rolls: read once from the published `.mat` files, kept as one small `.npz` a set.

The sets and their splits: N. Boulanger-Lewandowski, Y. Bengio and P. Vincent, "Modeling Temporal
Dependencies in High-Dimensional Sequences" (ICML 2012).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

KEYS = 88
SPLITS = ("train", "valid", "test")
MAT_FILES = {"jsb": "JSB_Chorales.mat", "nottingham": "Nottingham.mat",
             "musedata": "MuseData.mat", "piano-midi": "Piano_midi.mat"}
# Pieces and frames of train, valid and test, as published.
TABLE = {"jsb": ((229, 13807), (76, 4602), (77, 4725)),
         "nottingham": ((694, 176561), (173, 45513), (170, 44463)),
         "musedata": ((524, 245202), (135, 82755), (124, 64339)),
         "piano-midi": ((87, 75911), (12, 8540), (25, 19036))}


class MissingRolls(Exception):
    """A file that a command needs is not there."""


@dataclass
class Split:
    """The pieces of one split, end to end.

    `frames` is [frames, keys] uint8 of 0 and 1, `lengths` [pieces] int64.
    """

    frames: np.ndarray
    lengths: np.ndarray

    @property
    def starts(self):
        """Row of each piece's frame 0, [pieces] int64."""
        return np.concatenate([[0], np.cumsum(self.lengths)[:-1]]).astype(np.int64)

    def position(self):
        """Index of each frame in its piece, [frames] int64."""
        return np.arange(len(self.frames)) - np.repeat(self.starts, self.lengths)


def split_of(pieces):
    """A split from a list of [frames, keys] arrays."""
    return Split(np.concatenate(pieces).astype(np.uint8),
                 np.array([len(piece) for piece in pieces], np.int64))


def read_mat(path):
    """The three splits of a `.mat` file, by name."""
    from scipy.io import loadmat
    content = loadmat(path)
    return {name: split_of(list(content[f"{name}data"][0])) for name in SPLITS}


def find_mat(folder, name):
    """The `.mat` file of a set, anywhere under `folder`."""
    found = sorted(Path(folder).rglob(MAT_FILES[name]))
    if not found:
        raise MissingRolls(f"{folder} holds no {MAT_FILES[name]}.")
    return found[0]


def save(splits, path):
    """Writes packed bits and piece lengths."""
    arrays = {}
    for name, split in splits.items():
        arrays[f"{name}_bits"] = np.packbits(split.frames, axis=1)
        arrays[f"{name}_lengths"] = split.lengths
    np.savez_compressed(path, **arrays)


def load(folder, name):
    """The three splits of a prepared set, by name."""
    path = Path(folder) / f"{name}.npz"
    if not path.exists():
        raise MissingRolls(f"{path} is not there. Run `prepare` first.")
    with np.load(path) as arrays:
        return {split: Split(np.unpackbits(arrays[f"{split}_bits"], axis=1, count=KEYS),
                             arrays[f"{split}_lengths"]) for split in SPLITS}


def prepare(folder, out):
    """Converts every set under `folder`; returns one line a set."""
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    for name in MAT_FILES:
        splits = read_mat(find_mat(folder, name))
        save(splits, out / f"{name}.npz")
        counts = ", ".join(f"{s} {len(v.lengths)} pieces {len(v.frames)} frames"
                           for s, v in splits.items())
        lines.append(f"{name}: {counts}")
    return lines
