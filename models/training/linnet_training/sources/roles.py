"""Which notes play which part: lead, counter, chords, bass.

Notes are `(onset, duration, midi, velocity)` with onsets in whole ticks from the first bar line
(`snap`), sorted. A keyboard's hands are taken apart by what lies on top, what lies at the bottom
and stays there, and the rest.
"""

import hashlib
from itertools import groupby

import numpy as np

from ..piece import OFF_GRID_SHARE_MAX, off_grid_share
from ..tokens import (
    BAR_QUARTERS_MAX, bar_ticks, duration_class, position_of_tick, quantise_onset,
)

_BASS_BELOW, _SUNG_BASS_BELOW, _BASS_NOTE_MAX, _LOW_CHORD = 55, 58, 62, 48
_LEAD_FROM = 50
_TWO_VOICES_SHARE = 0.8
_ONSET_NOTES_MAX = 5
_NOTES_MIN, _MELODY_NOTES_MIN = 8, 16


def snap(notes, metre):
    """Notes with onsets on the legal grid; none where the metre or the rhythm does not fit."""
    ticks = bar_ticks(metre)
    if ticks > BAR_QUARTERS_MAX * 24 or ticks < 36 or metre[1] > 8 or not notes:
        return []
    if off_grid_share([n[:3] for n in notes], ticks) > OFF_GRID_SHARE_MAX:
        return []
    return sorted((_legal(onset, ticks), *rest) for onset, *rest in notes)


def _legal(onset, ticks):
    bar = int(onset // ticks)
    return bar * ticks + min(quantise_onset(onset - bar * ticks), ticks)


def onset_groups(notes):
    """Lists of the notes that begin together, each ascending in pitch."""
    return [sorted(group, key=lambda n: n[2]) for _, group in groupby(sorted(notes), lambda n: n[0])]


def top_line(notes):
    """`(line, rest)`: the highest note of each onset, unless a higher one still sounds."""
    line, rest = [], []
    for group in onset_groups(notes):
        top = group[-1]
        covered = line and line[-1][2] > top[2] and sum(line[-1][:2]) > top[0] + 3
        rest += group if covered else group[:-1]
        line += [] if covered else [top]
    return line, rest


def low_line(notes, span_ticks):
    """`(bass, rest)` of a left hand: notes at the bottom of their span, steps from there, long low ones.

    In a hand that plays two notes at almost every onset the lower is the bass. What merely doubles the
    bass in an octave is dropped.
    """
    groups, floor, bass, rest = onset_groups(notes), {}, [], []
    two_voices = np.mean([len(group) > 1 for group in groups] or [0]) >= _TWO_VOICES_SHARE
    for onset, _, midi, _ in notes:
        floor[onset // span_ticks] = min(midi, floor.get(onset // span_ticks, midi))
    for group in groups:
        before = bass[-1] if bass else None
        low = _is_open(group[0], before) and (
            two_voices or _is_low(group, floor[group[0][0] // span_ticks], before))
        if low:
            bass.append(group[0])
            rest += [n for n in group[1:] if (n[2] - group[0][2]) % 12]
        else:
            rest += group
    return bass, rest


def _is_open(note, before):
    """True where a note can be the bass: low enough, and no lower one still sounds."""
    held = before is not None and sum(before[:2]) > note[0] + 3 and before[2] < note[2]
    return note[2] <= _BASS_NOTE_MAX and not held


def _is_low(group, floor, before):
    _, duration, midi, _ = group[0]
    single = all((n[2] - midi) % 12 == 0 for n in group)
    if before is not None and not single and midi >= max(before[2] + 5, _LOW_CHORD):
        return False
    step = before is not None and abs(midi - before[2]) <= 2
    long = duration >= 24 and midi < _BASS_BELOW or len(group) > 1 and midi < _LOW_CHORD
    return midi <= floor + 2 or (single and (step or long))


def is_bass(line, below=_BASS_BELOW):
    """True for a line whose middle lies below G3, or `below`."""
    return len(line) >= _NOTES_MIN and np.median([n[2] for n in line]) < below


def is_lead(line):
    """True for a line whose middle lies no lower than a bass voice's upper half."""
    return len(line) >= _NOTES_MIN and np.median([n[2] for n in line]) >= _LEAD_FROM


def is_melody(line):
    """True for a line that moves as tunes do: high enough, mostly by small intervals."""
    if len(line) < _MELODY_NOTES_MIN or np.median([n[2] for n in line]) < 57:
        return False
    moves = np.abs(np.diff([n[2] for n in line]))
    return moves.mean() <= 4 and np.mean(moves >= 8) <= 0.15


def is_chords(notes, ticks_a_bar):
    """True for a texture of chords: 1.3 notes an onset or more, or broken chords."""
    groups = onset_groups(notes)
    if len(groups) < _NOTES_MIN:
        return False
    if len(notes) >= 1.3 * len(groups):
        return True
    lines = [[n[2] for n in bar] for _, bar in groupby(sorted(notes), lambda n: n[0] // ticks_a_bar)]
    broken = [len({m % 12 for m in bar}) >= 3 and np.abs(np.diff(bar)).mean() >= 2.5 for bar in lines]
    return np.mean(broken) >= 0.5


def is_counter(notes):
    """True for one voice in a middle register."""
    groups = onset_groups(notes)
    alone = len(notes) <= 1.05 * len(groups)
    return alone and len(notes) >= _MELODY_NOTES_MIN and 48 <= np.median([n[2] for n in notes]) <= 84


def dynamics(tracks):
    """Tracks with the velocity of the one of most levels at each onset; 0 where none has two levels."""
    guide = max(tracks, key=lambda notes: len({n[3] for n in notes}), default=[])
    if len({n[3] for n in guide}) < 2:
        return [[(*n[:3], 0) for n in notes] for notes in tracks]
    levels, result = np.array([n[0] for n in guide]), []
    for notes in tracks:
        own = len({n[3] for n in notes}) > 1
        at = [max(0, np.searchsorted(levels, n[0], "right") - 1) for n in notes]
        result.append([n if own else (*n[:3], guide[i][3]) for n, i in zip(notes, at, strict=True)])
    return result


def hands(upper, lower, metre, voice=()):
    """Parts of a keyboard's two hands: `{role: notes}`, with the voice they accompany, if any.

    The right hand's top is the lead where no voice sings and it moves like a tune; what doubles the
    voice is dropped.
    """
    ticks = bar_ticks(metre)
    upper, lower = dynamics([upper, lower])
    sung = {(n[0], n[2]) for n in voice}
    parts = {"lead": list(voice)} if voice else {}
    middle = [n for n in upper if (n[0], n[2]) not in sung]
    if not voice:
        line, rest = top_line(upper)
        if is_melody(line):
            parts["lead"], middle = line, rest
    bass, above = low_line(lower, ticks // 2 if ticks >= 96 and ticks % 48 == 0 else ticks)
    if not is_bass(bass):
        above = above + [n for n in bass if n[2] >= _LOW_CHORD]
        bass = [n for n in bass if n[2] < _LOW_CHORD]
    if is_bass(bass):
        parts["bass"] = bass
    else:
        above = above + bass
    middle = sorted(middle + above)
    if is_chords(middle, ticks):
        parts["chords"] = middle
    elif is_counter(middle):
        parts["counter"] = middle
    return parts


def split_hands(notes, split_midi=52):
    """The notes from `split_midi` on, and those below: hands of a guitar or a keyboard on one staff."""
    return [n for n in notes if n[2] >= split_midi], [n for n in notes if n[2] < split_midi]


def voices(lines, metre, name):
    """Castings `{role: notes}` of single voices, highest first.

    The first has one middle voice as the counter (the alto, or by chance of `name` the next); the
    second, where the middle voices move together, has them as chords.
    """
    top, *middle = lines
    base = {"lead": top} if is_lead(top) else {}
    if middle and is_bass(middle[-1], _SUNG_BASS_BELOW):
        base["bass"] = middle.pop()
    chance = hashlib.sha1(name.encode()).digest()[0]
    first = dict(base)
    if middle:
        counter = middle[1 if len(middle) > 1 and chance < 64 else 0]
        others = sorted(n for line in middle if line is not counter for n in line)
        if is_counter(counter):
            first["counter"] = counter
        if len(middle) > 2 and is_chords(others, bar_ticks(metre)):
            first["chords"] = others
    block = sorted(n for line in middle for n in line)
    together = sum(len(group) > 1 for group in onset_groups(block))
    if len(middle) > 1 and 3 * together >= len(onset_groups(block)) \
            and is_chords(block, bar_ticks(metre)):
        return [first, {**base, "chords": block}]
    return [first]


def voice_rows(notes, metre, lowest=False):
    """Rows of one voice: of notes with one onset the highest (or lowest) stays; none overlap."""
    ticks = bar_ticks(metre)
    line = [group[0 if lowest else -1] for group in onset_groups(notes)]
    rows = []
    for note, after in zip(line, [*line[1:], None], strict=True):
        room = after[0] - note[0] if after else None
        rows.append(_row(note, ticks, room))
    return rows


def chord_rows(notes, metre):
    """Rows of many voices: five notes an onset at most; a note ends where its pitch is struck again."""
    ticks, rows, again = bar_ticks(metre), [], {}
    for group in reversed(onset_groups(notes)):
        for note in _thinned(group):
            room = again[note[2]] - note[0] if note[2] in again else None
            rows.append(_row(note, ticks, room))
        again.update((note[2], note[0]) for note in group)
    return rows


def _row(note, ticks, room):
    onset, duration, midi, velocity = note
    duration = duration if room is None else min(duration, room)
    return (onset // ticks, position_of_tick(onset % ticks), midi, duration_class(duration, room),
            velocity)


def _thinned(group):
    """At most five notes of a chord: octave doubles go first, then those next to the bottom."""
    chosen = {}
    for note in group:
        if note[2] not in chosen or note[1] > chosen[note[2]][1]:
            chosen[note[2]] = note
    kept = [chosen[midi] for midi in sorted(chosen)]
    while len(kept) > _ONSET_NOTES_MAX:
        classes = [n[2] % 12 for n in kept]
        doubled = [i for i in range(1, len(kept) - 1) if classes.count(classes[i]) > 1]
        kept.pop(doubled[0] if doubled else 1)
    return kept


def without_velocity(tracks):
    """Tracks with every velocity 0: not known."""
    return [[(*n[:3], 0) for n in notes] for notes in tracks]
