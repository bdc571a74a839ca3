"""The published files are read as published. Set LINNET_BENCHMARK_DATA to their folder."""

import os
import tempfile
import unittest
from pathlib import Path

import numpy as np

from linnet_benchmarks import rolls

DATA = os.environ.get("LINNET_BENCHMARK_DATA")


class Rolls(unittest.TestCase):
    """Reading and keeping piano-rolls."""

    @unittest.skipUnless(DATA, "LINNET_BENCHMARK_DATA does not name the folder of .mat files")
    def test_counts_are_those_of_the_published_splits(self):
        for name, expected in rolls.TABLE.items():
            splits = rolls.read_mat(rolls.find_mat(DATA, name))
            found = tuple((len(s.lengths), len(s.frames)) for s in splits.values())
            self.assertEqual(found, expected, name)
            for split in splits.values():
                self.assertEqual(split.frames.shape[1], rolls.KEYS)
                self.assertLessEqual(split.frames.max(), 1)

    def test_a_prepared_set_is_read_back(self):
        random = np.random.default_rng(0)
        splits = {name: rolls.split_of([random.integers(0, 2, (n, rolls.KEYS)) for n in (3, 5)])
                  for name in rolls.SPLITS}
        with tempfile.TemporaryDirectory() as folder:
            rolls.save(splits, Path(folder) / "jsb.npz")
            back = rolls.load(folder, "jsb")
        for name, split in splits.items():
            np.testing.assert_array_equal(back[name].frames, split.frames)
            np.testing.assert_array_equal(back[name].lengths, split.lengths)

    def test_a_missing_set_says_what_to_do(self):
        with self.assertRaisesRegex(rolls.MissingRolls, "Run `prepare` first"):
            rolls.load("/nowhere", "jsb")


if __name__ == "__main__":
    unittest.main()
