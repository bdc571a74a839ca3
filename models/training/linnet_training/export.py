"""Writes the graphs of trained models as ONNX: fp32 masters, and the files that ship."""

import json
import shutil

import torch

from . import fixed_scales
from .vocabulary import vocabulary_sha256

OPSET = 17
# What PyTorch makes the states of an LSTM with that is given none.
_ZEROS = ("ConstantOfShape", "Expand", "Slice")
VERSION = "1.0.0"


def _stamp(path, metadata, licences):
    """Adds what the plug-in checks, and what the provenance record names."""
    import onnx  # Training alone does without.

    model = onnx.load(path)
    del model.metadata_props[:]
    stated = {"tokens_sha256": vocabulary_sha256(), "version": VERSION,
              "licences": json.dumps(licences), **metadata}
    for key, value in stated.items():
        model.metadata_props.add(key=key, value=value)
    model.producer_name, model.producer_version = "linnet_training", VERSION
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _start_at_zero(path):
    """Takes from the LSTMs of a file the zero states that PyTorch computes from the shape of their input.

    ONNX has them by default, and the plug-in refuses graphs that compute shapes.
    """
    import onnx

    model = onnx.load(path)
    made = {name: node.op_type for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type == "LSTM" and len(node.input) > 5:
            assert all(made.get(name) in _ZEROS for name in node.input[5:7]), node.name
            del node.input[5:]
    _drop_unused(model.graph)
    onnx.save(model, path)


def _drop_unused(graph):
    """Takes out the nodes and weights that no output needs."""
    needed = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):
        if needed.intersection(node.output):
            needed.update(node.input)
        else:
            graph.node.remove(node)
    for array in list(graph.initializer):
        if array.name not in needed:
            graph.initializer.remove(array)


def export_graph(graph, path):
    """One ONNX file of a `Graph`, fp32."""
    torch.onnx.export(graph.module.eval(), tuple(graph.inputs.values()), str(path),
                      input_names=list(graph.inputs), output_names=graph.outputs,
                      dynamic_axes=graph.open_axes, opset_version=OPSET, dynamo=False)
    _start_at_zero(path)


def quantise(source, target):
    """int8 with signed weights, scaled by columns, for the matrix products; tables stay as they are.

    Weights take seven bits, so that no processor overflows the 16-bit sums of its int8 products.
    Activations are scaled by their extremes (`fixed_scales` mends that).
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8,
                     op_types_to_quantize=["MatMul", "Gemm"], reduce_range=True, per_channel=True)


def export(graphs, folder, masters, licences, calibrate=None):
    """Writes `masters/*.onnx`, fp32, and `folder/*.onnx`, as they ship, of `{name: Graph}`.

    `calibrate` is what `fixed_scales.give` takes; without int8 graphs it is not needed.
    """
    for place in (folder, masters):
        place.mkdir(parents=True, exist_ok=True)
    for name, graph in graphs.items():
        master, shipped = masters / f"{name}.onnx", folder / f"{name}.onnx"
        export_graph(graph, master)
        (quantise if graph.has_int8 else shutil.copy)(master, shipped)
    fixed_scales.give(folder, calibrate)
    for name, graph in graphs.items():
        for place in (masters, folder):
            _stamp(place / f"{name}.onnx", graph.metadata, licences)
