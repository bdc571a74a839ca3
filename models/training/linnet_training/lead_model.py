"""The lead model: a two-layer LSTM over compound note events with chained heads."""

import torch
from torch import nn
from torch.nn import functional as F

from . import tokens
from .cells import StepStack

_LOOK = 24


class LeadModel(nn.Module):
    """Position, then pitch, then duration of the next event; shapes as in `TOKENS.md`."""

    def __init__(self, hidden=384, dropout=0.4, input_dropout=0.1):
        super().__init__()
        self.hidden = hidden
        self.input_drop = nn.Dropout(input_dropout)
        self.position_in = nn.Embedding(98, 32)
        self.pitch_in = nn.Embedding(65, 48)
        self.duration_in = nn.Embedding(25, 16)
        self.look_position_in = nn.Embedding(97, _LOOK)
        self.look_pitch_in = nn.Embedding(65, _LOOK)
        width = 32 + 48 + 16 + 6 * _LOOK + tokens.LEAD_FEATURES
        self.lstm = nn.LSTM(width, hidden, 2, dropout=dropout)
        self.drop = nn.Dropout(dropout)
        self.position_head = PositionHead(hidden)
        self.pitch_head = PitchHead(hidden)
        self.duration_head = DurationHead(hidden)

    def inputs(self, prev, look, features):
        """`prev i64[…,3]`, `look i64[…,6]`, `features f32[…,113]` → the LSTM's input."""
        return torch.cat([
            self.position_in(prev[..., 0]), self.pitch_in(prev[..., 1]),
            self.duration_in(prev[..., 2]),
            self.look_position_in(look[..., 0]), self.look_position_in(look[..., 1]),
            self.look_position_in(look[..., 2]), self.look_pitch_in(look[..., 3]),
            self.look_pitch_in(look[..., 4]), self.look_pitch_in(look[..., 5]), features,
        ], -1)

    def forward(self, batch):
        """Logits of all steps of a time-major batch: position, pitch, duration."""
        x = self.input_drop(self.inputs(batch["prev"], batch["look"], batch["features"]))
        context = self.drop(self.lstm(x)[0])
        position, pitch = batch["events"][..., 0], batch["events"][..., 1]
        return (
            self.position_head(context, batch["look"]),
            self.pitch_head(context, position, batch["pitch_look"], batch["chord"]),
            self.duration_head(context, position, pitch),
        )


class PositionHead(nn.Module):
    """Position logits; a table a lag lets it copy the place of the note one, two, four bars ago."""

    def __init__(self, hidden):
        super().__init__()
        self.out = nn.Linear(hidden, 97)
        self.copies = nn.ModuleList(_zero_table(97, 97) for _ in tokens.LAGS_BARS)

    def forward(self, context, look):
        logits = self.out(context)
        for lag, table in enumerate(self.copies):
            logits = logits + table(look[..., lag])
        return logits


class PitchHead(nn.Module):
    """Pitch logits at a known position, with chord and copy tables."""

    def __init__(self, hidden):
        super().__init__()
        self.position_in = nn.Embedding(98, 32)
        self.look_in = nn.Embedding(65, _LOOK)
        self.hidden = nn.Linear(hidden + 32 + 3 * _LOOK + 24, 256)
        self.out = nn.Linear(256, tokens.PITCHES)
        self.copies = nn.ModuleList(_zero_table(65, tokens.PITCHES) for _ in tokens.LAGS_BARS)

    def forward(self, context, position, look, chord):
        looks = [self.look_in(look[..., lag]) for lag in range(3)]
        x = torch.cat([context, self.position_in(position), *looks, chord], -1)
        logits = self.out(F.relu(self.hidden(x)))
        for lag, table in enumerate(self.copies):
            logits = logits + table(look[..., lag])
        return logits


class DurationHead(nn.Module):
    """Duration logits at a known position and pitch."""

    def __init__(self, hidden):
        super().__init__()
        self.position_in = nn.Embedding(98, 32)
        self.pitch_in = nn.Embedding(65, 24)
        self.hidden = nn.Linear(hidden + 56, 192)
        self.out = nn.Linear(192, len(tokens.DURATIONS))

    def forward(self, context, position, pitch):
        x = torch.cat([context, self.position_in(position), self.pitch_in(pitch)], -1)
        return self.out(F.relu(self.hidden(x)))


def _zero_table(rows, width):
    table = nn.Embedding(rows, width)
    nn.init.zeros_(table.weight)
    return table


class LeadStep(nn.Module):
    """One step of the lead model for export: `prev`, `look`, `features`, `h`, `c` in."""

    def __init__(self, model):
        super().__init__()
        self.model, self.stack = model, StepStack(model.lstm)

    def forward(self, prev, look, features, h, c):
        x = self.model.inputs(prev, look, features)
        context, h_out, c_out = self.stack(x, h, c)
        return context, self.model.position_head(context, look), h_out, c_out


def losses(model, batch, smoothing=0.0):
    """Negative log-likelihoods in nats of each step: position, pitch, duration `f32[T, B]`.

    Pitch and duration are 0 where the event is BAR. Padding is not masked here.
    """
    logits = model(batch)
    is_note = (batch["events"][..., 0] < tokens.BAR).float()
    limits = (97, tokens.PITCHES - 1, len(tokens.DURATIONS) - 1)
    out = []
    for i, scores in enumerate(logits):
        wanted = batch["events"][..., i].clamp(max=limits[i])
        loss = F.cross_entropy(scores.float().flatten(0, 1), wanted.flatten(), reduction="none",
                               label_smoothing=smoothing).view(wanted.shape)
        out.append(loss if i == 0 else loss * is_note)
    return out
