"""Chord rows from text: Roman numerals of free-midi-chords, and McGill Billboard annotations."""

import json
import re

from .sources.archive import require
from .tokens import QUALITIES

_NUMERALS = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_MINOR_NUMERALS = {"i": 0, "ii": 2, "iii": 3, "iv": 5, "v": 7, "vi": 8, "vii": 10}
_NUMERAL = re.compile(r"^([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)$")
_SUFFIXES = {
    "": None, "M": "maj", "m": "min", "dim": "dim", "dom7": "7", "sus2": "sus2", "sus4": "sus4",
    "7": "seventh", "M7": "maj7", "m7": "m7", "m6": "min", "M6": "6", "6": "6", "69": "6",
    "M-5": "maj", "5": None, "add9": None, "Madd9": "maj", "madd9": "min", "9": None, "m9": "m7",
}
_HARTE = {"maj": "maj", "min": "min", "7": "7", "min7": "m7", "maj7": "maj7", "dim": "dim",
          "aug": "aug", "sus4": "sus4", "sus2": "sus2", "maj6": "6", "min6": "min", "hdim7": "m7b5",
          "dim7": "dim7", "maj9": "maj7", "min9": "m7", "9": "7", "11": "7", "13": "7",
          "min11": "m7", "5": "maj", "1": "maj"}
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def roman_chord(text, mode):
    """`(degree in semitones, quality)` of a numeral such as `bVIM7`, or None.

    In minor, plain III, VI and VII mean the degrees of the natural minor scale.
    """
    match = _NUMERAL.match(text)
    if not match or match.group(3) not in _SUFFIXES:
        return None
    accidental, numeral, suffix = match.groups()
    natural = _MINOR_NUMERALS if mode == "minor" and not accidental else _NUMERALS
    degree = natural[numeral.lower()] + {"": 0, "b": -1, "#": 1}[accidental]
    minor = numeral.islower() or suffix.startswith("m")
    quality = _SUFFIXES[suffix]
    if quality == "seventh":
        quality = "m7" if minor else ("7" if degree == 7 else "maj7")
    quality = quality or ("min" if minor else "maj")
    return degree % 12, QUALITIES.index(quality)


def read_moods(path, tags=False):
    """`(mode, [(degree, quality, beats)])` rows of free-midi-chords, four beats a chord.

    With `tags`, each with its moods as a third.
    """
    rows = []
    for entry in json.loads(require(path).read_text())["progressions"]:
        mode = entry["mode"]
        if mode == "modal":
            mode = "minor" if entry["chords"][0].startswith("i") else "major"
        chords = [roman_chord(text, mode) for text in entry["chords"]]
        if all(chords):
            row = (mode, [(*chord, 4) for chord in chords])
            rows.append((*row, entry["moods"]) if tags else row)
    return rows


def _harte(text, tonic):
    """`(degree, quality)` of a label such as `Bb:min7/5`, or None."""
    match = re.match(r"^([A-G])([b#]*):([^/ ]+)", text)
    if not match:
        return None
    root = _STEPS[match.group(1)] + match.group(2).count("#") - match.group(2).count("b")
    kind = re.sub(r"\(.*?\)", "", match.group(3))
    kind = "7" if match.group(3) == "sus4(b7)" else kind
    if kind not in _HARTE:
        return None
    return (root - tonic) % 12, QUALITIES.index(_HARTE[kind])


def _bar_chords(bar, beats, tonic):
    """The chords of one bar's text with their beats; a `.` holds the chord before it."""
    tokens = bar.split()
    if not tokens or beats % len(tokens):
        return None
    row, share = [], beats // len(tokens)
    for token in tokens:
        if token == "." and row:
            row[-1] = (*row[-1][:2], row[-1][2] + share)
            continue
        chord = _harte(token, tonic)
        if chord is None:
            return None
        row.append((*chord, share))
    return row


def read_billboard(path):
    """`(mode, beats a bar, rows)` of one song: one row a line of bars that could be read."""
    rows, tonic, beats = [], None, 4
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# tonic:"):
            name = line.split(":")[1].strip()
            tonic = (_STEPS[name[0]] + name.count("#") - name[1:].count("b")) % 12
        elif line.startswith("# metre:"):
            numerator, denominator = (int(x) for x in line.split(":")[1].split("/"))
            beats = numerator // 3 if denominator == 8 else numerator
        elif "|" in line and tonic is not None:
            bars = [b for b in line.split("|")[1:-1] if not b.strip().startswith("(")]
            read = [_bar_chords(bar, beats, tonic) for bar in bars]
            if read and all(read):
                rows.append([chord for bar in read for chord in bar])
    tonics = [q for row in rows for d, q, _ in row if d == 0]
    minor = sum(q in (1, 6) for q in tonics) * 2 > len(tonics)
    return ("minor" if minor else "major"), beats, rows
