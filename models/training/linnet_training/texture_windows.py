"""All two-bar textures of the training sets in one bank, and batches of them on a device.

The bank keeps each bar once; a window names its first bar. `textures.npz` is built from `composed.npz`
and `arrangements.npz` (see `arrangement`) and `drums.pt` (Groove performances, drums alone), whichever
are there.
"""

from dataclasses import dataclass

import numpy as np
import torch
from tqdm import tqdm

from . import texture
from .arrangement import load_arrangements
from .drum_data import load_takes
from .drum_styles import NO_STYLE, strongest
from .sources.archive import MissingData
from .texture import BAR_COLUMNS, BASS, COMP, DRUMS, METRES, NO_CHORD, ROWS
from .vocabulary import STYLES

SOURCES = ("grammar", "human", "groove")
SOURCE_WEIGHTS = (0.6, 0.2, 0.2)
SPLITS = ("train", "valid", "test")
QUANTILE_WINDOWS_MIN = 100
QUANTILES = 33
BALANCE = 0.6
PART_DROP, STYLE_DROP = 0.25, 0.1
GROOVE_CHORD_SHARE = 0.5
_TENSORS = ("bars", "chords", "first", "metre", "style", "source", "split", "raw", "density",
            "presence")


@dataclass
class _Source:
    """The bars of one arrangement or performance, and what its windows have in common."""

    stack: np.ndarray
    chords: np.ndarray
    usable: np.ndarray
    metre: int
    style: int
    source: int
    split: int
    stride: int
    first: int
    set: str


def _of_arrangement(item):
    if item.bars < 2 or not any(len(item.parts.get(part, ())) for part in texture.TEXTURE_PARTS):
        return None
    bars = texture.bars_of(item)
    if bars is None:
        return None
    by_grammar = bool(item.by_grammar)
    off_grid = bars.off_grid / np.maximum(bars.onsets, 1)
    return _Source(bars.stack, bars.chords, off_grid <= texture.OFF_GRID_SHARE_MAX,
                   METRES.index(tuple(item.metre)), STYLES.index(item.style),
                   0 if by_grammar else 1, SPLITS.index(item.split), 2 if by_grammar else 1,
                   item.first_full, item.set)


def _of_take(take):
    metre = tuple(int(x) for x in take.name.rsplit(".", 1)[0].split("_")[-1].split("-"))
    compound = metre == (6, 8)
    if take.is_fill or take.bars < 2 or (take.a_beat == 3) != compound or metre not in METRES:
        return None
    columns = texture.bar_columns(metre)
    hits = (take.velocity[: take.bars * take.bar_steps] > 0).reshape(take.bars, take.bar_steps, 9)
    stack = np.zeros((take.bars, ROWS, BAR_COLUMNS), np.uint8)
    stack[:, DRUMS, :columns:2 if compound else 1] = hits.transpose(0, 2, 1)
    return _Source(stack, np.full((take.bars, BAR_COLUMNS), NO_CHORD, np.uint8),
                   np.ones(take.bars, bool), METRES.index(metre), strongest(take.style), 2,
                   SPLITS.index(take.split), 1, 0, "groove")


def _sources(out):
    found = []
    for name in ("composed.npz", "arrangements.npz"):
        if (out / name).exists():
            items = load_arrangements(out / name)
            found += [_of_arrangement(i) for i in tqdm(items, desc=name, mininterval=5)]
    if (out / "drums.pt").exists():
        found += [_of_take(take) for take in load_takes(out / "drums.pt")]
    found = [source for source in found if source is not None]
    if not found:
        raise MissingData(f"{out} holds no textures, arrangements or drums to learn from.")
    return found


def _borrow_chords(sources, random):
    """Half of the drum performances play over the chords of another piece in their metre."""
    lenders = {}
    for source in sources:
        if source.source != 2:
            lenders.setdefault((source.metre, source.split), []).append(source.chords)
    for source in sources:
        others = lenders.get((source.metre, source.split), [])
        if source.source == 2 and others and random.random() < GROOVE_CHORD_SHARE:
            other = others[random.integers(len(others))]
            source.chords = other[np.arange(len(source.chords)) % len(other)]


def _window_rows(source, offset):
    """The bank's `(first bar, metre, style, source, split)` of the usable windows of a source."""
    firsts = np.arange(source.first, len(source.stack) - 1, source.stride)
    firsts = firsts[source.usable[firsts] & source.usable[firsts + 1]]
    same = [source.metre, source.style, source.source, source.split]
    return np.array([[offset + first, *same] for first in firsts], np.int32).reshape(-1, 5)


def _raw_densities(bars, first, metre):
    """Hits, bass notes and comping strikes a quarter of each window: `f32[W, 3]`."""
    counts = np.stack([bars[:, DRUMS].sum((1, 2)), bars[:, BASS].max(1).sum(1),
                       bars[:, COMP].max(1).sum(1)], 1).astype(np.float32)
    quarters = np.array([texture.bar_columns(m) for m in METRES])[metre] / 4
    return ((counts[first] + counts[first + 1]) / (2 * quarters[:, None])).astype(np.float32)


def quantile_tables(raw, style, split):
    """`f32[21, 3, 33]`: densities at evenly spaced quantiles a style (the last row: all styles)."""
    tables = np.zeros((len(STYLES) + 1, 3, QUANTILES), np.float32)
    at = np.linspace(0, 1, QUANTILES)
    for part in range(3):
        there = (raw[:, part] > 0) & (split == 0)
        everyone = raw[there, part] if there.any() else np.ones(1)
        tables[:, part] = np.quantile(everyone, at)
        for number in range(len(STYLES)):
            mine = raw[there & (style == number), part]
            if len(mine) >= QUANTILE_WINDOWS_MIN:
                tables[number, part] = np.quantile(mine, at)
    return tables


def quantile_of(raw, style, tables):
    """Densities as quantiles of their style, the middle of a tie: `f32[N, 3]` in 0–1."""
    rows = tables[np.where(style == NO_STYLE, len(STYLES), style)]
    below = (rows < raw[:, :, None] - 1e-6).sum(2)
    upto = (rows <= raw[:, :, None] + 1e-6).sum(2)
    return np.clip((below + upto - 1) / 2 / (QUANTILES - 1), 0, 1).astype(np.float32)


def build(out, seed=1):
    """The bank of all windows under `out`, a dict of arrays; see `Textures`."""
    sources = _sources(out)
    _borrow_chords(sources, np.random.default_rng(seed))
    offsets = np.cumsum([0] + [len(s.stack) for s in sources])[:-1]
    rows = np.concatenate([_window_rows(s, o) for s, o in zip(sources, offsets, strict=True)])
    bank = {"bars": np.concatenate([s.stack for s in sources]),
            "chords": np.concatenate([s.chords for s in sources])}
    raw = _raw_densities(bank["bars"], rows[:, 0], rows[:, 1])
    rows, raw = rows[raw.sum(1) > 0.5], raw[raw.sum(1) > 0.5]
    bank.update(first=rows[:, 0], metre=rows[:, 1].astype(np.uint8), raw=raw,
                style=rows[:, 2].astype(np.uint8), source=rows[:, 3].astype(np.uint8),
                split=rows[:, 4].astype(np.uint8), presence=(raw > 0).astype(np.uint8))
    bank["sets"] = np.array(sorted({s.set for s in sources}))
    bank["tables"] = quantile_tables(raw, bank["style"], bank["split"])
    bank["density"] = quantile_of(raw, bank["style"], bank["tables"]) * bank["presence"]
    return bank


def pack(out):
    """The path of the packed bank, `out/textures.npz`; packs it if it is not there yet."""
    path = out / "textures.npz"
    if not path.exists():
        bank = build(out)
        packed = {**bank, "bars": np.packbits(bank["bars"]), "bars_shape": bank["bars"].shape}
        with open(path, "wb") as file:
            np.savez_compressed(file, **packed)
    return path


def load(out):
    """The bank in `out/textures.npz`, which is built where it is missing."""
    with np.load(pack(out)) as packed:
        bank = {key: packed[key] for key in packed.files}
    shape = tuple(bank.pop("bars_shape"))
    bank["bars"] = np.unpackbits(bank["bars"], count=int(np.prod(shape))).reshape(shape)
    return bank


class Textures:
    """The windows of a bank as tensors on `device`; a window is asked for by its number.

    A batch holds `stack f32[B, 83, 48]` (see `texture`), `style f32[B, 20]`, `chord f32[B, 24, 48]`,
    `grid f32[B, 2, 48]`, `density f32[B, 3]` (quantiles of the style, 0 where the part is absent),
    `presence f32[B, 3]` and `raw f32[B, 3]` (hits, bass notes, strikes a quarter).
    """

    def __init__(self, bank, device="cpu"):
        self.device = torch.device(device)
        for name in _TENSORS:
            setattr(self, name, torch.from_numpy(np.ascontiguousarray(bank[name])).to(self.device))
        self.tables = bank["tables"]
        self.first, self.chords = self.first.long(), self.chords.long()
        self.grids = torch.from_numpy(np.stack([texture.grid(m) for m in METRES])).to(self.device)
        self.chord_table = torch.from_numpy(texture.chord_table()).to(self.device)
        styles = torch.cat([torch.eye(len(STYLES)), torch.zeros(256 - len(STYLES), len(STYLES))])
        self.styles = styles.to(self.device)
        quarters = [texture.bar_columns(m) / 2 for m in METRES]
        self.quarters = torch.tensor(quarters, device=self.device)
        self._cumulated = {}

    def numbers(self, split, source=None):
        """The windows of a split (and a source of `SOURCES`): `i64[N]`."""
        wanted = self.split == SPLITS.index(split)
        if source is not None:
            wanted &= self.source == SOURCES.index(source)
        return wanted.nonzero()[:, 0]

    def _weights(self, split):
        """Windows of one split and their cumulated weights: sources and styles in balance."""
        if split not in self._cumulated:
            numbers = self.numbers(split)
            group = self.source[numbers].long() * 256 + self.style[numbers].long()
            _, inverse, count = torch.unique(group, return_inverse=True, return_counts=True)
            weight = count.double()[inverse] ** (BALANCE - 1)
            for source, share in enumerate(SOURCE_WEIGHTS):
                mine = self.source[numbers] == source
                weight[mine] *= share / weight[mine].sum().clamp(min=1e-9)
            self._cumulated[split] = (numbers, (weight / weight.sum()).cumsum(0))
        return self._cumulated[split]

    def draw(self, split, count):
        """`i64[count]` windows of a split, drawn by weight."""
        numbers, cumulated = self._weights(split)
        spot = torch.rand(count, device=self.device, dtype=torch.float64)
        return numbers[torch.searchsorted(cumulated, spot).clamp(max=len(numbers) - 1)]

    def batch(self, numbers):
        """The batch of the windows `numbers i64[B]`."""
        first = self.first[numbers]
        stack = torch.cat([self.bars[first], self.bars[first + 1]], 2).float()
        for where, hold in ((BASS, texture.BASS_HOLD), (COMP, texture.COMP_HOLD)):
            begun = torch.cummax(stack[:, where].amax(1), 1).values
            stack[:, hold] *= begun.unsqueeze(1)
        chord = torch.cat([self.chords[first], self.chords[first + 1]], 1)
        metre = self.metre[numbers].long()
        return {"stack": stack, "chord": self.chord_table[chord].transpose(1, 2).contiguous(),
                "grid": self.grids[metre], "style": self.styles[self.style[numbers].long()],
                "density": self.density[numbers], "presence": self.presence[numbers].float(),
                "raw": self.raw[numbers], "quarters": self.quarters[metre]}

    def training_batch(self, count, split="train"):
        """A batch drawn by weight, in which parts are now and then left out, and styles unsaid."""
        batch = self.batch(self.draw(split, count))
        keep = torch.rand(count, 3, device=self.device) > 0.4
        keep |= torch.rand(count, 1, device=self.device) > PART_DROP
        keep |= ~(keep & (batch["presence"] > 0)).any(1, keepdim=True)
        said = torch.rand(count, 1, device=self.device) > STYLE_DROP
        batch["style"] = batch["style"] * said
        return only_parts(batch, keep.float())


def only_parts(batch, keep):
    """The batch without the parts where `keep f32[B, 3]` is 0."""
    sizes = (DRUMS.stop, texture.BASS_ROWS + 1, texture.COMP_ROWS + 1)
    rows = torch.cat([keep[:, i:i + 1].expand(-1, size) for i, size in enumerate(sizes)], 1)
    parts = {key: batch[key] * keep for key in ("density", "presence", "raw")}
    return {**batch, **parts, "stack": batch["stack"] * rows.unsqueeze(2)}
