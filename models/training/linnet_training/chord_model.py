"""The chord model: a two-layer LSTM, one step a chord; root, quality and length in turn."""

import torch
from torch import nn
from torch.nn import functional as F

from .cells import StepStack, run_lstm
from .chord_features import CHORD_FEATURES, DEGREES, LENGTHS, START_CHORD
from .tokens import QUALITIES


class QualityHead(nn.Module):
    """Logits of the quality, given the root."""

    def __init__(self, hidden, width=128):
        super().__init__()
        self.context, self.root = nn.Linear(hidden, width), nn.Embedding(DEGREES, width)
        self.out = nn.Linear(width, len(QUALITIES))

    def forward(self, context, root):
        """`context f32[…, H]`, `root i64[…]` → `f32[…, 12]`."""
        return self.out(F.relu(self.context(context) + self.root(root)))


class LengthHead(nn.Module):
    """Logits of the length class, given root and quality."""

    def __init__(self, hidden, width=128):
        super().__init__()
        self.context, self.root = nn.Linear(hidden, width), nn.Embedding(DEGREES, width)
        self.quality = nn.Embedding(len(QUALITIES), width)
        self.out = nn.Linear(width, len(LENGTHS))

    def forward(self, context, root, quality):
        """`context f32[…, H]`, `root`, `quality i64[…]` → `f32[…, 8]`."""
        return self.out(F.relu(self.context(context) + self.root(root) + self.quality(quality)))


class ChordModel(nn.Module):
    """The next chord; shapes as in `TOKENS.md`."""

    def __init__(self, hidden=256, dropout=0.35):
        super().__init__()
        self.hidden = hidden
        sizes = [count + 1 for count in START_CHORD]
        self.prev_in = nn.ModuleList(nn.Embedding(n, w) for n, w in zip(sizes, (32, 24, 16), strict=True))
        self.lstm = nn.LSTM(72 + CHORD_FEATURES, hidden, 2, dropout=dropout)
        self.drop_in, self.drop = nn.Dropout(0.1), nn.Dropout(dropout)
        self.root_head = nn.Linear(hidden, DEGREES)
        self.quality_head, self.length_head = QualityHead(hidden), LengthHead(hidden)

    def inputs(self, prev, features):
        """The LSTM's input of `prev i64[…, 3]` and `features f32[…, 106]`."""
        parts = [table(prev[..., i]) for i, table in enumerate(self.prev_in)]
        return torch.cat([self.drop_in(torch.cat(parts, -1)), features], -1)

    def forward(self, batch):
        """Logits of root, quality and length of a batch: `f32[N, B, 12 | 12 | 8]`."""
        context = self.drop(run_lstm(self.lstm, self.inputs(batch["prev"], batch["features"]))[0])
        root, quality = batch["event"][..., 0], batch["event"][..., 1]
        return (self.root_head(context), self.quality_head(context, root),
                self.length_head(context, root, quality))


class ChordStep(nn.Module):
    """One step of the chord model for export: `prev`, `features`, `h`, `c` in."""

    def __init__(self, model):
        super().__init__()
        self.model, self.stack = model, StepStack(model.lstm)

    def forward(self, prev, features, h, c):
        context, h_out, c_out = self.stack(self.model.inputs(prev, features), h, c)
        return context, self.model.root_head(context), h_out, c_out


def losses(model, batch, smoothing=0.0):
    """Nats of root, quality and length of each chord: three `f32[N, B]`."""
    answers = model(batch)
    return [F.cross_entropy(logits.float().flatten(0, 1), batch["event"][..., i].flatten(),
                            reduction="none", label_smoothing=smoothing).view(batch["mask"].shape)
            for i, logits in enumerate(answers)]
