"""Reads the sets of a data folder into `pieces.json.gz` (lead lines), `arrangements.npz` (all parts),
the drum table and the chord counts."""

import json
from collections import Counter

from tqdm import tqdm

from . import chord_data, drum_data, families, harmony
from .arrangement import save_arrangements
from .piece import save_pieces
from .sources import chorales, folder, folk, hymns, lead_sheets, lieder, scores
from .sources.archive import MissingData, read_splits, unpack
from .sources.assemble import make_arrangements, make_piece, split_at_rests

SOURCES = {
    "openewld": lead_sheets.read,
    "ceol-rince": folk.read,
    "openhymnal": hymns.read,
    "jsb-chorales": chorales.read,
    "openscore-lieder": lieder.read,
    "mutopia-pd-ccby": scores.read,
    "midi-folder": folder.read,
}


def _progress(name):
    return lambda items: tqdm(items, desc=f"prepare {name}", mininterval=2)


def read_sources(data, out):
    """The lead pieces and the arrangements of every set that the data folder has."""
    splits, pieces, arrangements = read_splits(data), [], []
    for name, read in SOURCES.items():
        place = unpack(data, name, out / "sets")
        if place is None:
            continue
        for score in read(place, splits, _progress(name)):
            whole = make_piece(score)
            stretches = list(split_at_rests(whole)) if whole else []
            pieces += stretches
            arrangements += make_arrangements(score, stretches)
    if not pieces:
        raise MissingData(f"No set with melodies was found in {data}: expected one of "
                          f"{', '.join(SOURCES)}.")
    return pieces, arrangements


def count_parts(arrangements):
    """Pieces, and notes of each part, per set and split."""
    counts = Counter()
    for item in arrangements:
        counts[f"{item.set}/{item.split}/pieces"] += 1
        for part, rows in item.parts.items():
            counts[f"{item.set}/{item.split}/{part}"] += len(rows)
    return dict(sorted(counts.items()))


def count_lines(pieces):
    """Pieces and notes per set and split."""
    counts = Counter()
    for piece in pieces:
        counts[f"{piece.set}/{piece.split}/pieces"] += 1
        counts[f"{piece.set}/{piece.split}/notes"] += len(piece.rows)
    return dict(sorted(counts.items()))


def prepare_parts(data, out):
    """Writes `pieces.json.gz` and `arrangements.npz`; returns what they hold."""
    pieces, arrangements = read_sources(data, out)
    near = families.near_duplicates([*pieces, *arrangements])
    pieces, arrangements = families.without(pieces, near), families.without(arrangements, near)
    save_pieces(pieces, out / "pieces.json.gz")
    save_arrangements(arrangements, out / "arrangements.npz")
    return {"lead": count_lines(pieces), "arrangements": count_parts(arrangements),
            "near_duplicates_left_out": dict(Counter(name for name, _ in near))}


def prepare(data, out):
    """Prepares everything that the data folder has; skips what is done already."""
    out.mkdir(parents=True, exist_ok=True)
    summary = out / "prepared.json"
    if summary.exists():
        print(f"{summary} exists: nothing to prepare (delete it to prepare again)")
        return
    counts = prepare_parts(data, out)
    groove = unpack(data, "groove", out / "sets")
    if groove is not None:
        counts["drums"] = drum_data.prepare(groove, out)
    counts["harmony"] = harmony.prepare(data, out)
    progressions = unpack(data, "chord-progressions", out / "sets")
    if progressions is not None:
        counts["progressions"] = chord_data.prepare(progressions, read_splits(data), out)
    summary.write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts, indent=1))
