"""jsb-chorales: four voices at a sixteenth (Bach, public domain): lead, counter or chords, bass.

The set has no bar lines and does not tell a held note from a repeated one: equal neighbours are
joined inside a quarter-note pair, the metre is 4/4 or 3/4 by where notes are longest.
"""

import json

from ..tokens import bar_ticks
from . import roles
from .archive import require
from .assemble import Score
from .midi import Track, lines, offset_by_weight, shifted

_STEP = 6


def voice_notes(steps, voice):
    """Notes of one voice; a pitch that stays is one note, of four quarters at most."""
    notes, pitch, onset = [], -1, 0
    for i, step in enumerate([*steps, [-1] * 4]):
        now = step[voice]
        if now != pitch or (i - onset) * _STEP >= 96:
            if pitch > 0:
                notes.append((onset * _STEP, (i - onset) * _STEP, int(pitch), 80))
            pitch, onset = now, i
    return notes


def _guess_metre(tracks):
    scores = {}
    for metre in ((4, 4), (3, 4)):
        offset = offset_by_weight(tracks, metre)
        ticks = bar_ticks(metre)
        notes = [n for t in tracks for n in t.notes]
        on = sum(min(n[1], 48) for n in notes if n[0] % ticks == offset)
        scores[metre] = on * ticks / 24 / sum(min(n[1], 48) for n in notes)
    return (3, 4) if scores[3, 4] > 1.15 * scores[4, 4] else (4, 4)


def read(folder, splits, progress):
    """Yields the chorales."""
    data = json.loads(require(folder / "Jsb16thSeparated.json").read_text())
    items = [(f"{split}/{i}", steps) for split in data for i, steps in enumerate(data[split])]
    for name, steps in progress(items):
        title, split = splits.get(("jsb-chorales", name), (None, None))
        tracks = [Track("", voice_notes(steps, voice)) for voice in range(4)]
        if split is None or not tracks[0].notes:
            continue
        metre = _guess_metre(tracks)
        offset = offset_by_weight(tracks, metre)
        parts = [shifted(t.notes, offset, bar_ticks(metre))[0] for t in tracks if t.notes]
        meta = {"set": "jsb-chorales", "piece": name, "title": title, "split": split,
                "licence": "public domain"}
        sung = roles.without_velocity([roles.snap(part, metre) for part in parts])
        yield Score(meta, metre, lines(parts[0]), sorted(n for part in parts for n in lines(part)),
                    first_full=int(offset != 0), castings=roles.voices(sung, metre, name))
