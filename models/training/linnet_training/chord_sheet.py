"""Samples of the chord model as a table: one row a style, mode and mood."""

import numpy as np
import torch

from .chord_features import LENGTHS, START_CHORD, Setting, chord_beats_a_bar, chord_features
from .chord_features import complexity as complexity_of
from .chord_features import valence as valence_of
from .drum_styles import style_weights
from .processes import device_of
from .theory import scale_mask
from .tokens import QUALITIES

DEGREE_NAMES = ("I", "bII", "II", "bIII", "III", "IV", "bV", "V", "bVI", "VI", "bVII", "VII")
ASKED = (("pop", "major", 0.8, 0.1), ("pop", "minor", -0.7, 0.2), ("swing", "major", 0.2, 0.7),
         ("bossa nova", "minor", -0.2, 0.7), ("rock", "mixolydian", 0.5, 0.1),
         ("chorale", "major", 0.7, 0.2), ("cinematic", "minor", -0.8, 0.3), ("soul", "major", 0.3, 0.6),
         ("house", "dorian", -0.3, 0.3), ("folk", "major", 0.9, 0.0), ("", "major", None, None),
         ("", "minor", None, None))


def setting_of(style, scale, valence, complexity, bars=8, metre=(4, 4)):
    """The `Setting` of a wish in plain values; an empty style is none."""
    weights = style_weights({style: 1}) if style else None
    return Setting(scale_mask(scale), metre, bars, weights, valence, complexity)


@torch.no_grad()
def generate(model, setting, temperature=0.9, seed=1):
    """A row `(degree, quality, beats)` that fills the setting's bars."""
    draws, device = torch.Generator().manual_seed(seed), device_of(model)
    total = setting.bars * chord_beats_a_bar(setting.metre)
    events, row, left, state = [], [], total, None

    def pick(logits):
        return int(torch.multinomial(torch.softmax(logits.float().cpu() / temperature, -1), 1,
                                     generator=draws))

    while left > 0:
        features = chord_features([*events, START_CHORD[:2] + (0,)], setting)[-1:]
        prev = torch.tensor([events[-1] if events else START_CHORD], device=device)
        x = model.inputs(prev, torch.from_numpy(features).to(device))
        context, state = model.lstm(x[None], state)
        root = torch.tensor(pick(model.root_head(context[0, 0])), device=device)
        quality = torch.tensor(pick(model.quality_head(context[0, 0], root)), device=device)
        kind = pick(model.length_head(context[0, 0], root, quality))
        kind = max(i for i in range(kind + 1) if LENGTHS[i] <= left or i == 0)
        events.append((int(root), int(quality), kind))
        row.append((int(root), int(quality), min(LENGTHS[kind], left)))
        left -= LENGTHS[kind]
    return row


_SUFFIXES = {"maj": "", "min": "", "dim": "°", "aug": "+", "m7": "7", "m7b5": "ø", "dim7": "°7"}
_SMALL = ("min", "dim", "m7", "m7b5", "dim7")


def chord_name(degree, quality):
    """A numeral such as `V7`, small where the third is minor."""
    name, kind = DEGREE_NAMES[degree], QUALITIES[quality]
    return (name.lower() if kind in _SMALL else name) + _SUFFIXES.get(kind, kind)


def as_text(row):
    """`I×4  V7×2 …`, lengths in beats."""
    return "  ".join(f"{chord_name(d, q)}×{n}" for d, q, n in row)


def _rows(model):
    for i, (style, scale, valence, complexity) in enumerate(ASKED):
        setting = setting_of(style, scale, valence, complexity)
        for seed in (2 * i, 2 * i + 1):
            row = generate(model, setting, seed=seed)
            wish = "" if valence is None else f"{valence:+.1f} {complexity:.1f}"
            got = f"{valence_of(row, setting.mask):+.2f} {complexity_of(row, setting.mask, 4):.2f}"
            yield style or "any", scale, wish, got, as_text(row)


def draw_sheet(model, path):
    """A PNG table of generated rows with the valence and complexity asked for and got."""
    from matplotlib import pyplot

    rows = list(_rows(model))
    figure, axis = pyplot.subplots(figsize=(15, 0.3 * len(rows) + 0.5), dpi=80)
    axis.set_axis_off()
    columns = ("style", "scale", "asked", "got", "chords")
    widths = np.array([0.08, 0.08, 0.07, 0.08, 0.69])
    table = axis.table(rows, colLabels=columns, colWidths=widths, cellLoc="left",
                       bbox=(0, 0, 1, 1))
    table.auto_set_font_size(False)
    table.set_fontsize(7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
