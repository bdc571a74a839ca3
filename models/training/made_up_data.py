"""A tiny made-up data folder in the formats of the real sets, for the smoke test."""

import csv
import json
import random
import zipfile

import mido

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MOTIFS = ((0, 1, 2, 4), (4, 2, 1, 0), (0, 2, 4, 2), (4, 5, 4, 2))
_ROOTS = (0, 5, 7, 0)
_STEP_NAMES = "CDEFGAB"


def _tune(rng, bars=16):
    """Degrees of a tune of four eighths and a half note a bar, AABA: `[[degree; 5]; bars]`."""
    phrases = [[[m + rng.choice((0, 0, 1)) for m in rng.choice(_MOTIFS)] + [rng.choice((0, 2, 4))]
                for _ in range(4)] for _ in range(2)]
    phrases[0][-1][-1] = 0
    order = [phrases[0], phrases[0], phrases[1], phrases[0]]
    return [bar for phrase in order for bar in phrase][:bars]


def _write_midi(path, notes, metre, channel=0, bpm=120):
    """`notes` are `(onset, length, midi, velocity)` in quarters."""
    _write_tracks(path, [("", channel, notes)], metre, bpm)


def _write_tracks(path, tracks, metre, bpm=120):
    """`tracks` are `(name, channel, notes)`."""
    file = mido.MidiFile(ticks_per_beat=480)
    for number, (name, channel, notes) in enumerate(tracks):
        track = mido.MidiTrack()
        file.tracks.append(track)
        if name:
            track.append(mido.MetaMessage("track_name", name=name))
        if number == 0:
            track.append(mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1]))
            track.append(mido.MetaMessage("key_signature", key="C"))
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))
        _add_notes(track, notes, channel)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


def _add_notes(track, notes, channel):
    events = []
    for onset, length, midi, velocity in notes:
        events.append((round(onset * 480), 1, midi, velocity))
        events.append((round((onset + length) * 480), 0, midi, 0))
    now = 0
    for at, _, midi, velocity in sorted(events):
        track.append(mido.Message("note_on", note=midi, velocity=velocity, time=at - now,
                                  channel=channel))
        now = at


def _midi_tune(rng, tonic):
    notes = []
    for bar, degrees in enumerate(_tune(rng)):
        for i, degree in enumerate(degrees):
            midi = 60 + tonic + _MAJOR[degree % 7] + 12 * (degree // 7)
            velocity = 105 if i == 0 else 80
            notes.append((bar * 4 + i / 2, 2 if i == 4 else 0.5, midi, velocity))
    return notes


def _voices(rng):
    """Four voices over I IV V I, a note a quarter but for the soprano: `{name: notes}`."""
    voices = {"soprano": _midi_tune(rng, 5), "alto": [], "tenor": [], "bass": []}
    for beat in range(64):
        root = _ROOTS[beat // 4 % 4]
        for name, midi in (("alto", 60 + root), ("tenor", 52 + root), ("bass", 41 + root % 7)):
            voices[name].append((beat, 1, midi + (beat % 2) * (name == "tenor"), 80))
    return voices


def _write_hymn(path, rng):
    tracks = [("", number, notes) for number, notes in enumerate(_voices(rng).values())]
    _write_tracks(path, tracks, (4, 4))


def _write_song(path, rng):
    """A song of a folder of one's own: lead, chords and bass by name, drums on channel 10."""
    voices = _voices(rng)
    drums = [(i / 2, 0.1, 42 if i % 2 else 36, 90) for i in range(128)]
    _write_tracks(path, [("Lead synth", 0, voices["soprano"]), ("Bass", 1, voices["bass"]),
                         ("Keys", 2, voices["alto"] + voices["tenor"]), ("", 9, drums)], (4, 4))


def _note_xml(degree, duration):
    step, octave = _STEP_NAMES[degree % 7], 4 + degree // 7
    return (f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch>"
            f"<duration>{duration}</duration><voice>1</voice></note>")


def _sheet_xml(rng):
    measures = []
    for bar, degrees in enumerate(_tune(rng)):
        head = ("<attributes><divisions>2</divisions><key><fifths>0</fifths></key><time>"
                "<beats>4</beats><beat-type>4</beat-type></time></attributes>") if bar == 0 else ""
        root = {0: "C", 5: "F", 7: "G"}[_ROOTS[bar % 4]]
        chord = f"<harmony><root><root-step>{root}</root-step></root><kind>major</kind></harmony>"
        notes = "".join(_note_xml(d, 4 if i == 4 else 1) for i, d in enumerate(degrees))
        measures.append(f"<measure number='{bar + 1}'>{head}{chord}{notes}</measure>")
    return f"<score-partwise><part id='P1'>{''.join(measures)}</part></score-partwise>"


def _write_drums(folder, rng, takes):
    rows = []
    for i in range(takes):
        split = ("train", "train", "validation", "test")[i % 4]
        fill = i % 3 == 2
        name = f"drummer1/{i}_rock_120_{'fill' if fill else 'beat'}_4-4.mid"
        notes = []
        for step in range(16 if fill else 128):
            at = step / 4 + rng.uniform(-0.02, 0.02)
            hits = [42] * (step % 2 == 0) + [36] * (step % 8 == 0) + [38] * (step % 8 == 4)
            hits += [45] * (fill and step > 7)
            notes += [(max(at, 0), 0.1, hit, 70 + 30 * (step % 4 == 0)) for hit in hits]
        _write_midi(folder / name, notes, (4, 4), channel=9)
        rows.append({"drummer": "drummer1", "style": "rock", "bpm": 120, "split": split,
                     "beat_type": "fill" if fill else "beat", "time_signature": "4-4",
                     "midi_filename": name})
    with open(folder / "info.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def _write_progressions(folder):
    moods = [{"mode": mode, "chords": row, "moods": [], "raw": ""} for mode, row in
             (("major", ["I", "IV", "V", "I"]), ("minor", ["i", "VI", "VII", "i"])) * 3]
    path = folder / "free-midi-chords" / "progressions.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"progressions": moods}))
    song = folder / "mcgill-billboard" / "0001" / "salami_chords.txt"
    song.parent.mkdir(parents=True)
    song.write_text("# metre: 4/4\n# tonic: C\n\n0.0\tA, verse, | C:maj | F:maj . G:7 . |\n")


def make(data, tunes=12, seed=3):
    """Writes `splits.tsv` and six small sets under `data`."""
    rng = random.Random(seed)
    splits = [("mcgill-billboard", "0001", "A Song", "x", "train")]
    folk = data / "ceol-rince"
    index, roots = [], ["tune,root"]
    for i in range(tunes):
        split = {0: "valid", 1: "test"}.get(i % 6, "train")
        _write_midi(folk / "midi" / f"Tune{i}.mid", _midi_tune(rng, 2), (4, 4))
        index.append({"id": f"Tune{i}", "title": f"Tune {i}", "rhythm": "reel", "root": "D"})
        roots.append(f"Tune{i},2")
        splits.append(("ceol-rince", f"Tune{i}", f"Tune {i}", f"t{i}", split))
        sheet = data / "openewld" / "mxl" / f"{i:04}_Sheet.mxl"
        sheet.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(sheet, "w") as archive:
            archive.writestr("Sheet.xml", _sheet_xml(rng))
        splits.append(("openewld", sheet.name, f"Sheet {i}", f"s{i}", split))
    (folk / "index.json").write_text(json.dumps(index))
    (folk / "roots.csv").write_text("\n".join(roots) + "\n")
    index = []
    for i in range(tunes // 2):
        split = {0: "valid", 1: "test"}.get(i, "train")
        name = f"Hymn{i}.abc"
        _write_hymn(data / "openhymnal" / "midi" / f"Hymn{i}.mid", rng)
        _write_song(data / "midi-folder" / "pop" / f"song{i}.mid", rng)
        index.append({"file": name})
        splits.append(("openhymnal", name, f"Hymn {i}", f"h{i}", split))
        splits.append(("midi-folder", f"pop/song{i}.mid", f"Song {i}", f"m{i}", split))
    (data / "openhymnal" / "index.json").write_text(json.dumps(index))
    _write_drums(data / "groove", rng, 12)
    _write_progressions(data / "chord-progressions")
    rows = ["set\tpiece\ttitle\tgroup\tsplit", *("\t".join(row) for row in splits)]
    (data / "splits.tsv").write_text("\n".join(rows) + "\n")
