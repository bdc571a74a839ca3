"""openhymnal: four-part hymns as MIDI by abc2midi (public domain): lead, counter or chords, bass."""

import json

from ..tokens import bar_ticks
from . import roles
from .archive import require
from .assemble import Score
from .midi import lines, offset_by_accent, one_metre, read_midi, shifted


def read(folder, splits, progress):
    """Yields the hymns that keep one metre."""
    index = json.loads(require(folder / "index.json").read_text())
    for entry in progress(index):
        title, split = splits.get(("openhymnal", entry["file"]), (None, None))
        midi = read_midi(folder / "midi" / entry["file"].replace(".abc", ".mid"))
        if split is None or midi is None or not midi.tracks or one_metre(midi) is None:
            continue
        metre = one_metre(midi)
        offset = offset_by_accent(midi.tracks[0].notes, metre)
        parts = [shifted(t.notes, offset, bar_ticks(metre))[0] for t in midi.tracks]
        meta = {"set": "openhymnal", "piece": entry["file"], "title": title, "split": split,
                "licence": "public domain"}
        sung = roles.without_velocity([roles.snap(part, metre) for part in parts])
        yield Score(meta, metre, lines(parts[0]), sorted(n for part in parts for n in lines(part)),
                    key=midi.signature, first_full=int(offset != 0),
                    castings=roles.voices([s for s in sung if s], metre, title) if sung[0] else [])
