"""The loss curve as a small picture."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def plot_curve(curve, name, path):
    """Training and validation loss in nats over optimiser steps, as a PNG."""
    figure, axes = pyplot.subplots(figsize=(6, 3.5), dpi=90)
    steps = [row["step"] for row in curve]
    axes.plot(steps, [row["train"] for row in curve], label="training loss (smoothed labels)")
    axes.plot(steps, [row["valid"] for row in curve], label="validation, averaged weights")
    axes.set_xlabel("optimiser steps")
    axes.set_ylabel("nats")
    axes.set_title(f"Linnet {name}")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
