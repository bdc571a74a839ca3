"""What is exported of a model: graphs with named tensors, and golden inputs for them."""

from dataclasses import dataclass, field

from torch import nn

STATES = ("h", "c", "h_out", "c_out")


@dataclass
class Graph:
    """One ONNX graph: a module, an example of each input by name, and the names of its outputs.

    `axes` are the open axes, `{tensor: {axis: symbol}}`: by default the batch B, the second axis of
    states and the first of all else. `has_int8` graphs ship as int8, others as they are. `metadata`
    goes into the file beside what every file says.
    """

    module: nn.Module
    inputs: dict
    outputs: list
    axes: dict = None
    has_int8: bool = True
    metadata: dict = field(default_factory=dict)

    @property
    def open_axes(self):
        """The open axes of all tensors."""
        names = (*self.inputs, *self.outputs)
        return self.axes or {name: {1 if name in STATES else 0: "B"} for name in names}

    @property
    def hidden(self):
        """The width of the state, or None where there is no state."""
        return self.inputs["h"].shape[2] if "h" in self.inputs else None
