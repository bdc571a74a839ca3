"""One prepared tune: note rows, chords, key and metre, and where it came from."""

import gzip
import json
from dataclasses import asdict, dataclass, field

from .tokens import BAR_QUARTERS_MAX, bar_ticks, encode, quantise_onset

OFF_GRID_SHARE_MAX = 0.02


@dataclass
class Piece:
    """A monophonic line. `rows` are `(bar, position, midi, duration class)`."""

    set: str
    piece: str
    title: str
    licence: str
    split: str
    tonic: int
    scale: str
    metre: tuple
    rows: list
    chords: list = field(default_factory=list)
    bars: int = 0
    first_full: int = 0
    chords_inferred: bool = True


def off_grid_share(notes, ticks_a_bar):
    """The share of onsets more than one tick from the legal grid."""
    far = 0
    for onset, _, _ in notes:
        inside = onset % ticks_a_bar
        far += abs(quantise_onset(inside) - inside) > 1
    return far / max(len(notes), 1)


def line_rows(notes, metre):
    """Note rows of raw notes, or None where the metre or the rhythm does not fit the grid."""
    ticks = bar_ticks(metre)
    if ticks > BAR_QUARTERS_MAX * 24 or ticks < 36 or metre[1] > 8:
        return None
    if len(notes) < 16 or off_grid_share(notes, ticks) > OFF_GRID_SHARE_MAX:
        return None
    return encode(notes, ticks)


def save_pieces(pieces, path):
    """Writes pieces as gzipped JSON lines, without a time stamp, so equal input gives equal bytes."""
    lines = "\n".join(json.dumps(asdict(p), ensure_ascii=False) for p in pieces) + "\n"
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def load_pieces(path):
    """Reads what `save_pieces` wrote."""
    pieces = []
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        pieces.append(Piece(**json.loads(line)))
    return pieces
