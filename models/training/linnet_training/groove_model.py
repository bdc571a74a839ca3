"""The groove model: a bidirectional LSTM that says how loud and how early or late each hit is.

After J. Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019.
"""

import torch
from torch import nn

from .cells import run_lstm
from .drum_features import PLACE_FEATURES
from .drum_styles import STYLE_COUNT
from .tokens import DRUM_CLASSES

CLASSES = len(DRUM_CLASSES)
GROOVE_FEATURES = PLACE_FEATURES + STYLE_COUNT + 6 + CLASSES + 1
LAYERS = 2


class GrooveModel(nn.Module):
    """Velocity and shift of every class at every step; shapes as in `TOKENS.md`."""

    def __init__(self, hidden=128, dropout=0.25):
        super().__init__()
        self.hidden = hidden
        self.lstm = nn.LSTM(CLASSES + GROOVE_FEATURES, hidden, LAYERS, dropout=dropout,
                            bidirectional=True)
        self.drop = nn.Dropout(dropout)
        self.touch = nn.Linear(2 * hidden, 2 * CLASSES)

    def forward(self, hits, features):
        """`hits f32[B, T, 9]`, `features f32[B, T, 53]` → `velocity`, `shift f32[B, T, 9]`."""
        x = torch.cat([hits, features], -1).transpose(0, 1)
        touch = self.touch(self.drop(run_lstm(self.lstm, x)[0])).transpose(0, 1)
        loud, late = torch.split(touch, CLASSES, -1)
        return torch.sigmoid(loud), 0.5 * torch.tanh(late)
