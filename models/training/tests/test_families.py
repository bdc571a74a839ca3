"""Near-duplicates are found whatever their key, tempo or rhythm, and leave the training split."""

import random
import unittest

from linnet_training import families
from linnet_training.piece import Piece
from linnet_training.tokens import encode

PITCHES = random.Random(4).choices(range(60, 80), k=64)


def tune(name, split, pitches, lengths=(24, 12, 12, 48)):
    """A tune of these pitches in a repeated rhythm."""
    notes, at = [], 0
    for i, midi in enumerate(pitches):
        notes.append((at, lengths[i % len(lengths)], midi))
        at += lengths[i % len(lengths)]
    rows = encode(notes, 96)
    return Piece("made-up", name, name, "none", split, 0, "major", [4, 4], rows, [], rows[-1][0] + 1)


class Families(unittest.TestCase):
    def near(self, *train):
        held_out = tune("original", "test", PITCHES)
        return {work for _, work in families.near_duplicates([held_out, *train])}

    def test_another_key_and_tempo_is_one_family(self):
        slower = tune("slower", "train", [p + 5 for p in PITCHES], (48, 24, 24, 96))
        self.assertEqual(self.near(slower), {"slower"})

    def test_another_rhythm_is_one_family(self):
        self.assertEqual(self.near(tune("even", "train", PITCHES, (24,))), {"even"})

    def test_another_tune_is_not(self):
        other = random.Random(5).choices(range(60, 80), k=64)
        self.assertEqual(self.near(tune("other", "train", other)), set())

    def test_half_a_tune_in_common_is_near_a_quarter_is_not(self):
        other = random.Random(5).choices(range(60, 80), k=64)
        self.assertEqual(self.near(tune("half", "train", PITCHES[:40] + other[:16])), {"half"})
        self.assertEqual(self.near(tune("quarter", "train", PITCHES[:16] + other[:48])), set())

    def test_all_stretches_of_a_work_leave_and_held_out_ones_stay(self):
        held_out = tune("original", "test", PITCHES)
        other = random.Random(5).choices(range(60, 80), k=64)
        items = [held_out, tune("work#1", "train", PITCHES), tune("work#2", "train", other),
                 tune("else", "train", other)]
        near = families.near_duplicates(items)
        kept = [item.piece for item in families.without(items, near)]
        self.assertEqual(kept, ["original", "else"])
        self.assertEqual(near["made-up", "work"][0], ("made-up", "original"))

    def test_repeats_do_not_hide_a_tune(self):
        twice = [p for p in PITCHES for _ in range(2)]
        self.assertEqual(self.near(tune("twice", "train", twice)), {"twice"})


if __name__ == "__main__":
    unittest.main()
