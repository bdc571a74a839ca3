"""`python -m linnet_training.grammar PIECES.json.gz --style S --count N --out DIR`: MIDI and pictures."""

import argparse
from pathlib import Path

import numpy as np

from ..piece import load_pieces
from .arranger import arrange
from .render import draw, write_midi
from .styles import STYLES

BARS_MIN = 12


def main():
    """Writes `N` arrangements of random pieces."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("--style", choices=sorted(STYLES), required=True)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pieces, random = load_pieces(options.pieces), np.random.default_rng(options.seed)
    written = 0
    while written < options.count:
        piece = pieces[int(random.integers(len(pieces)))]
        if piece.bars < BARS_MIN:
            continue
        arrangement = arrange(piece, options.style, random)
        if arrangement is None:
            continue
        stem = f"{options.style.replace(' ', '-')}-{options.seed}-{written}"
        write_midi(arrangement, options.out / f"{stem}.mid", STYLES[options.style].programs)
        draw(arrangement, options.out / f"{stem}.png")
        written += 1


if __name__ == "__main__":
    main()
