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
import made_up_textures  # noqa: E402

from linnet_training import cli, golden  # noqa: E402
from linnet_training.arrangement import load_arrangements  # noqa: E402
from linnet_training.corpus import read_corpus  # noqa: E402
from linnet_training.piece import load_pieces  # noqa: E402
from linnet_training.registry import MODELS  # noqa: E402
from linnet_training.soundness import faults  # noqa: E402


class EndToEnd(unittest.TestCase):
    """One run of `all --small`; every test looks at its output."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        root = Path(cls.scratch.name)
        cls.out, cls.models = root / "out", root / "models"
        made_up_data.make(root / "data")
        cls.out.mkdir()
        made_up_textures.make(cls.out / "composed.npz")
        cls.arguments = ["--data", str(root / "data"), "--out", str(cls.out), "--models",
                         str(cls.models), "--small", "--threads", "1"]
        cls.status = cli.main(["all", *cls.arguments])
        cls.composed = cli.main(["compose", "--out", str(cls.out), "--count", "60"])

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_run_succeeds(self):
        self.assertEqual(self.status, 0)

    def test_loss_falls(self):
        for name in MODELS.keys() - {"gan"}:
            curve = json.loads((self.out / f"{name}_curve.json").read_text())
            share = 0.9 if name in ("phrase", "drums") else 1.0
            self.assertLess(curve[-1]["train"], share * curve[0]["train"], name)
            self.assertLess(curve[-1]["valid"], curve[0]["valid"], name)

    def test_export_equals_pytorch(self):
        for name, entry in MODELS.items():
            model, _ = entry.load(self.out, entry.small.hidden)
            masters = self.out / "fp32" / name
            self.assertLess(golden.compare(entry.graphs(model), entry.draw, masters), 1e-4, name)

    def test_gan_is_trained_and_measured(self):
        curve = json.loads((self.out / "gan_curve.json").read_text())
        self.assertLess(curve[-1]["density"], curve[0]["density"])
        self.assertTrue(list((self.out / "gan_sheets").glob("*.png")))
        figures = json.loads((self.out / "figures.json").read_text())["gan"]
        self.assertIn("drums", figures["density_spearman"])
        self.assertIn("all", figures["critic_auc_all"])

    def test_manifest_hashes_match(self):
        for name in MODELS:
            folder = self.models / name
            manifest = tomllib.loads((folder / "manifest.toml").read_text())
            self.assertTrue(manifest["file"])
            for file in manifest["file"]:
                digest = hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest()
                self.assertEqual(digest, file["sha256"])

    def test_corpus_holds_the_training_split_only(self):
        pieces = list(read_corpus(self.models / "corpus" / "lead.bin.gz"))
        self.assertEqual({entry["set"] for entry, _ in pieces},
                         {"ceol-rince", "openewld", "openhymnal", "midi-folder"})
        prepared = load_pieces(self.out / "pieces.json.gz")
        self.assertEqual(len(pieces), sum(piece.split == "train" for piece in prepared))
        for entry, events in pieces:
            self.assertEqual(len(events), entry["events"])

    def test_goldens_and_curves_are_written(self):
        for name in MODELS:
            for file in ("golden.json", "training_curve.png", "samples.png", "MODEL_CARD.md"):
                self.assertTrue((self.models / name / file).exists(), f"{name}/{file}")
            self.assertTrue(name == "gan" or (self.models / name / "features_golden.json").exists())
        self.assertTrue((self.models / "harmony" / "model.json").exists())

    def test_latents_are_described_and_drawn(self):
        for name, size, attributes in (("line_vae", 64, 8), ("drum_vae", 32, 3)):
            latent = json.loads((self.models / name / "latent.json").read_text())
            self.assertEqual(len(latent["prior"]), len(latent["roles"]), name)
            self.assertEqual(len(latent["prior"][0]["factor"]), size * (size + 1) // 2, name)
            self.assertEqual(len(latent["quantiles"][0]), attributes, name)
            self.assertTrue((self.models / name / "latent_map.png").exists(), name)
            self.assertTrue(list((self.out / f"{name}_sheets").glob("*.png")), name)

    def test_int8_stays_near(self):
        figures = json.loads((self.out / "figures.json").read_text())
        drums, phrase = figures["drums"], figures["phrase"]
        # The gates of what is exported are nearly those of training (`cells.exact_tanh`).
        self.assertLess(abs(drums["test_fp32"] - drums["test"]["nats"]), 5e-3)
        self.assertLess(drums["test_int8"] - drums["test_fp32"], 0.1)
        self.assertLess(abs(phrase["test_some_fp32"] - phrase["test"]["all"]), 1e-2)
        self.assertLess(phrase["test_some_int8"] - phrase["test_some_fp32"], 0.1)

    def test_arrangements_are_sound(self):
        self.assertEqual(self.composed, 0)
        human = load_arrangements(self.out / "arrangements.npz")
        composed = load_arrangements(self.out / "composed.npz")
        for item in human + composed:
            self.assertEqual(faults(item), [], item.piece)
        song = next(a for a in human if a.set == "midi-folder")
        self.assertEqual(set(song.parts), {"lead", "chords", "bass", "drums"})
        self.assertGreater(len(composed), 40)
        self.assertEqual({a.split for a in composed}, {"train", "valid", "test"})

    def test_workers_hand_over_the_batches(self):
        status = cli.main(["train", *self.arguments, "--model", "chords", "--steps", "70",
                           "--workers", "1"])
        self.assertEqual(status, 0)
        self.assertEqual(json.loads((self.out / "chords_curve.json").read_text())[-1]["step"], 70)

    def test_training_resumes(self):
        before = json.loads((self.out / "drums_curve.json").read_text())
        status = cli.main(["train", *self.arguments, "--model", "drums", "--steps", "60"])
        after = json.loads((self.out / "drums_curve.json").read_text())
        self.assertEqual(status, 0)
        self.assertEqual(after[: len(before)], before)
        self.assertEqual(after[-1]["step"], 60)

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
