"""The exported graphs: equal to PyTorch, and a step equals a whole sequence."""

import tempfile
import unittest
from pathlib import Path

import onnx
import torch

from linnet_training import export, golden, tokens
from linnet_training.cells import StepStack
from linnet_training.drum_model import DrumModel
from linnet_training.lead_model import LeadModel

SIMPLE = {"Gather", "Constant", "Concat", "Gemm", "Split", "Sigmoid", "Mul", "Tanh", "Add",
          "Unsqueeze", "Relu", "Identity"}


class Export(unittest.TestCase):
    def test_steps_equal_the_lstm(self):
        torch.manual_seed(1)
        lstm = torch.nn.LSTM(7, 5, 2).eval()
        stack, x = StepStack(lstm), torch.randn(4, 3, 7)
        h = c = torch.zeros(2, 3, 5)
        whole, _ = lstm(x)
        for t in range(4):
            out, h, c = stack(x[t], h, c)
            torch.testing.assert_close(out, whole[t])

    def test_exported_graphs_equal_pytorch(self):
        for name, model in (("lead", LeadModel(24)), ("drums", DrumModel(16))):
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                export.export(name, model.eval(), folder, ["made-up: none"])
                self.assertLess(golden.compare(name, model, folder), 1e-5)
                for path in folder.glob("fp32/*.onnx"):
                    graph = onnx.load(path)
                    self.assertLessEqual({n.op_type for n in graph.graph.node}, SIMPLE)
                    stamp = {p.key: p.value for p in graph.metadata_props}
                    self.assertEqual(stamp["tokens_sha256"], tokens.tokens_sha256())


if __name__ == "__main__":
    unittest.main()
