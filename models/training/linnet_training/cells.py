"""LSTM cells written out, so that one step exports as two Gemms and element-wise operations."""

import torch
from torch import nn


class StepCell(nn.Module):
    """One layer of an `nn.LSTM` as one Gemm on concat(x, h); gates in PyTorch's order i, f, g, o."""

    def __init__(self, lstm, layer):
        super().__init__()
        weights = [getattr(lstm, f"weight_{kind}_l{layer}").detach() for kind in ("ih", "hh")]
        bias = sum(getattr(lstm, f"bias_{kind}_l{layer}").detach() for kind in ("ih", "hh"))
        self.hidden = lstm.hidden_size
        self.gates = nn.Linear(weights[0].shape[1] + self.hidden, 4 * self.hidden)
        self.gates.weight = nn.Parameter(torch.cat(weights, 1), requires_grad=False)
        self.gates.bias = nn.Parameter(bias, requires_grad=False)

    def forward(self, x, h, c):
        """`x f32[B, I]`, `h`, `c f32[B, H]` → the next `h`, `c`."""
        i, f, g, o = torch.split(self.gates(torch.cat([x, h], 1)), self.hidden, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class StepStack(nn.Module):
    """All layers of an `nn.LSTM` for one step, state stacked as `f32[layers, B, H]`."""

    def __init__(self, lstm):
        super().__init__()
        self.cells = nn.ModuleList(StepCell(lstm, i) for i in range(lstm.num_layers))

    def forward(self, x, h, c):
        """`x f32[B, I]` → the top layer's output `f32[B, H]`, `h_out`, `c_out`."""
        states = []
        for layer, cell in enumerate(self.cells):
            states.append(cell(x, h[layer], c[layer]))
            x = states[-1][0]
        h_out = torch.stack([s[0] for s in states])
        return x, h_out, torch.stack([s[1] for s in states])


def run_lstm(lstm, x, state=None):
    """What an `nn.LSTM` answers, outputs and state; on a GPU in float32 always.

    There, autocast would run it in half precision, whose gradients vanish without loss scaling.
    """
    if x.device.type != "cuda":
        return lstm(x, state)
    with torch.autocast("cuda", enabled=False):
        return lstm(x.float(), state)
