"""Several parts over one harmony: what the phrase, drum, VAE and GAN models train on.

A lead line alone is an arrangement with one part. The parts that the style grammar wrote are named.
"""

import json
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from .tokens import POSITION_TICKS, bar_ticks
from .vocabulary import PARTS

_FIELDS = 5
CORPUS = ("arrangements.npz", "composed.npz")


@dataclass
class Arrangement:
    """Parts, harmony, key, metre and style of a piece, and where it came from.

    `parts` maps a name of `PARTS` to `int16[N, 5]` rows, sorted. Pitched parts: `(bar, position, midi,
    duration class, velocity 1–127 or 0 where unknown)`, one row a note; rows with equal bar and position
    are one chord, ascending in midi. Drums: `(bar, step, class, velocity 1–127, shift in 1/100 step)`,
    `steps_a_beat` steps (3 or 4) a beat. `chords` are `(onset ticks, length ticks, root, quality)` as in
    `Piece`; `metre` is `(numerator, denominator)`; `bpm` counts quarters, 0 where unknown.
    """

    set: str
    piece: str
    title: str
    licence: str
    split: str
    style: str
    tonic: int
    scale: str
    metre: tuple
    bars: int
    first_full: int = 0
    chords: list = field(default_factory=list)
    chords_inferred: bool = True
    bpm: float = 0.0
    steps_a_beat: int = 4
    by_grammar: list = field(default_factory=list)
    parts: dict = field(default_factory=dict)


def as_rows(rows):
    """`int16[N, 5]` of row tuples, sorted; pitched rows of four numbers get velocity 0."""
    rows = [tuple(row) + (0,) * (_FIELDS - len(row)) for row in rows]
    return np.array(sorted(rows), np.int16).reshape(-1, _FIELDS)


def of_piece(piece, style):
    """The arrangement that holds a prepared `Piece`'s line as its lead."""
    fields = {key: value for key, value in asdict(piece).items() if key != "rows"}
    return Arrangement(**fields, style=style, parts={"lead": as_rows(piece.rows)})


def chords_within(chords, first, bars, ticks):
    """The chords of `bars` bars from bar `first` on, from tick 0."""
    inside = []
    for onset, length, root, quality in chords:
        begin, end = max(onset - first * ticks, 0), min(onset + length - first * ticks, bars * ticks)
        if end > begin:
            inside.append([begin, end - begin, root, quality])
    return inside


def cut(whole, begin, end):
    """Bars `begin` to `end` (excluded) of an arrangement; parts that are silent there go."""
    ticks, parts = bar_ticks(whole.metre), {}
    for name, rows in whole.parts.items():
        inside = rows[(rows[:, 0] >= begin) & (rows[:, 0] < end)].copy()
        inside[:, 0] -= begin
        if len(inside):
            parts[name] = inside
    first = min((POSITION_TICKS[r[0, 1]] for name, r in parts.items()
                 if name != "drums" and r[0, 0] == 0), default=0)
    pickup = whole.first_full if begin == 0 else int(first * 2 >= ticks)
    return replace(whole, parts=parts, bars=end - begin, first_full=pickup,
                   chords=chords_within(whole.chords, begin, end - begin, ticks),
                   by_grammar=[name for name in whole.by_grammar if name in parts])


def save_arrangements(arrangements, path):
    """Writes arrangements as one compressed `.npz`: a JSON header and all rows in one array.

    The rows lie column by column, which packs twice as well.
    """
    header, blocks = [], [np.zeros((0, _FIELDS), np.int16)]
    for item in arrangements:
        fields = {**vars(item)}
        parts = fields.pop("parts")
        fields["lengths"] = {name: len(parts[name]) for name in PARTS if name in parts}
        fields["chords"] = [[int(v) for v in chord] for chord in item.chords]
        blocks += [np.asarray(parts[name], np.int16) for name in fields["lengths"]]
        header.append(fields)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    with open(path, "wb") as file:
        np.savez_compressed(file, header=np.frombuffer(text, np.uint8),
                            rows=np.asfortranarray(np.concatenate(blocks)))


def load_arrangements(path):
    """Reads what `save_arrangements` wrote."""
    with np.load(path) as packed:
        header = json.loads(packed["header"].tobytes())
        rows = np.ascontiguousarray(packed["rows"])
    arrangements, at = [], 0
    for fields in header:
        parts = {}
        for name, length in fields.pop("lengths").items():
            parts[name] = rows[at:at + length]
            at += length
        arrangements.append(Arrangement(**fields, parts=parts))
    return arrangements


def load_corpus(out):
    """All arrangements that were prepared and composed."""
    return [a for name in CORPUS if (out / name).exists() for a in load_arrangements(out / name)]
