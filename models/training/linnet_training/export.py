"""Writes trained models as ONNX: fp32, and dynamic int8 with signed weights."""

import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from . import tokens
from .drum_model import DrumStep
from .lead_model import LeadStep

OPSET = 17
VERSION = "1.0.0"


def _lead_graphs(model):
    """`name → (module, inputs, input names, output names)` of the lead model."""
    b, h = 2, model.hidden
    state = torch.zeros(2, b, h)
    context, ids = torch.zeros(b, h), torch.zeros(b, dtype=torch.int64)
    step = (torch.zeros(b, 3, dtype=torch.int64), torch.zeros(b, 6, dtype=torch.int64),
            torch.zeros(b, tokens.LEAD_FEATURES), state, state.clone())
    pitch = (context, ids, torch.zeros(b, 3, dtype=torch.int64), torch.zeros(b, 24))
    return {
        "step": (LeadStep(model), step, ["prev", "look", "features", "h", "c"],
                 ["context", "position_logits", "h_out", "c_out"]),
        "pitch": (model.pitch_head, pitch, ["context", "position", "look", "chord"],
                  ["pitch_logits"]),
        "duration": (model.duration_head, (context, ids, ids.clone()),
                     ["context", "position", "pitch"], ["duration_logits"]),
    }


def _drum_graphs(model):
    """`name → (module, inputs, input names, output names)` of the drum model."""
    b, d = 2, model.hidden
    state = torch.zeros(2, b, d)
    step = (torch.zeros(b, dtype=torch.int64), torch.zeros(b, tokens.DRUM_FEATURES), state,
            state.clone())
    return {
        "step": (DrumStep(model), step, ["prev", "features", "h", "c"],
                 ["context", "hits_logits", "h_out", "c_out"]),
        "touch": (model.touch_head, (torch.zeros(b, d), torch.zeros(b, 9)), ["context", "hits"],
                  ["velocity", "shift"]),
    }


GRAPHS = {"lead": _lead_graphs, "drums": _drum_graphs}


def _axes(names, is_output=False):
    """The batch axis of each tensor: the second of the states, the first of all others."""
    states = ("h_out", "c_out") if is_output else ("h", "c")
    return {name: {1 if name in states else 0: "B"} for name in names}


def _stamp(path, licences):
    """Adds what the plug-in checks, and what the provenance record names."""
    model = onnx.load(path)
    del model.metadata_props[:]
    for key, value in (("tokens_sha256", tokens.tokens_sha256()), ("version", VERSION),
                       ("licences", json.dumps(licences))):
        model.metadata_props.add(key=key, value=value)
    model.producer_name, model.producer_version = "linnet_training", VERSION
    onnx.checker.check_model(model)
    onnx.save(model, path)


def export_graph(module, inputs, input_names, output_names, path):
    """One ONNX file with the batch size B as the only symbolic dimension."""
    axes = {**_axes(input_names), **_axes(output_names, True)}
    torch.onnx.export(module.eval(), inputs, str(path), input_names=input_names,
                      output_names=output_names, dynamic_axes=axes, opset_version=OPSET,
                      dynamo=False)


def quantise(source, target):
    """Dynamic int8 with signed weights for the matrix products; tables stay as they are.

    Weights take seven bits, so that no processor overflows the 16-bit sums of its int8 products.
    """
    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8,
                     op_types_to_quantize=["MatMul", "Gemm"], reduce_range=True)


def export(name, model, folder, licences):
    """Writes `folder/fp32/*.onnx` and `folder/*.onnx` of the model `name` (`lead`, `drums`)."""
    master = Path(folder) / "fp32"
    master.mkdir(parents=True, exist_ok=True)
    for graph, parts in GRAPHS[name](model).items():
        path = master / f"{graph}.onnx"
        with tempfile.TemporaryDirectory() as scratch:
            raw = Path(scratch) / "raw.onnx"
            export_graph(*parts, raw)
            onnx.save(onnx.load(raw), path)
            quantise(raw, Path(folder) / f"{graph}.onnx")
        for file in (path, Path(folder) / f"{graph}.onnx"):
            _stamp(file, licences)
