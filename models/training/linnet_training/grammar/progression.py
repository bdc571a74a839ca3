"""Pieces without melody from rows of chords."""

from ..piece import Piece
from ..tokens import TICKS_PER_QUARTER

BARS_WANTED = (8, 16, 16, 32)


def progression_piece(row, mode, beats_a_bar, random, source=None):
    """A `Piece` without rows whose chords repeat `row`: `(degree, quality index, beats)` chords in `mode`.

    `source` may give `set`, `piece`, `title`, `licence` and `split`; else these say a made-up training
    piece. The key is drawn from `random`. A row that ends inside a bar is filled up by its last chord.
    """
    beats = sum(chord[2] for chord in row)
    short = -beats % beats_a_bar
    row = [*row[:-1], (*row[-1][:2], row[-1][2] + short)]
    row_bars = (beats + short) // beats_a_bar
    wanted = BARS_WANTED[int(random.integers(len(BARS_WANTED)))]
    times = max(1, round(wanted / row_bars))
    tonic, chords, at = int(random.integers(12)), [], 0
    for degree, quality, length in row * times:
        ticks = int(length * TICKS_PER_QUARTER)
        root = (tonic + int(degree)) % 12
        if chords and chords[-1][2:] == [root, int(quality)]:
            chords[-1][1] += ticks
        else:
            chords.append([at, ticks, root, int(quality)])
        at += ticks
    named = {"set": "progressions", "piece": "", "title": "", "licence": "", "split": "train",
             **(source or {})}
    return Piece(**named, tonic=tonic, scale="minor" if mode == "minor" else "major",
                 metre=(int(beats_a_bar), 4), rows=[], chords=chords, bars=row_bars * times,
                 chords_inferred=False)
