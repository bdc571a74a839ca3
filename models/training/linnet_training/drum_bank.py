"""All two-bar windows of drums, performed and by the style grammar, and their batches for `drum_vae`."""

import numpy as np
import torch
from tqdm import tqdm

from . import drum_grid, tokens
from .drum_data import load_takes
from .drum_grid import drum_attributes, drum_conditions, hit_sets
from .drum_styles import strongest
from .normal_scores import normal_scores, quantile_table
from .vocabulary import STYLES
from .window_bank import UNKNOWN, Bank, Packer

STYLE_DROP, TEMPO_DROP = 0.2, 0.2
STEPS_MAX = 32
METRE_SHARES = {4: 0.75, 3: 0.17, 2: 0.08}


def _starts(grid, width):
    """Where two bars with at least four steps of hits begin."""
    struck = np.add.reduceat(grid > 0, np.arange(0, len(grid), width))
    return np.flatnonzero(struck[:-1] + struck[1:] >= 4) * width


def _pack_take(packer, take, sets):
    """The take in its own metre and, of four beats a bar, with the bar cut to fewer."""
    width = round(take.beats * take.a_beat)
    bars = len(take.velocity) // width
    grid = hit_sets(take.velocity[:bars * width]).reshape(bars, width)
    shares = METRE_SHARES if take.beats == 4 and not take.is_fill else {take.beats: 1.0}
    for beats, share in shares.items() if bars >= 2 else ():
        steps = round(beats * take.a_beat)
        cut = grid[:, :steps].ravel()
        packer.add((steps, take.a_beat), take.split, {"grid": cut}, _starts(cut, steps),
                   share=round(100 * share), style=strongest(take.style),
                   set=sets.index("groove"), tempo=round(take.bpm / 2), grammar=0)


def pack_drums(takes, arrangements, path):
    """Writes `path` with the drums of takes and of arrangements. Tempo is stored in steps of two
    beats a minute."""
    sets = sorted({"groove", *(item.set for item in arrangements if "drums" in item.parts)})
    packer = Packer(("grid",), ("style", "set", "tempo", "grammar"))
    for take in tqdm(takes, desc="pack takes", mininterval=5):
        _pack_take(packer, take, sets)
    for item in tqdm(arrangements, desc="pack drums", mininterval=5):
        metre = tuple(item.metre)
        width = drum_grid.bar_steps(metre, item.steps_a_beat)
        if not len(item.parts.get("drums", ())) or not width or width > STEPS_MAX or item.bars < 2:
            continue
        grid = drum_grid.row_sets(item.parts["drums"], width, item.bars)
        style = STYLES.index(item.style) if item.style in STYLES else UNKNOWN
        bpm = item.bpm * tokens.TICKS_PER_QUARTER / tokens.beat_ticks(metre)
        packer.add((width, item.steps_a_beat), item.split, {"grid": grid}, _starts(grid, width),
                   style=style, set=sets.index(item.set), tempo=min(round(bpm / 2), 255),
                   grammar="drums" in item.by_grammar)
    packer.write(path, sets=sets)


def load_drum_takes(out):
    """The prepared takes of a folder, if there are any."""
    return load_takes(out / "drums.pt") if (out / "drums.pt").exists() else []


class DrumBank(Bank):
    """The two-bar windows of drums; a group is `(steps a bar, steps a beat)`."""

    SHARES = {"grammar": (0.5, 0.5)}

    def __init__(self, path, split, device="cpu", tables=None):
        super().__init__(path, split, device)
        self.tables = (self._tables() if tables is None else tables).to(device)

    def _tables(self, count=20000):
        """Quantiles of the attributes as they are drawn: `f32[1, 3, 101]`."""
        batches = self.held_out(count, 4096, seed=3)
        return quantile_table(torch.cat([b["measured"] for b in batches]))[None]

    def attributes(self, grid, group):
        """`f32[B, 3]` of step classes `i64[B, N]`."""
        return drum_attributes(grid, *self.groups[group])

    def scores(self, values, batch):
        """The normal scores of `values f32[B, 3]`."""
        return normal_scores(values, self.tables.expand(len(values), -1, -1))

    def batch(self, group, rows, drops=False):
        width, a_beat = self.groups[group]
        grid = self.cut("grid", rows, 2 * width)
        style, bpm = self.columns["style"][rows], 2.0 * self.columns["tempo"][rows]
        if drops:
            style = torch.where(self._kept(rows, STYLE_DROP), style, UNKNOWN)
            bpm = bpm * self._kept(rows, TEMPO_DROP)
        batch = {"grid": grid, "style": self.columns["style"][rows], "group": torch.tensor(group),
                 "role": torch.zeros_like(rows),
                 "conditions": drum_conditions(width, a_beat, bpm, style)}
        batch["measured"] = drum_attributes(grid, width, a_beat)
        if hasattr(self, "tables"):
            batch["attributes"] = self.scores(batch["measured"], batch)
        return batch
