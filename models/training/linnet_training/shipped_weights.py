"""The weights of shipped graphs, put back into PyTorch models, so that a training can go on from them.

A graph does not say which of its weights was which of the model's: some are turned, joined or without a
name of their own. So a model with weights that are all different is exported afresh: what has a name in its
graph tells what has that name in the shipped one. int8 weights become the floats that they stand for.
"""

import copy
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .export import export_graph

_INT8, _SCALE, _ZERO = "_quantized", "_scale", "_zero_point"
# PyTorch's gates i, f, g, o in ONNX's order i, o, f, c.
_ONNX_GATES = (0, 3, 1, 2)


class UnlikeModel(Exception):
    """A folder whose graphs are not those of the model that is to be trained."""


def load(model, graphs_of, folder):
    """Fills `model` with the weights of the graphs in `folder`; `graphs_of(model)` gives its `Graph`s."""
    probe = _all_different(copy.deepcopy(model).cpu())
    places, left = _places(probe), dict.fromkeys(name for name, _ in model.named_parameters())
    for name, graph in graphs_of(probe).items():
        path = folder / f"{name}.onnx"
        if not path.exists():
            raise UnlikeModel(f"{path} is not there: {folder} is no exported model of this kind.")
        with tempfile.TemporaryDirectory() as scratch:
            export_graph(graph, Path(scratch) / "fresh.onnx")
            fresh = weights(Path(scratch) / "fresh.onnx")
        shipped = weights(path)
        learnt = {key: places[_key(ours)] for key, ours in fresh.items() if _key(ours) in places}
        for key, puts in learnt.items():
            if key not in shipped or shipped[key].shape != fresh[key].shape:
                raise UnlikeModel(f"{path} has other weights than this version's model of that size.")
            for put in puts:
                for done in put(model, shipped[key]):
                    left.pop(done, None)
    if left:
        raise UnlikeModel(f"The graphs of {folder} do not hold {', '.join(left)}.")


def weights(path):
    """The float arrays of a graph by name; a matrix as [inputs, outputs]."""
    import onnx  # Training from nothing does without.

    graph = onnx.load(path).graph
    arrays = {array.name: onnx.numpy_helper.to_array(array) for array in graph.initializer}
    arrays |= {node.output[0]: onnx.numpy_helper.to_array(node.attribute[0].t)
               for node in graph.node if node.op_type == "Constant" and node.attribute[0].HasField("t")}
    found = {}
    for node in graph.node:
        for name in node.input:
            stem = name.removesuffix(_INT8)
            if name not in arrays or stem in found or name.endswith((_SCALE, _ZERO)):
                continue
            array = arrays[name]
            if name != stem:
                array = (array.astype(np.float32) - arrays[stem + _ZERO]) * arrays[stem + _SCALE]
            if array.dtype == np.float32 and array.ndim and array.size > 1:
                is_turned = node.op_type == "Gemm" and array.ndim == 2 and _flag(node, "transB")
                found[stem] = array.T if is_turned else array
    return found


def _flag(node, name):
    return any(a.name == name and a.i for a in node.attribute)


def _all_different(model):
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model.eval()


def _key(array):
    array = np.ascontiguousarray(array, np.float32)
    return array.shape, array.tobytes()


def _places(model):
    """`{key of an array: [put(model, array) that says which parameters it filled]}`."""
    places = {}

    def add(array, put):
        places.setdefault(_key(array.detach().numpy()), []).append(put)

    for name, parameter in model.named_parameters():
        add(parameter, _put_parameter(name, is_turned=False))
        if parameter.dim() == 2:
            add(parameter.T, _put_parameter(name, is_turned=True))
    for name, part in model.named_modules():
        if isinstance(part, nn.LSTM):
            _add_lstm(name, part, add)
    return places


def _put_parameter(name, is_turned):
    def put(model, array):
        array = np.array(array.T if is_turned else array)
        with torch.no_grad():
            model.get_parameter(name).copy_(torch.from_numpy(array))
        return [name]
    return put


def _add_lstm(name, lstm, add):
    """The weights of an LSTM as a step's Gemm holds them, and as the operator LSTM does."""
    ends = ("", "_reverse") if lstm.bidirectional else ("",)
    for layer in range(lstm.num_layers):
        names = [[f"{kind}_l{layer}{end}" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                 for end in ends]
        inside, across, bias, other = ([getattr(lstm, row[i]) for row in names] for i in range(4))
        if not lstm.bidirectional:
            gates = torch.cat([inside[0], across[0]], 1)
            add(gates.T, _put_gates(name, names[0], inside[0].shape[1]))
            add(bias[0] + other[0], _put_sum(name, names[0]))
        for index, parts in ((0, inside), (1, across)):
            add(torch.stack([_in_onnx_order(part) for part in parts]), _put_stack(name, names, index))
        both = [torch.cat([_in_onnx_order(a), _in_onnx_order(b)])
                for a, b in zip(bias, other, strict=True)]
        add(torch.stack(both), _put_biases(name, names))


def _in_onnx_order(weight):
    return torch.cat([weight.chunk(4)[gate] for gate in _ONNX_GATES])


def _in_torch_order(array):
    parts = np.split(array, 4)
    return np.concatenate([parts[_ONNX_GATES.index(gate)] for gate in range(4)])


def _fill(model, lstm, values):
    """Sets weights of the LSTM `lstm` by name; says which parameters of the model these are."""
    part = model.get_submodule(lstm)
    with torch.no_grad():
        for name, array in values.items():
            getattr(part, name).copy_(torch.from_numpy(np.array(array)))
    return [f"{lstm}.{name}" for name in values]


def _put_gates(lstm, names, inputs):
    def put(model, array):
        return _fill(model, lstm, {names[0]: array[:inputs].T, names[1]: array[inputs:].T})
    return put


def _put_sum(lstm, names):
    def put(model, array):
        return _fill(model, lstm, {names[2]: array, names[3]: np.zeros_like(array)})
    return put


def _put_stack(lstm, names, index):
    def put(model, array):
        return _fill(model, lstm, {row[index]: _in_torch_order(part)
                                   for row, part in zip(names, array, strict=True)})
    return put


def _put_biases(lstm, names):
    def put(model, array):
        values = {}
        for row, part in zip(names, array, strict=True):
            first, second = np.split(part, 2)
            values |= {row[2]: _in_torch_order(first), row[3]: _in_torch_order(second)}
        return _fill(model, lstm, values)
    return put
