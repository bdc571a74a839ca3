"""An auditor's tests: the nats that are reported are those of a coder that has seen the past alone.

They take the whole way from a split to the mixture's nats, for models of the real size with random
weights and for one that was trained a little, and look for the future in windows, padding, transpositions,
key orders and mixture weights.
"""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from linnet_benchmarks import mixture, rolls
from linnet_benchmarks.canvas import Canvas, canvas_for
from linnet_benchmarks.counts import FrameCounts
from linnet_benchmarks.evaluate import split_logits
from linnet_benchmarks.members import Members
from linnet_benchmarks.model import Biaxial
from linnet_benchmarks.neighbours import NEAR, Neighbours, grams, pieces_of
from linnet_benchmarks.recipes import RECIPES, Recipe
from linnet_benchmarks.rolls import split_of
from linnet_benchmarks.train import Bench, Trainer
from linnet_benchmarks.windows import scoring_batches

SMALL = Recipe(window=12, batch=4, steps=40, seeds=2, frame=16, hidden=8, heads=4, warm_up=5,
               least_steps=1)


def tunes(lengths, keys=rolls.KEYS, low=40, high=52, seed=0):
    """A split of random rolls that sound between two keys and hold frames now and then."""
    random = np.random.default_rng(seed)
    pieces = []
    for length in lengths:
        piece = np.zeros((length, keys), np.uint8)
        piece[:, low:high] = random.random((length, high - low)) < 0.25
        held = random.random(length) < 0.4
        for time in np.flatnonzero(held[1:]) + 1:
            piece[time] = piece[time - 1]
        pieces.append(piece)
    return split_of(pieces)


def bench_of(recipe, splits, canvas=None):
    """A set on the processor."""
    frames = {name: torch.from_numpy(split.frames) for name, split in splits.items()}
    canvas = canvas or canvas_for(splits["train"], recipe.margin)
    return Bench("made-up", splits, frames, canvas, recipe, "cpu")


def random_weights(model, seed):
    """A model whose weights are large enough for every input to matter."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 2.5 / max(parameter.shape[-1], 1) ** 0.5)
    return model.eval()


def trained(bench):
    """A model after a few steps of the real training."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        return Trainer(bench, 1, 1.0, 1.0, Path(folder), lambda trainer: None).run()


class SeesThePastAlone(unittest.TestCase):
    """Keys that are changed move no probability before them, in the order in which keys are visited."""

    def check_model(self, model, canvas, time, flip, random):
        shift = torch.tensor([int(random.choice(canvas.shifts))])
        roll = torch.from_numpy((random.random((1, time, canvas.width)) < 0.1).astype(np.uint8))
        at = int(random.integers(time))
        batch = roll.repeat(canvas.width + 1, 1, 1)
        batch[torch.arange(canvas.width), at, torch.arange(canvas.width)] ^= 1
        whole = torch.zeros(*batch.shape[:2], canvas.low + canvas.width, dtype=torch.uint8)
        whole[..., canvas.low:] = batch
        shifts, position = shift.expand(len(batch)), torch.arange(time).expand(len(batch), -1)
        with torch.no_grad():
            found = model(canvas.lay(whole, shifts, flip), position + 17)
        found = canvas.take(found, shifts, flip)
        moved = (found[:-1] - found[-1:]).abs()
        self.assertLess(moved[:, :at].max().item() if at else 0.0, 1e-4)
        order = torch.arange(canvas.width).flip(0) if flip else torch.arange(canvas.width)
        for rank, key in enumerate(order):
            self.assertLess(moved[key, at, order[:rank + 1]].max().item(), 1e-4)
        if at + 1 < time:
            self.assertGreater(moved[:, at + 1:].max().item(), 1e-3)

    def test_models_of_the_real_size(self):
        random = np.random.default_rng(1)
        for name, low, width in (("jsb", 20, 58), ("musedata", 0, 88)):
            recipe = RECIPES[name]
            canvas = Canvas(low, width)
            model = random_weights(Biaxial(canvas.size, recipe.frame, recipe.hidden, recipe.heads,
                                           recipe.layers, recipe.dropout, recipe.window), 3)
            for flip in (False, True):
                self.check_model(model, canvas, 5, flip, random)

    def test_a_trained_model(self):
        bench = bench_of(SMALL, {name: tunes((30, 25), seed=i) for i, name in enumerate(rolls.SPLITS)})
        model, random = trained(bench), np.random.default_rng(2)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(3)
        for _ in range(6):
            for flip in (False, True):
                self.check_model(model, bench.canvas, 12, flip, random)


class Pipeline(unittest.TestCase):
    """From a split to the nats of the mixture, as `cli` computes them."""

    @classmethod
    def setUpClass(cls):
        cls.splits = {"train": tunes((40, 50), seed=1), "valid": tunes((9, 31), seed=2),
                      "test": tunes((7, 29, 12, 1, 20), seed=3)}
        cls.bench = bench_of(SMALL, cls.splits)
        first = trained(cls.bench)
        cls.models = [(first, False), (random_weights(cls.bench.model(), 5), True)]

    def bench_with(self, test):
        """The same bench with other test rolls."""
        return bench_of(SMALL, {**self.splits, "test": test}, self.bench.canvas)

    def mixed(self, test):
        """Nats of each test frame under the mixture of all seeds and transpositions."""
        members = Members(self.bench_with(test))
        for model, flip in self.models:
            members.add(model, flip, 1e9)
        per_key, _ = members.per_key()
        rate = mixture.best_rate(per_key["valid"], self.splits["valid"].lengths)
        return mixture.mix(per_key["test"], test.lengths, max(rate, 0.5))

    def test_later_frames_and_other_pieces_move_nothing(self):
        test, before = self.splits["test"], self.mixed(self.splits["test"])
        for piece, time in ((1, 0), (1, 5), (1, 6), (1, 28), (4, 13)):
            frames = test.frames.copy()
            row = test.starts[piece] + time
            frames[row:test.starts[piece] + test.lengths[piece], 40:52] ^= 1
            after = self.mixed(rolls.Split(frames, test.lengths))
            moved = np.abs(after - before) > 1e-5
            inside = np.zeros(len(frames), bool)
            inside[row:test.starts[piece] + test.lengths[piece]] = True
            self.assertFalse(moved[~inside].any())
            self.assertTrue(moved[row])

    def test_a_coder_that_is_shown_key_after_key_gets_the_same_nats(self):
        recipe, canvas, test = SMALL, self.bench.canvas, self.splits["test"]
        step = recipe.window - recipe.overlap
        for model, flip in self.models:
            logits = split_logits(self.bench, model, "test", 2, flip)
            scored = canvas.log_likelihood(logits, self.bench.rolls["test"]).numpy()
            for piece in (1, 2):
                start = test.starts[piece]
                for time in (0, 3, 7, int(test.lengths[piece]) - 1):
                    begin = max(0, time // step * step - recipe.overlap)
                    past = test.frames[start + begin:start + time]
                    nats = self.coded(model, flip, past, test.frames[start + time], begin)
                    self.assertAlmostEqual(nats, scored[start + time], places=3)

    def coded(self, model, flip, past, frame, begin):
        """Nats of a frame by a model that is given `past` and, key by key, what it has coded."""
        canvas = self.bench.canvas
        known, nats = np.zeros_like(frame), 0.0
        keys = list(range(canvas.low, canvas.low + canvas.width))
        shift = torch.tensor([2])
        for key in reversed(keys) if flip else keys:
            roll = torch.from_numpy(np.concatenate([past, known[None]]))[None]
            position = torch.arange(begin, begin + roll.shape[1])[None]
            with torch.no_grad():
                found = canvas.take(model(canvas.lay(roll, shift, flip), position), shift, flip)
            on = torch.sigmoid(found[0, -1, key - canvas.low].double()).item()
            nats += np.log(on if frame[key] else 1 - on)
            known[key] = frame[key]
        others = [key for key in range(len(frame)) if key not in keys]
        return nats + sum(np.log(1e-5 if frame[key] else 1 - 1e-5) for key in others)

    def test_every_frame_of_real_lengths_is_scored_once(self):
        for recipe in RECIPES.values():
            split = tunes((1, recipe.overlap, recipe.window, recipe.window + 1, 3 * recipe.window), 1, 0, 1)
            seen = np.zeros(len(split.frames), int)
            for batch in scoring_batches(split, recipe.window, recipe.overlap, 6144, "cpu"):
                np.add.at(seen, batch.rows[batch.scored].numpy(), 1)
            self.assertTrue((seen == 1).all())


class Counting(unittest.TestCase):
    """The count model, which the networks are held against."""

    def test_its_probabilities_sum_to_one(self):
        train = tunes((30, 20), 4, 0, 4)
        counts = FrameCounts(train, order=3)
        every = [np.array([n >> key & 1 for key in range(4)], np.uint8) for n in range(16)]
        piece = tunes((9,), 4, 0, 4, seed=8).frames
        for time in range(len(piece)):
            total = 0.0
            for frame in every:
                total += np.exp(counts.nats(np.concatenate([piece[:time], frame[None]]))[-1])
            self.assertAlmostEqual(total, 1, places=9)

    def test_a_repeat_within_a_piece_is_learnt(self):
        counts = FrameCounts(tunes((30, 20)), order=4)
        piece = tunes((20,), seed=9).frames
        nats = counts.nats(np.concatenate([piece, piece]))
        self.assertGreater(nats[24:].mean(), nats[:20].mean() + 1)


class Likeness(unittest.TestCase):
    """Near-duplicates are found in any key and tempo, and nothing else is."""

    def test_a_transposed_slower_copy_is_near(self):
        train = tunes((60, 60, 60), seed=4)
        pieces = pieces_of(train)
        copy = np.roll(np.repeat(pieces[1], 2, 0), 3, 1)
        near = Neighbours(train)
        self.assertEqual(near.nearest(copy), (1.0, 1.0))
        self.assertEqual(grams(copy), grams(pieces[1]))
        self.assertLess(near.nearest(tunes((60,), seed=99).frames)[0], NEAR)


if __name__ == "__main__":
    unittest.main()
