"""Loss curves."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def plot_curve(curve, title, path):
    """Draws train and valid nats per frame over minutes; `curve` as the trainer keeps it."""
    minutes = [point["minutes"] for point in curve]
    valid = [point["valid"] for point in curve]
    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.plot(minutes, [point["train"] for point in curve], label="train (with dropout)")
    axes.plot(minutes, valid, label="valid (averaged weights)")
    axes.set(title=title, xlabel="minutes", ylabel="nats per frame",
             ylim=(min(valid) * 0.8, min(valid) * 1.6))
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
