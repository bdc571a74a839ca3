"""What music has of each attribute, by role: the tables that turn a knob into a wish; and how many of
people's notes repeat the one before, from which a part's character is drawn.
"""

import json

import numpy as np

from . import attributes, tokens
from .canvas import Score
from .phrase_windows import is_filled
from .phrase_features import Window
from .vocabulary import ATTRIBUTES, ROLES

BARS = (4, 8)


def _measures(rows, first_bar, end_bar, metre):
    """The attributes, and the share of steps between onsets that repeat the top note."""
    lo, hi = np.searchsorted(rows[:, 0], (first_bar, end_bar))
    steps = np.diff(attributes.Onsets(rows[lo:hi], tokens.bar_ticks(metre)).top)
    repeats = np.mean(steps == 0) if len(steps) else 0.0
    return [*attributes.measure(rows, first_bar, end_bar, metre), repeats]


def _values(arrangements, role, random, per_piece):
    """`float64[N, 9]`, and which rows people wrote, `bool[N]`."""
    rows, by_people = [], []
    for arrangement in arrangements:
        if len(arrangement.parts.get(role, ())) < 8:
            continue
        score = Score(arrangement)
        for _ in range(per_piece):
            bars = min(int(random.choice(BARS)), score.bars)
            start = int(random.integers(0, score.bars - bars + 1))
            if is_filled(score, role, Window(start, 0, bars)):
                rows.append(_measures(score.rows[role], start, start + bars, score.metre))
                by_people.append(role not in arrangement.by_grammar)
    return np.array(rows, np.float64).reshape(-1, attributes.COUNT + 1), np.array(by_people, bool)


def _percentiles(values):
    points = np.percentile(values if len(values) else np.zeros(1), np.arange(101))
    return [round(float(v), 5) for v in points]


def tables(arrangements, per_piece=2, seed=5):
    """The percentiles 0 … 100 of each attribute over windows of four and eight bars, by role;
    those of `repeats` over the windows that people wrote.
    """
    random, out = np.random.default_rng(seed), {}
    for role in ROLES:
        values, by_people = _values(arrangements, role, random, per_piece)
        out[role] = {name: _percentiles(values[:, i]) for i, name in enumerate(ATTRIBUTES)}
        out[role]["repeats"] = _percentiles(values[by_people, attributes.COUNT])
    return out


def write(arrangements, folder):
    """Writes `folder/attributes.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tables(arrangements), separators=(",", ":"))
    (folder / "attributes.json").write_text(text + "\n")
