"""The features, on bars small enough to check by hand."""

import unittest

import numpy as np

from linnet_training import tokens
from linnet_training.drum_data import drum_features
from linnet_training.features import Line, Window, measure_controls, window_arrays

NOTES = [(0, 24, 60), (36, 24, 64), (96, 24, 62), (120, 48, 67)]
CHORDS = [(0, 96, 0, 0), (96, 96, 7, 4)]


def line():
    """Two bars of 4/4 in C major: C at 0, E on the and of 2; D at 0, G on 2."""
    return Line(tokens.encode(NOTES, 96), CHORDS, 0, "major", (4, 4), 2)


class LeadFeatures(unittest.TestCase):
    def setUp(self):
        self.arrays = window_arrays(line(), Window(0, 1, 1))

    def test_events_and_prev(self):
        events = self.arrays["events"].tolist()
        expect = [[0, 36, 12], [18, 40, 12], [96, 64, 24], [0, 38, 12], [12, 43, 17], [96, 64, 24]]
        self.assertEqual(events, expect)
        self.assertEqual(self.arrays["prev"].tolist(), [[97, 64, 24], *expect[:-1]])
        self.assertEqual(self.arrays["target"].tolist(), [False] * 3 + [True] * 3)

    def test_look_ahead_finds_the_first_later_note_a_bar_ago(self):
        look = self.arrays["look"].tolist()
        self.assertEqual(look[0], [96, 96, 96, 64, 64, 64])
        self.assertEqual(look[3], [0, 96, 96, 36, 64, 64])
        self.assertEqual(look[4], [18, 96, 96, 40, 64, 64])
        self.assertEqual(look[5], [18, 96, 96, 40, 64, 64])

    def test_pitch_look_needs_the_same_position(self):
        look = self.arrays["pitch_look"].tolist()
        self.assertEqual(look[3], [36, 64, 64])
        self.assertEqual(look[4], [64, 64, 64])

    def test_chords_end_with_the_window(self):
        features = self.arrays["features"]
        g7 = np.zeros(24)
        g7[[7, 11, 2, 5, 12 + 7]] = 1
        np.testing.assert_array_equal(features[0, 60:84], g7)
        np.testing.assert_array_equal(features[3, 12:36], g7)
        np.testing.assert_array_equal(features[3, 60:84], 0)

    def test_metre_phase_and_place(self):
        features = self.arrays["features"]
        self.assertEqual(features[0, 84:92].tolist(), [0, 0, 1, 0, 0, 0, 0, 1])
        np.testing.assert_allclose(features[2, 92:96], [np.sin(2 * np.pi * 36 / 96),
                                                        np.cos(2 * np.pi * 36 / 96), 0, -1],
                                   atol=1e-6)
        self.assertEqual(features[:, 96].tolist(), [1, 0, 0, 1, 0, 0])
        self.assertEqual(features[0, 97:105].tolist(), [0, 0, 0, 1, 0.125, 0, 1, 0])
        self.assertEqual(features[3, 97:105].tolist(), [1, 0, 0, 0, 0, 1, 0, 1])

    def test_controls(self):
        density, register, span, syncopation = measure_controls(line(), 0, 1)
        self.assertAlmostEqual(density, 2 / 4 / 4)
        self.assertAlmostEqual(register, 2 / 24, places=6)
        self.assertAlmostEqual(span, 4 / 24, places=6)
        self.assertAlmostEqual(syncopation, 0.5)


class DrumFeatures(unittest.TestCase):
    def test_one_bar_of_waltz(self):
        velocity = np.zeros((24, 9), np.float32)
        velocity[0, 0] = velocity[4, 1] = 0.5
        rhythm = np.zeros(24, np.float32)
        rhythm[1] = 0.75
        features = drum_features(velocity, 3, 4, 120, (1,), rhythm, 0.1)
        self.assertEqual(np.flatnonzero(features[0]).tolist(), [0, 4, 12, 14, 16, 42, 43, 44, 45, 46])
        self.assertEqual(features[0, 43], 0.75)
        self.assertEqual(features[12, 20:31].tolist(), [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        self.assertEqual(features[16, 22:31].tolist(), [0, 1, 0, 0, 0, 0, 0, 0, 0])


if __name__ == "__main__":
    unittest.main()
