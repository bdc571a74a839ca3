"""Arrangements to hear and see: MIDI files and piano-roll pictures."""

import matplotlib
import mido

from ..tokens import DRUM_CLASSES, DURATIONS, POSITION_TICKS, QUALITIES, TOKENS, bar_ticks, is_compound

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

_NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_COLOURS = {"lead": "#d62728", "counter": "#9467bd", "chords": "#2ca02c", "bass": "#1f77b4"}
_CHANNELS = {"lead": 0, "counter": 1, "chords": 2, "bass": 3, "drums": 9}
_SCALE = 20
SWING = 0.62


def _swung(tick):
    """A tick with the off-beat eighth moved late, as the plug-in's swing does to triplet styles."""
    beat, inside = divmod(tick, 24)
    turn = 24 * SWING
    return beat * 24 + (inside * turn / 12 if inside < 12 else turn + (inside - 12) * (24 - turn) / 12)


def sounding(arrangement):
    """`{part: [(onset, length, midi or class, velocity)]}` in ticks, swing and shifts applied."""
    ticks, out = bar_ticks(arrangement.metre), {}
    compound = is_compound(arrangement.metre)
    swing = arrangement.steps_a_beat == 3 and not compound
    step = (36 if compound else 24) / arrangement.steps_a_beat
    for name, rows in arrangement.parts.items():
        notes = []
        for row in rows.tolist():
            if name == "drums":
                notes.append((row[0] * ticks + (row[1] + row[4] / 100) * step, 6, row[2], row[3]))
                continue
            onset = row[0] * ticks + POSITION_TICKS[row[1]]
            end = onset + DURATIONS[row[3]]
            onset, end = (_swung(onset), _swung(end)) if swing else (onset, end)
            notes.append((onset, end - onset, row[2], row[4]))
        out[name] = notes
    return out


def write_midi(arrangement, path, programs):
    """One track a part, drums on channel 10; `programs` maps parts to General MIDI programs from 0."""
    file = mido.MidiFile(ticks_per_beat=24 * _SCALE)
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(arrangement.bpm or 120))
    numerator, denominator = arrangement.metre
    metre = mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
    file.tracks.append(mido.MidiTrack([tempo, metre]))
    for name, notes in sounding(arrangement).items():
        channel, events = _CHANNELS[name], []
        for onset, length, pitch, velocity in notes:
            pitch = TOKENS["drum_out"][pitch] if name == "drums" else pitch
            start = max(0, round(onset * _SCALE))
            events.append((start, 1, pitch, velocity))
            events.append((start + max(1, round(length * _SCALE)), 0, pitch, 0))
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=programs.get(name, 0)))
        now = 0
        for at, on, pitch, velocity in sorted(events):
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=at - now))
            now = at
        file.tracks.append(track)
    file.save(path)


def _draw_pitched(axes, parts, ticks):
    """Bars of the pitched parts, louder ones darker."""
    for name, colour in _COLOURS.items():
        for onset, length, midi, velocity in parts.get(name, ()):
            axes.broken_barh([(onset / ticks, length / ticks)], (midi - 0.4, 0.8), facecolors=colour,
                             alpha=0.35 + 0.6 * velocity / 127, edgecolor="white", linewidth=0.2)


def _draw_drums(axes, notes, ticks):
    """Strokes of the drums, louder ones longer."""
    axes.scatter([n[0] / ticks for n in notes], [n[2] for n in notes], c="black", marker="|",
                 s=[5 + n[3] * 0.7 for n in notes], linewidths=[0.4 + n[3] / 80 for n in notes])
    axes.set_yticks(range(len(DRUM_CLASSES)), DRUM_CLASSES, fontsize=7)
    axes.set_ylim(-0.6, 8.6)


def draw(arrangement, path, begin=0, bars=16):
    """A piano roll of `bars` bars from `begin`: chords on top, four parts coloured, drums below."""
    ticks, parts = bar_ticks(arrangement.metre), sounding(arrangement)
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(17, 9), dpi=75, sharex=True,
                                             gridspec_kw={"height_ratios": (3, 1)})
    _draw_pitched(above, parts, ticks)
    _draw_drums(below, parts.get("drums", ()), ticks)
    for onset, _, root, quality in arrangement.chords:
        if begin <= onset / ticks < begin + bars:
            above.text(onset / ticks, 96, _NAMES[root] + QUALITIES[quality], fontsize=8)
            above.axvline(onset / ticks, color="#bbbbbb", linewidth=0.6)
    above.set_ylim(26, 99)
    above.set_xlim(begin, begin + bars)
    above.set_xticks(range(begin, begin + bars + 1))
    for axes in (above, below):
        axes.grid(axis="x", alpha=0.5)
    above.set_yticks(range(28, 97, 12))
    title = f"{arrangement.style}: {arrangement.title} {arrangement.metre}"
    above.set_title(f"{title} {arrangement.bpm:.0f} bpm")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
