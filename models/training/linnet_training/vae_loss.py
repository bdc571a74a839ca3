"""What the VAEs minimise: reconstruction, a held-back divergence, and order along the held dimensions."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

PARTS = ("reconstruction", "divergence", "order")
STEEPNESS = 10.0


@dataclass(frozen=True)
class Weights:
    """β and its annealing as a share of the training, free nats, and the weight of the order."""

    beta: float = 0.2
    anneal: float = 0.25
    free_nats: float = 32.0
    order: float = 2.0


def divergence(mu, logvar):
    """The divergence of each posterior from the prior, in nats: `f32[B]`."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)


def order_loss(z, attributes):
    """How far the first dimensions of `z f32[B, Z]` are from rising with `attributes f32[B, R]`.

    The pairwise loss of Pati and Lerch, plus the square distance to the attributes' normal scores,
    which makes a dimension's value mean a quantile. Summed over the dimensions.
    """
    held = z[:, :attributes.shape[1]]
    apart = torch.tanh(STEEPNESS * (held[:, None] - held[None]))
    wanted = torch.sign(attributes[:, None] - attributes[None])
    return ((apart - wanted).abs().mean((0, 1)) + (held - attributes).square().mean(0)).sum()


class VaeLoss:
    """`loss_of` of a `Trainer`: the sum over a batch, and its windows. Keeps the parts for the curve."""

    def __init__(self, weights):
        self.weights = weights
        self.progress = lambda: 1.0
        self.seen = []

    def beta(self):
        """β now: it rises linearly over the first share of the training."""
        return self.weights.beta * min(1.0, self.progress() / self.weights.anneal)

    def __call__(self, model, batch):
        parts = self.parts(model, batch)
        self.seen.append(torch.stack(parts).detach())
        count = torch.tensor(float(len(batch["grid"])), device=parts[0].device)
        return self.total(parts, self.beta()) * count, count

    def parts(self, model, batch):
        """Mean reconstruction and divergence in nats a window, and the order loss: three scalars."""
        logits, mu, logvar, z = model(batch)
        nats = F.cross_entropy(logits.float().flatten(0, 1), batch["grid"].flatten(),
                               reduction="sum") / len(mu)
        return nats, divergence(mu, logvar).mean(), order_loss(z, batch["attributes"])

    def total(self, parts, beta):
        """The weighted sum; a divergence under the free nats costs nothing more."""
        nats, apart, order = parts
        return nats + beta * apart.clamp(min=self.weights.free_nats) + self.weights.order * order

    def mean_seen(self):
        """The mean parts since the last call, by name; None where there were none."""
        mean = torch.stack(self.seen).mean(0).tolist() if self.seen else [None] * len(PARTS)
        self.seen = []
        return dict(zip(PARTS, mean, strict=True))
