"""The two-bar VAEs: grids and back, attributes by hand, scores, windows, and the exported graphs."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch

from linnet_training import export, golden, line_grid, vae_figures
from linnet_training.arrangement import Arrangement, as_rows
from linnet_training.drum_bank import DrumBank, pack_drums
from linnet_training.drum_grid import drum_attributes, drum_distance, row_sets
from linnet_training.line_attributes import line_attributes, line_distance
from linnet_training.line_windows import CONDITIONS, LineBank, pack_lines
from linnet_training.normal_scores import normal_scores, quantile_table
from linnet_training.registry import MODELS
from linnet_training.vae_model import DRUMS, LINE, TwoBarVae

ROWS = [(0, 0, 60, 12), (0, 18, 64, 7), (0, 36, 67, 12), (1, 12, 62, 17)]
STEP_OPS = {"Gather", "Constant", "Concat", "Gemm", "Split", "Div", "Sqrt", "Mul", "Add",
            "Unsqueeze", "Identity", "MatMul", "Slice"}


def grid_of(rows=ROWS, metre=(4, 4), tonic=0):
    grid = line_grid.line_grid(rows, tonic, metre, 2)
    return torch.from_numpy(grid.astype(np.int64))[None]


def arrangement(split="train"):
    """Eight bars of a lead, a chord part and drums."""
    lead = [(bar, position, 60 + bar + i, 9) for bar in range(8)
            for i, position in enumerate((0, 12, 18, 36))]
    chords = [(bar, 0, midi, 20) for bar in range(8) for midi in (60, 64, 67 + bar)]
    drums = [(bar, step, step % 4 // 2, 90, 0) for bar in range(8) for step in range(0, 16, 2)]
    return Arrangement("made-up", "tune", "Tune", "none", split, "pop", 0, "major", (4, 4), 8,
                       chords=[(0, 768, 0, 0)], bpm=120.0,
                       parts={"lead": as_rows(lead), "chords": as_rows(chords),
                              "drums": as_rows(drums)})


class LineGrid(unittest.TestCase):
    def test_onsets_holds_and_silence(self):
        grid = grid_of()[0].tolist()
        expect = {0: 38, 4: 1, 6: 42, 8: 1, 12: 45, 16: 1, 20: 40, 28: 1}
        self.assertEqual({i: v for i, v in enumerate(grid) if v}, expect)

    def test_rows_survive_a_round_trip(self):
        for metre in ((4, 4), (3, 4), (6, 8), (7, 8), (12, 8)):
            for tonic in (0, 5, 9):
                rows = [r for r in ROWS if line_grid.tokens.POSITION_TICKS[r[1]] + 48 <=
                        line_grid.tokens.bar_ticks(metre)]
                grid = line_grid.line_grid(rows, tonic, metre, 2)
                self.assertEqual(line_grid.grid_rows(grid, tonic, metre), rows, metre)
                again = line_grid.line_grid(line_grid.grid_rows(grid, tonic, metre), tonic, metre, 2)
                self.assertEqual(again.tolist(), grid.tolist())

    def test_a_note_across_the_bar_line_holds_and_silence_is_restated(self):
        grid = line_grid.line_grid([(0, 36, 60, 20)], 0, (4, 4), 3)
        self.assertEqual({i: int(v) for i, v in enumerate(grid) if v}, {0: 1, 12: 38, 28: 1, 32: 1})
        self.assertEqual(line_grid.grid_notes(grid[16:])[1], 12)

    def test_the_highest_of_a_chord_and_the_longest_of_a_step_stay(self):
        rows = [(0, 0, 60, 12), (0, 0, 64, 12), (0, 13, 61, 2), (0, 12, 62, 2), (0, 14, 65, 9)]
        notes, _ = line_grid.grid_notes(line_grid.line_grid(rows, 0, (4, 4), 1))
        self.assertEqual([(at, pitch) for at, _, pitch in notes], [(0, 40), (4, 38), (5, 41)])

    def test_attributes_by_hand(self):
        values = dict(zip(LINE.attributes, line_attributes(grid_of(), (4, 4))[0].tolist(),
                          strict=True))
        expect = {"density": 0.5, "register": (36 + 40 + 43 + 38) / 4, "range": 7,
                  "syncopation": 0, "leaps": 1, "repetition": 0, "articulation": 18 / 32,
                  "contour": 38 - 119 / 3}
        for name, value in expect.items():
            self.assertAlmostEqual(values[name], value, places=4, msg=name)

    def test_a_note_over_the_beat_is_syncopated(self):
        grid = grid_of([(0, 0, 60, 9), (0, 6, 62, 12)])
        self.assertAlmostEqual(line_attributes(grid, (4, 4))[0, 3].item(), 0.5)

    def test_distance_counts_onsets_and_pitches(self):
        one, other = grid_of([(0, 0, 60, 12)]), grid_of([(0, 0, 62, 12)])
        self.assertEqual(line_distance(one, one).item(), 0)
        self.assertAlmostEqual(line_distance(one, other).item(), 4 / 32 / 2)


class Drums(unittest.TestCase):
    def test_sets_attributes_and_distance(self):
        rows = [(0, 0, 0, 90, 0), (0, 0, 2, 80, 0), (0, 6, 1, 90, 0), (1, 0, 0, 90, 0)]
        grid = torch.from_numpy(row_sets(rows, 16, 2).astype(np.int64))[None]
        self.assertEqual({i: int(v) for i, v in enumerate(grid[0]) if v}, {0: 5, 6: 2, 16: 1})
        values = drum_attributes(grid, 16, 4)[0].tolist()
        for value, expect in zip(values, (4 / 8, 1 / 3, 1 / 4), strict=True):
            self.assertAlmostEqual(value, expect, places=6)
        other = grid.clone()
        other[0, 6] = 0
        self.assertAlmostEqual(drum_distance(grid, other).item(), 1 / 4)


class Latent(unittest.TestCase):
    def test_scores_are_normal_and_ties_take_the_middle(self):
        torch.manual_seed(0)
        values = torch.rand(5000, 1)
        scores = normal_scores(values, quantile_table(values).expand(5000, -1, -1))
        self.assertLess(abs(scores.mean().item()), 0.02)
        self.assertLess(abs(scores.std().item() - 1), 0.05)
        flat = torch.cat([torch.zeros(800, 1), torch.rand(200, 1)])
        score = normal_scores(torch.zeros(1, 1), quantile_table(flat).expand(1, -1, -1))
        self.assertAlmostEqual(score.item(), -0.25, places=1)

    def test_the_monotone_chain_keeps_both_ends(self):
        near, far = [0, 0.3, 0.2, 0.25, 0.9], [0.9, 0.5, 0.6, 0.55, 0]
        self.assertEqual(vae_figures.monotone_chain(near, far), [0, 2, 3, 4])


class Windows(unittest.TestCase):
    def test_windows_of_all_parts_are_packed_and_drawn(self):
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "windows.npz"
            pack_lines([arrangement(), arrangement("valid")], path)
            bank = LineBank(path, "train")
            self.assertEqual(len(bank), 14)
            batch = next(bank.batches(5, 1))
            self.assertEqual(batch["grid"].shape, (5, 32))
            self.assertEqual(batch["conditions"].shape, (5, 32, CONDITIONS))
            pack_drums([], [arrangement()], path)
            batch = next(DrumBank(path, "train").batches(5, 1))
            self.assertEqual(batch["conditions"].shape, (5, 32, DRUMS.conditions))
            self.assertEqual(batch["grid"][0, :4].tolist(), [1, 0, 2, 0])


class Graphs(unittest.TestCase):
    def test_exported_graphs_equal_pytorch(self):
        for name, shape in (("line_vae", LINE), ("drum_vae", DRUMS)):
            torch.manual_seed(2)
            model = TwoBarVae(shape, 24).eval()
            graphs = MODELS[name].graphs(model)
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                export.export(graphs, folder, folder / "masters", ["made-up: none"],
                              golden.calibration(graphs, MODELS[name].draw))
                self.assertLess(golden.compare(graphs, MODELS[name].draw, folder / "masters"), 1e-5)
                step = onnx.load(folder / "masters" / "step.onnx")
                self.assertLessEqual({n.op_type for n in step.graph.node}, STEP_OPS)

    def test_steps_equal_the_whole_decoder(self):
        model = TwoBarVae(LINE, 24).eval()
        batch = {"grid": grid_of(), "conditions": torch.rand(1, 32, CONDITIONS)}
        with torch.no_grad():
            mu = model.encoder(batch["grid"], batch["conditions"])[0]
            out = model.decode(mu, batch["conditions"])
            whole = model({"grid": out, "conditions": batch["conditions"]})[0]
            prev = torch.cat([torch.tensor([[LINE.start]]), out[:, :-1]], 1)
            logits, _ = model.decoder(prev, mu, batch["conditions"])
        self.assertEqual(logits.argmax(-1).tolist(), out.tolist())
        self.assertEqual(whole.shape, logits.shape)


if __name__ == "__main__":
    unittest.main()
