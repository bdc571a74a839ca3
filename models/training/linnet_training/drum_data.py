"""Groove MIDI performances as drum steps, and the windows that the drum model learns from.

Source: J. Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019
(the Groove MIDI Dataset, CC BY 4.0), with the authors' own split.
"""

import csv
from dataclasses import dataclass

import numpy as np
import torch
from tqdm import tqdm

from . import tokens
from .sources.archive import require
from .sources.midi import read_midi
from .tokens import DRUM_IN, DRUM_START

CLASS_OF = {midi: i for i, group in enumerate(DRUM_IN) for midi in group}
TRIPLET_STYLES = ("swing", "shuffle")
SPLITS = {"train": "train", "validation": "valid", "test": "test"}
_WEIGHTS = 1 << np.arange(9)
WINDOW_BARS = ((2, 0.2), (4, 0.4), (8, 0.3), (16, 0.1))
FILL_SHARE, RHYTHM_DROP, DENSITY_DROP = 0.35, 0.5, 0.5


@dataclass
class Take:
    """One performance: `velocity` and `shift` are `f32[steps, 9]`, 0 where nothing sounds."""

    velocity: np.ndarray
    shift: np.ndarray
    beats: int
    a_beat: int
    bpm: float
    is_fill: bool
    split: str
    name: str

    @property
    def bar_steps(self):
        return self.beats * self.a_beat

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
    takes = []
    with open(require(folder / "info.csv"), newline="", encoding="utf-8") as file:
        for row in tqdm(list(csv.DictReader(file)), desc="prepare groove", mininterval=2):
            take = read_take(folder / row["midi_filename"], row)
            if take is not None:
                takes.append(take)
    torch.save([vars(take) for take in takes], out / "drums.pt")
    return {split: {"takes": sum(t.split == split for t in takes),
                    "steps": sum(len(t.velocity) for t in takes if t.split == split)}
            for split in SPLITS.values()}


def load_takes(path):
    """Reads what `prepare` wrote."""
    return [Take(**row) for row in torch.load(path, weights_only=False)]


def reread(take, beats):
    """The take with `beats` beats a bar: a half or a whole bar re-read, or each bar cut short."""
    if beats == take.beats or take.is_fill:
        return take
    steps, width = take.bar_steps, beats * take.a_beat
    bars = take.bars
    shape = (bars, steps, 9)
    parts = []
    for grid in (take.velocity, take.shift):
        whole = grid[: bars * steps].reshape(shape)
        whole = whole if steps % width == 0 else whole[:, :width]
        parts.append(whole.reshape(-1, 9))
    return Take(*parts, beats, take.a_beat, take.bpm, take.is_fill, take.split, take.name)


def drum_features(velocity, beats, a_beat, bpm, fill_bars, rhythm=None, density=None):
    """Features of every step of a window: `f32[steps, 47]` as in `TOKENS.md`.

    `velocity f32[steps, 9]` holds the hits, `fill_bars` the bars that are fills, `rhythm
    f32[steps]` the velocities to fit (0: no onset), `density` the wish in 0–1.
    """
    steps, width = len(velocity), beats * a_beat
    at = np.arange(steps)
    bar, inside = at // width, at % width
    out = np.zeros((steps, tokens.DRUM_FEATURES), np.float32)
    out[at, inside % a_beat] = 1
    out[at, 4 + np.minimum(inside // a_beat, 7)] = 1
    out[:, 12 if a_beat == 4 else 13] = 1
    out[:, 14], out[:, 15] = beats / 4, np.log2(bpm / 120)
    out[at, 16 + bar % 4] = 1
    out[:, 20] = bar == steps // width - 1
    out[:, 21] = np.isin(bar, list(fill_bars))
    hits = (velocity > 0).astype(np.float32)
    for lag, column in ((1, 22), (2, 31)):
        out[lag * width:, column:column + 9] = hits[: max(steps - lag * width, 0)]
    if rhythm is not None:
        out[:, 40], out[:, 41] = rhythm > 0, rhythm
        out[:-1, 42], out[:-1, 43] = rhythm[1:] > 0, rhythm[1:]
        out[:, 44] = 1
    if density is not None:
        out[:, 45], out[:, 46] = density, 1
    return out


def hit_density(velocity):
    """Mean hits a step / 2, at most 1."""
    return min(float((velocity > 0).sum(1).mean()) / 2, 1.0)


def window_arrays(velocity, shift, features):
    """Inputs and targets of a window: prev, event `i64[T]`, hits, velocity, shift `f32[T, 9]`."""
    hits = (velocity > 0).astype(np.float32)
    event = (hits.astype(np.int64) * _WEIGHTS).sum(1)
    prev = np.concatenate([[DRUM_START], event[:-1]])
    return {"prev": prev, "event": event, "features": features, "hits": hits,
            "velocity": velocity, "shift": shift}


def collate(arrays):
    """A padded time-major batch of tensors with `mask f32[T, B]`."""
    length = max(len(a["event"]) for a in arrays)
    batch = {}
    for key, first in arrays[0].items():
        out = np.zeros((length, len(arrays), *first.shape[1:]), first.dtype)
        for i, a in enumerate(arrays):
            out[: len(a[key]), i] = a[key]
        batch[key] = torch.from_numpy(out)
    mask = np.zeros((length, len(arrays)), np.float32)
    for i, a in enumerate(arrays):
        mask[: len(a["event"]), i] = 1
    batch["mask"] = torch.from_numpy(mask)
    return batch
