"""The exported graphs: equal to PyTorch, and a step equals a whole sequence."""

import math
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch

from linnet_training import export, fixed_scales, golden
from linnet_training.cells import StepStack, exact_tanh
from linnet_training.chord_model import ChordModel
from linnet_training.drum_model import DrumModel, DrumTouch
from linnet_training.groove_model import GROOVE_FEATURES, GrooveModel
from linnet_training.phrase_model import PhraseModel
from linnet_training.registry import MODELS
from linnet_training.runtime import run, session
from linnet_training.vocabulary import vocabulary_sha256

SIMPLE = {"Gather", "Constant", "Concat", "Gemm", "Split", "Mul", "Add", "Div", "Sqrt", "Unsqueeze", "Relu",
          "Identity"}


class Export(unittest.TestCase):
    def check(self, name, model):
        """Exports a model to a scratch folder, and compares it with PyTorch; returns the folder."""
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        folder = Path(scratch.name)
        graphs = MODELS[name].graphs(model.eval())
        export.export(graphs, folder, folder / "masters", ["made-up: none"],
                      golden.calibration(graphs, MODELS[name].draw))
        self.assertLess(golden.compare(graphs, MODELS[name].draw, folder / "masters"), 1e-5)
        return folder

    def test_steps_equal_the_lstm(self):
        torch.manual_seed(1)
        lstm = torch.nn.LSTM(7, 5, 2).eval()
        stack, x = StepStack(lstm), torch.randn(4, 3, 7)
        h = c = torch.zeros(2, 3, 5)
        whole, _ = lstm(x)
        for t in range(4):
            out, h, c = stack(x[t], h, c)
            torch.testing.assert_close(out, whole[t], atol=0.008, rtol=0)

    def test_the_touch_equals_that_of_training(self):
        torch.manual_seed(1)
        head, context, hits = DrumModel(16).touch_head, torch.randn(6, 16), torch.rand(6, 9).round()
        for exported, trained in zip(DrumTouch(head)(context, hits), head(context, hits), strict=True):
            torch.testing.assert_close(exported, trained, atol=0.0014, rtol=0)

    def test_the_tanh_that_engines_agree_on_is_nearly_tanh(self):
        x = torch.linspace(-12, 12, 24001)
        error = (exact_tanh(0.445 * x) - torch.tanh(x)).abs()
        self.assertLess(error.max(), 0.0027)
        self.assertEqual(exact_tanh(torch.zeros(1)), 0)
        self.assertTrue(torch.isfinite(exact_tanh(torch.tensor([-1e6, 1e6]))).all())

    def test_activations_have_fixed_scales_that_are_powers_of_two(self):
        folder = self.check("chords", ChordModel(16))
        for path in folder.glob("*.onnx"):
            graph = onnx.load(path).graph
            values = {a.name: onnx.numpy_helper.to_array(a) for a in graph.initializer}
            quantised = [node for node in graph.node if node.op_type == "QuantizeLinear"]
            self.assertTrue(quantised, path)
            self.assertNotIn("DynamicQuantizeLinear", {node.op_type for node in graph.node})
            for node in quantised:
                self.assertEqual(math.frexp(values[node.input[1]])[0], 0.5, node.name)

    def test_a_scale_is_that_of_the_least_error(self):
        for array, zero, scale in ((np.linspace(-1, 0.99, 500), 128, 2**-7), (np.linspace(0, 3.9, 500), 0, 2**-6),
                                   (np.array([*np.linspace(-1, 1, 500), 40]), 128, 2**-1)):
            activation = fixed_scales.Activation()
            activation.add(array.astype(np.float32))
            self.assertEqual(activation.scale(), (scale, zero))

    def test_steps_are_plain_operators(self):
        for name, model in (("phrase", PhraseModel(24)), ("drums", DrumModel(16)),
                            ("chords", ChordModel(16))):
            folder = self.check(name, model)
            for path in (folder / "masters").glob("*.onnx"):
                graph = onnx.load(path)
                if path.stem != "canvas":
                    self.assertLessEqual({n.op_type for n in graph.graph.node}, SIMPLE, path.stem)
                stamp = {p.key: p.value for p in graph.metadata_props}
                self.assertEqual(stamp["tokens_sha256"], vocabulary_sha256())

    def test_the_groove_graph_takes_any_length_and_batch(self):
        torch.manual_seed(1)
        model = GrooveModel(8).eval()
        graph = session(self.check("groove", model) / "groove.onnx")
        for shape in ((1, 7), (3, 33)):
            hits, features = torch.rand(*shape, 9).round(), torch.rand(*shape, GROOVE_FEATURES)
            answer = run(graph, hits=hits.numpy(), features=features.numpy())
            with torch.no_grad():
                expect = model(hits, features)[0]
            torch.testing.assert_close(torch.from_numpy(answer["velocity"]), expect, atol=1e-5,
                                       rtol=1e-5)


if __name__ == "__main__":
    unittest.main()
