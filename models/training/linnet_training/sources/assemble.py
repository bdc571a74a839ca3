"""From a read score, the parts and all its notes, to a `Piece` and to `Arrangement`s."""

from dataclasses import dataclass, field, replace

from ..arrangement import Arrangement, as_rows, chords_within, cut, of_piece
from ..piece import Piece, line_rows
from ..theory import find_key, fit_scale, infer_chords
from ..tokens import POSITION_TICKS, bar_ticks
from ..vocabulary import PARTS, SET_STYLES
from . import roles

OTHER_STYLE = "pop"


@dataclass
class Score:
    """What a reader found in one file; times in ticks from bar 0.

    `line` is the tune, `(onset, duration, midi)`, or None where there is none worth learning alone;
    `harmony` all notes (None: the line itself); `castings` are `{role: notes}`, of which the first
    keeps the piece's name; `drums` are finished rows. `key` is a signature in fifths; `tonic` and
    `chords` are given where annotated.
    """

    meta: dict
    metre: tuple
    line: list | None
    harmony: list | None = None
    key: int | None = None
    tonic: int | None = None
    chords: list | None = None
    first_full: int = 0
    bpm: float = 0.0
    castings: list = field(default_factory=list)
    drums: list = field(default_factory=list)
    steps_a_beat: int = 4
    style: str | None = None

    @property
    def notes(self):
        return self.harmony or self.line

    def key_and_scale(self):
        """`(tonic, scale)`, annotated or heard."""
        tonic, minor = self.tonic, None
        if tonic is None:
            bass = min((n for n in self.notes if n[0] >= self.notes[-1][0] - 1), key=lambda n: n[2])
            tonic, minor = find_key(self.notes, bass[2], self.key)
        return tonic, fit_scale(self.notes, tonic, minor)

    def harmony_over(self, bars, tonic, scale):
        """The annotated chords, or those heard in `bars` bars."""
        if self.chords is not None:
            return self.chords
        return infer_chords(self.notes, bars * bar_ticks(self.metre), chord_segment(self.metre),
                            tonic, scale, self.harmony is None)


def chord_segment(metre):
    """Ticks one inferred chord lasts at least: half a bar where it has an even, long count."""
    ticks = bar_ticks(metre)
    return ticks // 2 if ticks >= 96 and ticks % 48 == 0 else ticks


def make_piece(score):
    """The `Piece` of a score's line, or None where there is none that fits the grid."""
    rows = line_rows(score.line, score.metre) if score.line else None
    if rows is None:
        return None
    tonic, scale = score.key_and_scale()
    bars = rows[-1][0] + 1
    return Piece(**score.meta, tonic=tonic, scale=scale, metre=list(score.metre), rows=rows,
                 chords=score.harmony_over(bars, tonic, scale), bars=bars,
                 first_full=score.first_full, chords_inferred=score.chords is None)


def make_arrangements(score, pieces):
    """The arrangements of a score: its castings, or where it has one part only, its `pieces`."""
    style = score.style or SET_STYLES.get(score.meta["set"], OTHER_STYLE)
    made = []
    for number, casting in enumerate(score.castings):
        parts = _rows_of(casting, score)
        if len(parts) > 1:
            made.append((number, parts))
    if not made:
        return [of_piece(piece, style) for piece in pieces]
    tonic, scale = score.key_and_scale()
    bars = 1 + max(int(rows[-1, 0]) for _, parts in made for rows in parts.values())
    chords = score.harmony_over(bars, tonic, scale)
    result = []
    for number, parts in made:
        meta = dict(score.meta)
        meta["piece"] += f"~{number + 1}" * (number > 0)
        whole = Arrangement(**meta, style=style, tonic=tonic, scale=scale, metre=list(score.metre),
                            bars=bars, first_full=score.first_full, chords=chords, bpm=score.bpm,
                            chords_inferred=score.chords is None, parts=parts,
                            steps_a_beat=score.steps_a_beat)
        result += split_where_silent(whole)
    return result


def _rows_of(casting, score):
    parts = {}
    for role, notes in casting.items():
        if notes and role == "chords":
            parts[role] = as_rows(roles.chord_rows(notes, score.metre))
        elif notes:
            parts[role] = as_rows(roles.voice_rows(notes, score.metre, lowest=role == "bass"))
    if score.drums:
        parts["drums"] = as_rows(score.drums)
    return {name: parts[name] for name in PARTS if name in parts}


def split_at_rests(piece, rest_bars=2, notes_min=16):
    """The sung or played stretches of a piece, parted where at least `rest_bars` bars are empty.

    A stretch starts with its first note's bar; a first note in the bar's second half is a pickup.
    """
    stretches = []
    for row in piece.rows:
        if not stretches or row[0] - stretches[-1][-1][0] > rest_bars:
            stretches.append([])
        stretches[-1].append(row)
    for number, rows in enumerate(stretches):
        if len(rows) >= notes_min:
            yield _stretch(piece, rows, number, len(stretches))


def _stretch(piece, rows, number, count):
    ticks, first = bar_ticks(piece.metre), rows[0][0]
    bars = rows[-1][0] - first + 1
    moved = [(bar - first, *rest) for bar, *rest in rows]
    late = POSITION_TICKS[rows[0][1]] * 2 >= ticks
    pickup = int(late or (first == 0 and piece.first_full > 0))
    name = piece.piece if count == 1 else f"{piece.piece}#{number + 1}"
    return replace(piece, piece=name, rows=moved, chords=chords_within(piece.chords, first, bars, ticks),
                   bars=bars, first_full=pickup)


def split_where_silent(whole, rest_bars=2, bars_min=4):
    """The stretches of an arrangement, parted where every part is silent for `rest_bars` bars."""
    played = sorted({int(bar) for rows in whole.parts.values() for bar in rows[:, 0]})
    cuts = [i for i in range(1, len(played)) if played[i] - played[i - 1] > rest_bars]
    spans = [(played[a], played[b - 1] + 1)
             for a, b in zip([0, *cuts], [*cuts, len(played)], strict=True)]
    spans = [(begin, end) for begin, end in spans if end - begin >= bars_min]
    for number, (begin, end) in enumerate(spans):
        name = whole.piece if len(spans) == 1 else f"{whole.piece}#{number + 1}"
        yield replace(cut(whole, begin, end), piece=name)
