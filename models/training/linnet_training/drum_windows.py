"""Windows of drum takes: drawn for training with fills, metres and rhythms, cut for evaluation."""

import numpy as np

from .drum_data import (
    DENSITY_DROP,
    FILL_SHARE,
    RHYTHM_DROP,
    WINDOW_BARS,
    collate,
    drum_features,
    hit_density,
    reread,
    window_arrays,
)

STEPS_MAX = 256
FILL_HITS_MIN = 5
METRE_SHARES = {4: ((4, 0.7), (3, 0.2), (2, 0.1)), 3: ((4, 0.55), (2, 0.25), (3, 0.2))}


def busiest_bars(velocity, bars):
    """Where in `velocity f32[all bars, steps, 9]` the `bars` bars with most hits begin.

    Fill takes often end with the landing on the next bar line, which is no fill.
    """
    counts = (velocity > 0).sum((1, 2))
    return int(np.argmax(np.convolve(counts, np.ones(bars), "valid")))


class DrumSampler:
    """Draws windows of beats; a third end in a fill from the fill takes."""

    def __init__(self, takes, seed):
        self.random = np.random.default_rng(seed)
        self.beats = [t for t in takes if not t.is_fill and t.bars >= 1]
        self.fills = [t for t in takes if t.is_fill and t.bars >= 1]
        sizes = np.array([len(t.velocity) for t in self.beats], float) ** 0.6
        sizes *= np.array([2.0 if t.a_beat == 3 else 1.0 for t in self.beats])
        self.shares = sizes / sizes.sum()

    def _take(self):
        take = self.beats[self.random.choice(len(self.beats), p=self.shares)]
        if take.beats != 4:
            return take
        choices = METRE_SHARES[take.a_beat]
        beats = self.random.choice([b for b, _ in choices], p=[p for _, p in choices])
        return reread(take, int(beats))

    def _fill(self, take):
        """A fill of one or two bars in the take's feel, cut to its metre, or None."""
        like = [f for f in self.fills if f.a_beat == take.a_beat and f.beats >= take.beats
                and 0.66 < f.bpm / take.bpm < 1.5]
        if not like or self.random.random() >= FILL_SHARE:
            return None
        fill = like[self.random.integers(len(like))]
        bars = min(fill.bars, 2 if self.random.random() < 0.3 else 1)
        skip = (fill.beats - take.beats) * take.a_beat
        shape = (fill.bars, fill.bar_steps, 9)
        first = busiest_bars(fill.velocity.reshape(shape), bars)
        parts = [g.reshape(shape)[first:first + bars, skip:].reshape(-1, 9)
                 for g in (fill.velocity, fill.shift)]
        return (bars, parts) if (parts[0] > 0).sum() >= FILL_HITS_MIN * bars else None

    def rhythm(self, velocity):
        """A rhythm to fit: the onsets of a few classes, some dropped, a few added: `f32[steps]`."""
        random = self.random
        classes = random.random(9) < random.choice([0.2, 0.4, 0.7])
        rhythm = (velocity * classes).max(1)
        rhythm = rhythm * (random.random(len(rhythm)) < 0.85)
        extra = (random.random(len(rhythm)) < 0.04) & (rhythm == 0)
        return np.where(extra, random.random(len(rhythm)), rhythm).astype(np.float32)

    def sample(self):
        """The arrays of one window."""
        random, take = self.random, self._take()
        width = take.bar_steps
        bars = int(random.choice([b for b, _ in WINDOW_BARS], p=[p for _, p in WINDOW_BARS]))
        bars = min(bars, take.bars, max(1, STEPS_MAX // width))
        start = int(random.integers(0, take.bars - bars + 1)) * width
        parts = [g[start:start + bars * width].copy() for g in (take.velocity, take.shift)]
        fill, fill_bars = self._fill(take), ()
        if fill and fill[0] < bars:
            fill_bars = range(bars - fill[0], bars)
            for part, played in zip(parts, fill[1], strict=True):
                part[-len(played):] = played
        velocity, shift = parts
        rhythm = self.rhythm(velocity) if random.random() >= RHYTHM_DROP else None
        density = hit_density(velocity) if random.random() >= DENSITY_DROP else None
        features = drum_features(velocity, take.beats, take.a_beat, take.bpm, fill_bars, rhythm,
                                 density)
        return window_arrays(velocity, shift, features)

    def batches(self, size, pool=4):
        """Endless time-major batches; windows of like length share a batch."""
        while True:
            drawn = sorted((self.sample() for _ in range(size * pool)),
                           key=lambda a: len(a["event"]))
            for i in self.random.permutation(pool):
                yield collate(drawn[i * size:(i + 1) * size])


def evaluation_batches(takes, size=32, bars=8):
    """All of the beat takes in windows of up to 8 bars, with no rhythm and no density given."""
    arrays = []
    for take in (t for t in takes if not t.is_fill):
        width = take.bar_steps * bars
        for lo in range(0, take.bars * take.bar_steps, width):
            velocity = take.velocity[lo:lo + width]
            features = drum_features(velocity, take.beats, take.a_beat, take.bpm, ())
            arrays.append(window_arrays(velocity, take.shift[lo:lo + width], features))
    arrays.sort(key=lambda a: len(a["event"]))
    for i in range(0, len(arrays), size):
        yield collate(arrays[i:i + size])
