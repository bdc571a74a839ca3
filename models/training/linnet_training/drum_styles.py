"""The style weights of drum takes: Groove's own style names on the product's styles."""

import numpy as np

from .vocabulary import STYLES

STYLE_COUNT = len(STYLES)
NO_STYLE = 255
_GROOVE = {
    "rock": {"rock": 1}, "punk": {"rock": 1}, "funk": {"funk": 1}, "neworleans": {"funk": 1},
    "jazz": {"swing": 1}, "latin": {"latin": 1}, "afrocuban": {"latin": 1},
    "highlife": {"latin": 1}, "bossa": {"bossa nova": 1}, "afrobeat": {"funk": 1, "latin": 1},
    "hiphop": {"hip-hop": 1}, "soul": {"soul": 1}, "gospel": {"soul": 1}, "reggae": {"reggae": 1},
    "pop": {"pop": 1}, "dance": {"house": 1}, "blues": {"rock": 1, "swing": 1},
    "country": {"folk": 1}, "breakbeat": {"drum and bass": 1},
}
_ALONE = {"bossa": "latin"}


def style_weights(weights):
    """`f32[20]` that sums to 1 of `{style: weight}`; all 0 of an empty one."""
    out = np.zeros(STYLE_COUNT, np.float32)
    for style, weight in weights.items():
        out[STYLES.index(style)] = weight
    return out / max(out.sum(), 1)


def groove_style(file_name):
    """The style weights of a Groove file such as `…/12_funk-rock_105_beat_4-4.mid`, equal parts of
    each style that it names; all 0 where none is known."""
    words = set(file_name.rsplit("/", 1)[-1].split("_")[1].split("-"))
    words -= {_ALONE[word] for word in words & _ALONE.keys()}
    known = [style_weights(_GROOVE[word]) for word in sorted(words) if word in _GROOVE]
    return np.mean(known, 0, dtype=np.float32) if known else style_weights({})


def strongest(weights):
    """The index of the first of the strongest styles, or `NO_STYLE` where all weights are 0."""
    return int(np.argmax(weights)) if weights.any() else NO_STYLE
