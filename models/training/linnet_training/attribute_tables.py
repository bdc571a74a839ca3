"""What music has of each attribute, by role: the tables that turn a knob into a wish; and by style, from
which a part's character is drawn.
"""

import json

import numpy as np

from . import attributes, tokens
from .canvas import Score
from .phrase_windows import is_filled
from .phrase_features import Window
from .vocabulary import ATTRIBUTES, ROLES, STYLES

BARS = (4, 8)
# Windows of a role in a style from which on it has tables of its own.
WINDOWS_MIN = 40


def _measures(rows, first_bar, end_bar, metre):
    """The attributes, and the share of steps between onsets that repeat the top note."""
    lo, hi = np.searchsorted(rows[:, 0], (first_bar, end_bar))
    steps = np.diff(attributes.Onsets(rows[lo:hi], tokens.bar_ticks(metre)).top)
    repeats = np.mean(steps == 0) if len(steps) else 0.0
    return [*attributes.measure(rows, first_bar, end_bar, metre), repeats]


def _values(arrangements, role, random, per_piece):
    """`float64[N, 9]`, which rows people wrote, `bool[N]`, and the styles."""
    rows, by_people, styles = [], [], []
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
                styles.append(arrangement.style)
    values = np.array(rows, np.float64).reshape(-1, attributes.COUNT + 1)
    return values, np.array(by_people, bool), np.array(styles)


def _percentiles(values, step=1):
    points = np.percentile(values if len(values) else np.zeros(1), np.arange(0, 101, step))
    return [round(float(v), 5) for v in points]


def tables(arrangements, per_piece=2, seed=5):
    """The percentiles 0 … 100 of each attribute over windows of four and eight bars, by role; those
    of `repeats` over the windows that people wrote. Under `styles`, by style and role, every fifth
    percentile of all of them over the windows of that style, where there are enough.
    """
    random, out, by_style = np.random.default_rng(seed), {}, {style: {} for style in STYLES}
    for role in ROLES:
        values, by_people, styles = _values(arrangements, role, random, per_piece)
        out[role] = {name: _percentiles(values[:, i]) for i, name in enumerate(ATTRIBUTES)}
        out[role]["repeats"] = _percentiles(values[by_people, attributes.COUNT])
        for style in STYLES:
            of_style = values[styles == style]
            if len(of_style) >= WINDOWS_MIN:
                measures = zip((*ATTRIBUTES, "repeats"), of_style.T, strict=True)
                by_style[style][role] = {name: _percentiles(of, 5) for name, of in measures}
    return out | {"styles": by_style}


def write(arrangements, folder):
    """Writes `folder/attributes.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tables(arrangements), separators=(",", ":"))
    (folder / "attributes.json").write_text(text + "\n")
