"""Trains tiny models on made-up tunes, end to end, and checks what comes out.

    python smoke.py            (a minute or two; prints `N passed, N failed`)
"""

import hashlib
import json
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import made_up_data  # noqa: E402

from linnet_training import cli, golden  # noqa: E402
from linnet_training.corpus import read_corpus  # noqa: E402


class EndToEnd(unittest.TestCase):
    """One run of `all --small`; every test looks at its output."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        root = Path(cls.scratch.name)
        cls.out, cls.models = root / "out", root / "models"
        made_up_data.make(root / "data")
        cls.arguments = ["--data", str(root / "data"), "--out", str(cls.out), "--models",
                         str(cls.models), "--small", "--threads", "1"]
        cls.status = cli.main(["all", *cls.arguments])

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_run_succeeds(self):
        self.assertEqual(self.status, 0)

    def test_loss_falls(self):
        for name in ("lead", "drums"):
            curve = json.loads((self.out / f"{name}_curve.json").read_text())
            self.assertLess(curve[-1]["train"], 0.9 * curve[0]["train"], name)
            self.assertLess(curve[-1]["valid"], curve[0]["valid"], name)

    def test_export_equals_pytorch(self):
        for name in ("lead", "drums"):
            hidden = cli.SMALL[name].hidden
            model, _ = cli.LOAD[name](self.out, hidden)
            self.assertLess(golden.compare(name, model, self.models / name), 1e-4, name)

    def test_manifest_hashes_match(self):
        for name in ("lead", "drums"):
            folder = self.models / name
            manifest = tomllib.loads((folder / "manifest.toml").read_text())
            self.assertTrue(manifest["file"])
            for file in manifest["file"]:
                digest = hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest()
                self.assertEqual(digest, file["sha256"])

    def test_corpus_holds_the_training_split_only(self):
        pieces = list(read_corpus(self.models / "corpus" / "lead.bin.gz"))
        self.assertEqual({entry["set"] for entry, _ in pieces}, {"ceol-rince", "openewld"})
        self.assertEqual(len(pieces), 16)
        for entry, events in pieces:
            self.assertEqual(len(events), entry["events"])

    def test_goldens_and_curves_are_written(self):
        for name in ("lead", "drums"):
            for file in ("golden.json", "features_golden.json", "training_curve.png"):
                self.assertTrue((self.models / name / file).exists(), f"{name}/{file}")
        self.assertTrue((self.models / "harmony" / "model.json").exists())

    def test_int8_stays_near(self):
        figures = json.loads((self.out / "figures.json").read_text())
        lead = figures["lead"]
        self.assertLess(abs(lead["test_fp32_onnx"] - lead["test"]["all"]["nats"]), 1e-3)
        self.assertLess(lead["test_int8_onnx"] - lead["test_fp32_onnx"], 0.1)

    def test_training_resumes(self):
        before = json.loads((self.out / "lead_curve.json").read_text())
        status = cli.main(["train", *self.arguments, "--model", "lead", "--steps", "80"])
        after = json.loads((self.out / "lead_curve.json").read_text())
        self.assertEqual(status, 0)
        self.assertEqual(after[: len(before)], before)
        self.assertEqual(after[-1]["step"], 80)

    def test_missing_data_is_a_clear_error(self):
        self.assertEqual(cli.main(["all", "--data", "nowhere", "--out", str(self.out / "x")]), 2)


def main():
    loader = unittest.TestLoader()
    suite = unittest.TestSuite([
        loader.discover(str(HERE / "tests"), top_level_dir=str(HERE)),
        loader.loadTestsFromTestCase(EndToEnd),
    ])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
