"""Trains the chord model on the chord lines of a prepared folder."""

import functools
import json

import numpy as np
import torch

from . import harmony
from .batching import in_batches, training_batches
from .chord_data import held_out_rows, load_lines
from .chord_model import ChordModel, losses
from .chord_sheet import draw_sheet
from .chord_windows import ChordSampler, composed_windows, evaluation_windows
from .optimise import Trainer, load_weights
from .piece import load_pieces
from .processes import device_of, moved

SMOOTHING = 0.02
BATCH = 128


def training_loss(model, batch):
    """The nats of a batch, and its chords."""
    total = sum((part * batch["mask"]).sum() for part in losses(model, batch, SMOOTHING))
    return total, batch["mask"].sum()


@torch.no_grad()
def figures(model, batches):
    """Nats a chord, with the parts root, quality and length; `chord` is root and quality."""
    sums = torch.zeros(4, dtype=torch.float64)
    for batch in batches:
        batch = moved(batch, device_of(model))
        parts = [(part * batch["mask"]).sum() for part in losses(model, batch)]
        sums += torch.stack([*parts, batch["mask"].sum()]).double().cpu()
    root, quality, length = (sums[:3] / sums[3]).tolist()
    return {"nats": root + quality + length, "chord": root + quality, "root": root,
            "quality": quality, "length": length, "chords": int(sums[3])}


def _known_rows(lines, split, ngram):
    """`{mode: [(window, row)]}` of the rows of true chords all of whose chords the n-gram knows."""
    found = {mode: [] for mode in ngram["modes"]}
    known = {mode: {tuple(chord) for chord in table["chords"]}
             for mode, table in ngram["modes"].items()}
    for line, start, beats in held_out_rows(lines, split):
        row = line.row(start, beats)
        if row and all(chord[:2] in known[line.mode] for chord in row):
            found[line.mode].append(((line, start, beats), row))
    return found


def against_ngram(model, lines, split, ngram):
    """Nats of root and quality a chord: of the n-gram and of the model on the same rows.

    The model is told scale, metre and bars, and is measured without and with the style of the set. A
    chord that is long enough to be two events counts once.
    """
    theirs, chords, windows = 0.0, 0, []
    for mode, found in _known_rows(lines, split, ngram).items():
        table, rows = ngram["modes"][mode], [row for _, row in found]
        nats, count = harmony.nats_per_chord(table, table["weights"], rows)
        theirs, chords = theirs + float(nats) * count, chords + count
        windows += [window for window, _ in found]
    answer = {"ngram": theirs / max(chords, 1), "chords": chords}
    for name, with_style in (("model", False), ("model_with_style", True)):
        batches = in_batches(evaluation_windows(windows, with_style), BATCH)
        ours = figures(model, batches) if windows else {}
        answer[name] = ours.get("chord", 0.0) * ours.get("chords", 0) / max(chords, 1)
    return answer


def all_figures(model, lines, split, ngram=None):
    """The figures of a split: rows of true chords (plain, with all wishes, with melody), composed."""
    rows = list(held_out_rows(lines, split))
    sung = [window for window in rows if window[0].melody]
    found = {
        "rows": (rows, {}),
        "rows_with_wishes": (rows, {"with_style": True, "with_wishes": True}),
        "sung": (sung, {}),
        "sung_with_melody": (sung, {"with_melody": True}),
        "composed": (list(composed_windows(lines, split)), {"with_style": True}),
    }
    answer = {name: figures(model, in_batches(evaluation_windows(windows, **told), BATCH))
              for name, (windows, told) in found.items() if windows}
    if ngram is not None:
        answer["against_ngram"] = against_ngram(model, lines, split, ngram)
    return answer


def ngram_of(out):
    """The counts of `harmony.json`, or None where they are not there."""
    path = out / "harmony.json"
    return json.loads(path.read_text()) if path.exists() else None


def sets(out):
    """The sets that the model learns from."""
    return {"mcgill-billboard", "free-midi-chords", *(p.set for p in load_pieces(out / "pieces.json.gz"))}


def sheet(model, out, path):
    """Draws a table of generated rows."""
    draw_sheet(model, path)


def load_best(out, hidden):
    """The model of the best checkpoint, in evaluation mode, and what the checkpoint says."""
    return load_weights(ChordModel(hidden), out / "chords_best.pt")


def train(out, hidden, batch_size, schedule):
    """Trains, resuming where an earlier run stopped; returns the best valid nats a chord.

    The figure that chooses the checkpoint is the mean over rows of true chords and composed ones.
    """
    lines = load_lines(out)
    torch.manual_seed(schedule.seed)
    ours = [line for line in lines if line.split == "train"]
    batches = training_batches(functools.partial(ChordSampler, ours), batch_size, schedule, pool=8)
    kinds = [list(held_out_rows(lines, "valid")), list(composed_windows(lines, "valid"))]
    kinds = [kind for kind in kinds if kind] or [[(line, 0, line.beats) for line in lines[:8]]]
    valid = [list(in_batches(evaluation_windows(kind, with_style=True), BATCH)) for kind in kinds]
    trainer = Trainer("chords", ChordModel(hidden), batches, training_loss,
                      lambda m: float(np.mean([figures(m, kind)["nats"] for kind in valid])),
                      schedule, out, draw_sheet)
    trainer.resume()
    return trainer.run()
