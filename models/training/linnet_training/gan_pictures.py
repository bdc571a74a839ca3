"""Pictures of the texture GAN: losses over steps, and piano rolls side by side."""

import matplotlib

matplotlib.use("Agg")
import numpy as np  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from matplotlib.colors import to_rgb  # noqa: E402

from .texture import (BAR_COLUMNS, BASS, BASS_HOLD, COLUMNS, COMP, COMP_HOLD, DRUMS)  # noqa: E402
from .vocabulary import STYLES  # noqa: E402

_COLOURS = {"drums": "#333333", "bass": "#1f6fb4", "comp": "#c8601b"}
_GAP, _DRUM_HEIGHT = 2, 3
_ACROSS, _SCALE, _TITLE = 8, 3, 24


def _held(onsets, hold):
    """Where the notes of the last onset sound on: `[N, 48]`."""
    out, last = np.zeros_like(onsets), np.zeros(len(onsets))
    for column in range(COLUMNS):
        if onsets[:, column].any():
            last = onsets[:, column]
        elif hold[column]:
            out[:, column] = last
        else:
            last = np.zeros(len(onsets))
    return out


def roll(stack, exists):
    """A picture `[height, 48, 3]` of a binary stack: comping above bass above drums."""
    blocks = []
    for name, rows, hold in (("drums", DRUMS, None), ("bass", BASS, BASS_HOLD),
                             ("comp", COMP, COMP_HOLD)):
        onsets = stack[rows]
        light = np.array(to_rgb(_COLOURS[name]))
        block = np.ones((*onsets.shape, 3))
        block[:, exists == 0] = 0.88
        if hold is not None:
            block[_held(onsets, stack[hold][0]) > 0] = 0.55 + 0.45 * light
        block[onsets > 0] = light
        block = block.repeat(_DRUM_HEIGHT if name == "drums" else 1, 0)
        blocks += [block, np.full((_GAP, COLUMNS, 3), 0.75)]
    return np.concatenate(blocks[:-1])[::-1]


def _title(batch, row):
    style = batch["style"][row]
    name = STYLES[int(style.argmax())] if style.sum() > 0 else "any"
    asked = "/".join(f"{d:.1f}" if p else "–" for d, p in
                     zip(batch["density"][row], batch["presence"][row], strict=True))
    return f"{name} {asked}"


def sheet(real, made, path, title):
    """Real textures in the odd rows, in the even rows what was made for the same wishes."""
    real, made = ({k: v.cpu().numpy() for k, v in one.items()} for one in (real, made))
    count = len(real["stack"]) // _ACROSS * _ACROSS
    cells = [[_framed(one, i) for i in range(count)] for one in (real, made)]
    rows = [np.concatenate(cells[kind][at:at + _ACROSS], 1)
            for at in range(0, count, _ACROSS) for kind in (0, 1)]
    figure, axes = pyplot.subplots(figsize=(16, 2.1 * len(rows)), dpi=75)
    axes.imshow(np.concatenate(rows), aspect="auto", interpolation="nearest")
    height, width = cells[0][0].shape[:2]
    for i in range(count):
        place = (width * (i % _ACROSS) + _SCALE, 2 * height * (i // _ACROSS) + _TITLE * 0.8)
        axes.text(*place, "real: " + _title(real, i), fontsize=8)
        axes.text(place[0], place[1] + height, "made", fontsize=8)
    axes.set_axis_off()
    axes.set_title(title, fontsize=9)
    figure.tight_layout(pad=0.3)
    figure.savefig(path)
    pyplot.close(figure)


def _framed(batch, row):
    """One texture, enlarged, with room for a title above it and a frame."""
    picture = roll(batch["stack"][row], batch["grid"][row, 0])
    picture = picture.repeat(_SCALE, 0).repeat(_SCALE, 1)
    picture[:, BAR_COLUMNS * _SCALE] = 0.5
    return np.pad(picture, ((_TITLE, 2), (2, 2), (0, 0)), constant_values=1.0)


def curves(curve, path):
    """Both losses, what the critic says, and the figure that chooses the checkpoint, over steps."""
    figure, axes = pyplot.subplots(1, 3, figsize=(14, 3.6), dpi=90)
    steps = [row["step"] for row in curve]
    panels = ((("critic", "critic loss"), ("generator", "generator loss")),
              (("real", "score of real"), ("made", "score of generated"), ("spoilt", "score of spoilt")),
              (("valid", "validation: distance, disobedience, sameness"), ("gap", "distance alone")))
    for panel, lines in zip(axes, panels, strict=True):
        for key, label in lines:
            panel.plot(steps, [row[key] for row in curve], label=label)
        panel.set_xlabel("steps")
        panel.grid(alpha=0.3)
        panel.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
