"""An order-5 back-off Markov model of the same events: the baseline that the network must beat.

Interpolated Witten-Bell smoothing (I. Witten and T. Bell, IEEE Trans. Information Theory 37, 1991):
each order's estimate is mixed with the next shorter one's by the number of different followers.
"""

from collections import Counter, defaultdict
from math import log

from .tokens import BAR, DURATIONS, PITCHES, START_EVENT

ORDER = 5
_SIZES = (97, PITCHES, len(DURATIONS))


def _queries(events):
    """`(part, order, context, symbol)` of each event, chained as the network's heads are."""
    padded = [START_EVENT] * ORDER + [tuple(e) for e in events]
    for at in range(ORDER, len(padded)):
        position, pitch, duration = padded[at]
        parts = [(0, (), position)]
        if position != BAR:
            parts += [(1, (position,), pitch), (2, (position, pitch), duration)]
        for part, given, symbol in parts:
            for order in range(ORDER + 1):
                yield part, order, (part, given, *padded[at - order:at]), symbol


class Markov:
    """Counts of the contexts that a held-out set asks for, taken from a training set."""

    def __init__(self, train, held_out):
        asked = {context for events in held_out for _, _, context, _ in _queries(events)}
        self.counts = defaultdict(Counter)
        for events in train:
            for _, _, context, symbol in _queries(events):
                if context in asked:
                    self.counts[context][symbol] += 1

    def nats(self, events):
        """Log loss of the events in nats by part: position, pitch, duration."""
        sums, probability = [0.0, 0.0, 0.0], 0.0
        for part, order, context, symbol in _queries(events):
            if order == 0:
                probability = 1 / _SIZES[part]
            counts = self.counts.get(context)
            if counts:
                total, kinds = counts.total(), len(counts)
                probability = (counts[symbol] + kinds * probability) / (total + kinds)
            if order == ORDER:
                sums[part] -= log(probability)
        return sums


def figures(train, held_out):
    """Nats a note per set and over all; inputs are `(set, events)` lists."""
    model = Markov([events for _, events in train], [events for _, events in held_out])
    sums = defaultdict(lambda: [0.0, 0])
    for name, events in held_out:
        nats = sum(model.nats(events))
        notes = sum(e[0] < BAR for e in events)
        for key in (name, "all"):
            sums[key][0] += nats
            sums[key][1] += notes
    return {key: {"nats": nats / max(notes, 1), "notes": notes}
            for key, (nats, notes) in sorted(sums.items())}
