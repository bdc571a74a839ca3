"""Batches of windows: windows are dicts of arrays, and those of like length share a batch."""

import numpy as np
import torch

from .processes import Processes
from .workers import batches


def length(window):
    """The steps of a window: the length of its first array."""
    return len(next(iter(window.values())))


def as_tensors(batch):
    """The arrays of a dict as tensors."""
    return {key: torch.from_numpy(value) for key, value in batch.items()}


def collate(windows):
    """A padded time-major batch of tensors, with `mask f32[T, B]`."""
    steps = max(map(length, windows))
    batch = {"mask": np.zeros((steps, len(windows)), np.float32)}
    for key, first in windows[0].items():
        batch[key] = np.zeros((steps, len(windows), *first.shape[1:]), first.dtype)
    for i, window in enumerate(windows):
        batch["mask"][: length(window), i] = 1
        for key, array in window.items():
            batch[key][: len(array), i] = array
    return as_tensors(batch)


def in_batches(windows, size, collate=collate):
    """Batches of all windows, the shortest first."""
    windows = sorted(windows, key=length)
    for i in range(0, len(windows), size):
        yield collate(windows[i:i + size])


def training_batches(make, size, schedule, collate=collate, pool=4):
    """Endless batches of windows that samplers draw; each process of a training keeps its share.

    `make(seed)` is a sampler, with `sample()` and its generator `random`; each worker has its own.
    """
    processes = Processes(schedule.device)

    def start(worker):
        sampler = make(schedule.seed + 1000 * worker)
        while True:
            drawn = sorted((sampler.sample() for _ in range(size * pool)), key=length)
            for i in sampler.random.permutation(pool):
                yield collate(processes.share(drawn[i * size:(i + 1) * size]))

    return batches(start, schedule.workers)
