"""midi-folder: any folder of MIDI files of your own, named in `splits.tsv` by path inside the folder.

Tracks (and the channels of one track) become parts by name, else by register; channel 10 is the
drums. A file in a sub-folder that is named after a style has that style.
"""

import numpy as np

from ..drum_data import CLASS_OF, steps_a_beat
from ..tokens import bar_ticks, beat_ticks, is_compound
from ..vocabulary import STYLES
from . import roles
from .assemble import OTHER_STYLE, Score
from .midi import is_monophonic, lines, mean_pitch, one_metre, read_midi

_DRUM_CHANNEL = 9
_ROLE_WORDS = {
    "counter": ("counter", "second", "harmony vocal", "backing"),
    "bass": ("bass",),
    "lead": ("lead", "melody", "vocal", "voice", "solo", "tune"),
    "chords": ("chord", "piano", "keys", "guitar", "pad", "organ", "strings", "comp", "arp"),
}
_PART_NOTES_MIN = 8


def named_role(track):
    """The role that a track's name tells, else None."""
    name = track.name.lower()
    return next((role for role, words in _ROLE_WORDS.items() if any(w in name for w in words)), None)


def heard_role(track, notes, taken, metre):
    """The role that a track's register and texture tell, else None."""
    alone = is_monophonic(track.notes, 0.05)
    if alone and "bass" not in taken and roles.is_bass(notes):
        return "bass"
    if not alone and roles.is_chords(notes, bar_ticks(metre)):
        return "chords"
    return next((role for role in ("lead", "counter") if alone and role not in taken), None)


def casting(tracks, metre):
    """`{role: notes}` of the pitched tracks; several chord tracks are one part."""
    parts = {}
    ready = [(t, roles.snap(t.notes, metre)) for t in tracks]
    ready = [(t, notes) for t, notes in ready if len(notes) >= _PART_NOTES_MIN]
    ready.sort(key=lambda pair: (named_role(pair[0]) is None, -mean_pitch(pair[1])))
    for track, notes in ready:
        role = named_role(track)
        if role is None or (role in parts and role != "chords"):
            role = heard_role(track, notes, parts, metre)
        if role:
            parts[role] = sorted(parts.get(role, []) + notes)
    return parts


def drum_rows(tracks, metre):
    """`(rows, steps a beat)` of the tracks of channel 10."""
    beat = beat_ticks(metre)
    hits = [(n[0] / beat, CLASS_OF[n[2]], n[3]) for t in tracks for n in t.notes if n[2] in CLASS_OF]
    if not hits:
        return [], 4
    a_beat = steps_a_beat(np.array([at for at, _, _ in hits]), is_compound(metre))
    bar_steps, loudest = bar_ticks(metre) * a_beat // beat, {}
    for at, kind, velocity in hits:
        step = int(np.floor(at * a_beat + 0.5))
        shift = round(100 * min(max(at * a_beat - step, -0.5), 0.5))
        if velocity > loudest.get((step, kind), (0, 0))[0]:
            loudest[step, kind] = (velocity, shift)
    rows = [(step // bar_steps, step % bar_steps, kind, *touch)
            for (step, kind), touch in loudest.items()]
    return rows, a_beat


def read(folder, splits, progress):
    """Yields the files that keep one metre; bars are counted from tick 0."""
    for path in progress(sorted(folder.rglob("*.mid"))):
        name = path.relative_to(folder).as_posix()
        title, split = splits.get(("midi-folder", name), (path.stem, "train"))
        midi = read_midi(path, by_channel=True)
        if midi is None or one_metre(midi) is None:
            continue
        metre = one_metre(midi)
        pitched = [t for t in midi.tracks if t.channel != _DRUM_CHANNEL]
        if not pitched:
            continue
        drums, a_beat = drum_rows([t for t in midi.tracks if t.channel == _DRUM_CHANNEL], metre)
        parts = casting(pitched, metre)
        line = parts.get("lead")
        every = sorted(n for t in pitched for n in lines(t.notes))
        meta = {"set": "midi-folder", "piece": name, "title": title, "split": split,
                "licence": "your own"}
        yield Score(meta, metre, lines(line) if line else None,
                    every if len(pitched) > 1 or line is None else None, key=midi.signature,
                    bpm=round(midi.bpm, 1), castings=[parts], drums=drums, steps_a_beat=a_beat,
                    style=path.parent.name if path.parent.name in STYLES else OTHER_STYLE)
