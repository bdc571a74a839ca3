"""Golden vectors: what the shipped graphs must answer, for the tests in Rust."""

import json

import numpy as np
import torch

from .runtime import run, session
from .vocabulary import vocabulary_sha256

BATCHES = (1, 4)
STEPS = 3
SHOWN = 32
WIDE = ("context", "h_out", "c_out", "memory", "summary")
NOTE = (f"Tensors are {{shape, kept, values}}; where `kept` differs from `shape`, only the first {SHOWN} "
        "entries of the last axis are given. Step 0 starts from zero states; each later step takes h_out "
        "and c_out of the step before as h and c. Inputs that are not given are the tensors of that "
        "name that an earlier graph of the same step took or gave. Outputs stand under the kind of the file that "
        "ships, int8 or fp32, and are from ONNX Runtime.")


def plain(array):
    """Nested lists rounded to 1e-6, whole numbers as integers."""
    if isinstance(array, np.ndarray) and array.ndim > 1:
        return [plain(row) for row in array]
    rounded = [round(float(v), 6) for v in array]
    return [int(v) if v == int(v) else v for v in rounded]


def tensor(array, columns=None):
    """Shape and rounded flat values; `columns` keeps only the first entries of the last axis."""
    array = np.asarray(array)
    kept = array if columns is None else array[..., :columns]
    values = [int(v) if v == int(v) else float(f"{v:.7g}") for v in kept.ravel().tolist()]
    return {"shape": list(array.shape), "kept": list(kept.shape), "values": values}


def write_json(path, content):
    """Writes JSON without blanks."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def walk(graphs, draw, answer, batch, random):
    """Runs all graphs for a few steps: yields `(step, graph, inputs drawn, all inputs, outputs)`.

    `draw(graph, batch, random, so_far)` gives inputs by name, all but states and what an earlier
    graph of the same step took or gave (`so_far`); `answer(graph, inputs)` computes the outputs.
    """
    hidden = next((graph.hidden for graph in graphs.values() if graph.hidden), None)
    state = {name: np.zeros((2, batch, hidden or 0), np.float32) for name in ("h", "c")}
    for step in range(STEPS if hidden else 1):
        so_far = {}
        for name, graph in graphs.items():
            drawn = draw(name, batch, random, so_far)
            inputs = {key: ({**state, **so_far} | drawn)[key] for key in graph.inputs}
            outputs = answer(name, inputs)
            yield step, name, drawn, inputs, outputs
            so_far |= drawn | outputs
            if graph.hidden:
                state = {"h": outputs["h_out"], "c": outputs["c_out"]}


def in_torch(graphs):
    """Answers by PyTorch."""
    def answer(name, inputs):
        given = [torch.from_numpy(np.ascontiguousarray(x)) for x in inputs.values()]
        with torch.no_grad():
            out = graphs[name].module.eval()(*given)
        out = out if isinstance(out, tuple) else (out,)
        return {n: o.numpy() for n, o in zip(graphs[name].outputs, out, strict=True)}
    return answer


def in_onnx(graphs, folder):
    """Answers by the files of a folder."""
    sessions = {name: session(folder / f"{name}.onnx") for name in graphs}
    return lambda name, inputs: run(sessions[name], **inputs)


def compare(graphs, draw, masters, seed=11):
    """Greatest difference between PyTorch and the fp32 files over a few steps."""
    random, worst = np.random.default_rng(seed), 0.0
    exported = in_onnx(graphs, masters)
    for batch in BATCHES:
        for _, name, _, inputs, ours in walk(graphs, draw, in_torch(graphs), batch, random):
            theirs = exported(name, inputs)
            worst = max(worst, *(float(np.abs(ours[key] - theirs[key]).max()) for key in ours))
    return worst


def calibration(graphs, draw, seed=5):
    """Runs graphs on inputs that are drawn, where there is no data (see `fixed_scales.give`)."""
    def calibrate(folder):
        for _ in walk(graphs, draw, in_onnx(graphs, folder), BATCHES[-1], np.random.default_rng(seed)):
            pass
    return calibrate


def write(name, graphs, draw, folder, seed=7):
    """Writes `folder/golden.json`: inputs and the answers of the files in `folder`."""
    random, cases = np.random.default_rng(seed), []
    for batch in BATCHES:
        for step, graph, drawn, _, outputs in walk(graphs, draw, in_onnx(graphs, folder), batch, random):
            if not cases or (cases[-1]["batch"], cases[-1]["step"]) != (batch, step):
                cases.append({"batch": batch, "step": step, "graphs": {}})
            kind = "int8" if graphs[graph].has_int8 else "fp32"
            cases[-1]["graphs"][graph] = {
                "inputs": {key: tensor(value) for key, value in drawn.items()},
                kind: {key: tensor(value, SHOWN if key in WIDE else None)
                       for key, value in outputs.items()}}
    write_json(folder / "golden.json", {"model": name, "tokens_sha256": vocabulary_sha256(),
                                        "note": NOTE, "cases": cases})
