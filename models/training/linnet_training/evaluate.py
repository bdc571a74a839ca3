"""Measures the trained and the exported models on held-out pieces: `figures.json`."""

import json
from collections import defaultdict

import numpy as np
import torch

from . import drum_train, lead_train, markov
from .drum_data import load_takes
from .drum_windows import evaluation_batches as drum_batches
from .golden import run, session
from .piece import load_pieces
from .tokens import BAR, DURATIONS, PITCHES, events_of
from .windows import evaluation_batches

INT8_BATCH = 8


def _log_loss(logits, wanted):
    """Nats of `wanted i64[B]` under `logits f32[B, K]`."""
    logits = logits.astype(np.float64)
    top = logits.max(1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(logits - top).sum(1))
    return log_sum - logits[np.arange(len(wanted)), wanted]


def _onnx_nats(graphs, batch, hidden):
    """Nats `f64[T, B]` of a batch by the exported step graphs, fed one step at a time."""
    step, pitch, duration = graphs
    steps, size = batch["mask"].shape
    state = [np.zeros((2, size, hidden), np.float32)] * 2
    arrays = {key: value.numpy() for key, value in batch.items()}
    out = np.zeros((steps, size))
    for t in range(steps):
        events = arrays["events"][t]
        answer = run(step, ["prev", "look", "features", "h", "c"],
                     [arrays["prev"][t], arrays["look"][t], arrays["features"][t], *state])
        state = [answer["h_out"], answer["c_out"]]
        is_note = events[:, 0] < BAR
        out[t] = _log_loss(answer["position_logits"], events[:, 0])
        heads = run(pitch, ["context", "position", "look", "chord"],
                    [answer["context"], events[:, 0], arrays["pitch_look"][t], arrays["chord"][t]])
        out[t] += is_note * _log_loss(heads["pitch_logits"], np.minimum(events[:, 1], PITCHES - 1))
        heads = run(duration, ["context", "position", "pitch"],
                    [answer["context"], events[:, 0], events[:, 1]])
        out[t] += is_note * _log_loss(heads["duration_logits"],
                                      np.minimum(events[:, 2], len(DURATIONS) - 1))
    return out


def onnx_nats_per_note(folder, pieces, hidden):
    """Nats a note of the exported lead model in `folder` over all evaluation windows."""
    graphs = [session(folder / f"{name}.onnx") for name in ("step", "pitch", "duration")]
    nats = notes = 0.0
    for _, batch in evaluation_batches(pieces, INT8_BATCH):
        weight = (batch["mask"] * batch["target"]).numpy()
        nats += (_onnx_nats(graphs, batch, hidden) * weight).sum()
        notes += ((batch["events"][..., 0].numpy() < BAR) * weight).sum()
    return nats / max(notes, 1)


def _events(pieces):
    return [(p.set, events_of(p.rows, p.bars, p.tonic)) for p in pieces]


def lead_figures(out, models, hidden):
    """All figures of the lead model."""
    pieces = load_pieces(out / "pieces.json.gz")
    by_split = defaultdict(list)
    for piece in pieces:
        by_split[piece.split].append(piece)
    model, state = lead_train.load_best(out, hidden)
    held_out = by_split["test"] or pieces
    figures = {"steps": state["step"], "minutes": round(state["minutes"], 1)}
    for split in ("valid", "test"):
        batches = evaluation_batches(by_split[split])
        figures[split] = lead_train.nats_per_note(model, batches) if by_split[split] else {}
    for name, wish in (("test_no_chords", {"chords": False}),
                       ("test_no_chords_no_scale", {"chords": False, "scale": False})):
        figures[name] = lead_train.nats_per_note(model, evaluation_batches(held_out, **wish))
    figures["test_fp32_onnx"] = onnx_nats_per_note(models / "lead" / "fp32", held_out, hidden)
    figures["test_int8_onnx"] = onnx_nats_per_note(models / "lead", held_out, hidden)
    figures["markov_order_5"] = markov.figures(_events(by_split["train"]), _events(held_out))
    return figures


def _hits_by_place(takes):
    counts = defaultdict(lambda: np.full(512, 0.01))
    for batch in drum_batches(takes):
        place = batch["features"][..., :14].flatten(0, 1).numpy()
        wanted, mask = batch["event"].flatten().numpy(), batch["mask"].flatten().numpy()
        for key, event in zip(place[mask > 0], wanted[mask > 0], strict=True):
            counts[key.tobytes()][event] += 1
    return counts


def place_baseline(train, held_out):
    """Nats a step of the hits' frequencies at each place of the bar: what a metronome knows."""
    counts, nats, steps = _hits_by_place(train), 0.0, 0
    for batch in drum_batches(held_out):
        place = batch["features"][..., :14].flatten(0, 1).numpy()
        wanted, mask = batch["event"].flatten().numpy(), batch["mask"].flatten().numpy()
        for key, event in zip(place[mask > 0], wanted[mask > 0], strict=True):
            row = counts[key.tobytes()]
            nats -= np.log(row[event] / row.sum())
            steps += 1
    return nats / max(steps, 1)


def _onnx_drum_nats(folder, takes, hidden):
    step, nats, steps = session(folder / "step.onnx"), 0.0, 0.0
    for batch in drum_batches(takes, INT8_BATCH):
        length, size = batch["mask"].shape
        state = [np.zeros((2, size, hidden), np.float32)] * 2
        for t in range(length):
            answer = run(step, ["prev", "features", "h", "c"],
                         [batch["prev"][t].numpy(), batch["features"][t].numpy(), *state])
            state = [answer["h_out"], answer["c_out"]]
            loss = _log_loss(answer["hits_logits"], batch["event"][t].numpy())
            nats += (loss * batch["mask"][t].numpy()).sum()
        steps += batch["mask"].sum().item()
    return nats / max(steps, 1)


def drum_figures(out, models, hidden):
    """All figures of the drum model."""
    takes = load_takes(out / "drums.pt")
    beats = {split: [t for t in takes if t.split == split and not t.is_fill]
             for split in ("train", "valid", "test")}
    held_out = beats["test"] or takes
    model, state = drum_train.load_best(out, hidden)
    figures = {"steps": state["step"], "minutes": round(state["minutes"], 1)}
    for split in ("valid", "test"):
        batches = drum_batches(beats[split] or takes)
        figures[split] = drum_train.figures(model, batches)
    figures["test_fp32_onnx"] = _onnx_drum_nats(models / "drums" / "fp32", held_out, hidden)
    figures["test_int8_onnx"] = _onnx_drum_nats(models / "drums", held_out, hidden)
    figures["test_place_baseline"] = place_baseline(beats["train"], held_out)
    return figures


def evaluate(out, models, sizes):
    """Writes `figures.json` for the models that are there; returns it."""
    torch.manual_seed(0)
    figures = {}
    if (out / "lead_best.pt").exists():
        figures["lead"] = lead_figures(out, models, sizes["lead"])
    if (out / "drums_best.pt").exists():
        figures["drums"] = drum_figures(out, models, sizes["drums"])
    prepared = out / "prepared.json"
    if prepared.exists():
        figures["prepared"] = json.loads(prepared.read_text())
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    return figures
