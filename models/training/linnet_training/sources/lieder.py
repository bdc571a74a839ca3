"""openscore-lieder: songs for voice and piano as MIDI (CC0): lead, chords, bass, second voices."""

import json

from ..tokens import bar_ticks
from . import roles
from .archive import require
from .assemble import Score
from .midi import is_monophonic, lines, offset_by_weight, one_metre, read_midi, shifted

_NOT_VOICES = ("piano", "pianoforte", "klavier", "organ", "harp", "guitar")
_UNMARKED_BPM = 120.0


def is_instrument(track):
    """True for a track that a keyboard or a plucked instrument plays."""
    return any(word in track.name.lower() for word in _NOT_VOICES)


def voice_track(tracks):
    """The first monophonic track that no keyboard plays, else None."""
    for track in tracks:
        if not is_instrument(track):
            return track if is_monophonic(track.notes) else None
    return None


def casting(voice, tracks, metre, offset):
    """`{role: notes}` of a voice and its piano; the second voice, where there is one, is the counter."""
    def ready(track):
        return roles.snap(shifted(track.notes, offset, bar_ticks(metre))[0], metre)

    sung, = roles.dynamics([ready(voice)])
    keys = [ready(t) for t in tracks if is_instrument(t)]
    if len(keys) == 1:
        keys = roles.split_hands(keys[0])
    parts = roles.hands(keys[0], keys[1], metre, sung) if len(keys) == 2 and roles.is_lead(sung) \
        else {"lead": sung}
    others = [t for t in tracks if not is_instrument(t) and t is not voice]
    if others and is_monophonic(others[0].notes):
        second, = roles.dynamics([ready(others[0])])
        if "counter" not in parts and roles.is_counter(second):
            parts["counter"] = second
    return parts


def read(folder, splits, progress):
    """Yields the songs that keep one metre."""
    index = json.loads(require(folder / "index.json").read_text())
    for entry in progress(index):
        title, split = splits.get(("openscore-lieder", entry["id"]), (None, None))
        midi = read_midi(folder / "midi" / f"{entry['id']}.mid")
        if split is None or midi is None or one_metre(midi) is None:
            continue
        voice = voice_track(midi.tracks)
        if voice is None:
            continue
        metre = one_metre(midi)
        whole = abs(entry.get("measures", 0) * bar_ticks(metre) - midi.length) < bar_ticks(metre) / 8
        offset = 0 if whole else offset_by_weight(midi.tracks, metre)
        line, first_full = shifted(voice.notes, offset, bar_ticks(metre))
        every = sorted(n for t in midi.tracks for n in t.notes)
        meta = {"set": "openscore-lieder", "piece": entry["id"], "title": title, "split": split,
                "licence": "CC0 1.0"}
        yield Score(meta, metre, lines(line), lines(shifted(every, offset, bar_ticks(metre))[0]),
                    key=midi.signature, first_full=first_full,
                    bpm=0.0 if midi.bpm == _UNMARKED_BPM else round(midi.bpm, 1),
                    castings=[casting(voice, midi.tracks, metre, offset)])
