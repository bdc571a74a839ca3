"""mutopia-pd-ccby: engraved scores as MIDI (public domain or CC BY): their parts."""

import json

from ..tokens import bar_ticks
from . import roles
from .archive import require
from .assemble import Score
from .midi import (
    is_monophonic, lines, mean_pitch, offset_by_weight, one_metre, read_midi, shifted,
)

_LOW = ("bass", "cello", "fagott", "basso", "continuo")
_LICENCES = {"PD": "public domain", "CC-BY": "CC BY"}
_NOTES_MIN, _NOTES_MAX = 32, 1500
_PART_NOTES_MIN = 8
_UNMARKED_BPM = 60.0


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


def castings(tracks, metre, offset, name):
    """Castings `{role: notes}` of a score: a keyboard, a voice with one, or single voices."""
    ready = []
    for track in sorted(tracks, key=lambda t: -mean_pitch(t.notes)):
        notes = roles.snap(shifted(track.notes, offset, bar_ticks(metre))[0], metre)
        if len(notes) >= _PART_NOTES_MIN:
            ready.append((is_monophonic(track.notes, 0.05), notes))
    single = [notes for alone, notes in ready if alone]
    many = [notes for alone, notes in ready if not alone]
    if len(single) >= 3 and len(single) >= len(many):
        return roles.voices(roles.dynamics(single), metre, name)
    if len(ready) == 1 and many:
        return [roles.hands(*roles.split_hands(many[0]), metre)]
    if len(ready) == 2 and len(many) > 0:
        return [roles.hands(ready[0][1], ready[1][1], metre)]
    if len(ready) == 2:
        return roles.voices(roles.dynamics(single), metre, name)
    if len(ready) == 3 and len(many) == 2 and ready[-1][1] is not single[0]:
        voice, = roles.dynamics(single[:1])
        return [roles.hands(*many, metre, voice)]
    if len(ready) >= 3:
        middle = sorted(n for _, notes in ready[:-1] for n in notes)
        return [roles.hands(middle, ready[-1][1], metre)]
    return []


def read(folder, splits, progress):
    """Yields the scores that keep one metre."""
    index = json.loads(require(folder / "index.json").read_text())
    for entry in progress(index):
        _, split = splits.get(("mutopia-pd-ccby", entry["id"]), (None, None))
        midi = read_midi(folder / "midi" / f"{entry['id']}.mid")
        if split is None or midi is None or not midi.tracks or one_metre(midi) is None:
            continue
        top = top_line(midi.tracks)
        metre = one_metre(midi)
        offset = offset_by_weight(midi.tracks, metre)
        every = sorted(n for t in midi.tracks for n in t.notes)
        harmony = lines(shifted(every, offset, bar_ticks(metre))[0])
        meta = {"set": "mutopia-pd-ccby", "piece": entry["id"], "title": entry["title"],
                "split": split, "licence": _attribution(entry)}
        yield Score(meta, metre, lines(shifted(top.notes, offset, bar_ticks(metre))[0]) if top else None,
                    harmony if top is None or len(midi.tracks) > 1 else None, key=midi.signature,
                    first_full=int(offset != 0),
                    bpm=0.0 if abs(midi.bpm - _UNMARKED_BPM) < 0.01 else round(midi.bpm, 1),
                    castings=castings(midi.tracks, metre, offset, entry["id"]))
