"""A small training for `test_processes`: one process, or under `torchrun` several.

    python -m tests.two_processes OUT
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch

from linnet_training.batching import in_batches, training_batches
from linnet_training.chord_features import CHORD_FEATURES, DEGREES, LENGTHS
from linnet_training.chord_model import ChordModel
from linnet_training.chord_train import figures, training_loss
from linnet_training.optimise import Schedule, Trainer
from linnet_training.tokens import QUALITIES

STEPS, BATCH, SIZES = 60, 8, (DEGREES, len(QUALITIES), len(LENGTHS))


class MadeUpRows:
    """Rows of 3 to 12 chords that follow a rule, with features of no meaning."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def sample(self):
        """The arrays of one row."""
        chord, events = np.array([self.random.integers(size) for size in SIZES]), []
        for _ in range(self.random.integers(3, 13)):
            chord = (chord + (5, 1, 3)) % SIZES
            events.append(chord)
        events = np.array(events)
        return {"prev": np.vstack([np.array(SIZES), events[:-1]]), "event": events,
                "features": 0.1 * self.random.random((len(events), CHORD_FEATURES), np.float32)}


def main(out):
    """Trains without dropout, whose masks differ from process to process."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = ChordModel(24, dropout=0.0)
    model.drop_in.p = 0.0
    schedule = Schedule(STEPS, valid_every=10, learning_rate=2e-2, warm_up=5)
    valid = list(in_batches([MadeUpRows(99).sample() for _ in range(32)], 16))
    Trainer("chords", model, training_batches(MadeUpRows, BATCH, schedule), training_loss,
            partial(score, batches=valid), schedule, out).run()


def score(model, batches):
    """Nats a chord."""
    return figures(model, batches)["nats"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
