"""openscore-lieder: songs for voice and piano as MIDI (CC0); the voice is the line."""

import json

from ..tokens import bar_ticks
from .archive import require
from .assemble import make_piece
from .midi import is_monophonic, offset_by_weight, one_metre, read_midi, shifted

_NOT_VOICES = ("piano", "pianoforte", "klavier", "organ", "harp", "guitar")


def voice_track(tracks):
    """The first monophonic track that no keyboard plays, else None."""
    for track in tracks:
        if not any(word in track.name.lower() for word in _NOT_VOICES):
            return track if is_monophonic(track.notes) else None
    return None


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
        harmony, _ = shifted(every, offset, bar_ticks(metre))
        meta = {"set": "openscore-lieder", "piece": entry["id"], "title": title, "split": split,
                "licence": "CC0 1.0"}
        piece = make_piece(meta, metre, line, harmony, key=midi.signature, first_full=first_full)
        if piece:
            yield piece
