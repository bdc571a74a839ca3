"""MIDI files as plain notes in ticks of 24 a quarter, and the search for the first bar line."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ..tokens import TICKS_PER_QUARTER, bar_ticks, beat_ticks

_FIFTHS = {
    "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "C#": 7, "F": -1, "Bb": -2,
    "Eb": -3, "Ab": -4, "Db": -5, "Gb": -6, "Cb": -7,
    "Am": 0, "Em": 1, "Bm": 2, "F#m": 3, "C#m": 4, "G#m": 5, "D#m": 6, "A#m": 7, "Dm": -1,
    "Gm": -2, "Cm": -3, "Fm": -4, "Bbm": -5, "Ebm": -6, "Abm": -7,
}


@dataclass
class Track:
    """Notes `(onset ticks, duration ticks, midi, velocity)` of one track, by onset."""

    name: str = ""
    notes: list = field(default_factory=list)
    channel: int | None = None


@dataclass
class MidiPiece:
    """A MIDI file; metres are `(tick, (n, d))`, the signature is in fifths."""

    tracks: list
    metres: list
    signature: int | None
    length: float
    bpm: float = 120.0


def read_midi(path, by_channel=False):
    """Reads a file, or returns None where it does not parse; `by_channel` parts tracks further."""
    import mido  # only preparing needs it
    from mido.midifiles.meta import KeySignatureError

    try:
        file = mido.MidiFile(path, clip=True)
    except (OSError, ValueError, EOFError, IndexError, KeySignatureError):
        return None
    scale = TICKS_PER_QUARTER / file.ticks_per_beat
    result = MidiPiece([], [], None, 0.0)
    for track in file.tracks:
        _read_track(track, scale, result, by_channel)
    result.metres.sort()
    return result


def _read_track(track, scale, result, by_channel):
    now, open_notes, head, found = 0, {}, Track(), {}
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            _read_meta(message, now * scale, head, result)
            continue
        key = message.channel if by_channel else None, message.note
        if message.type == "note_on" and message.velocity > 0:
            open_notes.setdefault(key, []).append((now, message.velocity))
        elif open_notes.get(key):
            onset, velocity = open_notes[key].pop(0)
            note = (onset * scale, (now - onset) * scale, message.note, velocity)
            found.setdefault(key[0], []).append(note)
    for channel, notes in found.items():
        result.tracks.append(Track(head.name, sorted(notes), channel))
        result.length = max(result.length, max(n[0] + n[1] for n in notes))


def _read_meta(message, tick, out, result):
    if message.type == "track_name":
        out.name = out.name or message.name
    elif message.type == "time_signature":
        result.metres.append((tick, (message.numerator, message.denominator)))
    elif message.type == "key_signature" and result.signature is None:
        result.signature = _FIFTHS.get(message.key)
    elif message.type == "set_tempo" and tick == 0:
        result.bpm = 60e6 / message.tempo


def one_metre(midi):
    """The metre of a piece that keeps one throughout, else None."""
    metres = {metre for _, metre in midi.metres}
    return metres.pop() if len(metres) == 1 else None


def is_monophonic(notes, overlap_share_max=0.02):
    """True where hardly any note starts well before the one before it ends."""
    if len(notes) < 2:
        return bool(notes)
    overlaps = sum(a[0] + a[1] > b[0] + 2 for a, b in zip(notes, notes[1:], strict=False))
    return overlaps <= overlap_share_max * len(notes)


def offset_by_accent(notes, metre):
    """Ticks from 0 to the first bar line, read off the loudest velocity (abc2midi marks bars)."""
    loudest = max(n[3] for n in notes)
    ticks = bar_ticks(metre)
    at = Counter(round(n[0]) % ticks for n in notes[1:] if n[3] == loudest)
    return at.most_common(1)[0][0] if at else 0


def offset_by_weight(tracks, metre, prior=0.04):
    """Ticks to the first bar line: where long and low notes begin most; 0 is preferred a little."""
    ticks, step = bar_ticks(metre), beat_ticks(metre)
    scores = {}
    total = 1e-9
    weight_at = Counter()
    for track in tracks:
        for onset, duration, midi, *_ in track.notes:
            weight = min(duration, 48) ** 0.7 * (1.5 if midi < 52 else 1.0)
            weight_at[round(onset) % ticks] += weight
            total += weight
    for offset in range(0, ticks, step):
        scores[offset] = weight_at[offset] / total + (prior if offset == 0 else 0.0)
    return max(scores, key=lambda o: (scores[o], -o))


def shifted(notes, offset, ticks_a_bar):
    """Notes with the pickup moved to the end of a bar 0, and 1 where there is such a pickup bar."""
    by = ticks_a_bar - offset if offset else 0
    return [(n[0] + by, *n[1:]) for n in notes], int(offset != 0)


def lines(notes):
    """Notes without their velocities."""
    return [n[:3] for n in notes]


def mean_pitch(notes):
    """Mean MIDI note."""
    return float(np.mean([n[2] for n in notes]))
