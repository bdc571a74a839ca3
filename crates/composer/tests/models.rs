//! Models from a folder: what is wrong with one is said, and weights are shared.
#![expect(clippy::unwrap_used, reason = "a scratch folder that cannot be written fails its test")]

use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::inference::{Graph, InferenceError};
use linnet_composer::models::{ModelError, ModelSource, Models, signatures};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// A copy of the shipped models that ends with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("linnet-{name}-{}", std::process::id()));
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        for (model, files) in [
            (
                "phrase",
                &[
                    "manifest.toml",
                    "canvas.onnx",
                    "step.onnx",
                    "pitch.onnx",
                    "duration.onnx",
                    "attributes.json",
                ][..],
            ),
            ("drums", &["manifest.toml", "step.onnx", "touch.onnx"]),
            ("groove", &["manifest.toml", "groove.onnx"]),
            ("chords", &["manifest.toml", "step.onnx", "quality.onnx", "length.onnx"]),
            ("gan", &["manifest.toml", "generator.onnx", "critic.onnx"]),
            ("line_vae", &["manifest.toml", "encoder.onnx", "step.onnx", "latent.json"]),
            ("drum_vae", &["manifest.toml", "encoder.onnx", "step.onnx", "latent.json"]),
        ] {
            fs::create_dir_all(folder.join(model)).unwrap();
            for file in files {
                fs::copy(shipped.join(model).join(file), folder.join(model).join(file)).unwrap();
            }
        }
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn load(&self) -> Result<Arc<Models>, ModelError> {
        Models::load(&ModelSource::Folder(self.0.clone()), &Rten::new())
    }

    fn fault(&self) -> ModelError {
        self.load().unwrap_err()
    }

    /// Puts `bytes` in the place of `file`, with a manifest that agrees.
    fn replace(&self, model: &str, file: &str, bytes: &[u8]) {
        let path = self.path(model).join(file);
        let old = fs::read(&path).unwrap();
        let manifest = self.path(model).join("manifest.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let lengths = (format!("bytes = {}\n", old.len()), format!("bytes = {}\n", bytes.len()));
        let text = text.replace(&hash(&old), &hash(bytes)).replace(&lengths.0, &lengths.1);
        fs::write(manifest, text).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// SHA-256 in hex.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn a_folder_like_the_shipped_one_loads_and_shares_its_weights() {
    let scratch = Scratch::new("whole");
    let models = scratch.load().unwrap();
    // The same files are the same models, wherever they lie.
    let built_in = Models::load(&ModelSource::BuiltIn, &Rten::new()).unwrap();
    for other in [scratch.load().unwrap(), built_in] {
        assert!(Arc::ptr_eq(&models.phrase, &other.phrase));
        assert!(Arc::ptr_eq(&models.drums, &other.drums));
        assert!(Arc::ptr_eq(&models.groove, &other.groove));
        assert!(Arc::ptr_eq(&models.chords, &other.chords));
        assert!(Arc::ptr_eq(&models.gan, &other.gan));
        assert!(Arc::ptr_eq(&models.line_latent, &other.line_latent));
        assert!(Arc::ptr_eq(&models.drum_latent, &other.drum_latent));
        assert!(!Arc::ptr_eq(&models.line_latent, &models.drum_latent));
    }
    assert!(models.phrase.info.provenance().starts_with("linnet-phrase "));
    assert!(!models.phrase.info.training_sets.is_empty());
    assert_eq!(models.phrase.info.sha256.len(), 64);
}

#[test]
fn a_missing_file_is_named() {
    let scratch = Scratch::new("missing");
    fs::remove_file(scratch.path("phrase/pitch.onnx")).unwrap();
    let failure = scratch.fault().failure();
    assert!(failure.detail.contains("pitch.onnx"), "{failure:?}");
    assert!(!failure.title.is_empty() && !failure.remedy.is_empty());
    assert!(matches!(
        Models::load(&ModelSource::Folder("/nowhere/at/all".into()), &Rten::new()),
        Err(ModelError::Missing { .. })
    ));
}

#[test]
fn a_model_in_the_place_of_another_kind_is_refused_though_both_are_loaded() {
    let shipped = Models::load(&ModelSource::BuiltIn, &Rten::new()).unwrap();
    let scratch = Scratch::new("swapped");
    for entry in fs::read_dir(scratch.path("line_vae")).unwrap() {
        let file = entry.unwrap().path();
        fs::copy(&file, scratch.path("drum_vae").join(file.file_name().unwrap())).unwrap();
    }
    assert!(matches!(scratch.fault(), ModelError::Network { .. }));
    drop(shipped);
}

#[test]
fn a_truncated_and_an_altered_file_are_told_from_whole_ones() {
    let scratch = Scratch::new("damaged");
    let path = scratch.path("drums/step.onnx");
    let mut bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(scratch.fault(), ModelError::Length { .. }));
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(scratch.fault(), ModelError::Hash { .. }));
}

#[test]
fn what_is_no_model_or_another_one_is_refused_though_its_manifest_agrees() {
    let lead = fs::read(Scratch::new("other").path("phrase/pitch.onnx")).unwrap();
    let step = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/phrase/step.onnx")).unwrap();
    let text = b"This is a letter to the editor and not a network.";
    for (name, bytes) in
        [("empty", &b""[..]), ("text", text), ("pitch", &lead), ("half", &step[..step.len() / 2])]
    {
        let scratch = Scratch::new(&format!("not-{name}"));
        scratch.replace("phrase", "step.onnx", bytes);
        let fault = scratch.fault();
        assert!(matches!(fault, ModelError::Network { .. }), "{name}: {fault}");
        assert!(fault.to_string().contains("step.onnx"), "{name}: {fault}");
    }
}

#[test]
fn a_network_with_any_byte_changed_loads_or_is_refused() {
    let shipped =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/drums/touch.onnx")).unwrap();
    let engine = Rten::new();
    let mut refused = 0;
    for round in 0..300 {
        let mut bytes = shipped.clone();
        // The graph stands at the end of the file, the weights before it.
        let place = if round % 3 == 0 { round * bytes.len() / 300 } else { bytes.len() - 1 - round * 9 };
        bytes[place] ^= 1 << (round % 8);
        refused += usize::from(Graph::load(&engine, &bytes, &signatures::DRUM_TOUCH).is_err());
    }
    println!("{refused} of 300 refused");
    assert!((1..300).contains(&refused));
}

#[test]
fn a_model_of_another_vocabulary_is_refused() {
    let scratch = Scratch::new("tokens");
    let path = scratch.path("phrase/manifest.toml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("tokens_sha256")).unwrap();
    fs::write(&path, text.replace(line, "tokens_sha256 = \"00\"")).unwrap();
    assert!(matches!(scratch.fault(), ModelError::Tokens { .. }));
    fs::write(&path, "name = [").unwrap();
    assert!(matches!(scratch.fault(), ModelError::Manifest { .. }));
}

#[test]
#[cfg(unix)]
fn a_pipe_a_folder_and_a_device_in_the_place_of_a_file_are_refused_at_once() {
    let scratch = Scratch::new("pipes");
    let pipe = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let folder = |path: &Path| fs::create_dir(path).unwrap();
    let device = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    let makers: [&dyn Fn(&Path); 3] = [&pipe, &folder, &device];
    for file in ["phrase/pitch.onnx", "phrase/manifest.toml"] {
        let path = scratch.path(file);
        let whole = fs::read(&path).unwrap();
        for make in makers {
            fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).unwrap();
            make(&path);
            let fault = scratch.fault().to_string();
            assert!(fault.contains(file) && fault.contains("not a file"), "{fault}");
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
    let library = scratch.path("libonnxruntime.so");
    pipe(&library);
    let error = OnnxRuntime::open(&library).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("not a file"), "{error}");
}

#[test]
fn a_file_longer_than_a_model_can_be_is_not_read() {
    let scratch = Scratch::new("long");
    for (file, length) in [("phrase/step.onnx", 200 << 20), ("drums/manifest.toml", 2 << 20)] {
        let path = scratch.path(file);
        let whole = fs::read(&path).unwrap();
        // A file with a hole: no block of the disk is taken for it.
        fs::File::create(&path).unwrap().set_len(length).unwrap();
        let fault = scratch.fault().to_string();
        assert!(fault.contains(file) && fault.contains("more than"), "{fault}");
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_loop_in_a_folders_model_is_refused_in_words_for_the_user() {
    let scratch = Scratch::new("loop");
    scratch.replace("drums", "touch.onnx", &fs::read(seed("loop")).unwrap());
    let failure = scratch.fault().failure();
    assert!(failure.detail.contains("touch.onnx") && failure.detail.contains("a loop"), "{failure:?}");
    assert!(failure.remedy.contains("built-in models"), "{failure:?}");
    // The models that were loaded before are still there.
    assert!(Models::load(&ModelSource::BuiltIn, &Rten::new()).is_ok());
}

/// A seed of the fuzz target of models.
fn seed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/model").join(name)
}

#[test]
fn a_file_that_is_no_onnx_runtime_is_named_with_its_fault() {
    let scratch = Scratch::new("library");
    let text = scratch.path("libonnxruntime.so");
    fs::write(&text, "not a library").unwrap();
    for path in [text, scratch.path("nothing.so"), scratch.0.clone()] {
        match OnnxRuntime::open(&path).map(|_| ()) {
            Err(InferenceError::Library { path: named, fault, remedy }) => {
                assert_eq!(named.file_name(), path.file_name());
                assert!(!fault.is_empty() && !remedy.is_empty());
            }
            other => panic!("{}: {other:?}", path.display()),
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_library_of_something_else_is_not_onnx_runtime() {
    let libraries =
        ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"];
    let Some(path) = libraries.iter().map(Path::new).find(|path| path.exists()) else {
        println!("Skipped: no library to try is in its usual place.");
        return;
    };
    let error = OnnxRuntime::open(path).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("OrtGetApiBase"), "{error}");
}
