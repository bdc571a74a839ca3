"""A whole run on made-up rolls: it trains, scores, reports, and goes on where it stopped."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from linnet_benchmarks import rolls
from linnet_benchmarks.cli import main

SIZES = ["steps=60", "least_steps=1", "window=16", "batch=4", "frame=8", "hidden=8", "heads=4"]


def made_up_set(folder):
    """Random chords on a few keys, as jsb.npz."""
    random = np.random.default_rng(0)
    splits = {}
    for name in rolls.SPLITS:
        pieces = [np.zeros((n, rolls.KEYS), np.uint8) for n in (5, 20, 33)]
        for piece in pieces:
            piece[:, 40:52] = random.random((len(piece), 12)) < 0.2
        splits[name] = rolls.split_of(pieces)
    rolls.save(splits, folder / "jsb.npz")


class WholeRun(unittest.TestCase):
    """The command line from prepared data to the result file."""

    def run_with(self, folder, *arguments):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = main(["jsb", "--data", str(folder), "--out", str(folder / "out"),
                           "--device", "cpu", "--threads", "1", *arguments, "--set", *SIZES])
        self.assertEqual(status, 0)
        return json.loads((folder / "out" / "jsb.json").read_text())

    def test_a_run_reports_and_goes_on(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made_up_set(folder)
            first = self.run_with(folder, "--seeds", "1")
            self.assertTrue(first["complete"])
            self.assertEqual(first["passes"], 12)
            both = self.run_with(folder, "--seeds", "2")
            self.assertEqual([seed["seed"] for seed in both["seeds"]], [1, 2])
            self.assertEqual(both["passes"], 24)
            self.assertEqual(first["single"], both["single"])
            self.assertLess(both["mixture"]["test"]["micro"], 12)

    def test_no_time_to_score_still_gives_a_figure(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made_up_set(folder)
            report = self.run_with(folder, "--seeds", "1", "--evaluate-minutes", "0")
            self.assertEqual(report["passes"], 1)


if __name__ == "__main__":
    unittest.main()
