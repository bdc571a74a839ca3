"""What the groove model makes of real hits, beside how they were played."""

import numpy as np
import torch

from .groove_windows import evaluation_batches
from .processes import device_of, moved

SHOWN, STEPS_SHOWN = 5, 64


@torch.no_grad()
def draw_sheet(model, path, takes=()):
    """A PNG: velocities and shifts as played by the drummer and by the model."""
    from matplotlib import pyplot

    batch = moved(next(evaluation_batches(list(takes)[:40], SHOWN)), device_of(model))
    answers = model(batch["hits"].transpose(0, 1), batch["features"].transpose(0, 1))
    ours = [x.float().transpose(0, 1).cpu().numpy() for x in answers]
    batch = {key: value.cpu().numpy() for key, value in batch.items()}
    shown = batch["hits"].shape[1]
    figure, axes = pyplot.subplots(shown, 4, figsize=(13, 1.6 * shown), dpi=80, squeeze=False)
    for b, row in enumerate(axes):
        hits = batch["hits"][:STEPS_SHOWN, b]
        panels = (("velocity, played", batch["velocity"], 0, 1), ("velocity, model", ours[0], 0, 1),
                  ("shift, played", batch["shift"], -0.3, 0.3), ("shift, model", ours[1], -0.3, 0.3))
        for axis, (title, grid, low, high) in zip(row, panels, strict=True):
            colours = "Greys" if low == 0 else "coolwarm"
            image = np.where(hits > 0, grid[:STEPS_SHOWN, b], 0)
            axis.imshow(image.T, aspect="auto", cmap=colours, vmin=low, vmax=high, origin="lower")
            axis.set_title(title, fontsize=7)
            axis.set_axis_off()
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
