"""Chord lines from lead sheets, songs, mood-tagged progressions, inferred harmony, arrangements."""

import gzip
import json
import re
from dataclasses import asdict, dataclass, field

from .arrangement import load_arrangements
from .chord_features import chord_beat, chord_beats_a_bar, joined
from .drum_styles import style_weights
from .piece import load_pieces
from .progressions import read_billboard, read_moods
from .theory import scale_mask
from .tokens import DURATIONS, POSITION_TICKS, bar_ticks
from .vocabulary import SET_STYLES, STYLES

PROGRESSIONS = "progressions.json.gz"
PHRASE_BARS, COMPOSED = 4, "composed"
STYLES_OF = {"mcgill-billboard": {"pop": 1, "rock": 1, "soul": 1}, "free-midi-chords": {},
             **{name: {style: 1} for name, style in SET_STYLES.items()}}
TRUE_CHORDS = ("openewld", "mcgill-billboard")


@dataclass
class ChordLine:
    """A row of `(degree, quality, beats)` from its first bar line, in beats of `chord_beat`.

    `starts` are the beats where a window may begin; `melody` is `(onset, length, pitch class)` in ticks,
    pitch classes and degrees from the tonic.
    """

    source: str
    split: str
    scale: str
    metre: tuple
    chords: list
    starts: list
    styles: dict
    is_inferred: bool = False
    melody: list = field(default_factory=list)
    moods: list = field(default_factory=list)

    @property
    def beats(self):
        return sum(beats for _, _, beats in self.chords)

    @property
    def mask(self):
        return scale_mask(self.scale)

    @property
    def style(self):
        return style_weights(self.styles)

    @property
    def mode(self):
        """`minor` or `major`, as the chord counts of the harmony model have it."""
        is_minor = "min" in self.scale or self.scale in ("dorian", "phrygian")
        return "minor" if is_minor else "major"

    def row(self, start, beats):
        """The chords from beat `start`, `beats` long or to the end, the first and last cut to fit."""
        out, at = [], 0
        for degree, quality, length in self.chords:
            lo, hi = max(at, start), min(at + length, start + beats)
            out.append((degree, quality, hi - lo))
            at += length
        return joined(out)


def rounded(chords, beat, first, end, tonic):
    """A row in beats of `(onset, length, root, quality)` chords in ticks from tick `first` to `end`.

    A chord lasts until the next one; the first also sounds before its onset.
    """
    onsets = [(max(0, round((onset - first) / beat)), (root - tonic) % 12, quality)
              for onset, length, root, quality in chords if onset + length > first]
    edges = [0, *[at for at, _, _ in onsets[1:]], round((end - first) / beat)]
    return joined([(degree, quality, min(edges[i + 1], edges[-1]) - min(edges[i], edges[-1]))
                   for i, (_, degree, quality) in enumerate(onsets)])


def _melody(rows, metre, first_bar, tonic):
    ticks = bar_ticks(metre)
    return [((row[0] - first_bar) * ticks + POSITION_TICKS[row[1]], DURATIONS[row[3]],
             (row[2] - tonic) % 12) for row in (map(int, r[:4]) for r in rows)
            for row in [tuple(row)] if row[0] >= first_bar]


def line_of(item, source, melody_rows, styles):
    """The chord line of a `Piece` or an `Arrangement`, or None where it has no chords."""
    metre, ticks = tuple(item.metre), bar_ticks(item.metre)
    first, end = item.first_full * ticks, item.bars * ticks
    row = rounded(item.chords, chord_beat(metre), first, end, item.tonic)
    if not row:
        return None
    bars = item.bars - item.first_full
    starts = [bar * chord_beats_a_bar(metre) for bar in range(0, bars, PHRASE_BARS)]
    return ChordLine(source, item.split, item.scale, metre, row, starts, styles,
                     item.chords_inferred, _melody(melody_rows, metre, item.first_full, item.tonic))


def _mood_lines(path):
    """The mood progressions, each played twice."""
    for mode, row, moods in read_moods(path, True):
        length = sum(beats for _, _, beats in row)
        yield ChordLine("free-midi-chords", "train", mode, (4, 4), row + row, [0, length], {},
                        moods=moods)


def _song_line(path, split):
    mode, beats, rows = read_billboard(path)
    is_compound = re.search(r"^# metre: \d+/8", path.read_text(encoding="utf-8"), re.MULTILINE)
    metre = (beats * 3, 8) if is_compound and beats > 1 else (beats, 4)
    starts, chords = [], []
    for row in rows:
        starts.append(sum(length for _, _, length in chords))
        chords += row
    return ChordLine("mcgill-billboard", split, mode, metre, chords, starts,
                     STYLES_OF["mcgill-billboard"])


def prepare(folder, splits, out):
    """Writes the songs and mood progressions of the `chord-progressions` set; returns their number."""
    lines = list(_mood_lines(folder / "free-midi-chords" / "progressions.json"))
    for path in sorted((folder / "mcgill-billboard").glob("*/salami_chords.txt")):
        split = splits.get(("mcgill-billboard", path.parent.name), (None, None))[1]
        line = _song_line(path, split) if split else None
        if line and line.chords:
            lines.append(line)
    text = "\n".join(json.dumps(asdict(line)) for line in lines) + "\n"
    (out / PROGRESSIONS).write_bytes(gzip.compress(text.encode(), mtime=0))
    return len(lines)


def _prepared(path):
    if not path.exists():
        return
    for text in gzip.decompress(path.read_bytes()).decode().splitlines():
        fields = json.loads(text)
        fields["chords"] = [tuple(chord) for chord in fields["chords"]]
        yield ChordLine(**{**fields, "metre": tuple(fields["metre"])})


def load_lines(out):
    """All chord lines of a prepared folder: pieces, progressions, composed arrangements."""
    lines = [line_of(p, p.set, p.rows, STYLES_OF.get(p.set, {}))
             for p in load_pieces(out / "pieces.json.gz")]
    lines += _prepared(out / PROGRESSIONS)
    composed = out / "composed.npz"
    for item in load_arrangements(composed) if composed.exists() else []:
        styles = {item.style: 1} if item.style in STYLES else {}
        lines.append(line_of(item, COMPOSED, item.parts.get("lead", ()), styles))
    return [line for line in lines if line is not None]


def held_out_rows(lines, split):
    """`(line, start, beats)` of the true chords of a split, as the harmony model counts rows:
    a song's lines one by one, a lead sheet whole."""
    for line in lines:
        if line.split == split and line.source in TRUE_CHORDS and not line.is_inferred:
            starts = line.starts if line.source == "mcgill-billboard" else [0]
            for start, end in zip(starts, [*starts[1:], line.beats], strict=True):
                yield line, start, end - start
