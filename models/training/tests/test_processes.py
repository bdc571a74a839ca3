"""A training under `torchrun` is the training of one process: the same batches, gradients and curve."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TWO = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
CURVE_DIFFERENCE_MAX = 1e-3


def curve(launcher):
    """The loss curve of `two_processes` under a launcher."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([sys.executable, *launcher, "-m", "tests.two_processes", out], cwd=HERE,
                       check=True, capture_output=True, timeout=900)
        return json.loads((Path(out) / "chords_curve.json").read_text())


def difference(one, two):
    """The greatest difference of two curves, in nats."""
    return max(abs(a[key] - b[key]) for a, b in zip(one, two, strict=True) for key in ("train", "valid"))


class Processes(unittest.TestCase):
    def test_two_processes_learn_what_one_does(self):
        one, two = curve([]), curve(TWO)
        self.assertEqual([row["step"] for row in one], [row["step"] for row in two])
        self.assertLess(one[-1]["train"], 0.8 * one[0]["train"])
        self.assertLess(difference(one, two), CURVE_DIFFERENCE_MAX)


if __name__ == "__main__":
    unittest.main()
