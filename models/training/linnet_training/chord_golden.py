"""Golden features of the chord model: rows with their attributes and every input."""

import numpy as np

from .chord_data import load_lines
from .chord_features import (
    Setting,
    chord_beats_a_bar,
    complexity,
    events_of,
    valence,
    window_arrays,
)
from .chord_windows import melody_from
from .golden import plain, write_json
from .vocabulary import vocabulary_sha256

CASE_BARS, ATTRIBUTE_ROWS = 4, 24
NOTE = (
    "`row` is [degree, quality, beats] from the tonic. Row t of prev and features belongs to the step "
    "that predicts events[t]. `melody` is [onset ticks, length ticks, pitch class from the tonic] or "
    "null. `measured` are the attributes of the row; features hold those named in `asked`. "
    "`attributes` are rows with their measures only."
)


def _measured(row, mask, metre):
    return {"valence": round(valence(row, mask), 6),
            "complexity": round(complexity(row, mask, chord_beats_a_bar(metre)), 6)}


def _case(line, asked):
    beats = CASE_BARS * chord_beats_a_bar(line.metre)
    row, mask = line.row(0, beats), line.mask
    measured = _measured(row, mask, line.metre)
    melody = melody_from(line, 0, beats) if "melody" in asked and line.melody else None
    setting = Setting(mask, line.metre, CASE_BARS, line.style if "style" in asked else None,
                      melody=melody, **{key: measured[key] for key in measured if key in asked})
    arrays = window_arrays(events_of(row), setting)
    return {"source": line.source, "scale_mask": [int(v) for v in mask],
            "metre": list(line.metre), "bars": CASE_BARS, "row": [list(chord) for chord in row],
            "style": plain(line.style), "melody": melody, "asked": list(asked), "measured": measured,
            "events": arrays["event"].tolist(), "prev": arrays["prev"].tolist(),
            "features": plain(arrays["features"])}


def _picked(lines):
    wanted = (lambda p: p.source == "openewld" and tuple(p.metre) == (4, 4),
              lambda p: p.melody and tuple(p.metre) == (6, 8),
              lambda p: p.melody and p.mode == "minor" and tuple(p.metre) == (3, 4),
              lambda p: p.source == "mcgill-billboard")
    return [next((line for line in lines if ask(line)), None) for ask in wanted]


def write_chords(model, out, folder):
    """Writes `folder/features_golden.json` of the chord model."""
    lines = load_lines(out)
    held_out = [line for line in lines if line.split == "test"] or lines
    plans = (("style", "valence", "complexity", "melody"), ("melody", "valence"),
             ("style", "complexity"), ("valence",))
    cases = [_case(line, plan) for line, plan in zip(_picked(held_out), plans, strict=True)
             if line is not None]
    some = [lines[i] for i in np.linspace(0, len(lines) - 1, ATTRIBUTE_ROWS).astype(int)]
    attributes = []
    for line in some:
        row = line.row(0, 2 * CASE_BARS * chord_beats_a_bar(line.metre))
        attributes.append({"row": [list(chord) for chord in row], "metre": list(line.metre),
                           "scale_mask": [int(v) for v in line.mask],
                           **_measured(row, line.mask, line.metre)})
    write_json(folder / "features_golden.json",
               {"tokens_sha256": vocabulary_sha256(), "note": NOTE, "cases": cases,
                "attributes": attributes})
