"""The processes of one training: one, or several that `torchrun` started."""

import os

import torch
from torch import distributed


class Processes:
    """This process among all; the device it trains on."""

    def __init__(self, device="cpu"):
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.index = int(os.environ.get("RANK", "0"))
        local = int(os.environ.get("LOCAL_RANK", "0"))
        is_many_gpus = device == "cuda" and torch.cuda.device_count() >= self.count > 1
        self.device = torch.device(f"cuda:{local}" if is_many_gpus else device)
        if self.count > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if is_many_gpus else "gloo")

    @property
    def is_first(self):
        """Whether this process writes the files and shows the progress."""
        return self.index == 0

    def mean(self, value):
        """The mean of a detached scalar over all processes."""
        value = value.detach().clone()
        if self.count > 1:
            distributed.all_reduce(value)
            value /= self.count
        return value

    def first_says(self, value):
        """The first process's number, at all of them."""
        if self.count == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(shared, 0)
        return shared.item()

    def wait(self):
        """Until all processes have come here."""
        if self.count > 1:
            distributed.barrier()

    def share(self, rows):
        """Every `count`-th of `rows`, from this process's index on."""
        return rows[self.index::self.count]


def device_of(model):
    """The device of a model's weights."""
    return next(model.parameters()).device


def moved(batch, device):
    """The tensors of a dict on `device`."""
    if device.type == "cpu":
        return batch
    return {key: value.to(device, non_blocking=True) for key, value in batch.items()}
