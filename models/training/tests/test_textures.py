"""Textures, spoilt textures and the GAN's networks."""

import random
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import made_up_textures  # noqa: E402

from linnet_training import export, gan_graphs, gan_measures, golden, texture, tokens  # noqa: E402
from linnet_training.arrangement import Arrangement, as_rows  # noqa: E402
from linnet_training.gan_corruptions import KINDS, changed, spoil, tidy  # noqa: E402
from linnet_training.gan_model import NOISE, Critic, Generator, wishes_of  # noqa: E402
from linnet_training.gan_train import Gan, Judge  # noqa: E402
from linnet_training.ranks import auc, spearman  # noqa: E402
from linnet_training.texture_windows import Textures, build, load  # noqa: E402
from linnet_training.vocabulary import vocabulary_sha256  # noqa: E402

PLAIN = {"Conv", "Gemm", "MatMul", "Concat", "Constant", "Reshape", "Unsqueeze", "Squeeze", "Slice",
         "Split", "Add", "Sub", "Mul", "Div", "Sqrt", "ReduceMean", "ReduceSum", "LeakyRelu",
         "Sigmoid", "Softmax", "Min", "Flatten", "Pad", "Identity", "Shape", "Gather", "Transpose"}


def _item(metre, parts, steps_a_beat=4, bars=2):
    return Arrangement("made-up", "1", "One", "CC0", "train", "pop", 7, "major", metre, bars,
                       chords=[[0, 48, 7, 0], [48, 1000, 0, 4]], steps_a_beat=steps_a_beat,
                       by_grammar=["drums"], parts={k: as_rows(v) for k, v in parts.items()})


def _textures(count=30):
    with tempfile.TemporaryDirectory() as scratch:
        made_up_textures.make(Path(scratch) / "composed.npz", count)
        return Textures(build(Path(scratch)))


class Windows(unittest.TestCase):
    def test_rows_come_back(self):
        for number in range(12):
            item = made_up_textures.arrangement(random.Random(number), number, "train", 4)
            bars = texture.bars_of(item)
            rows = texture.rows_of(texture.window_of(bars.stack, 1), item.metre, item.tonic)
            for part, found in rows.items():
                wanted = item.parts.get(part, np.zeros((0, 5), np.int16))
                wanted = wanted[(wanted[:, 0] >= 1) & (wanted[:, 0] < 3)]
                np.testing.assert_array_equal(found[:, 0], wanted[:, 0] - 1)
                np.testing.assert_array_equal(found[:, 1], wanted[:, 1])
                if part != "bass":
                    np.testing.assert_array_equal(found[:, 2], wanted[:, 2])
                if part != "drums":
                    np.testing.assert_array_equal((found[:, 2] - wanted[:, 2]) % 12, 0)
                    np.testing.assert_array_equal(found[:, 3], wanted[:, 3])

    def test_compound_steps_are_eighths(self):
        bars = texture.bars_of(_item((6, 8), {"drums": [(0, 0, 0, 90), (0, 3, 1, 90), (1, 5, 2, 90)]}, 3))
        window = texture.window_of(bars.stack, 0)
        self.assertEqual(np.argwhere(window[texture.DRUMS]).tolist(), [[0, 0], [1, 6], [2, 34]])
        self.assertEqual(texture.grid((6, 8))[1].nonzero()[0].tolist(), [0, 6, 24, 30])

    def test_swung_eighths_are_written_straight_and_triplets_counted(self):
        position = tokens.position_of_tick(16)
        item = _item((4, 4), {"drums": [(0, 0, 0, 90), (0, 2, 1, 90), (1, 1, 2, 90)],
                              "bass": [(0, position, 43, 5, 0)]}, 3)
        bars = texture.bars_of(item)
        window = texture.window_of(bars.stack, 0)
        self.assertEqual(np.argwhere(window[texture.DRUMS]).tolist()[:2], [[0, 0], [1, 2]])
        self.assertEqual(window[texture.BASS].max(0).nonzero()[0].tolist(), [2])
        self.assertEqual(bars.off_grid.tolist(), [0, 1])

    def test_chords_are_relative_to_the_tonic(self):
        bars = texture.bars_of(_item((4, 4), {"bass": [(0, 0, 43, 5, 0)]}))
        self.assertEqual(bars.chords[0, :16].tolist(), [0] * 8 + [12 * 5 + 4] * 8)
        self.assertEqual(bars.chords[0, 16:].tolist(), [texture.NO_CHORD] * 8)

    def test_pitches_outside_the_range_move_by_octaves(self):
        self.assertEqual(texture.fold(np.array([-1, -12, -13, 0, 31, 32, 50]), 32).tolist(),
                         [11, 0, 11, 0, 31, 20, 26])

    def test_a_note_from_before_the_window_is_silent(self):
        bars = texture.bars_of(_item((4, 4), {"bass": [(0, 0, 43, 23, 0), (1, 12, 43, 12, 0)]}, bars=3))
        self.assertEqual(bars.stack[1, texture.BASS_HOLD].sum(), 4 + 3)
        window = texture.window_of(bars.stack, 1)
        self.assertEqual(window[texture.BASS_HOLD].nonzero()[1].tolist(), [5, 6, 7])

    def test_the_bank_is_read_as_it_was_built(self):
        with tempfile.TemporaryDirectory() as scratch:
            made_up_textures.make(Path(scratch) / "composed.npz", 12)
            built, again = load(Path(scratch)), load(Path(scratch))
        for key, wanted in built.items():
            np.testing.assert_array_equal(again[key], wanted)

    def test_densities_are_quantiles_of_present_parts(self):
        textures = _textures()
        density, presence = textures.density, textures.presence.bool()
        self.assertTrue(((density >= 0) & (density <= 1)).all())
        self.assertTrue((density[~presence] == 0).all())
        self.assertAlmostEqual(density[presence].mean().item(), 0.5, delta=0.1)


class Spoilt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(1)
        cls.textures = _textures()
        cls.batch = cls.textures.batch(cls.textures.draw("train", 64))

    def test_real_windows_are_tidy(self):
        torch.testing.assert_close(tidy(self.batch["stack"]), self.batch["stack"])

    def test_every_kind_changes_windows_inside_their_bars(self):
        outside = 1 - self.batch["grid"][:, :1]
        for kind in KINDS:
            spoilt = spoil(self.batch, kind)
            self.assertGreater(changed(self.batch, spoilt).float().mean().item(), 0.5, kind)
            self.assertEqual((spoilt["stack"] * outside).sum().item(), 0, kind)
            self.assertTrue(((spoilt["stack"] == 0) | (spoilt["stack"] == 1)).all(), kind)

    def test_shuffling_keeps_the_notes(self):
        spoilt = KINDS["shuffled columns"](self.batch)
        torch.testing.assert_close(spoilt["stack"].sum(2), self.batch["stack"].sum(2))

    def test_a_bass_is_transposed_out_of_its_pitch_classes_only(self):
        spoilt = KINDS["bass transposed"](self.batch)
        bass = self.batch["stack"][:, texture.BASS]
        moved = spoilt["stack"][:, texture.BASS]
        torch.testing.assert_close(moved.amax(1), bass.amax(1))
        self.assertEqual((moved * bass).sum().item(), 0)


class Networks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(2)
        cls.textures = _textures()
        cls.batch = cls.textures.training_batch(24)
        cls.generator, cls.critic = Generator(14).eval(), Critic(14).eval()

    def test_masked_columns_and_absent_parts_stay_empty(self):
        made = self.generator(torch.randn(24, NOISE), *wishes_of(self.batch))
        outside = 1 - self.batch["grid"][:, :1]
        for part in made:
            self.assertEqual((part * outside).sum().item(), 0)
        for number, part in ((0, made[0]), (1, made[1]), (2, made[3])):
            absent = self.batch["presence"][:, number] == 0
            self.assertEqual(part[absent].sum().item(), 0)

    def test_what_is_played_is_the_probabilities_made_binary(self):
        z = torch.randn(24, NOISE)
        drums, bass, _, comp, _ = self.generator(z, *wishes_of(self.batch))
        stack = self.generator.played(z, *wishes_of(self.batch)).detach()
        torch.testing.assert_close(stack[:, texture.DRUMS], (drums >= 0.5).float())
        torch.testing.assert_close(stack[:, texture.COMP], (comp >= 0.5).float())
        made = self.generator(z, *wishes_of(self.batch))
        parts = {name: part.detach().numpy() for name, part in zip(gan_graphs.PARTS, made, strict=True)}
        played = np.concatenate(list(gan_graphs.made_binary(parts).values()), 1)
        np.testing.assert_array_equal(played, stack.numpy())
        struck = (bass.sum(1) >= 0.5).float()
        torch.testing.assert_close(stack[:, texture.BASS].sum(1), struck)
        self.assertTrue((stack[:, texture.BASS].argmax(1) == bass.argmax(1))[struck > 0].all())

    def test_gradients_reach_every_weight(self):
        self.generator.zero_grad()
        stack = self.generator.played(torch.randn(24, NOISE), *wishes_of(self.batch))
        self.critic(stack, *wishes_of(self.batch)).sum().backward()
        for name, weight in self.generator.named_parameters():
            self.assertIsNotNone(weight.grad, name)
            self.assertTrue(weight.grad.abs().sum() > 0, name)

    def test_a_judged_score_does_not_depend_on_the_batch(self):
        judge = Judge(self.critic)
        alone = judge({key: value[:1] for key, value in self.batch.items()})
        torch.testing.assert_close(judge(self.batch)[:1], alone, atol=1e-5, rtol=1e-4)

    def test_exported_graphs_equal_pytorch(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            gan = Gan(14, self.textures.tables).eval()
            graphs = gan_graphs.graphs(gan)
            export.export(graphs, folder, folder / "masters", [])
            worst = golden.compare(graphs, gan_graphs.draw, folder / "masters")
            self.assertLess(worst, 1e-4)
            for path in folder.glob("*.onnx"):
                graph = onnx.load(path)
                self.assertLessEqual({n.op_type for n in graph.graph.node}, PLAIN)
                stamp = {p.key: p.value for p in graph.metadata_props}
                self.assertEqual(stamp["tokens_sha256"], vocabulary_sha256())


class Measures(unittest.TestCase):
    def test_rank_figures(self):
        self.assertAlmostEqual(spearman([1, 2, 3, 4], [1, 4, 9, 16]), 1.0)
        self.assertAlmostEqual(spearman([1, 2, 3, 4], [4, 3, 2, 1]), -1.0)
        self.assertAlmostEqual(auc(np.array([3, 4.0]), np.array([1, 2.0])), 1.0)
        self.assertAlmostEqual(auc(np.array([1.0, 1]), np.array([1, 1.0])), 0.5)

    def test_real_windows_are_like_themselves(self):
        textures = _textures()
        numbers = textures.numbers("train")
        same = gan_measures.compare_real(textures, numbers, numbers)
        self.assertEqual(same["gap"], 0)
        self.assertEqual(same["features"]["comping: chord tones"]["real"], 1)


if __name__ == "__main__":
    unittest.main()
