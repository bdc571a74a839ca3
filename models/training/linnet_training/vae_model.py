"""The two-bar VAEs: a bidirectional encoder, a two-layer step decoder with the latent at each step.

After A. Roberts et al., "A Hierarchical Latent Vector Model for Learning Long-Term Structure in Music",
ICML 2018 (MusicVAE, its flat two-bar form), with the first dimensions of the latent held to attributes
as in A. Pati and A. Lerch, "Attribute-based Regularization of Latent Spaces for Variational
Auto-Encoders", Neural Computing and Applications 2021.
"""

from dataclasses import dataclass

import torch
from torch import nn

from . import line_grid, tokens
from .cells import StepStack, nearly_tanh, run_lstm
from .drum_grid import DRUM_ATTRIBUTES, DRUM_CONDITIONS, hit_table
from .line_attributes import LINE_ATTRIBUTES
from .line_windows import CONDITIONS

ENCODER_SHARE = 2 / 3


@dataclass(frozen=True)
class Shape:
    """The sizes of one VAE: step classes, conditions a step, latent, and how many of it are held."""

    classes: int
    conditions: int
    latent: int
    attributes: list

    @property
    def start(self):
        """The class before the first step."""
        return self.classes

    @property
    def masked(self):
        """The class that hides the step before, in training only."""
        return self.classes + 1


LINE = Shape(line_grid.CLASSES, CONDITIONS, 64, LINE_ATTRIBUTES)
DRUMS = Shape(512, DRUM_CONDITIONS, 32, DRUM_ATTRIBUTES)


class Encoder(nn.Module):
    """`grid i64[B, N]`, `conditions f32[B, N, C]` → `mu`, `logvar f32[B, Z]`."""

    def __init__(self, shape, steps_in, hidden):
        super().__init__()
        self.steps_in, self.latent = steps_in, shape.latent
        self.lstm = nn.LSTM(steps_in.width + shape.conditions, hidden, batch_first=True,
                            bidirectional=True)
        self.out = nn.Linear(2 * hidden, 2 * shape.latent)

    def forward(self, grid, conditions):
        _, (ends, _) = run_lstm(self.lstm, torch.cat([self.steps_in(grid), conditions], -1))
        return torch.split(self.out(torch.cat([ends[0], ends[1]], -1)), self.latent, -1)


class LineSteps(nn.Embedding):
    """Step classes of a line as vectors."""

    def __init__(self, shape, width=64):
        super().__init__(shape.classes + 2, width)
        self.width = width

    def exported(self, grid):
        """What a step is exported with: the same."""
        return self(grid)


class DrumSteps(nn.Module):
    """The sets of hits as vectors: the nine hits themselves, so that rare sets are understood too."""

    def __init__(self, shape, width=64):
        super().__init__()
        self.width = width
        table = torch.zeros(shape.classes + 2, 11)
        table[:shape.classes, :9] = hit_table()
        table[shape.start, 9] = table[shape.masked, 10] = 1
        self.table = nn.Embedding.from_pretrained(table, freeze=True)
        self.out = nn.Linear(11, width)

    def forward(self, grid):
        return torch.tanh(self.out(self.table(grid)))

    def exported(self, grid):
        """What a step is exported with: by a tanh that every engine computes the same."""
        return nearly_tanh(self.out(self.table(grid)))


class LineHead(nn.Module):
    """Logits of the step classes; a pitch gains by being of the chord, its root, or in the scale."""

    KINDS = 3

    def __init__(self, shape, hidden):
        super().__init__()
        self.out = nn.Linear(hidden, shape.classes)
        self.gains = nn.Linear(hidden, self.KINDS)
        tile = torch.zeros(12, shape.classes)
        for pitch in range(tokens.PITCHES):
            tile[(pitch - tokens.PITCH_OFFSET) % 12, line_grid.FIRST_PITCH + pitch] = 1
        self.register_buffer("tile", tile)

    def forward(self, context, conditions):
        logits, gains = self.out(context), self.gains(context)
        for kind in range(self.KINDS):
            tones = conditions[..., 12 * kind:12 * kind + 12] @ self.tile
            logits = logits + gains[..., kind:kind + 1] * tones
        return logits


class DrumHead(nn.Module):
    """Logits of the 512 sets of hits: the sum over the hits of each set, and a joint term."""

    def __init__(self, shape, hidden):
        super().__init__()
        self.hits = nn.Linear(hidden, 9)
        self.joint = nn.Linear(hidden, shape.classes)
        nn.init.zeros_(self.joint.weight)
        self.register_buffer("table", hit_table().T.contiguous())

    def forward(self, context, conditions):
        return self.joint(context) + self.hits(context) @ self.table


class Decoder(nn.Module):
    """The step classes one by one, from the latent, the conditions and the class before."""

    def __init__(self, shape, steps_in, head, hidden, dropout):
        super().__init__()
        self.steps_in, self.head = steps_in, head
        self.lstm = nn.LSTM(steps_in.width + shape.latent + shape.conditions, hidden, 2,
                            batch_first=True, dropout=dropout)
        self.drop = nn.Dropout(dropout)

    def forward(self, prev, z, conditions, state=None):
        """`prev i64[B, N]`, `z f32[B, Z]`, `conditions f32[B, N, C]` → logits, state."""
        spread = z[:, None].expand(-1, prev.shape[1], -1)
        x = torch.cat([self.steps_in(prev), spread, conditions], -1)
        context, state = run_lstm(self.lstm, x, state)
        return self.head(self.drop(context), conditions), state


class TwoBarVae(nn.Module):
    """Encoder and decoder of two bars; `shape` is `LINE` or `DRUMS`."""

    def __init__(self, shape, hidden=384, dropout=0.15, word_dropout=0.3):
        super().__init__()
        self.shape, self.hidden, self.word_dropout = shape, hidden, word_dropout
        steps, head = (LineSteps, LineHead) if shape is LINE else (DrumSteps, DrumHead)
        self.encoder = Encoder(shape, steps(shape), int(hidden * ENCODER_SHARE))
        self.decoder = Decoder(shape, steps(shape), head(shape, hidden), hidden, dropout)

    def forward(self, batch):
        """Teacher-forced `logits f32[B, N, K]`, and `mu`, `logvar`, `z f32[B, Z]`; `z` is drawn in
        training, else it is `mu`."""
        grid = batch["grid"]
        mu, logvar = (x.float() for x in self.encoder(grid, batch["conditions"]))
        z = mu
        prev = torch.cat([torch.full_like(grid[:, :1], self.shape.start), grid[:, :-1]], 1)
        if self.training:
            z = mu + torch.exp(logvar / 2) * torch.randn_like(mu)
            hidden = torch.rand(grid.shape, device=grid.device) < self.word_dropout
            prev = torch.where(hidden, self.shape.masked, prev)
        return self.decoder(prev, z, batch["conditions"])[0], mu, logvar, z

    @torch.no_grad()
    def decode(self, z, conditions, temperature=0.0):
        """Free-running `i64[B, N]`: the likeliest class at each step, or drawn at a temperature."""
        prev = torch.full((len(z), 1), self.shape.start, device=z.device)
        state, out = None, []
        for step in range(conditions.shape[1]):
            logits, state = self.decoder(prev, z, conditions[:, step:step + 1], state)
            prev = logits.argmax(-1)
            if temperature > 0:
                shares = torch.softmax(logits[:, 0].float() / temperature, -1)
                prev = torch.multinomial(shares, 1)
            out.append(prev)
        return torch.cat(out, 1)


class VaeStep(nn.Module):
    """One decoder step for export: `prev`, `z`, `condition`, `h`, `c` in."""

    def __init__(self, model):
        super().__init__()
        self.decoder, self.stack = model.decoder, StepStack(model.decoder.lstm)

    def forward(self, prev, z, condition, h, c):
        x = torch.cat([self.decoder.steps_in.exported(prev), z, condition], 1)
        context, h_out, c_out = self.stack(x, h, c)
        return self.decoder.head(context, condition), h_out, c_out
