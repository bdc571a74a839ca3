"""What music has of each attribute, by role: the tables that turn a knob into a wish."""

import json

import numpy as np

from . import attributes
from .canvas import Score
from .phrase_windows import is_filled
from .phrase_features import Window
from .vocabulary import ATTRIBUTES, ROLES

BARS = (4, 8)


def _values(arrangements, role, random, per_piece):
    rows = []
    for arrangement in arrangements:
        if len(arrangement.parts.get(role, ())) < 8:
            continue
        score = Score(arrangement)
        for _ in range(per_piece):
            bars = min(int(random.choice(BARS)), score.bars)
            start = int(random.integers(0, score.bars - bars + 1))
            if is_filled(score, role, Window(start, 0, bars)):
                rows.append(attributes.measure(score.rows[role], start, start + bars, score.metre))
    return np.array(rows, np.float64).reshape(-1, attributes.COUNT)


def tables(arrangements, per_piece=2, seed=5):
    """The percentiles 0 … 100 of each attribute over windows of four and eight bars, by role."""
    random, out = np.random.default_rng(seed), {}
    for role in ROLES:
        values = _values(arrangements, role, random, per_piece)
        if not len(values):
            values = np.zeros((1, attributes.COUNT))
        points = np.percentile(values, np.arange(101), axis=0)
        out[role] = {name: [round(float(v), 5) for v in points[:, i]]
                     for i, name in enumerate(ATTRIBUTES)}
    return out


def write(arrangements, folder):
    """Writes `folder/attributes.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tables(arrangements), separators=(",", ":"))
    (folder / "attributes.json").write_text(text + "\n")
