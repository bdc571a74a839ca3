"""ceol-rince: Irish dance tunes as monophonic MIDI with hand-made roots (CC BY 4.0)."""

import csv
import json

from ..tokens import bar_ticks
from .archive import require
from .assemble import Score
from .midi import lines, offset_by_accent, one_metre, read_midi, shifted


def read_roots(path):
    """`{tune: pitch class of its root}`, made by hand by the set's authors."""
    with open(require(path), newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {name: int(root) % 12 for name, root in rows if root.strip().isdigit()}


def read(folder, splits, progress):
    """Yields the tunes with their roots as tonics."""
    index = json.loads(require(folder / "index.json").read_text())
    roots = read_roots(folder / "roots.csv")
    for entry in progress(index):
        title, split = splits.get(("ceol-rince", entry["id"]), (None, None))
        midi = read_midi(folder / "midi" / f"{entry['id']}.mid")
        if split is None or midi is None or not midi.tracks or one_metre(midi) is None:
            continue
        metre = one_metre(midi)
        line, first_full = shifted(
            midi.tracks[0].notes, offset_by_accent(midi.tracks[0].notes, metre), bar_ticks(metre))
        meta = {"set": "ceol-rince", "piece": entry["id"], "title": title, "split": split,
                "licence": "CC BY 4.0"}
        yield Score(meta, metre, lines(line), tonic=roots.get(entry["id"]), key=midi.signature,
                    first_full=first_full)
