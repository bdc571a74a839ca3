"""Voicings of chords and smooth ways from one to the next."""

from functools import lru_cache

from ..tokens import QUALITIES
from .harmony import PCS

LOWEST, HIGHEST = 48, 77
_NINTHS = {"maj7", "m7", "7", "6", "maj", "min"}


def _degrees(kind, quality):
    """Pitch classes above the root that a voicing of `kind` holds."""
    name, tones = QUALITIES[quality], PCS[quality]
    third, fifth = tones[1], tones[2]
    top = tones[3] if len(tones) > 3 else None
    if kind == "power":
        return (0, 7) if fifth == 7 else (0, fifth)
    if kind == "triad":
        return tones[:3]
    if kind == "shell":
        return (third, top) if top is not None else (0, third)
    if kind == "ninth" and name in _NINTHS and top is not None:
        return (2, third, fifth, top) if fifth == 7 else tones
    if kind == "rootless" and top is not None:
        return (2, third, top) if name in ("7", "m7", "maj7", "6") else tones[1:]
    if kind == "add" and name in ("maj", "min", "maj7", "m7"):
        return (*tones[:3], 2)
    return tones


@lru_cache(maxsize=8192)
def candidates(kind, root, quality, low, high):
    """Voicings `(midi, …)` of a chord between `low` and `high`: close inversions and open ones."""
    degrees = sorted({(root + degree) % 12 for degree in _degrees(kind, quality)})
    out = []
    if kind == "power":
        for base in range(45, 58):
            if base % 12 == root:
                fifth = base + _degrees(kind, quality)[1]
                out += [(base, fifth), (base, fifth, base + 12)]
        return tuple(out)
    for start in range(low, high):
        if start % 12 not in degrees:
            continue
        turn = degrees.index(start % 12)
        stack, at = [], start
        for pc in degrees[turn:] + degrees[:turn]:
            at += (pc - at) % 12
            stack.append(at)
        out.append(tuple(stack))
        if len(stack) >= 4 or kind == "open":
            dropped = tuple(sorted([stack[-2] - 12, *stack[:-2], stack[-1]]))
            if kind == "open" and len(stack) == 3:
                dropped = (stack[0], stack[2], stack[1] + 12)
            out.append(dropped)
        if kind == "wide":
            out.append((*stack, stack[0] + 12))
    fitting = [v for v in out if v[0] >= low and v[-1] <= high]
    return tuple(fitting or out)


@lru_cache(maxsize=65536)
def _mud(voicing):
    """A penalty for close intervals low down, and for a half step at the top."""
    cost = 0.0
    for low, high in zip(voicing, voicing[1:], strict=False):
        gap = high - low
        if low < 52 and gap < 5:
            cost += 3 + 0.6 * (52 - low)
        elif low < 55 and gap < 3:
            cost += 3
    if len(voicing) > 1 and voicing[-1] - voicing[-2] == 1:
        cost += 3
    return cost


def _motion(before, after):
    """Half steps moved: each voice from its nearest, the outer voices counted again."""
    total = sum(min(abs(pitch - old) for old in before) for pitch in after)
    return total + abs(after[-1] - before[-1]) + 0.5 * abs(after[0] - before[0])


def lead_voices(chord, kind, before, centre, ceiling):
    """The voicing of `chord` that moves least from `before` (or None), near `centre` in midi.

    `ceiling` is the melody's midi above which the top voice should not rise, or None.
    """
    best = None
    for voicing in candidates(kind, chord[2], chord[3], LOWEST, HIGHEST):
        cost = 0.8 * abs(sum(voicing) / len(voicing) - centre) + _mud(voicing)
        if before is not None:
            cost += 0.7 * _motion(before, voicing)
        if ceiling is not None and voicing[-1] > ceiling:
            cost += 0.7 * (voicing[-1] - ceiling)
        if best is None or cost < best[0]:
            best = (cost, voicing)
    return best[1]
