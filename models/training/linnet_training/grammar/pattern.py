"""Choosing pattern strings by density and syncopation, and settling their optional symbols."""

from functools import lru_cache

from .chance import chance, pick, softmax_pick


@lru_cache(maxsize=4096)
def measures(pattern):
    """`(onsets a step, share of onsets off the beat)` of a pattern; optional ones count half."""
    a_beat = 3 if len(pattern) % 16 else 4
    total = off = 0.0
    for step, symbol in enumerate(pattern):
        if symbol in ".-":
            continue
        weight = 0.5 if symbol.isdigit() or symbol == "o" else 1.0
        total += weight
        off += weight * (step % a_beat != 0)
    return total / len(pattern), off / max(total, 1e-9)


def overlap(pattern, partner):
    """The share of the partner's hits that `pattern` strikes too, over the shorter of both."""
    hits = [i for i, symbol in enumerate(partner[:len(pattern)]) if symbol not in ".-o"]
    return sum(pattern[i] not in ".-" for i in hits) / max(len(hits), 1)


def choose_pattern(random, patterns, density, syncopation, partner="", lock=0.0):
    """One of `patterns`, likelier the nearer it is to the wanted density and syncopation (0–1).

    `lock` weighs how many hits of the pattern `partner` it shares.
    """
    if len(patterns) == 1:
        return patterns[0]
    figures = [measures(pattern) for pattern in patterns]
    low, high = min(f[0] for f in figures), max(f[0] for f in figures)
    width = max(high - low, 1e-6)
    scores = [-3.0 * abs((f[0] - low) / width - density) - 2.0 * abs(f[1] - syncopation)
              for f in figures]
    if partner and lock:
        scores = [s + lock * overlap(p, partner) for s, p in zip(scores, patterns, strict=True)]
    return softmax_pick(random, patterns, scores)


def choose_family(random, families, taken=None, stay=0.7):
    """A family by weight; with chance `stay` the one already `taken`."""
    if taken is not None and chance(random, stay):
        return taken
    return pick(random, families, [family.weight for family in families])


def settle_hits(pattern, density, random):
    """A drum pattern with its digits decided: hits by tenths of probability, scaled by density."""
    scale = 0.35 + 1.3 * density
    out = []
    for symbol in pattern:
        if symbol.isdigit():
            symbol = ("o" if chance(random, 0.4) else "x") \
                if chance(random, int(symbol) / 10 * scale) else "."
        out.append(symbol)
    return "".join(out)


def settle_line(pattern, density, random):
    """A bass pattern with its lower-case notes decided; a note left out is held over or rests."""
    out = []
    for symbol in pattern:
        if symbol.islower():
            if chance(random, 0.15 + 0.75 * density):
                symbol = symbol.upper()
            else:
                symbol = "-" if out and out[-1] not in ".G" else "."
        elif symbol == "-" and out and out[-1] == ".":
            symbol = "."
        out.append(symbol)
    return "".join(out)


def mutated(pattern, patterns, share, random):
    """A pattern of the same family, sometimes with the second half of another, or one onset moved."""
    others = [p for p in patterns if len(p) == len(pattern) and p != pattern]
    if others and chance(random, share):
        half = len(pattern) // 2
        pattern = pattern[:half] + pick(random, others)[half:]
    if chance(random, 0.7 * share):
        pattern = _nudged(pattern, random)
    return pattern


def _nudged(pattern, random):
    """A pattern with one onset off the first beat left out, or moved by a step."""
    onsets = [i for i, symbol in enumerate(pattern) if symbol not in ".-" and i % 16]
    if len(onsets) < 3:
        return pattern
    at, out = pick(random, onsets), list(pattern)
    symbol, way = out[at], pick(random, (-1, 0, 1))
    held = "-" if "-" in pattern and out[at - 1] != "." else "."
    if way == 0:
        out[at] = held
    elif at + way < len(out) and out[at + way] in ".-":
        out[at] = held if way > 0 else out[at + 1] if at + 1 < len(out) and out[at + 1] == "-" else "."
        out[at + way] = symbol
    return "".join(out)


def invented(patterns, random):
    """A new pattern in the manner of a family: onsets where its patterns have them, one's symbols in order."""
    base = pick(random, patterns)
    symbols = [symbol for symbol in base if symbol not in ".-"]
    if len(symbols) < 3:
        return base
    alike = [p for p in patterns if len(p) == len(base)]
    weights = [0.1 + sum(p[i] not in ".-" for p in alike) for i in range(len(base))]
    count = min(len(base), len(symbols) + pick(random, (-1, 0, 0, 1, 2)))
    share = [weight / sum(weights) for weight in weights]
    places = set(random.choice(len(base), count, replace=False, p=share).tolist())
    if base[0] not in ".-":
        places.add(0)
    held = base.count("-") / max(1, base.count("-") + base.count("."))
    out, hold = [], False
    for step in range(len(base)):
        if step in places:
            out.append(symbols[sum(s not in ".-" for s in out) % len(symbols)])
            hold = chance(random, held)
        else:
            out.append("-" if hold else ".")
    return "".join(out)


def repertoire(family, share, random):
    """The patterns of a family, and with chance `share` three new ones; fixed families have none."""
    patterns = family.patterns[""]
    if family.options.get("fixed") or not chance(random, share):
        return patterns
    return (*patterns, *(invented(patterns, random) for _ in range(3)))
