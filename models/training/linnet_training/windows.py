"""Windows of the lead line: how they are drawn for training, and cut for evaluation."""

import numpy as np
import torch

from .features import Window, line_of, measure_controls, window_arrays
from .tokens import BAR_EVENT

TARGET_BARS = ((8, 0.34), (4, 0.34), (2, 0.10), (16, 0.10), (1, 0.04), (3, 0.04), (6, 0.04))
INVENT_SHARE = 0.35
CONTEXT_BARS_MAX = 8
CHORD_DROP, SCALE_DROP = 0.3, 0.3
CONTROLS_DROP_ALL, CONTROL_DROP = 0.3, 0.5
OFF_PHRASE_SHARE = 0.12
STEPS_MAX = 320


class WindowSampler:
    """Draws windows that end where phrases end, balanced over the sets by n^0.6."""

    def __init__(self, pieces, seed):
        self.random = np.random.default_rng(seed)
        self.sets = {}
        for piece in pieces:
            self.sets.setdefault(piece.set, []).append(line_of(piece))
        notes = {name: sum(len(line.bar) for line in lines) for name, lines in self.sets.items()}
        self.names = sorted(self.sets)
        weights = np.array([notes[name] ** 0.6 for name in self.names])
        self.set_shares = weights / weights.sum()
        self.line_shares = {}
        for name, lines in self.sets.items():
            sizes = np.array([len(line.bar) for line in lines], float) ** 0.75
            self.line_shares[name] = sizes / sizes.sum()

    def line(self):
        name = self.random.choice(self.names, p=self.set_shares)
        lines = self.sets[name]
        return lines[self.random.choice(len(lines), p=self.line_shares[name])]

    def window(self, line):
        """A window whose last bar is the last of a phrase of four bars, or of the tune."""
        random = self.random
        bars = line.bars - line.first_full
        target = min(int(random.choice([b for b, _ in TARGET_BARS],
                                       p=[p for _, p in TARGET_BARS])), bars)
        ends = [line.first_full + e for e in range(4, bars + 1, 4) if e >= target] + [line.bars]
        if random.random() < OFF_PHRASE_SHARE:
            ends = list(range(line.first_full + target, line.bars + 1))
        end = int(random.choice(ends))
        begin = max(end - target, 0)
        context = 0
        if random.random() >= INVENT_SHARE:
            context = int(random.integers(1, CONTEXT_BARS_MAX + 1))
        context = min(context, begin)
        return Window(begin - context, context, end - begin)

    def sung_window(self):
        """A line and a window of it, at most a quarter of whose target bars are empty."""
        while True:
            line = self.line()
            window = self.window(line)
            first = window.start + window.context
            inside = line.bar[(line.bar >= first) & (line.bar < first + window.target)]
            if len(np.unique(inside)) >= 0.75 * window.target:
                return line, window

    def sample(self):
        """The arrays of one window with its dropouts drawn."""
        random = self.random
        line, window = self.sung_window()
        present = (random.random(4) >= CONTROL_DROP).astype(np.float32)
        if random.random() < CONTROLS_DROP_ALL:
            present[:] = 0
        first = window.start + window.context
        wish = measure_controls(line, first, first + window.target)
        return window_arrays(line, window, wish, present, random.random() >= CHORD_DROP,
                             random.random() >= SCALE_DROP)

    def batches(self, size, pool=6):
        """Endless time-major batches; windows of like length share a batch."""
        while True:
            drawn = [a for a in (self.sample() for _ in range(size * pool))
                     if len(a["events"]) <= STEPS_MAX]
            drawn.sort(key=lambda a: len(a["events"]))
            groups = [drawn[i:i + size] for i in range(0, len(drawn), size)]
            for i in self.random.permutation(len(groups)):
                yield collate(groups[i])


def collate(arrays):
    """Pads window arrays to one time-major batch of tensors, with `mask f32[T, B]`."""
    length = max(len(a["events"]) for a in arrays)
    batch = {}
    for key in ("events", "prev", "look", "pitch_look", "features", "chord"):
        first = arrays[0][key]
        out = np.zeros((length, len(arrays), first.shape[1]), first.dtype)
        if key == "events":
            out[:] = BAR_EVENT
        for i, a in enumerate(arrays):
            out[: len(a[key]), i] = a[key]
        batch[key] = torch.from_numpy(out)
    for key in ("mask", "target"):
        out = np.zeros((length, len(arrays)), np.float32)
        for i, a in enumerate(arrays):
            out[: len(a["events"]), i] = 1 if key == "mask" else a["target"]
        batch[key] = torch.from_numpy(out)
    return batch


def evaluation_windows(line, target_bars=8, context_bars=CONTEXT_BARS_MAX):
    """Windows that cover every bar of a line once as target, each after up to 8 bars of context."""
    starts = [0] if line.first_full == 0 else [0, line.first_full]
    at = starts[-1]
    while at + target_bars < line.bars:
        at += target_bars
        starts.append(at)
    windows = []
    for start, end in zip(starts, [*starts[1:], line.bars], strict=True):
        context = min(start, context_bars)
        windows.append(Window(start - context, context, end - start))
    return windows


def evaluation_batches(pieces, size=32, chords=True, scale=True):
    """Batches of all evaluation windows of pieces, with the set name of each window."""
    rows = []
    for piece in pieces:
        line = line_of(piece)
        rows += [(piece.set, line, window) for window in evaluation_windows(line)]
    rows = [(name, window_arrays(line, w, chords=chords, scale=scale)) for name, line, w in rows]
    rows.sort(key=lambda row: len(row[1]["events"]))
    for i in range(0, len(rows), size):
        part = rows[i:i + size]
        yield [name for name, _ in part], collate([a for _, a in part])
