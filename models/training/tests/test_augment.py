"""Every change of an arrangement leaves it sound, and leaves the original alone."""

import unittest

import numpy as np

from linnet_training import augment, rhythm
from linnet_training.arrangement import Arrangement, as_rows, load_arrangements, save_arrangements
from linnet_training.soundness import covered_share, faults
from linnet_training.theory import SCALES
from linnet_training.tokens import DURATIONS, QUALITIES

EIGHTH, QUARTER, HALF = (DURATIONS.index(ticks) for ticks in (12, 24, 48))
MAJ, MIN, SEVENTH = (QUALITIES.index(name) for name in ("maj", "min", "7"))


def song(bars=9, scale="major", metre=(4, 4), tonic=0):
    """A pickup bar, then C, Am, F, G7 a bar each, in quarters and two eighths, with drums."""
    chords, parts = [], {"lead": [(0, 12 * metre[0] - 12, 67, QUARTER)], "counter": [], "chords": [], "bass": [],
                         "drums": []}
    beats = metre[0]
    for bar in range(bars):
        root, quality = ((7, SEVENTH), (0, MAJ), (9, MIN), (5, MAJ))[bar % 4]
        chords.append([bar * 24 * beats, 24 * beats, (root + tonic) % 12, quality])
        if bar == 0:
            continue
        for beat in range(beats):
            length = EIGHTH if beat == beats - 1 else QUARTER
            parts["lead"].append((bar, 12 * beat, 72 + (0, 4, 7, 9)[(bar + beat) % 4], length, 90))
        parts["lead"].append((bar, 12 * beats - 6, 74, EIGHTH, 80))
        parts["counter"].append((bar, 0, 64, HALF))
        for midi in (48, 52, 55):
            parts["chords"].append((bar, 0, midi + root % 7, HALF, 70))
        parts["bass"].append((bar, 0, 36 + root % 7, HALF))
        parts["drums"] += [(bar, 0, 0, 100, 5), (bar, 4, 1, 90, -3)]
    return Arrangement("made-up", "song", "Song", "none", "train", "pop", tonic, scale, list(metre), bars,
                       1, chords, True, 100.0, 4, ["drums"],
                       {name: as_rows(rows) for name, rows in parts.items()})


class Changes(unittest.TestCase):
    def check(self, before, after, covered=True):
        self.assertEqual(faults(after), [])
        if covered:
            self.assertGreaterEqual(covered_share(after), covered_share(before) - 1e-9)
        self.assertEqual(faults(before), [])

    def test_register_moves_one_part_by_octaves(self):
        before = song()
        after = augment.shift_register(before, "lead", -1)
        self.check(before, after)
        np.testing.assert_array_equal(after.parts["lead"][:, 2], before.parts["lead"][:, 2] - 12)
        self.assertIsNone(augment.shift_register(before, "bass", 3))

    def test_transposition_takes_tonic_and_chords_along(self):
        after = augment.transpose(song(), 3)
        self.check(song(), after)
        self.assertEqual((after.tonic, after.chords[1][2]), (3, 3))

    def test_doubled_values_fill_twice_the_bars_and_sound_the_same(self):
        before = song()
        after = rhythm.scale_time(before, 2, (4, 4))
        self.check(before, after)
        self.assertEqual((after.bars, after.bpm), (16, 200))
        self.assertEqual(after.parts["lead"][0].tolist(), [0, 0, 76, HALF, 90])

    def test_halved_values_keep_the_pickup_at_the_end_of_its_bar(self):
        before = song()
        after = rhythm.scale_time(before, 0.5, (2, 4))
        self.check(before, after)
        self.assertEqual((after.bars, after.first_full, after.metre), (9, 1, [2, 4]))
        self.assertEqual(after.parts["lead"][0].tolist()[:2], [0, 18])
        joined = rhythm.scale_time(before, 0.5, (4, 4))
        self.check(before, joined)
        self.assertEqual((joined.bars, joined.first_full), (5, 1))
        self.assertEqual(joined.parts["lead"][0].tolist()[:2], [0, 42])

    def test_values_that_leave_the_grid_are_refused(self):
        before = song()
        before.parts["lead"][1:, 1] += 1
        self.assertIsNone(rhythm.scale_time(before, 0.5, (2, 4)))

    def test_every_scale_of_every_metre_is_sound(self):
        for metre, choices in rhythm.TIME_SCALES.items():
            if metre[1] == 4:
                before = song(metre=metre)
                for factor, target in choices:
                    self.check(before, rhythm.scale_time(before, factor, target))

    def test_major_becomes_minor_with_its_chords(self):
        before = song()
        after = augment.change_mode(before)
        self.check(before, after)
        self.assertEqual(after.chords[1][2:], [0, MIN])
        self.assertEqual(after.chords[2][2:], [8, MAJ])
        self.assertEqual(after.chords[3][2:], [5, MIN])
        self.assertEqual(after.chords[0][2:], [7, SEVENTH])
        pcs = set((after.parts["lead"][:, 2] % 12).tolist())
        self.assertLessEqual(pcs, {*SCALES[after.scale], 11})

    def test_minor_becomes_major_again(self):
        before = song()
        after = augment.change_mode(augment.change_mode(before))
        self.check(before, after)
        self.assertEqual(after.scale, "major")
        np.testing.assert_array_equal(after.parts["lead"], before.parts["lead"])
        self.assertEqual(after.chords, before.chords)

    def test_voices_swap_by_octaves_and_the_lead_stays_on_top(self):
        after = augment.swap_voices(song())
        self.check(song(), after)
        self.assertGreater(np.median(after.parts["lead"][:, 2]), np.median(after.parts["counter"][:, 2]))
        self.assertIsNone(augment.swap_voices(augment.drop_parts(song(), ["counter"])))

    def test_splicing_joins_at_phrases_in_the_key_of_the_first(self):
        first, second = song(), augment.transpose(song(), 5)
        self.assertEqual(augment.phrase_ends(first), [5])
        after = augment.splice(first, second, 5, 5)
        self.check(first, after)
        self.assertEqual((after.bars, after.tonic), (9, 0))
        np.testing.assert_array_equal(after.parts["lead"][:, 2] % 12, first.parts["lead"][:, 2] % 12)
        second.split = "test"
        self.assertIsNone(augment.splice(first, second, 5, 5))

    def test_rhythm_varies_and_bars_keep_their_length(self):
        random, kinds = np.random.default_rng(2), set()
        for _ in range(40):
            before = song()
            for part in ("lead", "chords", "bass"):
                after = rhythm.vary_rhythm(before, part, random, 0.5)
                if after is not None:
                    self.check(before, after)
                    kinds.add(np.sign(len(after.parts[part]) - len(before.parts[part])))
        self.assertEqual(kinds, {-1, 0, 1})

    def test_no_part_is_dropped_to_nothing(self):
        self.assertIsNone(augment.drop_parts(song(), list(song().parts)))
        self.check(song(), augment.drop_parts(song(), ["drums"]))

    def test_all_together_are_sound_and_pure(self):
        random, before = np.random.default_rng(1), song()
        kept = {name: rows.copy() for name, rows in before.parts.items()}
        changes = augment.Augmenter(*[0.5] * 7)
        for _ in range(100):
            self.check(before, changes(before, random), covered=False)
        for name, rows in kept.items():
            np.testing.assert_array_equal(before.parts[name], rows)


class Files(unittest.TestCase):
    def test_saved_arrangements_come_back(self):
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.npz"
            save_arrangements([song(), song(5)], path)
            first, second = load_arrangements(path)
        self.assertEqual((first.bars, second.bars, first.by_grammar), (9, 5, ["drums"]))
        for name, rows in song().parts.items():
            np.testing.assert_array_equal(first.parts[name], rows)


if __name__ == "__main__":
    unittest.main()
