"""Which notes play which part."""

import unittest

from linnet_training.sources import roles
from linnet_training.tokens import DURATIONS


def notes(*rows):
    """Notes of `(onset, duration, midi)` in ticks, velocity 80."""
    return [(*row, 80) for row in rows]


def waltz(bars):
    """A left hand in 3/4: a low C, then two chords."""
    return notes(*((72 * bar + onset, 24, midi) for bar in range(bars) for onset, chord in
                   ((0, (36,)), (24, (52, 55)), (48, (52, 55))) for midi in chord))


class Roles(unittest.TestCase):
    def test_the_top_line_leaves_out_what_moves_under_a_held_note(self):
        line, rest = roles.top_line(notes((0, 48, 72), (0, 24, 60), (24, 24, 64), (48, 24, 71)))
        self.assertEqual([n[2] for n in line], [72, 71])
        self.assertEqual([n[2] for n in rest], [60, 64])

    def test_a_waltz_hand_parts_into_bass_and_chords(self):
        bass, rest = roles.low_line(waltz(8), 72)
        self.assertEqual([n[2] for n in bass], [36] * 8)
        self.assertEqual(len(rest), 32)
        parts = roles.hands(notes(*((72 * b, 72, 72 + b % 3) for b in range(16))), waltz(16), (3, 4))
        self.assertEqual(set(parts), {"lead", "bass", "chords"})

    def test_a_bass_in_octaves_is_one_line(self):
        octaves = notes(*((24 * i, 24, midi + 33 + i) for i in range(8) for midi in (0, 12)))
        bass, rest = roles.low_line(octaves, 96)
        self.assertEqual([n[2] for n in bass], list(range(33, 41)))
        self.assertEqual(rest, [])

    def test_what_doubles_the_voice_is_dropped(self):
        voice = notes(*((24 * i, 24, 72 + i % 5) for i in range(32)))
        right = sorted(voice + notes(*((24 * i, 24, m) for i in range(32) for m in (60, 64))))
        parts = roles.hands(right, notes(*((48 * i, 48, 40) for i in range(16))), (4, 4), voice)
        self.assertTrue(all(n[2] in (60, 64) for n in parts["chords"]))
        self.assertEqual(len(parts["lead"]), 32)

    def test_voices_cast_the_alto_once_and_the_inner_voices_as_chords(self):
        lines = [notes(*((24 * i, 24, midi + i % 3) for i in range(32))) for midi in (72, 64, 57, 45)]
        counter, chords = roles.voices(lines, (4, 4), "a hymn")
        self.assertEqual(set(counter), {"lead", "counter", "bass"})
        self.assertEqual(set(chords), {"lead", "chords", "bass"})
        self.assertEqual(len(chords["chords"]), 64)

    def test_a_chord_keeps_five_notes_and_its_ends(self):
        rows = roles.chord_rows(notes(*((0, 24, m) for m in (48, 52, 55, 60, 64, 67, 72))), (4, 4))
        self.assertEqual(len(rows), 5)
        self.assertEqual((min(r[2] for r in rows), max(r[2] for r in rows)), (48, 72))

    def test_a_repeated_pitch_ends_the_note_before(self):
        rows = roles.chord_rows(notes((0, 96, 60), (0, 96, 64), (24, 24, 60)), (4, 4))
        lengths = {row[2]: DURATIONS[row[3]] for row in rows if row[1] == 0}
        self.assertEqual(lengths, {60: 24, 64: 96})

    def test_off_grid_notes_are_no_part(self):
        self.assertEqual(roles.snap(notes(*((24 * i + 1.7, 24, 60) for i in range(20))), (4, 4)), [])

    def test_levels_pass_to_the_hand_that_has_none(self):
        right = [(0, 24, 72, 49), (48, 24, 72, 96)]
        left = [(0, 24, 48, 72), (24, 24, 48, 72), (48, 24, 48, 72)]
        self.assertEqual([n[3] for n in roles.dynamics([right, left])[1]], [49, 49, 96])
        self.assertEqual([n[3] for n in roles.dynamics([left, left])[0]], [0, 0, 0])


if __name__ == "__main__":
    unittest.main()
