"""What is exported is what ships: tensors, operators and numbers; and what ships can be trained on.

The shipped weights are loaded into PyTorch models and exported again.
"""

import copy
import functools
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import torch

from linnet_training import export, golden, shipped_weights
from linnet_training.batching import in_batches
from linnet_training.chord_model import ChordModel
from linnet_training.chord_train import training_loss
from linnet_training.drum_model import DrumModel
from linnet_training.gan_train import Gan
from linnet_training.groove_model import GrooveModel
from linnet_training.phrase_model import PhraseModel
from linnet_training.registry import MODELS
from linnet_training.optimise import Schedule, Trainer
from linnet_training.vae_model import DRUMS, LINE, TwoBarVae

from .two_processes import MadeUpRows, score

SHIPPED = Path(__file__).resolve().parents[2]
NEW = {"phrase": PhraseModel, "chords": ChordModel, "drums": DrumModel, "groove": GrooveModel,
       "line_vae": lambda hidden: TwoBarVae(LINE, hidden), "drum_vae": lambda hidden: TwoBarVae(DRUMS, hidden)}
# An int8 product rounds its inputs to a 255th of their range: what that does to an output at most, as a
# share of the greatest one. A weight in a wrong place does more than that.
INT8_DRIFT_MAX = 0.1


def tensors(values):
    """Names, types and sizes of tensors; open sizes as their symbols."""
    return [(v.name, v.type.tensor_type.elem_type,
             [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]) for v in values]


def operators(path):
    """How often a graph has each operator."""
    return Counter(node.op_type for node in onnx.load(path).graph.node)


class Shipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.models, cls.folders = {}, {}
        for name, new in NEW.items():
            model, folder = new(MODELS[name].full.hidden), Path(cls.scratch.name) / name
            shipped_weights.load(model, MODELS[name].graphs, SHIPPED / name)
            cls.models[name], cls.folders[name] = model.eval(), folder
            graphs = MODELS[name].graphs(model)
            export.export(graphs, folder, folder / "masters", ["made-up: none"],
                          golden.calibration(graphs, MODELS[name].draw))

    def graphs(self):
        """`(model, graph, our file, the shipped file)` of all graphs."""
        for name, folder in self.folders.items():
            for path in sorted(folder.glob("*.onnx")):
                yield name, path.stem, path, SHIPPED / name / path.name

    def test_tensors_are_those_that_ship(self):
        for name, graph, ours, theirs in self.graphs():
            with self.subTest(name=name, graph=graph):
                ours, theirs = onnx.load(ours).graph, onnx.load(theirs).graph
                self.assertEqual(tensors(ours.input), tensors(theirs.input))
                self.assertEqual([row[:2] for row in tensors(ours.output)],
                                 [row[:2] for row in tensors(theirs.output)])

    def test_operators_are_those_that_ship(self):
        for name, graph, ours, theirs in self.graphs():
            with self.subTest(name=name, graph=graph):
                self.assertEqual(operators(ours), operators(theirs))

    def test_no_graph_computes_shapes(self):
        for name, graph, ours, _ in self.graphs():
            self.assertFalse({"Shape", "ConstantOfShape", "Expand"} & operators(ours).keys(), (name, graph))

    def test_the_loaded_weights_give_the_shipped_numbers(self):
        for name, model in self.models.items():
            graphs = MODELS[name].graphs(model)
            shipped, random = golden.in_onnx(graphs, SHIPPED / name), np.random.default_rng(5)
            for _, graph, _, inputs, ours in golden.walk(graphs, MODELS[name].draw, golden.in_torch(graphs),
                                                         2, random):
                theirs = shipped(graph, inputs)
                for key, array in ours.items():
                    drift, greatest = np.abs(array - theirs[key]).max(), np.abs(array).max()
                    limit = INT8_DRIFT_MAX * greatest if graphs[graph].has_int8 else 1e-4
                    self.assertLess(drift, limit, (name, graph, key))

    def test_an_export_of_the_loaded_weights_is_exact(self):
        for name, model in self.models.items():
            found = golden.compare(MODELS[name].graphs(model), MODELS[name].draw,
                                   self.folders[name] / "masters")
            self.assertLess(found, 2e-4, name)

    def test_int8_weights_survive_the_way_there_and_back(self):
        for name, graph, ours, theirs in self.graphs():
            ours, theirs = shipped_weights.weights(ours), shipped_weights.weights(theirs)
            self.assertEqual(ours.keys(), theirs.keys())
            for key, array in theirs.items():
                self.assertLess(np.abs(ours[key] - array).max(), 0.02 * np.abs(array).max() + 1e-6, (name, key))


class Textures(unittest.TestCase):
    def test_operators_are_those_that_ship(self):
        gan = Gan(MODELS["gan"].full.hidden, np.zeros((21, 3, 33), np.float32)).eval()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            graphs = MODELS["gan"].graphs(gan)
            export.export(graphs, folder, folder / "masters", ["made-up: none"])
            self.assertLess(golden.compare(graphs, MODELS["gan"].draw, folder / "masters"), 1e-4)
            for graph in graphs:
                ours, theirs = folder / f"{graph}.onnx", SHIPPED / "gan" / f"{graph}.onnx"
                self.assertEqual(operators(ours), operators(theirs), graph)
                self.assertEqual(tensors(onnx.load(ours).graph.input), tensors(onnx.load(theirs).graph.input))
                self.assertEqual(tensors(onnx.load(ours).graph.output), tensors(onnx.load(theirs).graph.output))


class Loading(unittest.TestCase):
    def test_every_weight_comes_back(self):
        torch.manual_seed(4)
        for name, model in (("groove", GrooveModel(8)), ("chords", ChordModel(8)), ("line_vae", TwoBarVae(LINE, 24))):
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                graphs = MODELS[name].graphs(model.eval())
                export.export(graphs, folder, folder / "masters", ["made-up: none"],
                              golden.calibration(graphs, MODELS[name].draw))
                other = copy.deepcopy(model)
                for parameter in other.parameters():
                    parameter.data.zero_()
                shipped_weights.load(other, MODELS[name].graphs, folder / "masters")
                for graph in MODELS[name].graphs(other):
                    before, after = (shipped_weights.weights(path) for path in (
                        folder / "masters" / f"{graph}.onnx", self.again(name, other, graph, folder)))
                    self.assertEqual(before.keys(), after.keys())
                    for key, array in before.items():
                        np.testing.assert_array_equal(after[key], array)

    def again(self, name, model, graph, folder):
        """The file of a graph, exported again."""
        path = folder / f"again_{graph}.onnx"
        export.export_graph(MODELS[name].graphs(model.eval())[graph], path)
        return path

    def test_a_training_begins_with_the_figure_of_what_ships(self):
        start = functools.partial(shipped_weights.load, graphs_of=MODELS["chords"].graphs,
                                  folder=SHIPPED / "chords")
        batches = list(in_batches([MadeUpRows(3).sample() for _ in range(16)], 16))
        model, shipped = ChordModel(256), ChordModel(256)
        start(shipped)
        expect = score(shipped.eval(), batches)
        with tempfile.TemporaryDirectory() as scratch:
            trainer = Trainer("chords", model, iter(batches), training_loss,
                              functools.partial(score, batches=batches),
                              Schedule(1, learning_rate=1e-9, start=start), Path(scratch))
            best = trainer.run()
        self.assertEqual([row["step"] for row in trainer.curve], [0, 1])
        self.assertAlmostEqual(trainer.curve[0]["valid"], expect, places=5)
        self.assertLess(abs(best - expect), 1e-3)

    def test_a_model_of_another_size_is_refused(self):
        with self.assertRaisesRegex(shipped_weights.UnlikeModel, "other weights"):
            shipped_weights.load(ChordModel(16), MODELS["chords"].graphs, SHIPPED / "chords")
        with self.assertRaisesRegex(shipped_weights.UnlikeModel, "not there"):
            shipped_weights.load(ChordModel(16), MODELS["chords"].graphs, SHIPPED / "corpus")


if __name__ == "__main__":
    unittest.main()
