"""Golden features: a few held-out windows with every input that `TOKENS.md` defines for them."""

import json

import numpy as np

from . import tokens
from .drum_data import drum_features, hit_density, reread
from .drum_data import window_arrays as drum_arrays
from .features import CONTROLS, Window, line_of, measure_controls, window_arrays
from .theory import SCALES

PRESENT = ((1, 1, 1, 1), (1, 0, 1, 0), (0, 0, 0, 0))


def plain(array):
    """Nested lists rounded to 1e-6, whole numbers as integers."""
    if isinstance(array, np.ndarray) and array.ndim > 1:
        return [plain(row) for row in array]
    rounded = [round(float(v), 6) for v in array]
    return [int(v) if v == int(v) else v for v in rounded]


def _window_chords(piece, window):
    ticks = tokens.bar_ticks(piece.metre)
    begin, end = window.start * ticks, (window.start + window.bars) * ticks
    return [[max(o, begin) - begin, min(o + n, end) - max(o, begin), root, quality]
            for o, n, root, quality in piece.chords if o < end and o + n > begin]


def _lead_case(piece, window, present):
    line = line_of(piece)
    first = window.start + window.context
    wish = measure_controls(line, first, first + window.target)
    arrays = window_arrays(line, window, wish, np.array(present, np.float32))
    steps = ("prev", "look", "features", "pitch_look", "chord")
    return {
        "set": piece.set, "title": piece.title, "tonic": piece.tonic, "scale": piece.scale,
        "scale_pitch_classes": list(SCALES[piece.scale]), "metre": list(piece.metre),
        "context_bars": window.context, "target_bars": window.target,
        "chords": _window_chords(piece, window),
        "controls": dict(zip(CONTROLS, plain(wish), strict=True)), "present": list(present),
        "events": arrays["events"].tolist(), **{key: plain(arrays[key]) for key in steps},
    }


def _first(pieces, wanted):
    return next((p for p in pieces if p.bars - p.first_full >= 9 and wanted(p)), None)


def lead_cases(pieces):
    """Up to three cases: 4/4 with chord symbols, 6/8, 3/4 in minor."""
    held_out = [p for p in pieces if p.split == "test"] or pieces
    picked = [
        _first(held_out, lambda p: tuple(p.metre) == (4, 4) and not p.chords_inferred),
        _first(held_out, lambda p: tuple(p.metre) == (6, 8)),
        _first(held_out, lambda p: tuple(p.metre) == (3, 4) and "min" in p.scale),
    ]
    shapes = ((4, 4), (0, 4), (2, 4))
    cases = []
    for piece, (context, target), present in zip(picked, shapes, PRESENT, strict=True):
        if piece is not None:
            window = Window(piece.first_full, context, target)
            cases.append(_lead_case(piece, window, present))
    return cases


LEAD_NOTE = (
    "Chords are [onset ticks, length ticks, root relative to C, quality], from the window's first bar. "
    "Row t of prev, look and features belongs to the step that predicts event t; row t of pitch_look "
    "and chord to the pitch head for event t (64s and zeros where event t is BAR). `controls` are "
    "measured on the target; features hold them only where `present` is 1."
)


def write_lead(pieces, folder):
    """Writes `folder/features_golden.json` for the lead."""
    out = {"tokens_sha256": tokens.tokens_sha256(), "note": LEAD_NOTE, "cases": lead_cases(pieces)}
    text = json.dumps(out, separators=(",", ":"), ensure_ascii=False)
    (folder / "features_golden.json").write_text(text + "\n")


DRUM_NOTE = (
    "`hits` are the sounding classes of each step as nine-bit numbers; `velocity` and `shift` rows "
    "are per step and class. Row t of features belongs to the step that predicts hits[t]; prev[t] is "
    "what that step is given. `rhythm` holds velocities (0: no onset) or is null; `density` is null "
    "where absent."
)


def _drum_case(take, bars, fill_bars, with_rhythm, with_density):
    width = take.bar_steps * bars
    velocity, shift = take.velocity[:width], take.shift[:width]
    rhythm = velocity[:, 0].round(6) if with_rhythm else None
    density = hit_density(velocity) if with_density else None
    features = drum_features(velocity, take.beats, take.a_beat, take.bpm, fill_bars, rhythm,
                             density)
    arrays = drum_arrays(velocity, shift, features)
    return {
        "take": take.name, "beats_a_bar": take.beats, "steps_a_beat": take.a_beat,
        "beats_per_minute": round(take.bpm, 6), "bars": bars, "fill_bars": list(fill_bars),
        "rhythm": None if rhythm is None else plain(rhythm), "density": density,
        "prev": arrays["prev"].tolist(), "hits": arrays["event"].tolist(),
        "features": plain(features), "velocity": plain(velocity), "shift": plain(shift),
    }


def write_drums(takes, folder):
    """Writes `folder/features_golden.json` for the drums: straight, triplet, and 3/4."""
    held_out = [t for t in takes if t.split == "test" and not t.is_fill and t.bars >= 3]
    held_out = held_out or [t for t in takes if t.bars >= 3]
    straight = [t for t in held_out if t.a_beat == 4 and t.beats == 4]
    thirds = [t for t in held_out if t.a_beat == 3 and t.beats == 4]
    cases = []
    if straight:
        cases.append(_drum_case(straight[0], 3, (2,), True, True))
        cases.append(_drum_case(reread(straight[-1], 3), 3, (), False, True))
    if thirds:
        cases.append(_drum_case(reread(thirds[0], 2), 3, (), True, False))
    out = {"tokens_sha256": tokens.tokens_sha256(), "note": DRUM_NOTE, "cases": cases}
    text = json.dumps(out, separators=(",", ":"), ensure_ascii=False)
    (folder / "features_golden.json").write_text(text + "\n")
