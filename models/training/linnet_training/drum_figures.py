"""The figures of the drum and the groove model."""

from collections import defaultdict

import numpy as np
import torch

from . import control, drum_train, groove_train
from .drum_data import load_takes
from .drum_windows import evaluation_batches
from .groove_windows import evaluation_batches as groove_batches
from .runtime import Steps, log_loss, run, session

EXPORTED_BATCH = 8
CALIBRATION_TAKES = 40


def _places(takes):
    """`(place in the bar, hits)` of every step."""
    for batch in evaluation_batches(takes):
        place, mask = batch["features"][..., :14].flatten(0, 1).numpy(), batch["mask"].flatten().numpy()
        wanted = batch["event"].flatten().numpy()
        for key, event in zip(place[mask > 0], wanted[mask > 0], strict=True):
            yield key.tobytes(), event


def place_baseline(train, held_out):
    """Nats a step of the hits' frequencies at each place of the bar: what a metronome knows."""
    counts, nats = defaultdict(lambda: np.full(512, 0.01)), []
    for key, event in _places(train):
        counts[key][event] += 1
    for key, event in _places(held_out):
        nats.append(-np.log(counts[key][event] / counts[key].sum()))
    return float(np.mean(nats))


def _exported_nats(folder, takes):
    """Nats a step of the exported step graph."""
    step, nats, steps = Steps(folder / "step.onnx"), 0.0, 0.0
    for batch in evaluation_batches(takes, EXPORTED_BATCH):
        arrays = {key: value.numpy() for key, value in batch.items()}
        times, size = arrays["mask"].shape
        step.start(size)
        for t in range(times):
            answer = step(prev=arrays["prev"][t], features=arrays["features"][t])
            loss = log_loss(answer["hits_logits"], arrays["event"][t])
            nats += (loss * arrays["mask"][t]).sum()
        steps += arrays["mask"].sum()
    return float(nats / max(steps, 1))


def calibrate_drums(_model, out, folder):
    """Runs exported graphs on takes of the training split (see `fixed_scales.give`)."""
    touch = session(folder / "touch.onnx")
    for takes in drum_train.held_out(drum_train.all_takes(out), "train").values():
        step = Steps(folder / "step.onnx")
        for batch in evaluation_batches(takes[::max(1, len(takes) // CALIBRATION_TAKES)], EXPORTED_BATCH):
            step.start(len(batch["event"][0]))
            for prev, features, hits in zip(*(batch[key].numpy() for key in ("prev", "features", "hits")),
                                            strict=True):
                run(touch, context=step(prev=prev, features=features)["context"], hits=hits)


def drum_figures(out, folder, masters, hidden):
    """All figures of the drum model."""
    takes = drum_train.all_takes(out)
    beats = {split: [t for t in takes if t.split == split and not t.is_fill and t.is_human]
             for split in ("train", "valid", "test")}
    held_out = beats["test"] or takes
    model, state = drum_train.load_best(out, hidden)
    figures = {"steps": state["step"], "minutes": round(state["minutes"], 1)}
    for split in ("valid", "test"):
        ours = beats[split] or takes
        figures[split] = drum_train.figures(model, evaluation_batches(ours))
        figures[f"{split}_no_style"] = drum_train.figures(
            model, evaluation_batches(ours, with_style=False))
        written = drum_train.held_out(takes, split).get("written")
        if written:
            figures[f"{split}_written"] = drum_train.figures(model, evaluation_batches(written))
    figures["test_fp32"] = _exported_nats(masters, held_out)
    figures["test_int8"] = _exported_nats(folder, held_out)
    figures["control"] = control.drum_control(model)
    figures["test_place_baseline"] = place_baseline(beats["train"], held_out)
    return figures


class _ExportedGroove:
    """The exported groove graph, called as the model is."""

    def __init__(self, path, model):
        self.graph, self.parameters = session(path), model.parameters

    def __call__(self, hits, features):
        answer = run(self.graph, hits=hits.numpy(), features=features.numpy())
        return torch.from_numpy(answer["velocity"]), torch.from_numpy(answer["shift"])


def groove_figures(out, folder, masters, hidden):
    """All figures of the groove model."""
    takes = [t for t in load_takes(out / "drums.pt") if not t.is_fill]
    train = [t for t in takes if t.split == "train"]
    model, state = groove_train.load_best(out, hidden)
    figures = {"steps": state["step"], "minutes": round(state["minutes"], 1)}
    for split in ("valid", "test"):
        ours = [t for t in takes if t.split == split] or takes
        figures[split] = groove_train.figures(model, groove_batches(ours))
        figures[f"{split}_with_wishes"] = groove_train.figures(
            model, groove_batches(ours, with_wishes=True))
    figures["test_constant_baseline"] = groove_train.constant_baseline(train, ours)
    exported = _ExportedGroove(folder / "groove.onnx", model)
    figures["test_exported"] = groove_train.figures(exported, groove_batches(ours))
    return figures
