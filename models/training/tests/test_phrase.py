"""The phrase model's inputs, against plain definitions, on made-up parts."""

import unittest
from dataclasses import replace

import numpy as np
import torch

from linnet_training import attribute_tables, attributes, tokens
from linnet_training.arrangement import Arrangement, as_rows
from linnet_training.canvas import OWN, PRESENT, Score
from linnet_training.phrase_features import TO_GO, Window, Wish, style_one_hot, window_arrays
from linnet_training.phrase_model import PhraseModel
from linnet_training.phrase_windows import CHANGED_SHARE, PhraseSampler, collate
from linnet_training.tokens import BAR, NO_PITCH

BARS = 8


def made_up(seed=1, metre=(4, 4)):
    """An arrangement with a lead, block chords and a bass over four chords."""
    random = np.random.default_rng(seed)
    quarters = metre[0] * 4 // metre[1]
    lead, chords, bass, symbols = [], [], [], []
    for bar in range(BARS):
        root = (0, 5, 7, 9)[bar % 4]
        symbols.append([bar * tokens.bar_ticks(metre), tokens.bar_ticks(metre), root, 0])
        for beat in range(quarters):
            lead.append((bar, 12 * beat, 60 + int(random.integers(0, 12)), 12, 80))
            if random.random() < 0.5:
                lead.append((bar, 12 * beat + 6, 60 + int(random.integers(0, 12)), 7, 80))
            chords += [(bar, 12 * beat, 48 + root + pc, 11, 70) for pc in (0, 4, 7)]
        bass.append((bar, 0, 36 + root, 17, 90))
    return Arrangement("made-up", f"p{seed}", "A tune", "CC0", "train", "pop", 0, "major", metre, BARS,
                       chords=symbols, parts={"lead": as_rows(lead), "chords": as_rows(chords),
                                              "bass": as_rows(bass)})


def arrays(role="lead", window=None, visible=None, wish=None, seed=1):
    window = window or Window(0, 2, 4, 1)
    return window_arrays(Score(made_up(seed)), role, window, visible or {}, wish or Wish())


class Tables(unittest.TestCase):
    def test_repeats_are_counted_where_people_wrote(self):
        held = [(bar, 12 * beat, 60, 12, 80) for bar in range(BARS) for beat in range(4)]
        by_people, by_grammar = made_up(), replace(made_up(), by_grammar=["lead"])
        by_people.parts["lead"] = as_rows(held)
        tables = attribute_tables.tables([by_people, by_grammar])
        self.assertEqual(tables["lead"]["repeats"], [1.0] * 101)
        self.assertLess(tables["lead"]["leaps"][0], tables["lead"]["leaps"][100])
        # Chords stay within a bar: of four bars 12 of 15 steps, of eight 24 of 31.
        for share in tables["chords"]["repeats"]:
            self.assertTrue(24 / 31 - 1e-4 <= share <= 12 / 15 + 1e-4, share)


class Inputs(unittest.TestCase):
    def test_every_bar_ends_with_bar(self):
        events = arrays()["events"]
        self.assertEqual((events[:, 0] == BAR).sum(), 6)
        self.assertEqual(events[-1, 0], BAR)

    def test_look_is_the_next_note_of_earlier_bars(self):
        for role in ("lead", "chords"):
            made = arrays(role, Window(0, 0, 8, 0))
            self.check_looks(made["events"], made["prev"], made["look"], role)

    def check_looks(self, events, prev, look, role):
        bars, bar = [[]], 0
        for event, before, seen in zip(events.tolist(), prev.tolist(), look.tolist(), strict=True):
            here = bars[bar]
            stack = sum(note[0] == before[0] for note in here)
            for i, lag in enumerate(tokens.LAGS_BARS):
                rest = []
                for k, note in enumerate(bars[bar - lag] if bar >= lag else []):
                    order = sum(n[0] == note[0] for n in bars[bar - lag][:k])
                    later = not here or note[0] > before[0]
                    goes_on = role == "chords" and here and note[0] == before[0] and order >= stack
                    rest += [note] if later or goes_on else []
                wanted = rest[0] if rest else (BAR, NO_PITCH)
                self.assertEqual((seen[i], seen[3 + i]), tuple(wanted[:2]), (bar, event, lag))
            if event[0] == BAR:
                bars.append([])
                bar += 1
            else:
                here.append(event)

    def test_pitch_look_follows_the_roots(self):
        made = arrays("bass", Window(0, 0, 8, 0))
        notes = made["events"][:, 0] < BAR
        pitch, look = made["events"][notes, 1], made["pitch_look"][notes]
        np.testing.assert_array_equal(look[1:, 0], pitch[:-1])
        # The bass plays roots: a bar ago, moved by the chord roots, is the same pitch class.
        np.testing.assert_array_equal((look[1:, 3] - pitch[1:]) % 12, 0)
        np.testing.assert_array_equal(look[0], NO_PITCH)

    def test_own_notes_are_shown_only_after_the_target(self):
        made = arrays(window=Window(0, 2, 4, 2))
        columns = made["canvas"][:, OWN:OWN + 14].any(1)
        self.assertFalse(columns[:6 * 16].any())
        self.assertTrue(columns[6 * 16:].any())

    def test_hidden_parts_leave_no_trace(self):
        shown = arrays(visible={"bass": (0, 7)})["canvas"]
        self.assertTrue(shown[:, PRESENT + 1].all())
        for seed in (1, 2):
            canvas = arrays(seed=seed, window=Window(0, 2, 4, 0))["canvas"]
            np.testing.assert_array_equal(canvas, arrays(seed=3, window=Window(0, 2, 4, 0))["canvas"])

    def test_inputs_know_nothing_of_later_events(self):
        made, other = made_up(), made_up()
        late = other.parts["lead"][:, 0] >= 4
        other.parts["lead"][late, 2] = 72
        wish = Wish(np.zeros(8, np.float32), np.ones(8, np.float32), style_one_hot("pop"))
        first, second = (window_arrays(Score(a), "lead", Window(0, 2, 4, 0), {}, wish)
                         for a in (made, other))
        steps = int((first["events"][:, 0] == BAR).cumsum().searchsorted(4)) + 1
        for key in ("prev", "look", "features", "columns", "chord"):
            np.testing.assert_array_equal(first[key][:steps], second[key][:steps], key)

    def test_to_go_ends_near_nothing(self):
        score = Score(made_up())
        asked = attributes.measure(score.rows["lead"], 0, 8, (4, 4))
        made = window_arrays(score, "lead", Window(0, 0, 8, 0), {}, Wish(asked, np.ones(8, np.float32)))
        rest = np.abs(made["features"][-1, TO_GO:TO_GO + 8])
        self.assertLess(rest[[1, 2, 3, 4, 6, 7]].max(), 1e-5)
        self.assertLess(rest[0], 0.05)


class Attributes(unittest.TestCase):
    def test_measured_by_hand(self):
        # Two bars of 4/4: C4 E4 (quarters), a syncopated eighth held across the beat; then the same.
        bar = [(0, 60, 12), (12, 64, 12), (30, 72, 12)]
        rows = as_rows([(b, *note) for b in (0, 1) for note in bar])
        values = attributes.measure(rows, 0, 2, (4, 4))
        wanted = [6 / 8 / 4, (196 / 3 - 60) / 24, 0.5, 2 / 6, 1.0, 1.0,
                  (1 + 2 / 3 + 24 / 36 + 1 + 2 / 3) / 5, 0]
        np.testing.assert_allclose(values, wanted, rtol=1e-5)

    def test_running_is_the_measure_of_what_is_written(self):
        for role in ("lead", "chords", "bass"):
            rows = made_up(5).parts[role].astype(int)
            so_far = attributes.running(rows, 0, (4, 4))
            for count in (1, 2, 3, 7, len(rows)):
                wanted = attributes.measure(rows[:count], 0, BARS, (4, 4))
                rest = [1, 2, 3, 4, 6, 7]
                np.testing.assert_allclose(so_far[count][rest], wanted[rest], rtol=1e-5, atol=1e-6)

    def test_polyphony_and_nothing(self):
        chord = as_rows([(0, 0, 60, 12), (0, 0, 64, 12), (0, 0, 67, 12)])
        self.assertAlmostEqual(attributes.measure(chord, 0, 1, (4, 4))[attributes.POLYPHONY], 2 / 3, 5)
        self.assertFalse(attributes.measure(chord, 1, 2, (4, 4)).any())


class Model(unittest.TestCase):
    def test_padding_changes_nothing(self):
        torch.manual_seed(1)
        model = PhraseModel(32).eval()
        short, long = arrays(window=Window(0, 0, 2, 0)), arrays(window=Window(0, 2, 4, 2))
        alone, both = collate([short]), collate([short, long])
        with torch.no_grad():
            one, two = model(alone), model(both)
        for a, b in zip(one, two, strict=True):
            steps = len(short["events"])
            self.assertLess((a[:steps, 0] - b[:steps, 0]).abs().max().item(), 1e-4)

    def test_windows_of_every_role_are_drawn(self):
        sampler = PhraseSampler([made_up(s, m) for s, m in ((1, (4, 4)), (2, (3, 4)), (3, (6, 8)))], 1)
        roles = {int(sampler.sample()["role"].argmax()) for _ in range(60)}
        self.assertEqual(roles, {0, 2, 3})

    def test_changed_pieces_are_drawn_and_the_pieces_stay(self):
        piece = made_up()
        sampler = PhraseSampler([piece], 1)
        drawn = [sampler._score("lead").arrangement for _ in range(400)]
        changed = [a for a in drawn if a is not piece]
        self.assertLess(abs(len(changed) / len(drawn) - CHANGED_SHARE * 0.8), 0.06)
        tops = {int(a.parts["lead"][:, 2].max()) - int(piece.parts["lead"][:, 2].max()) for a in changed}
        self.assertEqual(tops, {-12, 0, 12})
        self.assertEqual({a.bars for a in changed}, {BARS // 2, BARS, 2 * BARS})
        np.testing.assert_array_equal(piece.parts["lead"], made_up().parts["lead"])


if __name__ == "__main__":
    unittest.main()
