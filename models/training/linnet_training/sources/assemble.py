"""From raw notes of a line (and of all voices) to a `Piece`."""

from dataclasses import replace

from ..piece import Piece, line_rows
from ..theory import find_key, fit_scale, infer_chords
from ..tokens import POSITION_TICKS, bar_ticks


def chord_segment(metre):
    """Ticks one inferred chord lasts at least: half a bar where it has an even, long count."""
    ticks = bar_ticks(metre)
    return ticks // 2 if ticks >= 96 and ticks % 48 == 0 else ticks


def make_piece(meta, metre, line, harmony=None, key=None, tonic=None, chords=None, first_full=0):
    """A `Piece`, or None where the line does not fit the grid.

    `line` and `harmony` are `(onset, duration, midi)` from bar 0; `key` is a signature in fifths.
    Chords are read off `harmony` (else off the line itself) where none are given.
    """
    rows = line_rows(line, metre)
    if rows is None:
        return None
    ticks = bar_ticks(metre)
    bars = rows[-1][0] + 1
    minor = None
    if tonic is None:
        bass = min((n for n in (harmony or line) if n[0] >= (harmony or line)[-1][0] - 1),
                   key=lambda n: n[2])
        tonic, minor = find_key(harmony or line, bass[2], key)
    scale = fit_scale(harmony or line, tonic, minor)
    inferred = chords is None
    if inferred:
        segment = chord_segment(metre)
        chords = infer_chords(harmony or line, bars * ticks, segment, tonic, scale, harmony is None)
    return Piece(**meta, tonic=tonic, scale=scale, metre=list(metre), rows=rows, chords=chords,
                 bars=bars, first_full=first_full, chords_inferred=inferred)


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
    chords = []
    for onset, length, root, quality in piece.chords:
        begin, end = max(onset - first * ticks, 0), min(onset + length - first * ticks, bars * ticks)
        if end > begin:
            chords.append([begin, end - begin, root, quality])
    late = POSITION_TICKS[rows[0][1]] * 2 >= ticks
    pickup = int(late or (first == 0 and piece.first_full > 0))
    name = piece.piece if count == 1 else f"{piece.piece}#{number + 1}"
    return replace(piece, piece=name, rows=moved, chords=chords, bars=bars, first_full=pickup)
