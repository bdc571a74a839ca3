"""The style grammar, on made-up tunes in every metre and style."""

import unittest

import numpy as np

from linnet_training.grammar import arrange, progression_piece
from linnet_training.grammar.grid import make_grid
from linnet_training.grammar.style import DRUM_KEYS
from linnet_training.grammar.styles import SHUFFLE_FILLS, STYLES
from linnet_training.piece import Piece
from linnet_training.theory import QUALITY_PCS
from linnet_training.tokens import DURATIONS, POSITION_TICKS, QUALITIES, bar_ticks, encode
from linnet_training.vocabulary import GRAMMAR_STYLES

METRES = ((2, 4), (3, 4), (4, 4), (5, 4), (6, 8), (7, 8), (12, 8), (2, 2), (3, 8), (9, 8))
TUNE = (67, 69, 71, 72, 74, 71, 69, 67, 64, 67, 62, 66, 67)


def tune(metre=(4, 4), bars=16, seed=0):
    """A made-up tune of eighths and quarters in G, a chord a bar."""
    random, ticks = np.random.default_rng(seed), bar_ticks(metre)
    notes, at = [], 0
    while at < bars * ticks:
        length = int(random.choice([12, 12, 24, 36]))
        notes.append((at, min(length, bars * ticks - at), TUNE[int(random.integers(len(TUNE)))]))
        at += length
    roots = ((7, 0), (4, 1), (0, 0), (2, 4))
    chords = [[b * ticks, ticks, *roots[b % 4]] for b in range(bars)]
    return Piece("made-up", f"tune-{seed}", "Tune", "CC0-1.0", "train", 7, "major", metre,
                 encode(notes, ticks), chords, bars, 0, False)


def onsets(rows, metre):
    """Onset ticks of pitched rows."""
    return rows[:, 0].astype(int) * bar_ticks(metre) + np.array(POSITION_TICKS)[rows[:, 1]]


def all_arrangements(metres, seeds=2):
    """Arrangements of every style in `metres`."""
    for style in GRAMMAR_STYLES:
        for metre in metres:
            for seed in range(seeds):
                yield arrange(tune(metre, seed=seed), style, np.random.default_rng(seed))


class Grammar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.every = list(all_arrangements(METRES))
        cls.common = list(all_arrangements(((4, 4),), seeds=8))

    def test_every_style_and_metre_has_its_parts(self):
        self.assertEqual(sorted(STYLES), sorted(GRAMMAR_STYLES))
        for a in self.every:
            self.assertTrue({"lead", "chords", "bass", "drums"} <= set(a.parts), (a.style, a.metre))
            self.assertTrue({"chords", "bass", "drums"} <= set(a.by_grammar))
            self.assertEqual((a.licence, a.split, a.piece[:4]), ("CC0-1.0", "train", "tune"))

    def test_equal_seeds_give_equal_arrangements(self):
        for style in GRAMMAR_STYLES:
            one, two = (arrange(tune(), style, np.random.default_rng(5)) for _ in range(2))
            self.assertEqual(one.chords, two.chords)
            for name in one.parts:
                np.testing.assert_array_equal(one.parts[name], two.parts[name])

    def test_rows_lie_inside_the_bars_and_ranges(self):
        ranges = {"bass": (28, 55), "chords": (40, 82), "counter": (55, 79), "lead": (48, 96)}
        for a in self.every:
            for name, rows in a.parts.items():
                self.assertTrue((rows[:, 0] >= 0).all() and (rows[:, 0] < a.bars).all())
                if name == "drums":
                    beats = bar_ticks(a.metre) / (36 if a.metre[1] == 8 and a.metre[0] % 3 == 0
                                                  and a.metre[0] > 3 else 24)
                    self.assertTrue((rows[:, 1] < beats * a.steps_a_beat).all())
                    self.assertTrue((np.abs(rows[:, 4]) < 50).all() and (rows[:, 3] > 0).all())
                    self.assertTrue((rows[:, 2] < len(DRUM_KEYS)).all())
                    continue
                low, high = ranges[name]
                self.assertTrue((rows[:, 2] >= low).all() and (rows[:, 2] <= high).all(), (name, a.style))
                at = np.array(POSITION_TICKS)[rows[:, 1]]
                self.assertTrue((at < bar_ticks(a.metre)).all())
                self.assertTrue((rows[:, 4] > 0).all())

    def test_single_voices_never_overlap(self):
        for a in self.every:
            for name in ("lead", "bass", "counter"):
                if name in a.parts:
                    at, rows = onsets(a.parts[name], a.metre), a.parts[name]
                    lengths = np.array(DURATIONS)[rows[:, 3]]
                    self.assertTrue((at[1:] >= at[:-1] + lengths[:-1]).all(), (name, a.style, a.metre))

    def test_chord_symbols_cover_every_bar(self):
        for a in self.every:
            self.assertEqual(a.chords[0][0], 0)
            for one, two in zip(a.chords, a.chords[1:], strict=False):
                self.assertEqual(one[0] + one[1], two[0])
            self.assertEqual(sum(a.chords[-1][:2]), a.bars * bar_ticks(a.metre))

    def _share(self, arrangements, part, holds, chosen=lambda row: True):
        good = total = 0
        for a in arrangements:
            begins = np.array([c[0] for c in a.chords])
            for row, at in zip(a.parts[part].tolist(), onsets(a.parts[part], a.metre), strict=True):
                if chosen(row):
                    chord = a.chords[int(np.searchsorted(begins, at, "right")) - 1]
                    good, total = good + holds(row[2], chord), total + 1
        return good / max(total, 1)

    def test_bass_and_chords_follow_the_harmony(self):
        inside = lambda midi, c: (midi - c[2]) % 12 in QUALITY_PCS[QUALITIES[c[3]]]  # noqa: E731
        root = lambda midi, c: (midi - c[2]) % 12 == 0  # noqa: E731
        for style in GRAMMAR_STYLES:
            ours = [a for a in self.common if a.style == style]
            self.assertGreater(self._share(ours, "bass", root, lambda row: row[1] == 0), 0.75, style)
            self.assertGreater(self._share(ours, "bass", inside), 0.7, style)
            self.assertGreater(self._share(ours, "chords", inside), 0.65, style)

    def test_bars_are_full(self):
        for part, least in (("drums", 0.85), ("bass", 0.75), ("chords", 0.75)):
            filled = sum(len(set(a.parts[part][:, 0].tolist())) for a in self.common)
            self.assertGreater(filled / sum(a.bars for a in self.common), least, part)

    def test_odd_metres_have_groups(self):
        self.assertEqual(make_grid((7, 8), False, 0).beats, (0, 24, 48))
        self.assertEqual(make_grid((7, 8), False, 1).beats, (0, 36, 60))
        self.assertEqual(make_grid((6, 8)).steps, 6)

    def test_a_progression_becomes_a_piece_that_can_be_arranged(self):
        row = [(0, 0, 4), (9, 1, 4), (5, 0, 6)]
        piece = progression_piece(row, "major", 4, np.random.default_rng(1), {"split": "test"})
        self.assertEqual(piece.bars % 4, 0)
        self.assertEqual(sum(piece.chords[-1][:2]), piece.bars * 96)
        self.assertEqual(piece.split, "test")
        for seed in range(8):
            made = arrange(piece, "soul", np.random.default_rng(seed))
            self.assertIn("bass", made.parts)
            self.assertEqual("lead" in made.parts, "lead" in made.by_grammar)

    def test_patterns_are_whole_bars(self):
        for style in STYLES.values():
            size = 12 if style.thirds else 16
            texts = [p for f in style.drums for alternatives in f.patterns.values() for p in alternatives]
            self.assertTrue(all(len(p) == 1 or len(p) % size == 0 for p in (*texts, *style.fills)))
            threes = [p for f in style.shuffles for ways in f.patterns.values() for p in ways]
            self.assertTrue(all(len(p) == 1 or len(p) % 12 == 0 for p in (*threes, *SHUFFLE_FILLS)))
            lines = [p for f in (*style.bass, *style.comps) for p in f.patterns[""]]
            self.assertTrue(all(len(p) % 16 == 0 for p in lines), style.name)


if __name__ == "__main__":
    unittest.main()
