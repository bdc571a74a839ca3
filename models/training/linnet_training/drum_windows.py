"""Windows of drum takes: drawn for training with fills, metres and rhythms, cut for evaluation."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from .batching import in_batches
from .drum_data import fitted, reread
from .drum_features import (
    Feel,
    Wish,
    drum_features,
    energy,
    hit_density,
    syncopation,
    window_arrays,
)
from .tokens import DRUM_CLASSES

STEPS_MAX = 256
WINDOW_BARS = ((2, 0.2), (4, 0.4), (8, 0.3), (16, 0.1))
CONTEXT_BARS, CONTEXT_SHARE = (1, 2, 4), 0.4
END_FILL_SHARE, PHRASE_FILL_SHARE, FILL_HITS_MIN = 0.35, 0.12, 5
RHYTHM_DROP, WISH_DROP, STYLE_DROP = 0.5, 0.5, 0.15
HUMAN_SHARE = 0.5
TEMPO_SPREAD, HAT_RIDE_SHARE = 0.06, 0.08
CLOSED_HAT, RIDE = DRUM_CLASSES.index("closed_hat"), DRUM_CLASSES.index("ride")
METRE_SHARES = {4: ((4, 0.62), (3, 0.15), (2, 0.07), (5, 0.08), (3.5, 0.08)),
                3: ((4, 0.55), (2, 0.25), (3, 0.2))}


def busiest_bars(velocity, bars):
    """Where in `velocity f32[all bars, steps, 9]` the `bars` bars with most hits begin.

    Fill takes often end with the landing on the next bar line, which is no fill.
    """
    counts = (velocity > 0).sum((1, 2))
    return int(np.argmax(np.convolve(counts, np.ones(bars), "valid")))


def random_rhythm(velocity, random):
    """A rhythm to fit: the onsets of a few classes, some dropped, a few added: `f32[steps]`."""
    classes = random.random(9) < random.choice([0.2, 0.4, 0.7])
    rhythm = (velocity * classes).max(1)
    rhythm = rhythm * (random.random(len(rhythm)) < 0.85)
    extra = (random.random(len(rhythm)) < 0.04) & (rhythm == 0)
    return np.where(extra, random.random(len(rhythm)), rhythm).astype(np.float32)


def drawn(shares, random):
    """One of `(value, share)` pairs; the shares sum to 1."""
    left = random.random()
    for value, share in shares:
        left -= share
        if left < 0:
            return value
    return shares[-1][0]


class _Shares:
    """Takes drawn in proportion to a weight."""

    def __init__(self, takes, weights):
        self.takes, self.sums = takes, np.cumsum(weights) / np.sum(weights)

    def draw(self, random):
        return self.takes[np.searchsorted(self.sums, random.random(), side="right")]


def balanced(takes):
    """Draws takes by length^0.6, and styles by the square root of how much there is of each."""
    by_style = defaultdict(list)
    for take in takes:
        by_style[np.asarray(take.style).tobytes()].append(take)
    ordered, weights = [], []
    for ours in by_style.values():
        sizes = np.array([len(t.velocity) for t in ours]) ** 0.6
        sizes *= np.array([2.0 if t.a_beat == 3 else 1.0 for t in ours])
        ordered += ours
        weights += list(sizes / np.sqrt(sizes.sum()))
    return _Shares(ordered, weights)


def varied(take, random):
    """A human take a little faster or slower; now and then its closed hat and ride change places."""
    take = replace(take, bpm=take.bpm * float(np.exp(random.normal(0, TEMPO_SPREAD))))
    if random.random() >= HAT_RIDE_SHARE:
        return take
    order = np.arange(9)
    order[[CLOSED_HAT, RIDE]] = RIDE, CLOSED_HAT
    return replace(take, velocity=take.velocity[:, order], shift=take.shift[:, order])


class DrumSampler:
    """Draws windows, half of them human where there are both; many end in a fill."""

    def __init__(self, takes, seed):
        self.random = np.random.default_rng(seed)
        beats = [t for t in takes if not t.is_fill and t.bars - t.first_full >= 1]
        kinds = [[t for t in beats if t.is_human], [t for t in beats if not t.is_human]]
        self.human, self.written = [balanced(kind) if kind else None for kind in kinds]
        self.fills = defaultdict(list)
        for take in takes:
            if take.is_fill and take.bars >= 1:
                self.fills[take.a_beat].append(take)
        self.fill_bpm = {a: np.array([t.bpm for t in ours]) for a, ours in self.fills.items()}

    def take(self):
        """A take, a human one in 4/4 often re-read in another metre."""
        random = self.random
        is_human = self.written is None or (self.human and random.random() < HUMAN_SHARE)
        if not is_human:
            return self.written.draw(random)
        take = varied(self.human.draw(random), random)
        if take.beats != 4:
            return take
        return reread(take, drawn(METRE_SHARES[take.a_beat], random))

    def _fill(self, take):
        """The bars and grids of a fill of one or two bars in the take's feel, or None."""
        fills, random = self.fills[take.a_beat], self.random
        if not fills:
            return None
        ratio = self.fill_bpm[take.a_beat] / take.bpm
        like = np.flatnonzero((ratio > 0.66) & (ratio < 1.5))
        if not len(like):
            return None
        fill = fills[like[random.integers(len(like))]]
        bars = min(fill.bars, 2 if random.random() < 0.3 else 1)
        shape = (fill.bars, fill.bar_steps, 9)
        first = busiest_bars(fill.velocity.reshape(shape), bars)
        skip = max(fill.bar_steps - take.bar_steps, 0)
        parts = [fitted(g.reshape(shape)[first:first + bars, skip:], take.bar_steps).reshape(-1, 9)
                 for g in (fill.velocity, fill.shift)]
        return (bars, parts) if (parts[0] > 0).sum() >= FILL_HITS_MIN * bars else None

    def _with_fills(self, take, parts, bars):
        """Plays recorded fills over phrase ends of `parts`; returns the bars that are fills now."""
        filled, width = set(), take.bar_steps
        for end in range(bars, 0, -1):
            share = END_FILL_SHARE if end == bars else PHRASE_FILL_SHARE * (end % 4 == 0)
            fill = self._fill(take) if self.random.random() < share else None
            if fill and fill[0] < end:
                filled.update(range(end - fill[0], end))
                for part, played in zip(parts, fill[1], strict=True):
                    part[end * width - len(played):end * width] = played
        return filled

    def cut(self, take):
        """A random window of a take: its velocity and shift grids and its fill bars."""
        random, width = self.random, take.bar_steps
        room = take.bars - take.first_full
        bars = min(drawn(WINDOW_BARS, random), room, max(1, STEPS_MAX // width))
        start = int(random.integers(0, room - bars + 1))
        if not take.is_human:
            start -= start % 4
        start += take.first_full
        parts = [g[start * width:(start + bars) * width].copy() for g in (take.velocity, take.shift)]
        if take.is_human:
            return *parts, self._with_fills(take, parts, bars)
        return *parts, {bar - start for bar in take.fills if start <= bar < start + bars}

    def wish(self, take, velocity, context):
        """What the window is asked for, each wish dropped at random; measured after the context."""
        random, width = self.random, take.bar_steps
        target = velocity[context * width:]
        here = random.random(5) >= (RHYTHM_DROP, WISH_DROP, WISH_DROP, WISH_DROP, STYLE_DROP)
        return Wish(
            random_rhythm(velocity, random) if here[0] else None,
            hit_density(target) if here[1] else None,
            syncopation(target, width, take.a_beat) if here[2] else None,
            energy(target) if here[3] else None,
            take.style if here[4] else None)

    def sample(self):
        """The arrays of one window."""
        random, take = self.random, self.take()
        velocity, shift, fills = self.cut(take)
        bars, context = len(velocity) // take.bar_steps, 0
        if random.random() < CONTEXT_SHARE:
            context = min(int(random.choice(CONTEXT_BARS)), bars - 1)
        feel = Feel(take.bar_steps, take.a_beat, take.bpm)
        features = drum_features(velocity, feel, fills, context,
                                 self.wish(take, velocity, context))
        return window_arrays(velocity, shift, features)


def whole_windows(takes, bars=8):
    """`(take, first bar, velocity, shift)` of all of the beat takes in windows of up to 8 bars."""
    for take in (t for t in takes if not t.is_fill):
        width = take.bar_steps
        for bar in range(take.first_full, take.bars, bars):
            lo, hi = bar * width, min(bar + bars, take.bars) * width
            yield take, bar, take.velocity[lo:hi], take.shift[lo:hi]


def evaluation_batches(takes, size=64, bars=8, with_style=True):
    """All of the beat takes in windows of up to 8 bars, with nothing asked for but the style."""
    arrays = []
    for take, first, velocity, shift in whole_windows(takes, bars):
        feel = Feel(take.bar_steps, take.a_beat, take.bpm)
        fills = {bar - first for bar in take.fills}
        wish = Wish(style=take.style if with_style else None)
        arrays.append(window_arrays(velocity, shift,
                                    drum_features(velocity, feel, fills, 0, wish)))
    return in_batches(arrays, size)
