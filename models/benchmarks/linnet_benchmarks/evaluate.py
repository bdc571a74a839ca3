"""Scores a split with one model at one transposition."""

import torch

from .windows import scoring_batches

FRAMES = 6144  # in a batch, about


@torch.no_grad()
def split_logits(bench, model, name, shift, flip):
    """Logits of the scored keys of split `name`, [F, W] float32, as if it were not transposed."""
    model.eval()
    canvas, recipe, rolls = bench.canvas, bench.recipe, bench.rolls[name]
    logits = torch.empty(len(rolls), canvas.width, device=rolls.device)
    for batch in scoring_batches(bench.splits[name], recipe.window, recipe.overlap, FRAMES,
                                 rolls.device):
        roll = rolls[batch.rows]
        shifts = torch.full((len(roll),), shift, device=rolls.device)
        found = model(canvas.lay(roll, shifts, flip), batch.position)
        logits[batch.rows[batch.scored]] = canvas.take(found, shifts, flip)[batch.scored]
    return logits
