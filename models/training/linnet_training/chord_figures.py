"""The figures of the chord model."""

from . import chord_train, control
from .batching import in_batches
from .chord_data import held_out_rows, load_lines
from .chord_windows import evaluation_windows
from .runtime import Steps, log_loss, run, session

EXPORTED_BATCH = 8
CALIBRATION_ROWS = 200


def _exported_nats(folder, windows):
    """Nats a chord of the exported graphs, fed one step at a time."""
    step = Steps(folder / "step.onnx")
    quality, length = (session(folder / f"{graph}.onnx") for graph in ("quality", "length"))
    nats = chords = 0.0
    for batch in in_batches(evaluation_windows(windows), EXPORTED_BATCH):
        arrays = {key: value.numpy() for key, value in batch.items()}
        times, size = arrays["mask"].shape
        step.start(size)
        for t in range(times):
            root, kind, beats = arrays["event"][t].T
            answer = step(prev=arrays["prev"][t], features=arrays["features"][t])
            context, loss = answer["context"], log_loss(answer["root_logits"], root)
            heads = run(quality, context=context, root=root)
            loss += log_loss(heads["quality_logits"], kind)
            heads = run(length, context=context, root=root, quality=kind)
            loss += log_loss(heads["length_logits"], beats)
            nats += (loss * arrays["mask"][t]).sum()
        chords += arrays["mask"].sum()
    return float(nats / max(chords, 1))


def calibrate(_model, out, folder):
    """Runs exported graphs on chords of the training split (see `fixed_scales.give`)."""
    lines = load_lines(out)
    windows = list(held_out_rows(lines, "train")) or [(line, 0, line.beats) for line in lines]
    _exported_nats(folder, windows[::max(1, len(windows) // CALIBRATION_ROWS)])


def figures(out, folder, masters, hidden):
    """All figures of the chord model."""
    lines, ngram = load_lines(out), chord_train.ngram_of(out)
    model, state = chord_train.load_best(out, hidden)
    found = {"steps": state["step"], "minutes": round(state["minutes"], 1)}
    for split in ("valid", "test"):
        for name, rows in chord_train.all_figures(model, lines, split, ngram).items():
            found[f"{split}_{name}"] = rows
    found["control"] = control.chord_control(model)
    windows = list(held_out_rows(lines, "test")) or [(line, 0, line.beats) for line in lines[:8]]
    found["test_fp32"] = _exported_nats(masters, windows)
    found["test_int8"] = _exported_nats(folder, windows)
    return found
