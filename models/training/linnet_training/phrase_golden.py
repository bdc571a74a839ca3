"""Inputs of the phrase model for windows of held-out pieces, to test the plug-in's own code with."""

import numpy as np

from . import attribute_tables, attributes
from .arrangement import load_corpus
from .canvas import Score
from .golden import write_json
from .phrase_features import Window, Wish, style_one_hot, window_arrays
from .phrase_windows import is_filled
from .vocabulary import ROLES

WINDOWS_PER_ROLE = 3
_METRES = ((4, 4), (3, 4), (6, 8), (2, 4), (9, 8), (7, 8))


def _sparse(array):
    """Rows as `[index, value]` pairs of what is not 0."""
    return [[[int(i), round(float(row[i]), 6)] for i in np.flatnonzero(row)] for row in array]


def _source(score, window):
    """The window's part rows and chords, their bars and ticks counted from its first bar."""
    parts = {}
    for name, rows in score.rows.items():
        inside = (rows[:, 0] >= window.start) & (rows[:, 0] < window.start + window.all_bars)
        kept = rows[inside].copy()
        kept[:, 0] -= window.start
        parts[name] = kept[:, :4].tolist()
    begin = window.start * score.bar_ticks
    end = begin + window.all_bars * score.bar_ticks
    chords = [[max(o, begin) - begin, min(o + n, end) - max(o, begin), root, quality]
              for o, n, root, quality in score.arrangement.chords if o < end and o + n > begin]
    return parts, chords


def case(arrangement, role, window, random):
    """One window as a JSON object: what it is made of, and what the model is given."""
    whole = Score(arrangement)
    parts, chords = _source(whole, window)
    # Notes that sound into the window from before it are not known there.
    cut = dict(vars(arrangement))
    cut |= {"bars": window.all_bars, "first_full": 0, "chords": chords,
            "parts": {name: np.array([[*r, 0] for r in rows], np.int16).reshape(-1, 5)
                      for name, rows in parts.items()}}
    score = Score(type(arrangement)(**cut))
    window = Window(0, window.context, window.target, window.future)
    asked = attributes.measure(score.rows[role], window.context, window.bars, score.metre)
    present = (random.random(attributes.COUNT) < 0.5).astype(np.float32)
    others = [name for name in parts if name != role and name != "drums" and parts[name]]
    visible = {name: (0, window.all_bars) for name in others}
    made = window_arrays(score, role, window, visible,
                         Wish(asked, present, style_one_hot(arrangement.style)))
    return {
        "piece": arrangement.piece, "tonic": score.tonic, "scale": arrangement.scale,
        "metre": list(score.metre), "role": role, "style": arrangement.style,
        "span": [window.context, window.target, window.future], "chords": chords,
        "parts": {name: rows for name, rows in parts.items() if name != "drums"},
        "visible": others, "asked": [round(float(v), 6) for v in asked],
        "present": present.astype(int).tolist(), "events": made["events"].tolist(),
        "look": made["look"].tolist(), "pitch_look": made["pitch_look"].tolist(),
        "columns": made["columns"].tolist(), "features": _sparse(made["features"]),
        "canvas": _sparse(made["canvas"]),
    }


def cases(arrangements, seed=9):
    """A few windows a role, of different metres, with and without context and future."""
    random, out = np.random.default_rng(seed), []
    for role in ROLES:
        found = [a for a in arrangements if len(a.parts.get(role, ())) >= 8]
        for number in range(WINDOWS_PER_ROLE):
            metre = _METRES[int(random.integers(len(_METRES)))]
            like = [a for a in found if tuple(a.metre) == metre] or found
            if not like:
                continue
            arrangement = like[int(random.integers(len(like)))]
            span = ((0, 2, 0), (2, 2, 1), (1, 3, 0))[number]
            start = int(random.integers(0, max(arrangement.bars - sum(span), 1)))
            window = Window(start, *span)
            if window.start + window.all_bars <= arrangement.bars and \
                    is_filled(Score(arrangement), role, window):
                out.append(case(arrangement, role, window, random))
    return out


def write_phrase(model, out, folder):
    """Writes `folder/features_golden.json` from held-out arrangements, and `folder/attributes.json`
    from those of the training split.
    """
    arrangements = load_corpus(out)
    held_out = [a for a in arrangements if a.split == "test"] or arrangements
    write_json(folder / "features_golden.json", {"cases": cases(held_out)})
    attribute_tables.write([a for a in arrangements if a.split == "train"], folder)
