"""openewld: lead sheets as compressed MusicXML with chord symbols (MIT)."""

import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from ..tokens import QUALITIES, bar_ticks
from .archive import require
from .assemble import Score

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KINDS = {
    "major": "maj", "minor": "min", "augmented": "aug", "diminished": "dim", "power": "maj",
    "dominant": "7", "dominant-seventh": "7", "major-seventh": "maj7", "minor-seventh": "m7",
    "diminished-seventh": "dim7", "half-diminished": "m7b5", "augmented-seventh": "aug",
    "major-minor": "min", "major-sixth": "6", "minor-sixth": "min", "dominant-ninth": "7",
    "dominant-11th": "7", "dominant-13th": "7", "major-ninth": "maj7", "minor-ninth": "m7",
    "major-11th": "maj7", "major-13th": "maj7", "minor-11th": "m7", "minor-13th": "m7",
    "suspended-second": "sus2", "suspended-fourth": "sus4",
}


@dataclass
class Sheet:
    """A lead sheet in ticks; `measures` are `(onset, length, nominal length)`."""

    notes: list = field(default_factory=list)
    symbols: list = field(default_factory=list)
    measures: list = field(default_factory=list)
    metres: list = field(default_factory=list)
    fifths: int | None = None


def _number(element, path, default=0.0):
    found = element.find(path)
    return float(found.text) if found is not None and found.text else default


def _pitch_class(element, prefix):
    step = element.find(f"{prefix}-step")
    return (_STEPS[step.text.strip()] + int(_number(element, f"{prefix}-alter"))) % 12


def _chord(element):
    root, kind = element.find("root"), element.findtext("kind", "none").strip()
    if root is None or kind not in _KINDS:
        return None
    return _pitch_class(root, "root"), QUALITIES.index(_KINDS[kind])


class _Reader:
    """Walks the measures of one part; time is in ticks."""

    def __init__(self):
        self.sheet, self.now, self.divisions = Sheet(), 0.0, 1.0
        self.metre, self.tied, self.furthest = (4, 4), {}, 0.0

    def measure(self, element):
        start = self.now
        self.furthest = start
        for child in element:
            handler = getattr(self, f"_{child.tag.replace('-', '_')}", None)
            if handler:
                handler(child)
            self.furthest = max(self.furthest, self.now)
        self.now = self.furthest
        self.sheet.measures.append((start, self.now - start, bar_ticks(self.metre)))
        self.sheet.metres.append(self.metre)

    def _ticks(self, element):
        return 24 * _number(element, "duration") / self.divisions

    def _attributes(self, element):
        self.divisions = _number(element, "divisions", self.divisions)
        if element.find("time/beats") is not None:
            beats, kind = element.findtext("time/beats"), element.findtext("time/beat-type")
            if beats.strip().isdigit():
                self.metre = (int(beats), int(kind))
        if element.find("key/fifths") is not None and self.sheet.fifths is None:
            self.sheet.fifths = int(_number(element, "key/fifths"))

    def _harmony(self, element):
        offset = 24 * _number(element, "offset") / self.divisions
        self.sheet.symbols.append((self.now + offset, _chord(element)))

    def _backup(self, element):
        self.now -= self._ticks(element)

    def _forward(self, element):
        self.now += self._ticks(element)

    def _note(self, element):
        if element.find("grace") is not None or element.find("cue") is not None:
            return
        length = self._ticks(element)
        is_chord = element.find("chord") is not None
        onset = self.now - length if is_chord else self.now
        if not is_chord:
            self.now += length
        pitch = element.find("pitch")
        first_voice = element.findtext("voice", "1").strip() in ("", "1")
        if pitch is None or not first_voice or element.findtext("staff", "1") != "1":
            return
        midi = int(12 * (_number(pitch, "octave") + 1) + _STEPS[pitch.findtext("step").strip()]
                   + _number(pitch, "alter"))
        self._add(element, onset, length, midi)

    def _add(self, element, onset, length, midi):
        ties = {tie.get("type") for tie in element.findall("tie")}
        held = self.tied.pop(midi, None) if "stop" in ties else None
        if held is not None and abs(sum(self.sheet.notes[held][:2]) - onset) < 1:
            before = self.sheet.notes[held]
            self.sheet.notes[held] = (before[0], before[1] + length, midi)
        else:
            self.sheet.notes.append((onset, length, midi))
            held = len(self.sheet.notes) - 1
        if "start" in ties:
            self.tied[midi] = held


def read_sheet(path):
    """The first part of a `.mxl` file."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xml") and "META-INF" not in n)
        root = ElementTree.fromstring(archive.read(name))
    reader = _Reader()
    for measure in root.find("part").findall("measure"):
        reader.measure(measure)
    return reader.sheet


def regular_span(sheet):
    """`(first measure, end measure, pickup)` of the longest run in one metre of whole bars.

    Two short measures that add up to a bar (a repeat sign inside a bar) count as one.
    """
    best, start, i, count = (0, 0, False), 0, 0, len(sheet.measures)
    while i < count:
        if sheet.metres[i] != sheet.metres[start]:
            start = i
        length, nominal = sheet.measures[i][1:]
        step = 1
        if length < nominal - 1:
            joined = i + 1 < count and abs(length + sheet.measures[i + 1][1] - nominal) < 1
            step = 2 if joined and i > start else 1
            if step == 1 and i > start and i + 1 < count:
                start = i
        elif length > nominal + 1:
            i, start = i + 1, min(i + 1, count - 1)
            continue
        i += step
        if i - start > best[1] - best[0]:
            best = (start, i, sheet.measures[start][1] < nominal - 1)
    return best


def _chord_spans(symbols, begin, end, shift):
    spans, inside = [], sorted((s for s in symbols if s[0] < end), key=lambda s: s[0])
    for i, (onset, chord) in enumerate(inside):
        stop = min(inside[i + 1][0] if i + 1 < len(inside) else end, end)
        onset = max(onset, begin)
        if chord is None or stop - onset < 6:
            continue
        spans.append([round(onset + shift), round(stop - onset), *chord])
    return spans


def sheet_score(sheet, meta):
    """The `Score` of the longest regular span of a sheet, or None."""
    first, last, pickup = regular_span(sheet)
    if last - first < 8:
        return None
    begin, length, nominal = sheet.measures[first]
    end = sum(sheet.measures[last - 1][:2])
    shift = -begin + (nominal - length if pickup else 0)
    line = [(n[0] + shift, n[1], n[2]) for n in sheet.notes if begin <= n[0] < end]
    chords = _chord_spans(sheet.symbols, begin, end, shift)
    return Score(meta, sheet.metres[first], sorted(line), _chord_tones(chords) + sorted(line),
                 key=sheet.fifths, chords=chords, first_full=int(pickup))


def _chord_tones(chords):
    """The chords as low, long notes, so that key finding hears them too."""
    from ..theory import QUALITY_PCS

    return [(onset, length, 36 + (root + pc) % 12) for onset, length, root, quality in chords
            for pc in QUALITY_PCS[QUALITIES[quality]]]


def read(folder, splits, progress):
    """Yields the lead sheets."""
    for path in progress(sorted(require(folder / "mxl").glob("*.mxl"))):
        title, split = splits.get(("openewld", path.name), (None, None))
        if split is None:
            continue
        meta = {"set": "openewld", "piece": path.name, "title": title, "split": split,
                "licence": "MIT"}
        score = sheet_score(read_sheet(path), meta)
        if score:
            yield score
