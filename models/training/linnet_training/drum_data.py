"""Drum performances as steps: those of the Groove MIDI Dataset, and those of arrangements.

Source: J. Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019
(the Groove MIDI Dataset, CC BY 4.0), with the authors' own split.
"""

import csv
from dataclasses import dataclass, replace

import numpy as np
import torch
from tqdm import tqdm

from . import tokens
from .arrangement import load_arrangements
from .drum_styles import groove_style, style_weights
from .tokens import DRUM_IN

CLASS_OF = {midi: i for i, group in enumerate(DRUM_IN) for midi in group}
TRIPLET_STYLES = ("swing", "shuffle")
SPLITS = {"train": "train", "validation": "valid", "test": "test"}


@dataclass
class Take:
    """One performance: `velocity` and `shift` are `f32[steps, 9]`, 0 where nothing sounds.

    `beats` a bar need not be whole: 3.5 in 7/8. `bpm` counts beats. `fills` are the bars that are fills.
    """

    velocity: np.ndarray
    shift: np.ndarray
    beats: float
    a_beat: int
    bpm: float
    is_fill: bool
    split: str
    name: str
    style: np.ndarray = None
    is_human: bool = True
    fills: tuple = ()
    first_full: int = 0

    @property
    def bar_steps(self):
        return round(self.beats * self.a_beat)

    @property
    def bars(self):
        return len(self.velocity) // self.bar_steps


def recording_lead(beats_at):
    """How early the take as a whole lies, in beats: the median distance of hits near a beat."""
    distance = beats_at - np.round(beats_at)
    near = distance[np.abs(distance) < 0.15]
    return float(np.median(near)) if len(near) >= 8 else 0.0


def steps_a_beat(beats_at, in_thirds=False):
    """4, or 3 where the onsets (in beats) lie nearer to thirds than to quarters of a beat."""
    if in_thirds:
        return 3
    inside = np.mod(beats_at, 1.0)
    inside = inside[(inside > 0.12) & (inside < 0.88)]
    if len(inside) < 4:
        return 4
    error = [np.abs(inside * n - np.round(inside * n)).mean() / n for n in (3, 4)]
    return 3 if error[0] < 0.8 * error[1] else 4


def _grid(onsets, a_beat, bar_steps):
    """`(velocity, shift)` grids of `(beat, class, velocity 0–1)` hits; the loudest of a step stays."""
    at = np.array([o[0] for o in onsets]) * a_beat
    steps = np.round(at).astype(int)
    bars = max(1, -(-(steps.max() + 1) // bar_steps))
    velocity = np.zeros((bars * bar_steps, 9), np.float32)
    shift = np.zeros_like(velocity)
    for (_, kind, loud), place, step in zip(onsets, at, steps, strict=True):
        if loud > velocity[step, kind]:
            velocity[step, kind] = loud
            shift[step, kind] = np.clip(place - step, -0.5, 0.5)
    return velocity, shift


def read_take(path, row):
    """The `Take` of one row of `info.csv`, or None where it has too few hits."""
    from .sources.midi import read_midi  # needs mido, which only preparing does

    midi = read_midi(path)
    if midi is None:
        return None
    numerator, denominator = (int(x) for x in row["time_signature"].split("-"))
    compound = tokens.is_compound((numerator, denominator))
    beat = tokens.beat_ticks((numerator, denominator))
    beats = numerator // 3 if compound else numerator * 4 // denominator
    notes = [n for t in midi.tracks for n in t.notes if n[2] in CLASS_OF]
    if len(notes) < 4 or beats < 1 or (denominator == 8 and not compound):
        return None
    lead = recording_lead(np.array([n[0] / beat for n in notes]))
    onsets = [(max(n[0] / beat - lead, 0.0), CLASS_OF[n[2]], n[3] / 127) for n in notes]
    swung = any(word in row["style"] for word in TRIPLET_STYLES)
    a_beat = steps_a_beat(np.array([o[0] for o in onsets]), compound or swung)
    velocity, shift = _grid(onsets, a_beat, beats * a_beat)
    bpm = float(row["bpm"]) * 24 / beat
    return Take(velocity, shift, beats, a_beat, bpm, row["beat_type"] == "fill",
                SPLITS[row["split"]], row["midi_filename"])


def prepare(folder, out):
    """Writes `drums.pt`; returns the number of takes and steps per split."""
    from .sources.archive import require

    takes = []
    with open(require(folder / "info.csv"), newline="", encoding="utf-8") as file:
        for row in tqdm(list(csv.DictReader(file)), desc="prepare groove", mininterval=2):
            take = read_take(folder / row["midi_filename"], row)
            if take is not None:
                takes.append(take)
    kept = ("velocity", "shift", "beats", "a_beat", "bpm", "is_fill", "split", "name")
    torch.save([{key: getattr(take, key) for key in kept} for take in takes], out / "drums.pt")
    return {split: {"takes": sum(t.split == split for t in takes),
                    "steps": sum(len(t.velocity) for t in takes if t.split == split)}
            for split in SPLITS.values()}


def load_takes(path):
    """The Groove takes that `prepare` wrote, with their styles."""
    rows = torch.load(path, weights_only=False)
    return [Take(**row, style=groove_style(row["name"])) for row in rows]


FILL_TOMS_MIN = 3
_TOMS = slice(4, 7)


def _fill_bars(velocity, bar_steps):
    """The bars with several tom hits more than half of the bars have."""
    toms = (velocity[:, _TOMS] > 0).reshape(-1, bar_steps, 3).sum((1, 2))
    return tuple(np.flatnonzero(toms >= np.median(toms) + FILL_TOMS_MIN).tolist())


def take_of(arrangement):
    """The drums of an `Arrangement` as a `Take`, or None where it has none or they fit no grid."""
    rows = arrangement.parts.get("drums")
    metre, a_beat = arrangement.metre, arrangement.steps_a_beat
    beats = tokens.bar_ticks(metre) / tokens.beat_ticks(metre)
    steps = beats * a_beat
    if rows is None or not len(rows) or steps != round(steps):
        return None
    steps = round(steps)
    at = rows[:, 0].astype(int) * steps + rows[:, 1]
    velocity = np.zeros((arrangement.bars * steps, 9), np.float32)
    shift = np.zeros_like(velocity)
    inside = (at >= 0) & (at < len(velocity))
    at, rows = at[inside], rows[inside]
    velocity[at, rows[:, 2]] = rows[:, 3] / 127
    shift[at, rows[:, 2]] = np.clip(rows[:, 4] / 100, -0.5, 0.5)
    bpm = (arrangement.bpm or 110) * 24 / tokens.beat_ticks(metre)
    return Take(velocity, shift, beats, a_beat, bpm, False, arrangement.split,
                f"{arrangement.set}/{arrangement.piece}", style_weights({arrangement.style: 1}),
                "drums" not in arrangement.by_grammar, _fill_bars(velocity, steps),
                arrangement.first_full)


def load_composed(path):
    """The drum takes of the arrangements in `path`, none where the file is not there."""
    if not path.exists():
        return []
    takes = [take_of(arrangement) for arrangement in load_arrangements(path)]
    return [take for take in takes if take is not None]


def fitted(grid, steps):
    """`f32[bars, a, 9]` as bars of `steps` steps: cut short, or with the second half again."""
    width = grid.shape[1]
    if steps <= width:
        return grid[:, :steps]
    return np.concatenate([grid[:, :steps - width // 2], grid[:, width - width // 2:]], 1)


def reread(take, beats):
    """The take with `beats` beats a bar, 3.5 in 7/8: bars re-read where they divide, else cut or drawn
    out. A fill stays as it is."""
    steps = round(beats * take.a_beat)
    if steps == take.bar_steps or take.is_fill:
        return take
    bars, parts = take.bars, []
    for grid in (take.velocity, take.shift):
        whole = grid[: bars * take.bar_steps].reshape(bars, take.bar_steps, 9)
        whole = whole if take.bar_steps % steps == 0 else fitted(whole, steps)
        parts.append(whole.reshape(-1, 9))
    return replace(take, velocity=parts[0], shift=parts[1], beats=beats)
