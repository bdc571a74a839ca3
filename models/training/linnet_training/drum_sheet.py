"""Samples of the drum model beside real bars, as pictures and as text."""

import numpy as np
import torch

from .drum_features import CLASS_HITS, Feel, Wish, drum_features
from .drum_styles import style_weights
from .processes import device_of
from .tokens import DRUM_CLASSES, DRUM_START

STYLES_SHOWN = ("rock", "funk", "swing", "latin", "house", "hip-hop", "bossa nova", "drum and bass")
SHEET_BARS = 4


@torch.no_grad()
def generate(model, bars, feel, wish=None, fill_bars=(), temperature=0.95, seed=1, context=None):
    """Drums as `velocity`, `shift f32[steps, 9]`; `context f32[steps, 9]` are known velocities."""
    known = 0 if context is None else len(context)
    draws, width = torch.Generator().manual_seed(seed), feel.bar_steps
    velocity, shift = np.zeros((2, bars * width, 9), np.float32)
    velocity[:known] = context if known else 0
    state, event, device = None, DRUM_START, device_of(model)
    for step in range(len(velocity)):
        row = drum_features(velocity, feel, fill_bars, known // width, wish)[step]
        x = torch.cat([model.prev_in(torch.tensor([event], device=device)),
                       torch.from_numpy(row).to(device)[None]], 1)[None]
        context_now, state = model.lstm(x, state)
        if step < known:
            event = int((velocity[step] > 0) @ (1 << np.arange(9)))
            continue
        shares = torch.softmax(model.hits_head(context_now[0, 0]).float().cpu() / temperature, 0)
        event = int(torch.multinomial(shares, 1, generator=draws))
        hits = torch.from_numpy(CLASS_HITS[event]).to(device)
        loud, late = model.touch_head(context_now[0], hits[None])
        velocity[step] = (loud[0] * hits).cpu().numpy().clip(CLASS_HITS[event] * 0.01)
        shift[step] = (late[0] * hits).cpu().numpy()
    return velocity, shift


def as_text(velocity, feel):
    """One line a class: `X` loud, `x` medium, `o` soft; bars between `|`."""
    lines = []
    for kind, name in enumerate(DRUM_CLASSES):
        marks = ["X" if v > 0.7 else "x" if v > 0.35 else "o" if v > 0 else "·"
                 for v in velocity[:, kind]]
        bars = ["".join(marks[i:i + feel.bar_steps]) for i in range(0, len(marks), feel.bar_steps)]
        lines.append(f"{name:>10} |{'|'.join(bars)}|")
    return "\n".join(lines)


def _panels(model, takes):
    for style in STYLES_SHOWN:
        weights = style_weights({style: 1})
        like = [t for t in takes if not t.is_fill and t.bars > SHEET_BARS and t.style is not None
                and (t.style * weights).sum() > 0.9]
        real = like[len(like) // 2] if like else None
        a_beat = real.a_beat if real else 4
        feel = Feel(4 * a_beat, a_beat, real.bpm if real else 110)
        fills = (SHEET_BARS - 1,)
        yield f"{style}: generated", generate(model, SHEET_BARS, feel, Wish(style=weights), fills)[0]
        if real is not None:
            first = real.first_full * real.bar_steps
            yield f"{style}: {real.name[-40:]}", real.velocity[first:][: SHEET_BARS * real.bar_steps]


def draw_sheet(model, path, takes=()):
    """A PNG of generated bars, the last a fill, beside real ones of the same style."""
    from matplotlib import pyplot

    panels = list(_panels(model, takes))
    rows = -(-len(panels) // 2)
    figure, axes = pyplot.subplots(rows, 2, figsize=(12, 1.5 * rows), dpi=80, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (title, velocity) in zip(axes.flat, panels, strict=False):
        axis.imshow(velocity.T, aspect="auto", cmap="Greys", vmin=0, vmax=1, origin="lower")
        axis.set_title(title, fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
