"""The exported graphs: equal to PyTorch, and a step equals a whole sequence."""

import tempfile
import unittest
from pathlib import Path

import onnx
import torch

from linnet_training import export, golden
from linnet_training.cells import StepStack
from linnet_training.chord_model import ChordModel
from linnet_training.drum_model import DrumModel
from linnet_training.groove_model import GROOVE_FEATURES, GrooveModel
from linnet_training.phrase_model import PhraseModel
from linnet_training.registry import MODELS
from linnet_training.runtime import run, session
from linnet_training.vocabulary import vocabulary_sha256

SIMPLE = {"Gather", "Constant", "Concat", "Gemm", "Split", "Sigmoid", "Mul", "Tanh", "Add",
          "Unsqueeze", "Relu", "Identity"}


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
            torch.testing.assert_close(out, whole[t])

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
