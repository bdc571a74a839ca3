"""The vocabulary of `models/TOKENS.md`: time grid, pitch and duration classes, events."""

import json
from bisect import bisect_right
from pathlib import Path

MODELS_DIR = Path(__file__).resolve().parents[2]
TOKENS_PATH = MODELS_DIR / "tokens.json"
TOKENS = json.loads(TOKENS_PATH.read_text())

TICKS_PER_QUARTER = TOKENS["ticks_per_quarter"]
IN_BEAT = TOKENS["in_beat"]
BAR = TOKENS["bar"]
START = TOKENS["start"]
POSITIONS = TOKENS["positions"]
PITCHES = TOKENS["pitches"]
PITCH_OFFSET = TOKENS["pitch_offset"]
NO_PITCH = TOKENS["no_pitch"]
DURATIONS = TOKENS["durations"]
NO_DURATION = TOKENS["no_duration"]
LAGS_BARS = TOKENS["lags_bars"]
QUALITIES = TOKENS["qualities"]
DRUM_CLASSES = TOKENS["drum_classes"]
DRUM_IN = TOKENS["drum_in"]
DRUM_START = TOKENS["drum_start"]
BAR_QUARTERS_MAX = 8
# The class of each metre; any other is the seventh.
METRES = {(2, 4): 0, (3, 4): 1, (4, 4): 2, (2, 2): 2, (6, 8): 3, (3, 8): 3, (9, 8): 4, (12, 8): 5}

BAR_EVENT = (BAR, NO_PITCH, NO_DURATION)
START_EVENT = (START, NO_PITCH, NO_DURATION)


def bar_ticks(metre):
    """Length in ticks of one bar of `metre = (n, d)`."""
    numerator, denominator = metre
    return 96 * numerator // denominator


def is_compound(metre):
    """True for 6/8, 9/8, 12/8 and the like, where the beat is a dotted note."""
    numerator, denominator = metre
    return denominator in (8, 16) and numerator % 3 == 0 and numerator > 3


def beat_ticks(metre):
    """Length of a beat in ticks: 36 in compound metres, 24 else."""
    return 36 if is_compound(metre) else 24


def position_tick(position):
    """Ticks from the bar line to `position`, in [0, 96)·2."""
    return TICKS_PER_QUARTER * (position // 12) + IN_BEAT[position % 12]


POSITION_TICKS = [position_tick(p) for p in range(POSITIONS)]
_POSITION_OF_TICK = {tick: p for p, tick in enumerate(POSITION_TICKS)}


def quantise_onset(ticks):
    """The nearest legal tick to `ticks` (from a bar line), the earlier on a tie."""
    quarter = int(ticks // TICKS_PER_QUARTER)
    inside = ticks - quarter * TICKS_PER_QUARTER
    legal = IN_BEAT + [TICKS_PER_QUARTER]
    nearest = min(legal, key=lambda t: (abs(t - inside), t))
    return quarter * TICKS_PER_QUARTER + nearest


def position_of_tick(tick):
    """The position class of a legal tick inside a bar."""
    return _POSITION_OF_TICK[tick]


def duration_class(ticks, room=None):
    """Class of the duration nearest to `ticks`, then the longest that fits in `room` ticks."""
    index = min(range(len(DURATIONS)), key=lambda i: (abs(DURATIONS[i] - ticks), i))
    if room is not None:
        index = min(index, max(0, bisect_right(DURATIONS, room) - 1))
    return index


def signed_tonic(tonic):
    """The tonic as an offset in [-5, 6] semitones from C."""
    return tonic if tonic <= 6 else tonic - 12


def pitch_class_token(midi, tonic):
    """The pitch token of a MIDI note under `tonic` (0–11)."""
    relative = midi - 60 - signed_tonic(tonic) + PITCH_OFFSET
    return min(max(relative, 0), PITCHES - 1)


def token_midi(token, tonic):
    """The MIDI note of a pitch token under `tonic` (0–11)."""
    return token - PITCH_OFFSET + 60 + signed_tonic(tonic)


def skyline(notes, ticks_a_bar):
    """Quantised monophonic notes `(bar, tick in bar, duration, midi)` of raw ones.

    `notes` are `(onset ticks, duration ticks, midi)` from the first bar line. Of notes with one
    onset the highest stays.
    """
    best = {}
    for onset, duration, midi in notes:
        bar = int(onset // ticks_a_bar)
        tick = quantise_onset(onset - bar * ticks_a_bar)
        if tick >= ticks_a_bar:
            bar, tick = bar + 1, 0
        key = bar * ticks_a_bar + tick
        if key not in best or midi > best[key][1]:
            best[key] = (duration, midi)
    return [(k // ticks_a_bar, k % ticks_a_bar, *best[k]) for k in sorted(best)]


def encode(notes, ticks_a_bar):
    """Note rows `(bar, position, midi, duration class)` of raw `(onset, duration, midi)` notes."""
    line = skyline(notes, ticks_a_bar)
    rows = []
    for i, (bar, tick, duration, midi) in enumerate(line):
        room = None
        if i + 1 < len(line):
            room = (line[i + 1][0] - bar) * ticks_a_bar + line[i + 1][1] - tick
            duration = min(duration, room)
        rows.append((bar, position_of_tick(tick), midi, duration_class(duration, room)))
    return rows


def events_of(rows, bars, tonic):
    """The event list of `bars` bars: each bar's notes, then BAR. Rows' bars start at 0."""
    events, at = [], 0
    for bar in range(bars):
        while at < len(rows) and rows[at][0] == bar:
            _, position, midi, duration = rows[at]
            events.append((position, pitch_class_token(midi, tonic), duration))
            at += 1
        events.append(BAR_EVENT)
    return events


def decode(events, ticks_a_bar, tonic):
    """Notes `(onset ticks, duration ticks, midi)` of an event list."""
    notes, bar = [], 0
    for position, pitch, duration in events:
        if position == BAR:
            bar += 1
        elif position < POSITIONS:
            onset = bar * ticks_a_bar + POSITION_TICKS[position]
            notes.append((onset, DURATIONS[duration], token_midi(pitch, tonic)))
    return notes
