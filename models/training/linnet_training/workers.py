"""Batches made by several processes, so that drawing windows keeps up with a GPU."""

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class _Endless(IterableDataset):
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        info = get_worker_info()
        torch.set_num_threads(1)
        return iter(self.start(info.id if info else 0))


def batches(start, workers):
    """Endless batches of `start(index)`, an iterator that worker `index` runs; 0: in this process.

    The order depends on the number of workers only, so that a training can be repeated.
    """
    if not workers:
        return start(0)
    loader = DataLoader(_Endless(start), batch_size=None, num_workers=workers, prefetch_factor=4,
                        pin_memory=torch.cuda.is_available(), multiprocessing_context="fork")
    return iter(loader)
