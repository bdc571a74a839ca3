"""Windows of chord lines: drawn for training with wishes dropped at random, cut for evaluation."""

from collections import defaultdict

import numpy as np

from .chord_data import COMPOSED
from .chord_features import (
    Setting,
    chord_beat,
    chord_beats_a_bar,
    complexity,
    events_of,
    valence,
    window_arrays,
)
from .drum_windows import drawn

SOURCE_SHARES = {COMPOSED: 4.0, "openewld": 3.0, "mcgill-billboard": 3.5, "free-midi-chords": 1.5,
                 "jsb-chorales": 0.6, "openhymnal": 0.6, "openscore-lieder": 0.8, "ceol-rince": 0.6,
                 "mutopia-pd-ccby": 0.4}
OTHER_SHARE = 0.5
WINDOW_BARS = ((2, 0.08), (4, 0.27), (8, 0.35), (16, 0.2), (32, 0.1))
MASK_DROP, STYLE_DROP, WISH_DROP, MELODY_DROP = 0.1, 0.25, 0.4, 0.4


def melody_from(line, start, beats):
    """The melody of a line in a window, in ticks from its start, held notes cut to fit."""
    beat = chord_beat(line.metre)
    lo, hi = start * beat, (start + beats) * beat
    return [(max(onset, lo) - lo, min(onset + length, hi) - max(onset, lo), pitch_class)
            for onset, length, pitch_class in line.melody if onset < hi and onset + length > lo]


class ChordSampler:
    """Draws windows of lines: sources by `SOURCE_SHARES`, the composed ones evenly by style."""

    def __init__(self, lines, seed):
        self.random = np.random.default_rng(seed)
        groups = defaultdict(list)
        for line in lines:
            styles = line.styles if line.source == COMPOSED else ()
            groups[line.source, *styles].append(line)
        count = sum(source == COMPOSED for source, *_ in groups)
        self.groups = list(groups.values())
        shares = np.array([SOURCE_SHARES.get(source, OTHER_SHARE) / (count if styles else 1)
                           for source, *styles in groups])
        self.shares = np.cumsum(shares) / shares.sum()
        sizes = [np.sqrt([line.beats for line in group]) for group in self.groups]
        self.line_shares = [np.cumsum(s) / s.sum() for s in sizes]

    def _line(self):
        group = min(np.searchsorted(self.shares, self.random.random()), len(self.groups) - 1)
        at = np.searchsorted(self.line_shares[group], self.random.random())
        return self.groups[group][min(at, len(self.groups[group]) - 1)]

    def sample(self):
        """The arrays of one window."""
        random, line = self.random, self._line()
        a_bar = chord_beats_a_bar(line.metre)
        start = line.starts[random.integers(len(line.starts))]
        bars = drawn(WINDOW_BARS, random)
        bars = max(1, min(bars, -(-(line.beats - start) // a_bar)))
        row = line.row(start, bars * a_bar)
        here = random.random(5) >= (MASK_DROP, STYLE_DROP, WISH_DROP, WISH_DROP, MELODY_DROP)
        mask = line.mask
        setting = Setting(
            mask if here[0] else np.zeros(12), line.metre, bars, line.style if here[1] else None,
            valence(row, mask) if here[2] else None,
            complexity(row, mask, a_bar) if here[3] else None,
            melody_from(line, start, bars * a_bar) if here[4] and line.melody else None)
        return window_arrays(events_of(row), setting)


def evaluation_windows(windows, with_style=False, with_wishes=False, with_melody=False):
    """The arrays of `(line, start, beats)` windows, told the scale and what is asked for."""
    for line, start, beats in windows:
        a_bar = chord_beats_a_bar(line.metre)
        row = line.row(start, beats)
        if not row:
            continue
        wishes = (valence(row, line.mask), complexity(row, line.mask, a_bar)) if with_wishes else ()
        setting = Setting(line.mask, line.metre, -(-beats // a_bar),
                          line.style if with_style else None, *wishes)
        if with_melody and line.melody:
            setting.melody = melody_from(line, start, setting.bars * a_bar)
        yield window_arrays(events_of(row), setting)


def composed_windows(lines, split, bars=8):
    """`(line, start, beats)` of the first bars of the composed lines of a split."""
    for line in lines:
        if line.split == split and line.source == COMPOSED:
            yield line, 0, min(line.beats, bars * chord_beats_a_bar(line.metre))
