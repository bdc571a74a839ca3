"""Composes arrangements by the style grammar over the prepared tunes: `composed.npz`.

Every set has a share of the training arrangements by the 0.6th power of its number of tunes, so that
lead sheets and hymns come in more styles than dance tunes; each held-out tune comes in three.
"""

import hashlib
from collections import Counter
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
from tqdm import tqdm

from .arrangement import chords_within, save_arrangements
from .piece import load_pieces
from .sources.archive import MissingData
from .tokens import bar_ticks
from .vocabulary import GRAMMAR_STYLES

BARS_MAX = 32
HELD_OUT_STYLES = 3
PROCESSES = 2


def generator(seed, piece):
    """A random generator that depends on the seed and on which piece this is only."""
    digest = hashlib.sha256(f"{piece.set}/{piece.piece}".encode()).digest()
    return np.random.default_rng([seed, *digest[:8]])


def excerpt(piece, random, bars_max=BARS_MAX):
    """A piece, cut to at most `bars_max` bars from the start of a phrase of four."""
    if piece.bars <= bars_max:
        return piece
    begins = range(piece.first_full, piece.bars - bars_max + 1, 4)
    begin = int(random.choice([0, *begins]))
    rows = [(bar - begin, *rest) for bar, *rest in piece.rows if begin <= bar < begin + bars_max]
    chords = chords_within(piece.chords, begin, bars_max, bar_ticks(piece.metre))
    return replace(piece, rows=rows, chords=chords, bars=bars_max,
                   first_full=piece.first_full if begin == 0 else 0)


def styles_each(pieces, count):
    """How many styles each piece is to have, `{(set, piece): float}`, for `count` in all."""
    train = Counter(p.set for p in pieces if p.split == "train")
    held_out = sum(p.split != "train" for p in pieces) * HELD_OUT_STYLES
    total = sum(n ** 0.6 for n in train.values())
    share = {name: max(count - held_out, 0) * n ** 0.6 / total / n for name, n in train.items()}
    return {(p.set, p.piece): share[p.set] if p.split == "train" else HELD_OUT_STYLES for p in pieces}


def compose_piece(job):
    """The arrangements of one piece in as many styles as are wanted and fit."""
    from .grammar import arrange

    piece, wanted, seed = job
    random = generator(seed, piece)
    count = int(wanted) + int(random.random() < wanted % 1)
    made = []
    for style in random.permutation(GRAMMAR_STYLES):
        if len(made) == count:
            break
        part = excerpt(piece, random)
        arrangement = arrange(part, str(style), random) if part.rows else None
        if arrangement is not None:
            made.append(arrangement)
    return made


def compose(out, count, seed, processes=PROCESSES):
    """Writes `composed.npz`; returns arrangements per set, split and style."""
    path = out / "pieces.json.gz"
    if not path.exists():
        raise MissingData(f"{path} is missing. Run `prepare` first.")
    pieces = load_pieces(path)
    wanted = styles_each(pieces, count)
    jobs = [(piece, wanted[piece.set, piece.piece], seed) for piece in pieces]
    arrangements = []
    with get_context("spawn").Pool(processes) as pool:
        for made in tqdm(pool.imap(compose_piece, jobs, chunksize=16), total=len(jobs),
                         desc="compose", mininterval=2):
            arrangements += made
    save_arrangements(arrangements, out / "composed.npz")
    counts = Counter(f"{a.set}/{a.split}" for a in arrangements)
    counts.update(a.style for a in arrangements)
    return dict(sorted(counts.items()))
