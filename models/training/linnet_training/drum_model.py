"""The drum model: a two-layer LSTM over steps, a 512-way joint of nine classes, and touch."""

import torch
from torch import nn
from torch.nn import functional as F

from . import tokens
from .cells import StepStack, nearly_sigmoid, nearly_tanh, run_lstm
from .drum_features import DRUM_FEATURES

HITS = 512
CLASSES = len(tokens.DRUM_CLASSES)


class DrumModel(nn.Module):
    """The hits of the next step, and how they are played; shapes as in `TOKENS.md`."""

    def __init__(self, hidden=320, dropout=0.25):
        super().__init__()
        self.hidden = hidden
        self.prev_in = nn.Embedding(HITS + 1, 64)
        self.lstm = nn.LSTM(64 + DRUM_FEATURES, hidden, 2, dropout=dropout)
        self.drop = nn.Dropout(dropout)
        self.hits_head = nn.Linear(hidden, HITS)
        self.touch_head = TouchHead(hidden)

    def forward(self, batch):
        """`hits_logits f32[T, B, 512]`, `velocity` and `shift f32[T, B, 9]` of a batch."""
        x = torch.cat([self.prev_in(batch["prev"]), batch["features"]], -1)
        context = self.drop(run_lstm(self.lstm, x)[0])
        return self.hits_head(context), *self.touch_head(context, batch["hits"])


class TouchHead(nn.Module):
    """Velocity in 0–1 and shift in −0.5 … 0.5 steps of each class, given which classes sound."""

    def __init__(self, hidden):
        super().__init__()
        self.hidden = nn.Linear(hidden + CLASSES, 128)
        self.velocity = nn.Linear(128, CLASSES)
        self.shift = nn.Linear(128, CLASSES)

    def forward(self, context, hits):
        x = F.relu(self.hidden(torch.cat([context, hits], -1)))
        return torch.sigmoid(self.velocity(x)), 0.5 * torch.tanh(self.shift(x))


class DrumTouch(nn.Module):
    """A `TouchHead` for export, with functions that every engine computes the same."""

    def __init__(self, head):
        super().__init__()
        self.hidden, self.velocity, self.shift = head.hidden, head.velocity, head.shift

    def forward(self, context, hits):
        x = F.relu(self.hidden(torch.cat([context, hits], -1)))
        return nearly_sigmoid(self.velocity(x)), 0.5 * nearly_tanh(self.shift(x))


class DrumStep(nn.Module):
    """One step of the drum model for export: `prev`, `features`, `h`, `c` in."""

    def __init__(self, model):
        super().__init__()
        self.model, self.stack = model, StepStack(model.lstm)

    def forward(self, prev, features, h, c):
        x = torch.cat([self.model.prev_in(prev), features], 1)
        context, h_out, c_out = self.stack(x, h, c)
        return context, self.model.hits_head(context), h_out, c_out


def losses(model, batch):
    """Negative log-likelihood of the hits, and the touch error, of each step: two `f32[T, B]`."""
    logits, velocity, shift = model(batch)
    nats = F.cross_entropy(logits.float().flatten(0, 1), batch["event"].flatten(),
                           reduction="none").view(batch["event"].shape)
    error = 4 * (velocity.float() - batch["velocity"]).abs()
    error = error + 4 * (shift.float() - batch["shift"]).abs()
    return nats, (error * batch["hits"]).sum(-1)
