"""mutopia-pd-ccby: engraved scores as MIDI (public domain or CC BY); the top line, where there is one."""

import json

from ..tokens import bar_ticks
from .archive import require
from .assemble import make_piece
from .midi import is_monophonic, mean_pitch, offset_by_weight, one_metre, read_midi, shifted

_LOW = ("bass", "cello", "fagott", "basso", "continuo")
_LICENCES = {"PD": "public domain", "CC-BY": "CC BY"}
_NOTES_MIN, _NOTES_MAX = 32, 1500


def top_line(tracks):
    """The highest monophonic track of at least 32 notes that is the top of the score, else None."""
    lines = [t for t in tracks if len(t.notes) >= _NOTES_MIN and is_monophonic(t.notes)]
    lines = [t for t in lines if not any(word in t.name.lower() for word in _LOW)]
    if not lines:
        return None
    top = max(lines, key=lambda t: mean_pitch(t.notes))
    highest = max(mean_pitch(t.notes) for t in tracks if t.notes)
    fits = 55 <= mean_pitch(top.notes) and mean_pitch(top.notes) >= highest - 1
    return top if fits and len(top.notes) <= _NOTES_MAX else None


def _attribution(entry):
    text = _LICENCES.get(entry["licence"], entry["licence"])
    credit = entry.get("maintainer", "")
    return f"{entry.get('licence_text', text)}, {credit}" if text == "CC BY" else text


def read(folder, splits, progress):
    """Yields the scores that keep one metre and have a clear top line."""
    index = json.loads(require(folder / "index.json").read_text())
    for entry in progress(index):
        _, split = splits.get(("mutopia-pd-ccby", entry["id"]), (None, None))
        midi = read_midi(folder / "midi" / f"{entry['id']}.mid")
        if split is None or midi is None or one_metre(midi) is None:
            continue
        top = top_line(midi.tracks)
        if top is None:
            continue
        metre = one_metre(midi)
        offset = offset_by_weight(midi.tracks, metre)
        line, first_full = shifted(top.notes, offset, bar_ticks(metre))
        every = sorted(n for t in midi.tracks for n in t.notes)
        harmony = shifted(every, offset, bar_ticks(metre))[0] if len(midi.tracks) > 1 else None
        meta = {"set": "mutopia-pd-ccby", "piece": entry["id"], "title": entry["title"],
                "split": split, "licence": _attribution(entry)}
        piece = make_piece(meta, metre, line, harmony, key=midi.signature, first_full=first_full)
        if piece:
            yield piece
