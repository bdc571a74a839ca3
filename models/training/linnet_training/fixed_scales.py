"""Gives the activations of int8 graphs fixed scales, found on training windows.

As they are quantised (`export.quantise`), each activation is rounded by the greatest and the least of
its numbers. Engines differ in the last bit of that scale; now and then a number falls on the other side
of a step, and a note is another. A fixed power of two divides exactly on every engine, needs no search
for the extremes, and lets no candidate depend on its neighbours in the batch.

Each activation takes the power of two with the least squared error, so that rare great numbers may be
clipped.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np

from .runtime import session

EXPONENTS = range(-14, 5)
KEPT_A_RUN = 1024
MIDDLE = 128
_DYNAMIC = "DynamicQuantizeLinear"


def give(folder, calibrate):
    """Gives fixed scales to the int8 graphs of `folder`; `calibrate(folder)` runs the graphs of a
    folder by `runtime.session(folder / name)` on windows like those that they are for.
    """
    with tempfile.TemporaryDirectory() as scratch:
        watched = _Watched(Path(scratch), folder)
        if watched.activations:
            assert calibrate, f"{folder} has int8 graphs, whose scales need windows to be found on."
            calibrate(watched)
    for path, activations in watched.activations.items():
        _rewrite(path, activations)


class Activation:
    """What is seen of one activation."""

    def __init__(self):
        self.kept, self.is_signed, self.random = [], False, np.random.default_rng(0)

    def add(self, array):
        self.is_signed |= bool(array.min(initial=0) < 0)
        self.kept.append(self.random.choice(array.ravel(), min(array.size, KEPT_A_RUN), replace=False))

    def scale(self):
        """The scale and the zero point: the middle of a byte where there are numbers below zero."""
        zero, array = MIDDLE if self.is_signed else 0, np.concatenate(self.kept)
        errors = [_squared_error(array, 2.0**exponent, zero) for exponent in EXPONENTS]
        return np.float32(2.0 ** EXPONENTS[int(np.argmin(errors))]), np.uint8(zero)


def _squared_error(array, scale, zero):
    rounded = np.clip(np.rint(array / scale) + zero, 0, 255) - zero
    return ((rounded * scale - array) ** 2).sum()


class _Watched:
    """A folder whose graphs, opened by `runtime.session`, are watched as they run."""

    def __init__(self, scratch, folder):
        self.scratch, self.activations = scratch, {}
        for path in sorted(folder.glob("*.onnx")):
            names = _give_out_activations(path, scratch / path.name)
            if names:
                self.activations[path] = {name: Activation() for name in names}
        self.by_name = {path.name: seen for path, seen in self.activations.items()}

    def __truediv__(self, name):
        path = self.scratch / name
        return _WatchedSession(session(path), self.by_name[name]) if name in self.by_name else path


class _WatchedSession:
    """A session that shows its activations to `Activation`s."""

    def __init__(self, sess, activations):
        self.sess, self.activations = sess, activations

    def get_inputs(self):
        return self.sess.get_inputs()

    def get_outputs(self):
        return self.sess.get_outputs()

    def run(self, names, given):
        found = self.sess.run(names, given)
        everything = {**given, **dict(zip((o.name for o in self.get_outputs()), found, strict=True))}
        for name, activation in self.activations.items():
            activation.add(everything[name])
        return found


def _give_out_activations(source, target):
    """Copies a graph, with what it quantises by its extremes as outputs; gives their names."""
    import onnx  # Training alone does without.

    model = onnx.load(source)
    names = [node.input[0] for node in model.graph.node if node.op_type == _DYNAMIC]
    known = {tensor.name for tensor in (*model.graph.output, *model.graph.input)}
    for name in dict.fromkeys(names):
        if name not in known:
            model.graph.output.append(
                onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    if names:
        onnx.save(model, target)
    else:
        shutil.copy(source, target)
    return names


def _rewrite(path, activations):
    import onnx

    model = onnx.load(path)
    for node in model.graph.node:
        if node.op_type != _DYNAMIC:
            continue
        _, scale, zero = node.output
        for name, value in zip((scale, zero), activations[node.input[0]].scale(), strict=True):
            model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(value), name))
        del node.output[1:]
        node.op_type, node.input[:] = "QuantizeLinear", [node.input[0], scale, zero]
    onnx.checker.check_model(model)
    onnx.save(model, path)
