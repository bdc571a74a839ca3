"""The phrase model: an encoder of the canvas, and a note-step LSTM with chained heads (`TOKENS.md`)."""

import torch
from torch import nn
from torch.nn import functional as F

from . import tokens
from .cells import StepStack, run_lstm
from .vocabulary import CANVAS_FEATURES, PHRASE_FEATURES, ROLES

WIDTH = 128
DILATIONS = (1, 2, 4, 8, 16, 32)
KERNEL = 5
_LOOK = 24
_DURATIONS = len(tokens.DURATIONS)


class Block(nn.Module):
    """A residual block over columns: depthwise dilated convolution, then two dense layers
    (after ConvNeXt: Z. Liu et al., "A ConvNet for the 2020s", CVPR 2022).
    """

    def __init__(self, dilation, dropout):
        super().__init__()
        self.across = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=dilation * (KERNEL // 2),
                                dilation=dilation, groups=WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        """`f32[B, columns, 128]` → the same shape."""
        y = self.across(x.transpose(1, 2)).transpose(1, 2)
        return x + self.drop(self.down(F.relu(self.up(self.norm(y)))))


class ContextEncoder(nn.Module):
    """`canvas f32[B, columns, 105]`, `role f32[B, 4]` → `memory f32[B, columns, 128]` and
    `summary f32[B, 128]`. `mask f32[B, columns]` marks the columns that exist (all, if absent).
    """

    def __init__(self, dropout=0.1):
        super().__init__()
        self.inside = nn.Linear(CANVAS_FEATURES, WIDTH)
        self.role_in = nn.Linear(len(ROLES), WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block(d, dropout) for d in DILATIONS)
        self.norm = nn.LayerNorm(WIDTH)
        self.summary = nn.Linear(WIDTH, WIDTH)

    def forward(self, canvas, role, mask=None):
        x = self.inside(canvas) + self.role_in(role).unsqueeze(1)
        if mask is not None:
            mask = mask.unsqueeze(-1)
            x = x * mask
        for block in self.blocks:
            x = block(x) if mask is None else block(x) * mask
        memory = self.norm(x)
        if mask is None:
            mean = memory.mean(1)
        else:
            mean = (memory * mask).sum(1) / mask.sum(1)
        return memory, F.relu(self.summary(mean))


class PhraseModel(nn.Module):
    """Position, then pitch, then duration of the next event of a part."""

    def __init__(self, hidden=512, dropout=0.25, input_dropout=0.1):
        super().__init__()
        self.hidden = hidden
        self.encoder = ContextEncoder()
        self.input_drop = nn.Dropout(input_dropout)
        self.position_in, self.pitch_in = nn.Embedding(98, 32), nn.Embedding(65, 48)
        self.duration_in = nn.Embedding(25, 16)
        self.look_position_in, self.look_pitch_in = nn.Embedding(97, _LOOK), nn.Embedding(65, _LOOK)
        self.context_in = nn.Linear(4 * WIDTH, WIDTH)
        width = 32 + 48 + 16 + 6 * _LOOK + PHRASE_FEATURES + WIDTH
        self.lstm = nn.LSTM(width, hidden, 2, dropout=dropout)
        self.drop = nn.Dropout(dropout)
        self.position_head = PositionHead(hidden)
        self.pitch_head = PitchHead(hidden)
        self.duration_head = DurationHead(hidden)

    def inputs(self, prev, look, features, memory, summary):
        """`prev i64[…,3]`, `look i64[…,6]`, `features f32[…,155]`, `memory f32[…,384]` (of now, a
        quarter on, the next bar line), `summary f32[…,128]` → the LSTM's input.
        """
        context = F.relu(self.context_in(torch.cat([memory, summary], -1)))
        looks = [self.look_position_in(look[..., i]) for i in range(3)]
        looks += [self.look_pitch_in(look[..., i]) for i in range(3, 6)]
        return torch.cat([self.position_in(prev[..., 0]), self.pitch_in(prev[..., 1]),
                          self.duration_in(prev[..., 2]), *looks, features, context], -1)

    def forward(self, batch):
        """Logits of all steps of a batch (`phrase_windows.collate`): position, pitch, duration."""
        canvas, features = batch["canvas"].float(), batch["features"].float()
        memory, summary = self.encoder(canvas, batch["role"], batch["columns_mask"])
        # float32[T, B, 4, 128]: the memory at now, a quarter on, the next bar line, the onset.
        index = batch["columns"].long().permute(1, 0, 2).flatten(1)
        seen = memory.gather(1, index.unsqueeze(-1).expand(-1, -1, WIDTH))
        seen = seen.view(len(index), -1, 4, WIDTH).transpose(0, 1)
        prev, look = batch["prev"].long(), batch["look"].long()
        everywhere = summary.unsqueeze(0).expand(len(prev), -1, -1)
        x = self.inputs(prev, look, features, seen[:, :, :3].flatten(2), everywhere)
        context = self.drop(run_lstm(self.lstm, self.input_drop(x))[0])
        position, pitch = batch["events"][..., 0].long(), batch["events"][..., 1].long()
        return (
            self.position_head(context, look),
            self.pitch_head(context, position, batch["pitch_look"].long(), batch["chord"].float(),
                            seen[:, :, 3]),
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
    """Pitch logits at a known position: with the chord, the memory and the pitches to copy there."""

    def __init__(self, hidden):
        super().__init__()
        self.position_in, self.look_in = nn.Embedding(98, 32), nn.Embedding(65, _LOOK)
        self.hidden = nn.Linear(hidden + 32 + 6 * _LOOK + 24 + WIDTH, 320)
        self.out = nn.Linear(320, tokens.PITCHES)
        self.copies = nn.ModuleList(_zero_table(65, tokens.PITCHES) for _ in range(6))

    def forward(self, context, position, look, chord, memory):
        looks = [self.look_in(look[..., lag]) for lag in range(6)]
        x = torch.cat([context, self.position_in(position), *looks, chord, memory], -1)
        logits = self.out(F.relu(self.hidden(x)))
        for lag, table in enumerate(self.copies):
            logits = logits + table(look[..., lag])
        return logits


class DurationHead(nn.Module):
    """Duration logits at a known position and pitch."""

    def __init__(self, hidden):
        super().__init__()
        self.position_in, self.pitch_in = nn.Embedding(98, 32), nn.Embedding(65, 24)
        self.hidden = nn.Linear(hidden + 56, 192)
        self.out = nn.Linear(192, _DURATIONS)

    def forward(self, context, position, pitch):
        x = torch.cat([context, self.position_in(position), self.pitch_in(pitch)], -1)
        return self.out(F.relu(self.hidden(x)))


def _zero_table(rows, width):
    table = nn.Embedding(rows, width)
    nn.init.zeros_(table.weight)
    return table


class PhraseStep(nn.Module):
    """One step for export: `prev`, `look`, `features`, `memory`, `summary`, `h`, `c` in."""

    def __init__(self, model):
        super().__init__()
        self.model, self.stack = model, StepStack(model.lstm)

    def forward(self, prev, look, features, memory, summary, h, c):
        x = self.model.inputs(prev, look, features, memory, summary)
        context, h_out, c_out = self.stack(x, h, c)
        return context, self.model.position_head(context, look), h_out, c_out


def losses(model, batch, smoothing=0.0):
    """Negative log-likelihoods in nats of each step: position, pitch, duration `f32[T, B]`.

    Pitch and duration are 0 where the event is BAR. Padding is not masked here.
    """
    logits = model(batch)
    events = batch["events"].long()
    is_note = (events[..., 0] < tokens.BAR).float()
    limits = (96, tokens.PITCHES - 1, _DURATIONS - 1)
    out = []
    for i, scores in enumerate(logits):
        wanted = events[..., i].clamp(max=limits[i])
        loss = F.cross_entropy(scores.float().flatten(0, 1), wanted.flatten(), reduction="none",
                               label_smoothing=smoothing).view(wanted.shape)
        out.append(loss if i == 0 else loss * is_note)
    return out
