"""All two-bar windows of all monophonic lines, and their batches for `line_vae`."""

from functools import lru_cache

import numpy as np
import torch
from tqdm import tqdm

from . import line_grid, tokens
from .arrangement import load_corpus, of_piece
from .line_attributes import line_attributes
from .normal_scores import normal_scores, quantile_table
from .piece import load_pieces
from .theory import QUALITY_PCS, SCALES, scale_mask
from .tokens import METRES, QUALITIES
from .vocabulary import ROLES, SET_STYLES, STYLES
from .window_bank import UNKNOWN, Bank, Packer

BARS = 2
CONDITIONS = 24 + 12 + 4 + 8 + 2 + len(ROLES) + len(STYLES)
ONSETS_MIN = 2
STYLE_DROP, CHORD_DROP, SCALE_DROP = 0.2, 0.1, 0.1
OCTAVE_SHARE = 0.1
_SCALE_NAMES = list(SCALES)


def all_arrangements(out):
    """Every arrangement of the folder, and the prepared leads that none of them holds."""
    found = load_corpus(out)
    held = {(item.set, _whole(item.piece)) for item in found
            if "lead" in item.parts and not item.by_grammar}
    if (out / "pieces.json.gz").exists():
        found += [of_piece(piece, SET_STYLES.get(piece.set, ""))
                  for piece in load_pieces(out / "pieces.json.gz")
                  if (piece.set, _whole(piece.piece)) not in held]
    return found


def _whole(piece):
    """The name of the piece that a stretch, or a second setting, belongs to."""
    return piece.split("#")[0].split("~")[0]


def style_index(style):
    """The index of a style, 255 where it is none of `STYLES`."""
    return STYLES.index(style) if style in STYLES else UNKNOWN


def window_starts(grid, width, is_onset):
    """The first steps of the two-bar windows of a part with at least two onsets."""
    struck = np.add.reduceat(is_onset(grid), np.arange(0, len(grid), width))
    return np.flatnonzero(struck[:-1] + struck[1:] >= ONSETS_MIN) * width


def own_parts(item):
    """The pitched parts of an arrangement that no other arrangement has as well."""
    names = item.by_grammar or ROLES
    return [name for name in ROLES if name in names and len(item.parts.get(name, ()))]


def pack_lines(arrangements, path):
    """Writes `path` with the lines of all pitched parts: of chords, the top line. Of arrangements by
    the grammar only the parts that it wrote: the tunes are there in their own styles."""
    packer = Packer(("grid", "chord"), ("role", "style", "set", "scale", "grammar"))
    sets = sorted({item.set for item in arrangements})
    for item in tqdm(arrangements, desc="pack lines", mininterval=5):
        metre = tuple(item.metre)
        width = line_grid.bar_steps(metre)
        if item.bars < BARS or tokens.bar_ticks(metre) > 24 * tokens.BAR_QUARTERS_MAX:
            continue
        chords = line_grid.chord_steps(item.chords, item.tonic, metre, item.bars)
        for role in own_parts(item):
            grid = line_grid.line_grid(item.parts[role], item.tonic, metre, item.bars)
            starts = window_starts(grid, width, lambda g: g >= line_grid.FIRST_PITCH)
            packer.add(_like(metre), item.split, {"grid": grid, "chord": chords}, starts,
                       role=ROLES.index(role), style=style_index(item.style),
                       set=sets.index(item.set), scale=_SCALE_NAMES.index(item.scale),
                       grammar=bool(item.by_grammar))
    packer.write(path, sets=sets)


def _like(metre):
    """The metre by which windows are grouped: 2/2 counts as 4/4."""
    return (4, 4) if metre == (2, 2) else metre


@lru_cache
def _chord_table():
    """The vectors of all chords by `line_grid.chord_steps` number: `f32[145, 24]`."""
    table = np.zeros((1 + 12 * len(QUALITIES), 24), np.float32)
    for root in range(12):
        for quality, name in enumerate(QUALITIES):
            row = table[1 + 12 * root + quality]
            row[[(root + pc) % 12 for pc in QUALITY_PCS[name]]] = 1
            row[12 + root] = 1
    return torch.from_numpy(table)


@lru_cache
def _places(metre):
    """Phase, metre and place of each step of two bars: `f32[N, 14]`."""
    width = line_grid.bar_steps(metre)
    step = np.arange(BARS * width)
    out = np.zeros((len(step), 14), np.float32)
    inside = step % width
    beat = tokens.beat_ticks(metre) / line_grid.STEP_TICKS
    for at, period in ((0, width), (2, beat)):
        out[:, at], out[:, at + 1] = (wave(2 * np.pi * inside / period) for wave in (np.sin, np.cos))
    out[:, 4 + METRES.get(metre, 6)] = 1
    out[:, 11] = tokens.bar_ticks(metre) / 96
    out[:, 12], out[:, 13] = step / len(step), step >= width
    return torch.from_numpy(out)


def line_conditions(chords, scales, metre, roles, styles):
    """`f32[B, N, 74]` as in TOKENS.md, of chord numbers `i64[B, N]`, scale masks `f32[B, 12]`, roles
    and styles `i64[B]` (255: unknown)."""
    device, (size, steps) = chords.device, chords.shape
    still = torch.zeros(size, 12 + len(ROLES) + len(STYLES), device=device)
    still[:, :12] = scales
    row = torch.arange(size, device=device)
    still[row, 12 + roles] = 1
    style = styles.clamp(max=len(STYLES) - 1)
    still[row, 12 + len(ROLES) + style] = (styles < len(STYLES)).float()
    still = still[:, None].expand(-1, steps, -1)
    places = _places(metre).to(device).expand(size, -1, -1)
    chord = _chord_table().to(device)[chords]
    return torch.cat([chord, still[..., :12], places, still[..., 12:]], -1)


class LineBank(Bank):
    """The two-bar windows of monophonic lines."""

    SHARES = {"grammar": (0.5, 0.5), "role": (0.4, 0.15, 0.2, 0.25)}

    def __init__(self, path, split, device="cpu", tables=None):
        super().__init__(path, split, device)
        masks = torch.stack([torch.from_numpy(scale_mask(name)) for name in _SCALE_NAMES])
        self.scales = masks.to(device)
        self.tables = (self._tables() if tables is None else tables).to(device)

    def _tables(self, count=40000):
        """Quantiles of the attributes of each role, as they are drawn: `f32[roles, 8, 101]`."""
        batches = self.held_out(count, 4096, seed=3)
        role = torch.cat([b["role"] for b in batches])
        values = torch.cat([b["measured"] for b in batches])
        wanted = [values[role == r] if (role == r).any() else values for r in range(len(ROLES))]
        return torch.stack([quantile_table(v) for v in wanted])

    def attributes(self, grid, group):
        """`f32[B, 8]` of step classes `i64[B, N]`."""
        return line_attributes(grid, self.groups[group])

    def scores(self, values, batch):
        """The normal scores of `values f32[B, 8]` under each window's role."""
        return normal_scores(values, self.tables[batch["role"]])

    def batch(self, group, rows, drops=False):
        metre, columns = self.groups[group], self.columns
        steps = BARS * line_grid.bar_steps(metre)
        grid, chord = self.cut("grid", rows, steps), self.cut("chord", rows, steps)
        role, style = columns["role"][rows], columns["style"][rows]
        scales = self.scales[columns["scale"][rows]]
        if drops:
            grid = _octaves(grid)
            chord = chord * self._kept(rows, CHORD_DROP)[:, None]
            scales = scales * self._kept(rows, SCALE_DROP)[:, None]
            style = torch.where(self._kept(rows, STYLE_DROP), style, UNKNOWN)
        batch = {"grid": grid, "role": role, "style": columns["style"][rows],
                 "group": torch.tensor(group), "measured": line_attributes(grid, metre)}
        batch["conditions"] = line_conditions(chord, scales, metre, role, style)
        if hasattr(self, "tables"):
            batch["attributes"] = self.scores(batch["measured"], batch)
        return batch


def _octaves(grid):
    """A tenth of the grids moved an octave up or down, where that stays inside the vocabulary."""
    size, struck = len(grid), grid >= line_grid.FIRST_PITCH
    shift = torch.randint(0, 2, (size, 1), device=grid.device) * 24 - 12
    shift = shift * (torch.rand(size, 1, device=grid.device) < OCTAVE_SHARE)
    moved = torch.where(struck, grid + shift, grid)
    fits = torch.where(struck, (moved >= line_grid.FIRST_PITCH) & (moved < line_grid.CLASSES), True)
    return torch.where(fits.all(1, keepdim=True), moved, grid)
