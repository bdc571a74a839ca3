"""Golden vectors: what the exported models must answer, for the tests in Rust."""

import json

import numpy as np
import onnxruntime
import torch

from . import export as exporting
from . import tokens

BATCHES = (1, 8)
STEPS = 3
CONTEXT_SHOWN = 32


def _tensor(array, columns=None):
    """Shape and rounded flat values; `columns` keeps only the first entries of the last axis."""
    array = np.asarray(array)
    shape = list(array.shape)
    if columns is not None and shape[-1] > columns:
        array = array[..., :columns]
    flat = array.ravel().tolist()
    if array.dtype.kind == "f":
        flat = [float(f"{v:.7g}") for v in flat]
    return {"shape": shape, "kept": list(array.shape), "values": flat}


def session(path):
    """An ONNX Runtime session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(sess, names, inputs):
    """Outputs by name of one run on numpy inputs in the graph's order."""
    wanted = [o.name for o in sess.get_outputs()]
    return dict(zip(wanted, sess.run(None, dict(zip(names, inputs, strict=True))), strict=True))


def _draw(name, graph, batch, random, context):
    """Random but legal inputs of a graph, without states."""
    ints = lambda high, *shape: random.integers(0, high, shape)  # noqa: E731
    floats = lambda *shape: random.random(shape, np.float32).round(3)  # noqa: E731
    if name == "lead" and graph == "step":
        prev = np.stack([ints(96, batch), ints(64, batch), ints(24, batch)], 1)
        look = np.concatenate([ints(97, batch, 3), ints(65, batch, 3)], 1)
        return [prev, look, floats(batch, tokens.LEAD_FEATURES)]
    if name == "lead" and graph == "pitch":
        return [context, ints(96, batch), ints(65, batch, 3), floats(batch, 24).round()]
    if name == "lead":
        return [context, ints(96, batch), ints(64, batch)]
    if graph == "step":
        return [ints(513, batch), floats(batch, tokens.DRUM_FEATURES)]
    return [context, floats(batch, 9).round()]


def _torch_outputs(module, names, inputs):
    with torch.no_grad():
        out = module(*[torch.from_numpy(np.ascontiguousarray(x)) for x in inputs])
    out = out if isinstance(out, tuple) else (out,)
    return {n: o.numpy() for n, o in zip(names, out, strict=True)}


def vectors(name, model, folder, seed=7):
    """Consecutive steps with the state carried over, for each batch size; fp32 and int8 outputs."""
    graphs = exporting.GRAPHS[name](model)
    int8 = {g: session(folder / f"{g}.onnx") for g in graphs}
    random = np.random.default_rng(seed)
    cases = []
    for batch in BATCHES:
        states = {kind: [np.zeros((2, batch, model.hidden), np.float32)] * 2
                  for kind in ("fp32", "int8")}
        for step in range(STEPS):
            cases.append(_case(name, graphs, int8, batch, step, states, random))
    note = (f"Tensors are {{shape, kept, values}}; where `kept` differs from `shape`, only the first "
            f"{CONTEXT_SHOWN} entries of the last axis are given. Step 0 starts from zero states; "
            "each later step takes h_out and c_out of the step before as h and c (the fp32 outputs "
            "follow the fp32 states, the int8 outputs the int8 states). The heads take the context "
            "of the same step. int8 is from ONNX Runtime.")
    return {"model": name, "tokens_sha256": tokens.tokens_sha256(), "note": note, "cases": cases}


def _case(name, graphs, int8, batch, step, states, random):
    case = {"batch": batch, "step": step, "graphs": {}}
    contexts = {}
    for graph, (module, _, in_names, out_names) in graphs.items():
        drawn = _draw(name, graph, batch, random, None)
        entry = {"inputs": {}, "fp32": {}, "int8": {}}
        for kind in ("fp32", "int8"):
            inputs = [contexts[kind] if x is None else x for x in drawn]
            if graph == "step":
                inputs += states[kind]
            answer = (_torch_outputs(module, out_names, inputs) if kind == "fp32"
                      else run(int8[graph], in_names, inputs))
            if graph == "step":
                contexts[kind] = answer["context"]
                states[kind] = [answer["h_out"], answer["c_out"]]
            for key, value in answer.items():
                wide = key in ("context", "h_out", "c_out")
                entry[kind][key] = _tensor(value, CONTEXT_SHOWN if wide else None)
        given = zip(in_names, drawn, strict=False)
        entry["inputs"] = {n: _tensor(x) for n, x in given if x is not None}
        case["graphs"][graph] = entry
    return case


def compare(name, model, folder, seed=11):
    """Greatest difference between PyTorch and the exported fp32 graphs over a few steps."""
    graphs = exporting.GRAPHS[name](model)
    random, worst = np.random.default_rng(seed), 0.0
    for batch in BATCHES:
        state = [np.zeros((2, batch, model.hidden), np.float32)] * 2
        for _ in range(STEPS):
            context = None
            for graph, (module, _, in_names, out_names) in graphs.items():
                inputs = _draw(name, graph, batch, random, context)
                inputs += state if graph == "step" else []
                ours = _torch_outputs(module, out_names, inputs)
                theirs = run(session(folder / "fp32" / f"{graph}.onnx"), in_names, inputs)
                worst = max(worst, *(float(np.abs(ours[k] - theirs[k]).max()) for k in ours))
                if graph == "step":
                    context, state = ours["context"], [ours["h_out"], ours["c_out"]]
    return worst


def write(name, model, folder):
    """Writes `folder/golden.json`."""
    text = json.dumps(vectors(name, model, folder), separators=(",", ":"))
    (folder / "golden.json").write_text(text + "\n")
