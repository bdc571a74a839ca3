"""The tokeniser: the grid, durations, and that notes survive a round trip."""

import unittest

from linnet_training import tokens


class Tokens(unittest.TestCase):
    def test_onsets_go_to_the_nearest_legal_tick_the_earlier_on_a_tie(self):
        for ticks, expect in ((0, 0), (1.5, 0), (1.6, 3), (5, 4), (7, 6), (10.5, 9), (23, 24),
                              (22.5, 21), (22.6, 24), (47, 48), (25, 24)):
            self.assertEqual(tokens.quantise_onset(ticks), expect, ticks)

    def test_durations_round_to_the_shorter_and_never_pass_the_next_onset(self):
        for ticks, room, expect in ((5, None, 4), (7, None, 6), (24, None, 24), (24, 12, 12),
                                    (27, None, 24), (500, None, 192), (3, 0, 1), (10, 11, 9)):
            got = tokens.DURATIONS[tokens.duration_class(ticks, room)]
            self.assertEqual(got, expect, (ticks, room))

    def test_notes_survive_a_round_trip(self):
        notes = [(0, 24, 60), (24, 12, 64), (36, 12, 67), (96, 96, 72), (216, 8, 59)]
        for tonic in range(12):
            events = tokens.events_of(tokens.encode(notes, 96), 3, tonic)
            self.assertEqual(tokens.decode(events, 96, tonic), notes)
            self.assertEqual(sum(e == tokens.BAR_EVENT for e in events), 3)

    def test_the_highest_of_a_chord_stays_and_overlaps_end(self):
        rows = tokens.encode([(0, 96, 60), (0, 96, 64), (24, 24, 62)], 96)
        self.assertEqual(rows, [(0, 0, 64, 12), (0, 12, 62, 12)])

    def test_an_onset_just_before_the_bar_line_goes_to_the_next_bar(self):
        self.assertEqual(tokens.encode([(95, 24, 60)], 96), [(1, 0, 60, 12)])

    def test_pitches_are_relative_to_the_nearest_tonic_and_clamped(self):
        self.assertEqual(tokens.pitch_class_token(60, 0), 36)
        self.assertEqual(tokens.pitch_class_token(60, 7), 41)
        self.assertEqual(tokens.pitch_class_token(0, 0), 0)
        self.assertEqual(tokens.pitch_class_token(127, 0), 63)


if __name__ == "__main__":
    unittest.main()
