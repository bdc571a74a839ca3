"""Where the nats of a split go: by likeness to train, by the place in the piece, by what changes.

    python -m linnet_benchmarks.breakdown nottingham --data DATA --out OUT   (counts alone: no --out)
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from . import rolls
from .cli import bench_of, parse
from .counts import FrameCounts
from .neighbours import NEAR, Neighbours, pieces_of
from .train import flip_of, log_likelihood

EARLY = 64  # frames


def groups(train, split):
    """Masks [F] bool of the frames of `split`, by the name of the group."""
    nearest = [Neighbours(train).nearest(piece) for piece in pieces_of(split)]
    jaccard, known = (np.repeat(values, split.lengths) for values in zip(*nearest, strict=True))
    position = split.position()
    before = np.concatenate([np.zeros_like(split.frames[:1]), split.frames[:-1]])
    same = (split.frames == before).all(1) & (position > 0)
    everything = np.ones(len(split.frames), bool)
    return {"all": everything, "near-duplicate in train": jaccard >= NEAR,
            "no near-duplicate": jaccard < NEAR, "Jaccard below 0.1": jaccard < 0.1,
            "at most a tenth of its 8-grams in train": known <= 0.1,
            f"first {EARLY} frames": position < EARLY, f"frames from {EARLY} on": position >= EARLY,
            f"first {EARLY}, no near-duplicate": (position < EARLY) & (jaccard < NEAR),
            f"from {EARLY}, no near-duplicate": (position >= EARLY) & (jaccard < NEAR),
            "frame as the one before": same, "another frame": ~same}


def table(nats, masks):
    """Frames and nats a frame of each group, from log-likelihoods [F]."""
    return {name: {"frames": int(mask.sum()),
                   "nats": round(float(-nats[mask].mean()), 3) if mask.any() else None}
            for name, mask in masks.items()}


def repeats(split, width=16):
    """Share of the frames of a split that lie in `width` frames which their piece has played before."""
    heard = []
    for piece in pieces_of(split):
        symbols, seen = FrameCounts.symbols(piece), set()
        inside = np.zeros(len(piece), bool)
        for begin in range(len(symbols) - width + 1):
            seen.add(tuple(symbols[begin - width:begin]) if begin >= width else ())
            if tuple(symbols[begin:begin + width]) in seen:
                inside[begin:begin + width] = True
        heard.append(inside)
    return float(np.concatenate(heard).mean())


def by_model(options, split_name):
    """Log-likelihoods [F] of the best weights of the first seed."""
    bench = bench_of(options)
    model = bench.model()
    path = options.out / options.command / "seed1_best.pt"
    model.load_state_dict(torch.load(path, map_location=bench.device))
    return log_likelihood(bench, model, split_name, 0, flip_of(1)).cpu().numpy()


def main():
    """Prints the tables as JSON."""
    parser = argparse.ArgumentParser(prog="linnet_benchmarks.breakdown", description=__doc__)
    parser.add_argument("name", choices=list(rolls.MAT_FILES))
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--out", type=Path, help="of the trained model; without it, counts")
    parser.add_argument("--split", default="test", choices=["valid", "test"])
    parser.add_argument("--forget", action="store_true", help="counts of the train split alone")
    options, rest = parser.parse_known_args()
    splits = rolls.load(options.data, options.name)
    split = splits[options.split]
    if options.out:
        again = [options.name, "--data", str(options.data), "--out", str(options.out), *rest]
        nats = by_model(parse(again), options.split)
    else:
        counts = FrameCounts(splits["train"])
        nats = np.concatenate([counts.nats(piece, not options.forget) for piece in pieces_of(split)])
    found = table(nats, groups(splits["train"], split))
    print(json.dumps({"repeated note for note": round(repeats(split), 3), **found}, indent=1))


if __name__ == "__main__":
    main()
