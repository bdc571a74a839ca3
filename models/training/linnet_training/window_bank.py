"""Two-bar windows as integer tensors on one device: drawn by weight and cut by indexing.

A bank holds every part's steps one after the other; a window is where it starts. Windows of one
group (one metre) have one length, and a batch is of one group, so that nothing is padded.
"""

import json

import numpy as np
import torch

from .processes import Processes

SPLITS = ("train", "valid", "test")
CELL_POWER = 0.6
FEW = 3000
UNKNOWN = 255


class Packer:
    """Collects the steps and windows of many parts, and writes them as one `.npz`.

    `streams` names the integers a step has (`grid` among them), `columns` those a window has beyond
    `start`, `group`, `split` and `share` (its weight in per cent).
    """

    def __init__(self, streams, columns):
        self.streams = {name: [] for name in streams}
        self.columns = {name: [] for name in ("start", "group", "split", "share",
                                                   *columns)}
        self.groups, self.length = [], 0

    def add(self, group, split, steps, starts, share=100, **columns):
        """Adds a part: `steps` maps a stream's name to integers, `starts` says where windows begin."""
        if split not in SPLITS or not len(starts):
            return
        if group not in self.groups:
            self.groups.append(group)
        values = {"group": self.groups.index(group), "split": SPLITS.index(split),
                  "share": share, **columns}
        self.columns["start"].append(np.asarray(starts, np.int64) + self.length)
        for name, value in values.items():
            self.columns[name].append(np.full(len(starts), value, np.uint8))
        for name, parts in self.streams.items():
            parts.append(np.asarray(steps[name]))
        self.length += len(steps["grid"])

    def write(self, path, **words):
        """Writes `path`; `words` are lists of names that columns index."""
        header = json.dumps({"groups": self.groups, **words}).encode()
        arrays = {f"step_{k}": np.concatenate(v) for k, v in self.streams.items() if v}
        arrays |= {f"window_{k}": np.concatenate(v) for k, v in self.columns.items() if v}
        arrays["window_start"] = arrays["window_start"].astype(np.int32)
        with open(path, "wb") as file:
            np.savez_compressed(file, header=np.frombuffer(header, np.uint8), **arrays)


def _keys(columns, names):
    keys = np.zeros(len(columns["start"]), np.int64)
    for name in names:
        keys = keys * 256 + columns[name]
    return keys


def balanced(columns, cells, shares):
    """Weights `f64[W]` of windows.

    `shares` maps a column to the share of each of its values; a combination of values gets the product
    of its shares, less where it has few windows. Inside it, a cell of equal `cells` weighs its number
    of windows to the power 0.6.
    """
    if not len(columns["start"]):
        return np.zeros(0)
    keys = _keys(columns, (*shares, *cells))
    _, cell, counts = np.unique(keys, return_inverse=True, return_counts=True)
    weights = (counts ** (CELL_POWER - 1.0))[cell] * columns["share"] / 100
    _, outer, counts = np.unique(_keys(columns, shares), return_inverse=True, return_counts=True)
    wanted = counts / (counts + FEW)
    for name, share in shares.items():
        first = np.zeros(len(counts), np.int64)
        first[outer] = columns[name]
        wanted = wanted * np.array(share)[first]
    return weights * (wanted / np.bincount(outer, weights))[outer]


class Bank:
    """The windows of one split of a packed file. A subclass makes batches of them."""

    CELLS = ("set", "style")
    SHARES = {}

    def __init__(self, path, split, device="cpu"):
        with np.load(path) as packed:
            self.words = json.loads(packed["header"].tobytes())
            steps = {k[5:]: packed[k] for k in packed.files if k.startswith("step_")}
            columns = {k[7:]: packed[k] for k in packed.files if k.startswith("window_")}
        inside = columns["split"] == SPLITS.index(split)
        columns = {k: v[inside] for k, v in columns.items()}
        order = np.argsort(columns["group"], kind="stable")
        columns = {k: v[order] for k, v in columns.items()}
        self.weights = balanced(columns, self.CELLS, self.SHARES)
        self.device = torch.device(device)
        self.groups = [tuple(g) for g in self.words["groups"]]
        self.steps = {k: torch.from_numpy(v.astype(np.int16)).to(device) for k, v in steps.items()}
        self.columns = {k: torch.from_numpy(v.astype(np.int64)).to(device)
                        for k, v in columns.items()}
        self._bounds(columns["group"])

    def _bounds(self, groups):
        total = np.concatenate([[0.0], np.cumsum(self.weights)])
        edges = np.searchsorted(groups, np.arange(len(self.groups) + 1))
        self.shares = np.diff(total[edges]) / max(total[-1], 1e-9)
        self.edges, self.between = edges, total[edges]
        self.total = torch.from_numpy(total).to(self.device)

    def __len__(self):
        return len(self.weights)

    def draw(self, size, random, group=None):
        """`size` windows of one group by weight: the group, and `i64[size]` on the device."""
        if group is None:
            group = int(random.choice(len(self.groups), p=self.shares))
        low, high = self.between[group:group + 2]
        place = torch.from_numpy(low + random.random(size) * (high - low)).to(self.device)
        rows = torch.searchsorted(self.total, place, right=True) - 1
        first, end = self.edges[group:group + 2]
        return group, rows.clamp(int(first), int(end) - 1)

    def cut(self, name, rows, steps):
        """The integers of stream `name` in windows `rows`: `i64[B, steps]`."""
        at = self.columns["start"][rows, None] + torch.arange(steps, device=self.device)
        return self.steps[name][at].long()

    def batches(self, size, seed):
        """Endless training batches: this process's share of each."""
        random, share = np.random.default_rng(seed), Processes(self.device.type)
        while True:
            group, rows = self.draw(size, random)
            yield self.batch(group, share.share(rows), drops=True)

    def held_out(self, count, size, seed=5):
        """About `count` windows drawn by weight, in batches of one group, without drops."""
        random, batches = np.random.default_rng(seed), []
        for group in np.flatnonzero(self.shares * count >= 1):
            wanted = round(self.shares[group] * count)
            _, rows = self.draw(wanted, random, int(group))
            batches += [self.batch(int(group), part) for part in rows.split(size)]
        return batches

    def _kept(self, rows, share):
        """True for each window but a `share` of them, at random."""
        return torch.rand(len(rows), device=self.device) >= share

    def batch(self, group, rows, drops=False):
        """The tensors that the model learns from, of windows `rows`."""
        raise NotImplementedError
