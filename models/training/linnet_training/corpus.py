"""The corpus files that the originality index, the Markov baseline and the evaluation read."""

import gzip
import json
import struct

from .tokens import events_of

MAGIC = b"LNCP1\n"


def _header_entry(piece, events):
    return {"set": piece.set, "piece": piece.piece, "title": piece.title,
            "licence": piece.licence, "tonic": piece.tonic, "scale": piece.scale,
            "metre": list(piece.metre), "first_full": piece.first_full, "events": len(events)}


def write_corpus(pieces, folder):
    """Writes `lead.bin.gz` (training split) and `heldout.json.gz` (test split)."""
    folder.mkdir(parents=True, exist_ok=True)
    header, body, lines = [], bytearray(), []
    for piece in pieces:
        events = events_of(piece.rows, piece.bars, piece.tonic)
        entry = _header_entry(piece, events)
        if piece.split == "train":
            header.append(entry)
            for event in events:
                body += bytes(event)
        elif piece.split == "test":
            chords = [[int(v) for v in chord] for chord in piece.chords]
            full = {**entry, "events": [list(e) for e in events], "chords": chords,
                    "chords_inferred": piece.chords_inferred}
            lines.append(json.dumps(full, separators=(",", ":"), ensure_ascii=False))
    text = json.dumps({"pieces": header}, separators=(",", ":"), ensure_ascii=False).encode()
    packed = MAGIC + struct.pack("<I", len(text)) + text + bytes(body)
    (folder / "lead.bin.gz").write_bytes(gzip.compress(packed, mtime=0))
    held_out = "".join(line + "\n" for line in lines)
    (folder / "heldout.json.gz").write_bytes(gzip.compress(held_out.encode(), mtime=0))
    return len(header), len(lines)


def read_corpus(path):
    """`(header entry, events)` pairs of `lead.bin.gz`."""
    packed = gzip.decompress(path.read_bytes())
    if not packed.startswith(MAGIC):
        raise ValueError(f"{path} is not a corpus file")
    at = len(MAGIC) + 4
    (length,) = struct.unpack("<I", packed[len(MAGIC):at])
    header, at = json.loads(packed[at:at + length])["pieces"], at + length
    for entry in header:
        raw = packed[at:at + 3 * entry["events"]]
        at += len(raw)
        yield entry, [tuple(raw[i:i + 3]) for i in range(0, len(raw), 3)]
