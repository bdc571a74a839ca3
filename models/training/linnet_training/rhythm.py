"""Changes of an arrangement's time: all values doubled or halved, and one part's rhythm varied."""

from dataclasses import replace

import numpy as np

from .arrangement import as_rows, cut
from .tokens import (
    DURATIONS, POSITION_TICKS, bar_ticks, beat_ticks, duration_class, is_compound, position_of_tick,
    quantise_onset,
)

# From a metre: the factor of all note values, and the metre that the result is written in.
TIME_SCALES = {
    (4, 4): ((2, (4, 4)), (0.5, (4, 4)), (0.5, (2, 4))),
    (2, 2): ((2, (4, 4)), (0.5, (4, 4)), (0.5, (2, 4))),
    (2, 4): ((2, (4, 4)), (2, (2, 4)), (0.5, (2, 4))),
    (3, 4): ((2, (3, 4)), (0.5, (3, 4)), (0.5, (3, 8))),
    (3, 8): ((2, (3, 4)),),
    (6, 8): ((2, (6, 8)), (0.5, (6, 8)), (2, (3, 4))),
    (12, 8): ((2, (12, 8)), (0.5, (6, 8))),
    (9, 8): ((2, (9, 8)),),
}
_EIGHTH, _QUARTER = 12, 24


def onset_ticks(rows, metre):
    """Onsets of pitched rows in ticks from bar 0."""
    return rows[:, 0].astype(int) * bar_ticks(metre) + np.array(POSITION_TICKS)[rows[:, 1]]


def scale_time(item, factor, metre):
    """All note values times `factor` (2 or 0.5), barred as `metre`; what is heard stays the same.

    None where the bars do not fit into each other, or an onset leaves the grid. Where bars are split a
    pickup bar is dropped.
    """
    old, new = bar_ticks(item.metre) * factor, bar_ticks(metre)
    if old % new and new % old:
        return None
    if item.first_full and (old > new or new % old):
        item = cut(item, item.first_full, item.bars)
    pad = new - old if item.first_full else 0
    bars = int(-(-(item.bars * old + pad) // new))
    parts = {}
    for name, rows in item.parts.items():
        scale = _scaled_drums if name == "drums" else _scaled_rows
        parts[name] = scale(item, rows, factor, pad, metre)
        if parts[name] is None:
            return None
    return replace(item, parts=parts, chords=_scaled_chords(item, factor, pad, bars * new),
                   metre=list(metre), bars=bars, bpm=item.bpm * factor)


def _scaled_chords(item, factor, pad, end):
    """The chords in the new time; the first and the last fill the bars that they began and ended."""
    chords = [[round(onset * factor + pad), round(length * factor), root, quality]
              for onset, length, root, quality in item.chords]
    if chords and item.chords[0][0] == 0:
        chords[0][:2] = [0, chords[0][1] + round(pad)]
    if chords and sum(item.chords[-1][:2]) == item.bars * bar_ticks(item.metre):
        chords[-1][1] = end - chords[-1][0]
    return chords


def _scaled_rows(item, rows, factor, pad, metre):
    ticks, scaled = bar_ticks(metre), []
    for onset, row in zip(onset_ticks(rows, item.metre) * factor + pad, rows.tolist(), strict=True):
        inside = onset % ticks
        if quantise_onset(inside) != inside:
            return None
        length = DURATIONS[row[3]] * factor
        scaled.append((onset // ticks, position_of_tick(int(inside)), row[2],
                       duration_class(length, length), row[4]))
    return as_rows(scaled)


def _scaled_drums(item, rows, factor, pad, metre):
    if is_compound(item.metre) != is_compound(metre):
        return None
    step = beat_ticks(metre) // item.steps_a_beat
    old, new = bar_ticks(item.metre) // step, bar_ticks(metre) // step
    at = (rows[:, 0].astype(int) * old + rows[:, 1]) * factor + pad / step
    if (at % 1).any():
        return None
    return as_rows(np.column_stack([at // new, at % new, rows[:, 2], rows[:, 3],
                                    np.round(rows[:, 4] * min(factor, 1))]).astype(int).tolist())


def vary_rhythm(item, part, random, share=0.2):
    """A pitched part with about `share` of its onsets split, merged or anticipated; bars keep their length.

    None where nothing could be changed.
    """
    groups = _groups(item, item.parts[part])
    ticks, changed, at = bar_ticks(item.metre), 0, 0
    span = item.first_full * ticks, item.bars * ticks
    while at < len(groups):
        if random.random() < share:
            change = (_split, _merge, _anticipate)[random.integers(3)]
            changed += change(groups, at, span, ticks)
        at += 1
    if not changed:
        return None
    rows = [(onset // ticks, position_of_tick(onset % ticks), midi, duration_class(length, length),
             velocity) for onset, notes in groups for midi, length, velocity in notes]
    return replace(item, parts={**item.parts, part: as_rows(rows)})


def _groups(item, rows):
    """`[onset, [(midi, ticks, velocity)]]` of each onset of a part."""
    groups = []
    for onset, row in zip(onset_ticks(rows, item.metre).tolist(), rows.tolist(), strict=True):
        if not groups or groups[-1][0] != onset:
            groups.append([onset, []])
        groups[-1][1].append((row[2], DURATIONS[row[3]], row[4]))
    return groups


def _clip(group, end):
    onset, notes = group
    group[1] = [(midi, min(length, end - onset), v) for midi, length, v in notes]


def _split(groups, at, span, ticks):
    """A note of a quarter or more is struck again at its half."""
    onset, notes = groups[at]
    half = min(length for _, length, _ in notes) // 2
    again = onset + half
    taken = at + 1 < len(groups) and groups[at + 1][0] <= again
    if half < _EIGHTH or half % _EIGHTH or again % _EIGHTH or taken or again >= span[1]:
        return 0
    second = [(midi, length - half, v) for midi, length, v in notes]
    _clip(groups[at], again)
    groups.insert(at + 1, [again, second])
    return 1


def _merge(groups, at, span, ticks):
    """A note off the beat gives its time to the one before it in the bar, where that reaches it."""
    if at == 0 or groups[at][0] % _QUARTER == 0:
        return 0
    onset, notes = groups[at]
    before = groups[at - 1]
    reaches = before[0] + max(length for _, length, _ in before[1]) == onset
    if not reaches or before[0] // ticks != onset // ticks:
        return 0
    added = min(length for _, length, _ in notes)
    before[1] = [(midi, length + added * (before[0] + length == onset), v)
                 for midi, length, v in before[1]]
    del groups[at]
    return 1


def _anticipate(groups, at, span, ticks):
    """A note on a beat comes an eighth early, where there is room after the onset before it."""
    onset, notes = groups[at]
    early = onset - _EIGHTH
    room = groups[at - 1][0] if at else -1
    if onset % _QUARTER or early <= room or early < span[0]:
        return 0
    if at:
        _clip(groups[at - 1], early)
    groups[at] = [early, [(midi, length + _EIGHTH, v) for midi, length, v in notes]]
    return 1
