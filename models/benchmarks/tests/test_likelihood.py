"""The likelihood is normalised, causal, and the same however the pieces are cut."""

import itertools
import types
import unittest

import numpy as np
import torch

from linnet_benchmarks import mixture
from linnet_benchmarks.canvas import Canvas
from linnet_benchmarks.evaluate import split_logits
from linnet_benchmarks.model import Biaxial
from linnet_benchmarks.recipes import Recipe
from linnet_benchmarks.rolls import split_of
from linnet_benchmarks.windows import TrainingWindows, scoring_batches

KEYS = 4
CANVAS = Canvas(low=0, width=KEYS, down=1, up=1)
PASSES = [(shift, flip) for shift in CANVAS.shifts for flip in (False, True)]


def small_model(size, seed=0):
    """An untrained model with weights large enough for the inputs to matter."""
    torch.manual_seed(seed)
    model = Biaxial(size, frame=12, hidden=8, heads=4, dropout=0.3, lags=16).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


def random_roll(batch, time, keys, seed=0):
    """A [batch, time, keys] uint8 roll."""
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 2, (batch, time, keys),
                                                                 dtype=np.uint8))


def logits_of(model, roll, shift, flip):
    """Logits [B, T, W] of a roll [B, T, keys]."""
    shifts = torch.full((len(roll),), shift)
    position = torch.arange(roll.shape[1]).expand(len(roll), -1)
    with torch.no_grad():
        return CANVAS.take(model(CANVAS.lay(roll, shifts, flip), position), shifts, flip)


def every_ending(time=4):
    """[2^KEYS, time, KEYS]: one past, followed by each of the possible frames."""
    frames = np.array(list(itertools.product((0, 1), repeat=KEYS)), np.uint8)
    roll = random_roll(1, time, KEYS).repeat(len(frames), 1, 1)
    roll[:, -1] = torch.from_numpy(frames)
    return roll


class Normalised(unittest.TestCase):
    """Probabilities of all possible frames sum to 1."""

    def check(self, log_likelihood):
        self.assertAlmostEqual(float(np.exp(np.asarray(log_likelihood)).sum()), 1, delta=1e-5)

    def nats(self, logits, roll):
        """[B, T] float64 from logits [B, T, W]."""
        flat = CANVAS.log_likelihood(logits.flatten(0, 1), roll.flatten(0, 1))
        return flat.view(roll.shape[:2]).numpy()

    def test_each_transposition_and_key_order(self):
        model, roll = small_model(CANVAS.size), every_ending()
        for shift, flip in PASSES:
            self.check(self.nats(logits_of(model, roll, shift, flip), roll)[:, -1])

    def test_frame_0(self):
        model, roll = small_model(CANVAS.size), every_ending(time=1)
        self.check(self.nats(logits_of(model, roll, 0, False), roll)[:, 0])

    def test_keys_that_are_not_scored(self):
        canvas, roll = Canvas(low=1, width=2), every_ending()[:, -1]
        self.check(canvas.log_likelihood(torch.tensor([[0.3, -1.0]]).expand(len(roll), -1), roll))

    def test_mixture_per_key(self):
        roll = every_ending()
        for flip in (False, True):
            logits = [logits_of(small_model(CANVAS.size, seed), roll, shift, flip)
                      for seed in (1, 2) for shift in CANVAS.shifts]
            self.check(self.nats(sum(logits) / len(logits) * 1.1, roll)[:, -1])

    def test_mixture_per_frame(self):
        roll, model = every_ending(), small_model(CANVAS.size)
        members = np.stack([self.nats(logits_of(model, roll, *one), roll) for one in PASSES])
        lengths = np.full(len(roll), roll.shape[1])
        for rate in mixture.RATES:
            mixed = mixture.mix(members.reshape(len(PASSES), -1), lengths, rate)
            self.check(mixed.reshape(len(roll), -1)[:, -1])

    def test_two_frames_and_the_whole_mixture(self):
        frames = np.array(list(itertools.product((0, 1), repeat=2 * KEYS)), np.uint8)
        roll, model = torch.from_numpy(frames).view(-1, 2, KEYS), small_model(CANVAS.size)
        members = np.stack([self.nats(logits_of(model, roll, *one), roll) for one in PASSES])
        mixed = mixture.mix(members.reshape(len(PASSES), -1), np.full(len(roll), 2), 0.5)
        self.check(mixed.reshape(-1, 2).sum(1))


class Mixture(unittest.TestCase):
    """The mixture per frame is what its description says."""

    def test_rate_1_is_the_mixture_of_pieces(self):
        members = -np.random.default_rng(1).random((3, 9)) * 5
        mixed = mixture.mix(members, [4, 5], 1.0)
        for begin, end in ((0, 4), (4, 9)):
            whole = np.log(np.exp(members[:, begin:end].sum(1)).mean())
            self.assertAlmostEqual(mixed[begin:end].sum(), whole, places=10)

    def test_rate_0_is_the_mean_probability(self):
        members = -np.random.default_rng(2).random((3, 5))
        expected = np.log(np.exp(members).mean(0))
        np.testing.assert_allclose(mixture.mix(members, [2, 3], 0.0), expected)

    def test_weights_know_nothing_of_the_present_frame(self):
        members = -np.random.default_rng(3).random((3, 6))
        changed = members.copy()
        changed[:, 4] -= 2
        before, after = (mixture.mix(m, [6], 0.7) for m in (members, changed))
        np.testing.assert_allclose(before[:4], after[:4])
        self.assertAlmostEqual(before[4] - 2, after[4], places=10)


class Causal(unittest.TestCase):
    """A key is predicted from earlier frames and earlier keys of its own frame only."""

    def test_logits_do_not_see_the_present_or_the_future(self):
        model, roll = small_model(CANVAS.size), random_roll(1, 6, KEYS, seed=4)
        for shift, flip in PASSES:
            before = logits_of(model, roll, shift, flip)
            for time, key in itertools.product(range(6), range(KEYS)):
                changed = roll.clone()
                changed[0, time, key] ^= 1
                moved = (logits_of(model, changed, shift, flip) - before).abs()[0] > 1e-6
                self.assertFalse(moved[:time].any())
                order = list(reversed(range(KEYS))) if flip else list(range(KEYS))
                self.assertFalse(moved[time, order[:order.index(key) + 1]].any())

    def test_the_past_matters(self):
        model, roll = small_model(CANVAS.size), random_roll(1, 6, KEYS, seed=5)
        changed = roll.clone()
        changed[0, 0] ^= 1
        moved = logits_of(model, changed, 0, False) - logits_of(model, roll, 0, False)
        self.assertTrue((moved.abs()[0, 1:] > 1e-6).any())


class CopyBias(unittest.TestCase):
    """The bias of attention depends on the lag alone."""

    def test_bias_is_the_table_of_lags(self):
        copy = small_model(CANVAS.size).copy
        for time in (1, 5, 24):
            bias = copy._bias(time)
            for t, s in itertools.product(range(time), repeat=2):
                if t >= s:
                    expected = copy.lag[:, min(t - s, copy.lags - 1)]
                    torch.testing.assert_close(bias[:, t, s], expected)


class Windows(unittest.TestCase):
    """Cutting pieces into windows loses and repeats nothing."""

    def setUp(self):
        lengths = (3, 8, 21, 1, 40)
        self.split = split_of([random_roll(1, n, KEYS, n)[0].numpy() for n in lengths])

    def test_every_frame_is_scored_once(self):
        seen = torch.zeros(len(self.split.frames), dtype=torch.int64)
        for batch in scoring_batches(self.split, 12, 5, 30, "cpu"):
            seen.index_add_(0, batch.rows[batch.scored],
                            torch.ones(int(batch.scored.sum()), dtype=torch.int64))
            expected = torch.from_numpy(self.split.position())[batch.rows]
            self.assertTrue((batch.position == expected).all())
        self.assertTrue((seen == 1).all())

    def test_training_windows_stay_in_their_pieces(self):
        windows = TrainingWindows(self.split, 10, 4, 1, "cpu")
        position = torch.from_numpy(self.split.position())
        for _ in range(20):
            batch = next(windows)
            self.assertTrue((batch.position == position[batch.rows]).all())

    def test_scoring_in_batches_is_scoring_piece_by_piece(self):
        model = small_model(CANVAS.size)
        rolls = {"test": torch.from_numpy(self.split.frames)}
        bench = types.SimpleNamespace(canvas=CANVAS, recipe=Recipe(100, 4, 1, 1), rolls=rolls,
                                      splits={"test": self.split})
        found = split_logits(bench, model, "test", 1, True)
        for start, length in zip(self.split.starts, self.split.lengths, strict=True):
            piece = rolls["test"][start:start + length]
            alone = logits_of(model, piece[None], 1, True)[0]
            torch.testing.assert_close(found[start:start + length], alone, atol=1e-4, rtol=1e-4)


if __name__ == "__main__":
    unittest.main()
