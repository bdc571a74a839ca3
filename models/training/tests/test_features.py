"""The features, on bars small enough to check by hand."""

import unittest

import numpy as np

from linnet_training.arrangement import Arrangement, as_rows
from linnet_training.chord_data import rounded
from linnet_training.chord_features import (
    Setting,
    chord_beats_a_bar,
    chord_features,
    complexity,
    events_of,
    joined,
    valence,
)
from linnet_training.drum_data import fitted, take_of
from linnet_training.drum_features import (
    Feel,
    Wish,
    drum_features,
    energy,
    hit_density,
    syncopation,
)
from linnet_training.drum_styles import groove_style
from linnet_training.groove_windows import groove_features, lateness, swing, touch
from linnet_training.theory import scale_mask
from linnet_training.vocabulary import STYLES

class DrumFeatures(unittest.TestCase):
    def test_one_bar_of_waltz(self):
        velocity = np.zeros((24, 9), np.float32)
        velocity[0, 0] = velocity[4, 1] = 0.5
        rhythm = np.zeros(24, np.float32)
        rhythm[1] = 0.75
        wish = Wish(rhythm=rhythm, density=0.1)
        features = drum_features(velocity, Feel(12, 4, 120), (1,), 1, wish)
        self.assertEqual(np.flatnonzero(features[0]).tolist(),
                         [0, 4, 12, 14, 15, 17, 25, 28, 50, 51, 52, 53, 54])
        self.assertEqual(features[0, 51], 0.75)
        self.assertEqual(features[12, 25:34].tolist(), [0, 1, 1, 0, 1, 1, 0, 0, 0])
        self.assertEqual(features[16, 30:34].tolist(), [0, 1, 0, 0])

    def test_a_bar_of_seven_eighths_ends_with_half_a_beat(self):
        features = drum_features(np.zeros((28, 9), np.float32), Feel(14, 4, 240))
        self.assertEqual(features[13, :12].tolist(), [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        self.assertEqual(features[14, :5].tolist(), [1, 0, 0, 0, 1])
        self.assertEqual(features[14, 14:17].tolist(), [0.875, 0.8125, 1])

    def test_attributes(self):
        velocity = np.zeros((16, 9), np.float32)
        velocity[[0, 6, 10], 0] = 0.5
        velocity[4, 1] = 1.0
        self.assertEqual(hit_density(velocity), 4 / 16 / 2)
        self.assertEqual(syncopation(velocity, 16, 4), 0.5)
        self.assertEqual(energy(velocity), 2.5 / 4)

    def test_bars_are_cut_or_drawn_out(self):
        bar = np.arange(16, dtype=np.float32)[None, :, None].repeat(9, 2)
        self.assertEqual(fitted(bar, 14)[0, :, 0].tolist(), list(range(14)))
        self.assertEqual(fitted(bar, 20)[0, :, 0].tolist(), [*range(12), *range(8, 16)])


class Drums(unittest.TestCase):
    def test_arrangements_become_takes(self):
        rows = [(0, 0, 0, 127, 50), (0, 13, 1, 64, 0), (1, 0, 0, 100, -100)]
        item = Arrangement("made-up", "1", "", "", "train", "funk", 0, "major", (7, 8), 2, bpm=120,
                           by_grammar=["drums"], parts={"drums": as_rows(rows)})
        take = take_of(item)
        self.assertEqual((take.bar_steps, take.bars, take.is_human), (14, 2, False))
        self.assertEqual(np.argwhere(take.velocity).tolist(), [[0, 0], [13, 1], [14, 0]])
        self.assertEqual((take.shift[0, 0], take.shift[14, 0]), (0.5, -0.5))
        self.assertEqual(take.style[STYLES.index("funk")], 1)

    def test_styles_of_groove_names(self):
        style = groove_style("drummer1/session1/9_jazz-funk_116_beat_4-4.mid")
        self.assertEqual(style[STYLES.index("swing")], 0.5)
        self.assertEqual(style[STYLES.index("funk")], 0.5)
        self.assertEqual(groove_style("x/1_middleeastern_90_beat_4-4.mid").sum(), 0)

    def test_swing_and_lateness_are_means_of_the_off_and_on_steps(self):
        velocity, shift = np.zeros((2, 16, 9), np.float32)
        velocity[[1, 3, 4], 2] = 1
        shift[[1, 3, 4], 2] = 0.25, 0.125, -0.25
        self.assertEqual(swing(velocity, shift, Feel(16, 4, 120)), 0.1875)
        self.assertEqual(lateness(velocity, shift, Feel(16, 4, 120)), -0.25)
        features = groove_features(16, Feel(16, 4, 120), late=-0.25, touched=touch(velocity))
        self.assertEqual(features[5, 37:].nonzero()[0].tolist(), [4, 5, 8, 15])


class ChordFeatures(unittest.TestCase):
    def test_long_chords_are_repeated_and_short_ones_joined(self):
        row = joined([(0, 0, 3), (0, 0, 2), (7, 4, 0), (5, 0, 1)])
        self.assertEqual(row, [(0, 0, 5), (5, 0, 1)])
        self.assertEqual(events_of(row), [(0, 0, 3), (0, 0, 0), (5, 0, 0)])

    def test_attributes(self):
        major, minor = scale_mask("major"), scale_mask("minor")
        self.assertAlmostEqual(valence([(0, 0, 4), (7, 0, 4), (0, 0, 8)], major), 1.0)
        self.assertAlmostEqual(valence([(0, 1, 4), (8, 0, 4)], minor), 0.055 - 0.3)
        self.assertAlmostEqual(complexity([(0, 5, 4), (2, 4, 4)], major, 4), 0.4 + 0.2 + 0.1)

    def test_place_and_melody(self):
        melody = [(0, 24, 0), (48, 48, 7)]
        setting = Setting(scale_mask("major"), (4, 4), 2, valence=0.5, melody=melody)
        features = chord_features([(0, 0, 3), (7, 4, 3)], setting)
        self.assertEqual(features[1, 12:33].nonzero()[0].tolist(), [0, 2, 11, 18, 19, 20])
        self.assertEqual(features[0, 53:57].tolist(), [0.5, 1, 0, 0])
        self.assertEqual(features[0, 57:].nonzero()[0].tolist(), [0, 12 + 7, 48])
        self.assertEqual((features[0, 57], features[0, 57 + 19]), (0.5, 1.0))
        self.assertEqual(features[1, 57:105].sum(), 0)

    def test_chords_are_put_on_beats(self):
        chords = [(0, 96, 0, 0), (96, 48, 7, 4), (144, 48, 0, 0)]
        self.assertEqual(rounded(chords, 24, 0, 192, 7), [(5, 0, 4), (0, 4, 2), (5, 0, 2)])
        self.assertEqual(chord_beats_a_bar((7, 8)), 7)
        self.assertEqual(chord_beats_a_bar((12, 8)), 4)


if __name__ == "__main__":
    unittest.main()
