"""Reads the sets of a data folder into `pieces.json.gz`, the drum table and the chord counts."""

import json
from collections import Counter

from tqdm import tqdm

from . import drum_data, harmony
from .piece import save_pieces
from .sources import LEAD_SOURCES
from .sources.assemble import split_at_rests
from .sources.archive import MissingData, read_splits, unpack


def _progress(name):
    return lambda items: tqdm(items, desc=f"prepare {name}", mininterval=2)


def prepare_lead(data, out):
    """Writes `pieces.json.gz`; returns notes per set and split."""
    splits = read_splits(data)
    pieces = []
    for name, read in LEAD_SOURCES.items():
        folder = unpack(data, name, out / "sets")
        if folder is not None:
            for piece in read(folder, splits, _progress(name)):
                pieces += split_at_rests(piece)
    if not pieces:
        raise MissingData(f"No set with melodies was found in {data}: expected one of "
                          f"{', '.join(LEAD_SOURCES)}.")
    save_pieces(pieces, out / "pieces.json.gz")
    counts = Counter()
    for piece in pieces:
        counts[f"{piece.set}/{piece.split}/pieces"] += 1
        counts[f"{piece.set}/{piece.split}/notes"] += len(piece.rows)
    return dict(sorted(counts.items()))


def prepare(data, out):
    """Prepares everything that the data folder has; skips what is done already."""
    out.mkdir(parents=True, exist_ok=True)
    summary = out / "prepared.json"
    if summary.exists():
        print(f"{summary} exists: nothing to prepare (delete it to prepare again)")
        return
    counts = {"lead": prepare_lead(data, out)}
    groove = unpack(data, "groove", out / "sets")
    if groove is not None:
        counts["drums"] = drum_data.prepare(groove, out)
    counts["harmony"] = harmony.prepare(data, out)
    summary.write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts, indent=1))
