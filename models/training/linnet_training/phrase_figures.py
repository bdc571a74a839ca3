"""The figures of the phrase model, on arrangements of people's music and on composed ones."""

import numpy as np

from . import markov, phrase_train
from .arrangement import CORPUS, load_arrangements
from .phrase_model import WIDTH
from .phrase_windows import evaluation_batches
from .runtime import Steps, log_loss, run, session
from .tokens import BAR, DURATIONS, PITCHES, events_of
from .vocabulary import ROLES

WINDOWS, COMPOSED_WINDOWS = 800, 300
EXPORTED_WINDOWS, EXPORTED_BATCH = 96, 8
CALIBRATION_PIECES = 150


class Exported:
    """The exported graphs of a folder, fed one step at a time."""

    def __init__(self, folder):
        self.step = Steps(folder / "step.onnx")
        self.canvas, self.pitch, self.duration = (
            session(folder / f"{graph}.onnx") for graph in ("canvas", "pitch", "duration"))

    def memories(self, arrays):
        """`memory f32[B, columns, 128]` and `summary f32[B, 128]` of a batch."""
        size, width = arrays["columns_mask"].shape
        memory = np.zeros((size, width, WIDTH), np.float32)
        summary = np.zeros((size, WIDTH), np.float32)
        for i, count in enumerate(arrays["columns_mask"].sum(1).astype(int)):
            answer = run(self.canvas, canvas=arrays["canvas"][i:i + 1, :count].astype(np.float32),
                         role=arrays["role"][i:i + 1])
            memory[i, :count], summary[i] = answer["memory"][0], answer["summary"][0]
        return memory, summary

    def nats(self, batch):
        """Nats `f64[T, B]` of the events of a batch."""
        arrays = {key: value.numpy() for key, value in batch.items()}
        arrays |= {key: arrays[key].astype(np.int64)
                   for key in ("events", "prev", "look", "pitch_look", "columns")}
        arrays |= {key: arrays[key].astype(np.float32) for key in ("features", "chord")}
        memory, summary = self.memories(arrays)
        steps, size = arrays["mask"].shape
        self.step.start(size)
        return np.stack([self._step_nats({key: arrays[key][t] for key in (
            "events", "prev", "look", "pitch_look", "columns", "features", "chord")}, memory, summary)
            for t in range(steps)])

    def _step_nats(self, now, memory, summary):
        position, pitch, duration = now["events"].T
        seen = memory[np.arange(len(memory))[:, None], now["columns"]]
        answer = self.step(prev=now["prev"], look=now["look"], features=now["features"],
                           memory=seen[:, :3].reshape(len(seen), -1), summary=summary)
        nats = log_loss(answer["position_logits"], position)
        heads = run(self.pitch, context=answer["context"], position=position, look=now["pitch_look"],
                    chord=now["chord"], memory=seen[:, 3])
        note = log_loss(heads["pitch_logits"], np.minimum(pitch, PITCHES - 1))
        heads = run(self.duration, context=answer["context"], position=position, pitch=pitch)
        note += log_loss(heads["duration_logits"], np.minimum(duration, len(DURATIONS) - 1))
        return nats + (position < BAR) * note


def exported_nats(folder, arrangements):
    """Nats a note of the graphs in `folder` over a few evaluation windows of all roles."""
    exported, nats, notes = Exported(folder), 0.0, 0.0
    for _, batch in evaluation_batches(arrangements, EXPORTED_BATCH, EXPORTED_WINDOWS):
        weight = (batch["mask"] * batch["target"]).numpy()
        nats += (exported.nats(batch) * weight).sum()
        notes += ((batch["events"][..., 0].numpy() < BAR) * weight).sum()
    return float(nats / max(notes, 1))


def calibrate(_model, out, folder):
    """Runs exported graphs on training windows, people's and composed ones (see `fixed_scales.give`)."""
    for path in (out / name for name in CORPUS):
        if path.exists():
            train = [a for a in load_arrangements(path) if a.split == "train"]
            exported_nats(folder, train[::max(1, len(train) // CALIBRATION_PIECES)])


def _by_role(table):
    """Nats a note by role and over all roles; of the sets, under `role/set`."""
    roles = {key: row["nats"] for key, row in table.items() if key in (*ROLES, "all")}
    return roles | {"notes": table["all"]["notes"]} if table else {}


def _leads(arrangements, split):
    return [(a.set, events_of(a.parts["lead"][:, :4].tolist(), a.bars, a.tonic)) for a in arrangements
            if a.split == split and len(a.parts.get("lead", ())) >= 8]


def figures(out, folder, masters, hidden):
    """All figures of the phrase model."""
    human, composed = ([*load_arrangements(out / name)] if (out / name).exists() else []
                       for name in CORPUS)
    model, state = phrase_train.load_best(out, hidden)
    found = {"steps": state["step"], "minutes": round(state["minutes"], 1)}

    def nats(arrangements, split, windows, **shown):
        some = [a for a in arrangements if a.split == split]
        return phrase_train.nats_per_note(model, evaluation_batches(some, 64, windows, **shown))

    for split in ("valid", "test"):
        table = nats(human, split, WINDOWS)
        found[split] = _by_role(table)
        found[f"{split}_by_set"] = {key: row["nats"] for key, row in table.items() if "/" in key}
        found[f"{split}_composed"] = _by_role(nats(composed, split, COMPOSED_WINDOWS))
    found["test_no_chords"] = _by_role(nats(human, "test", WINDOWS, chords=False))
    held_out = [a for a in human if a.split == "test"] or human[:4]
    found["test_some_fp32"] = exported_nats(masters, held_out)
    found["test_some_int8"] = exported_nats(folder, held_out)
    baseline = markov.figures(_leads(human, "train"), _leads(human, "test"))
    found["test_lead_markov_order_5"] = baseline.get("all", {}).get("nats", 0.0)
    return found
