"""openhymnal: four-part hymns as MIDI by abc2midi (public domain); the soprano is the line."""

import json

from ..tokens import bar_ticks
from .archive import require
from .assemble import make_piece
from .midi import offset_by_accent, one_metre, read_midi, shifted


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
        line, first_full = shifted(midi.tracks[0].notes, offset, bar_ticks(metre))
        every = sorted(n for t in midi.tracks for n in t.notes)
        harmony, _ = shifted(every, offset, bar_ticks(metre))
        meta = {"set": "openhymnal", "piece": entry["file"], "title": title, "split": split,
                "licence": "public domain"}
        piece = make_piece(meta, metre, line, harmony, key=midi.signature, first_full=first_full)
        if piece:
            yield piece
