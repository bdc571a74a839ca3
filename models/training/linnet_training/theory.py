"""Keys, scales and chords: names, key finding, and chords read off the notes.

Key finding follows Krumhansl's profile correlation with Temperley's revised profiles
(D. Temperley, "What's Key for Key?", Music Perception 17, 1999). Chords are found by template
matching and a Viterbi pass that prefers few and usual changes.
"""

import numpy as np

from .tokens import QUALITIES

QUALITY_PCS = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9), "sus2": (0, 2, 7), "sus4": (0, 5, 7), "6": (0, 4, 7, 9),
}
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11), "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10), "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11), "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "major pentatonic": (0, 2, 4, 7, 9), "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10), "chromatic": tuple(range(12)),
}
_MAJOR = np.array([5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0])
_MINOR = np.array([5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0])
_SCALE_PRIOR = {"major": 0.03, "minor": 0.03}
_MAJOR_FAMILY = ("major", "mixolydian", "lydian")
_MINOR_FAMILY = ("minor", "dorian", "harmonic minor", "melodic minor", "phrygian")


def scale_mask(scale):
    """Twelve 0/1 values relative to the tonic, `float32[12]`."""
    mask = np.zeros(12, np.float32)
    mask[list(SCALES[scale])] = 1
    return mask


def chord_vector(root, quality, tonic):
    """Pitch classes and root one-hot of a chord, both relative to `tonic`: `float32[24]`."""
    vector = np.zeros(24, np.float32)
    relative = (root - tonic) % 12
    for pc in QUALITY_PCS[QUALITIES[quality]]:
        vector[(relative + pc) % 12] = 1
    vector[12 + relative] = 1
    return vector


def histogram(notes):
    """Duration-weighted pitch-class histogram of `(onset, duration, midi)` notes, summing to 1."""
    weights = np.zeros(12)
    for _, duration, midi in notes:
        weights[midi % 12] += min(duration, 96)
    return weights / max(weights.sum(), 1e-9)


def find_key(notes, final_pc=None, signature=None):
    """`(tonic, is_minor)` of notes; `signature` in fifths and the last note weigh in."""
    weights = histogram(notes)
    best = None
    for tonic in range(12):
        for minor in (False, True):
            profile = np.roll(_MINOR if minor else _MAJOR, tonic)
            score = np.corrcoef(weights, profile)[0, 1]
            fifths_pc = (tonic + 3 * minor) % 12
            score += 0.25 * (signature is not None and (signature * 7) % 12 == fifths_pc)
            score += 0.2 * (final_pc is not None and final_pc % 12 == tonic)
            if best is None or score > best[0]:
                best = (score, tonic, minor)
    return best[1], best[2]


def fit_scale(notes, tonic, minor=None):
    """The scale name that covers the notes best, given the tonic (and the third, if known)."""
    weights = np.roll(histogram(notes), -tonic)
    if minor is None:
        minor = weights[3] > weights[4]
    family = _MINOR_FAMILY if minor else _MAJOR_FAMILY

    def score(scale):
        return float(weights @ scale_mask(scale)) + _SCALE_PRIOR.get(scale, 0.0)

    return max(family, key=score)


def _templates(qualities):
    rows, labels = [], []
    for quality in qualities:
        for root in range(12):
            row = np.zeros(12)
            for pc in QUALITY_PCS[quality]:
                row[(root + pc) % 12] = 1
            rows.append(row)
            labels.append((root, QUALITIES.index(quality)))
    return np.array(rows), labels


_POLYPHONIC = _templates(("maj", "min", "dim", "7", "m7", "maj7", "m7b5"))
_MELODIC = _templates(("maj", "min"))
_EXTRA = {"maj": 0.06, "min": 0.04, "7": 0.0, "dim": -0.05, "m7": -0.04, "maj7": -0.06,
          "m7b5": -0.05}


def _segment_weights(notes, segment_ticks, segments):
    """Pitch-class weights and bass weights per segment: two `float[segments, 12]`."""
    weights = np.zeros((segments, 12))
    bass = np.zeros((segments, 12))
    lowest = [None] * segments
    for onset, duration, midi in notes:
        at, end = onset, onset + duration
        while at < end:
            segment = int(at // segment_ticks)
            if segment >= segments:
                break
            part = min(end, (segment + 1) * segment_ticks) - at
            weights[segment, midi % 12] += part
            if lowest[segment] is None or midi < lowest[segment]:
                lowest[segment] = midi
            at += part
    for segment, midi in enumerate(lowest):
        if midi is not None:
            bass[segment, midi % 12] = 1
    return weights, bass


def _diatonic_prior(labels, tonic, scale):
    """A bonus for chords inside the key, greatest for I, IV and V: `float[len(labels)]`."""
    mask = scale_mask(scale)
    prior = np.zeros(len(labels))
    for i, (root, quality) in enumerate(labels):
        degree = (root - tonic) % 12
        inside = [mask[(degree + pc) % 12] for pc in QUALITY_PCS[QUALITIES[quality]]]
        prior[i] = 0.12 * (np.mean(inside) - 1) * 4 + 0.08 * (degree in (0, 5, 7))
        prior[i] += 0.03 * (degree == 0)
    return prior


def infer_chords(notes, ticks, segment_ticks, tonic, scale, melodic=False):
    """Chords `(onset, length, root, quality)` over `ticks` ticks, one a segment, equals joined."""
    matrix, labels = _MELODIC if melodic else _POLYPHONIC
    segments = max(1, -(-ticks // segment_ticks))
    weights, bass = _segment_weights(notes, segment_ticks, segments)
    norm = weights / np.maximum(weights.sum(1, keepdims=True), 1e-9)
    roots = np.array([root for root, _ in labels])
    score = norm @ matrix.T + 0.35 * norm[:, roots]
    if not melodic:
        score += 0.25 * bass[:, roots]
        score += np.array([_EXTRA[QUALITIES[q]] for _, q in labels])
    score = score + _diatonic_prior(labels, tonic, scale)
    path = _viterbi(score, labels, 0.25 if melodic else 0.12)
    chords = []
    for segment, label in enumerate(path):
        root, quality = labels[label]
        onset = segment * segment_ticks
        length = min(segment_ticks, ticks - onset)
        if chords and chords[-1][2:] == [root, quality]:
            chords[-1][1] += length
        else:
            chords.append([onset, length, root, quality])
    return chords


def _viterbi(score, labels, change_cost):
    """The best label a row under a cost for changing, less for moves by a fifth."""
    roots = np.array([root for root, _ in labels])
    move = (roots[None, :] - roots[:, None]) % 12
    cost = np.full(move.shape, change_cost)
    cost[np.isin(move, (5, 7))] = change_cost * 0.8
    np.fill_diagonal(cost, 0.0)
    total, back = score[0].copy(), []
    for row in score[1:]:
        through = total[:, None] - cost
        back.append(through.argmax(0))
        total = through.max(0) + row
    path = [int(total.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]
