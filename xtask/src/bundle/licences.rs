//! The licences that go with the bundles: of what is ours or embedded, of the crates inside, and of what the models
//! were trained on.

use super::{copy, write};
use crate::command::{Failure, cargo, root};
use std::fs;
use std::path::Path;

/// Where the texts lie, and what they are called in a bundle.
const TEXTS: [(&str, &str); 4] = [
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("plugin/assets/fonts/OFL.txt", "IBM-Plex-Sans-OFL.txt"),
    ("models/corpus/README.md", "training-data.md"),
];
/// The list of the models, each with its training sets.
const MODELS: &str = "models.md";

/// Writes the licences into `place`, and beside them the list of the crates inside with theirs.
pub(super) fn write_all(place: &Path) -> Result<(), Failure> {
    write_texts(place)?;
    let mut tree = cargo(&["tree", "--package", "linnet", "--edges", "normal", "--prefix", "none"]);
    let listed = tree.args(["--no-dedupe", "--format", "{p}\t{l}\t{r}"]).output();
    let listed = listed.map_err(|error| format!("The crates could not be listed: {error}."))?;
    let text = String::from_utf8_lossy(&listed.stdout);
    // A path of this machine behind a crate of ours is nobody's business.
    let mut crates: Vec<&str> = text.lines().filter(|line| !line.contains("(/")).collect();
    crates.sort_unstable();
    crates.dedup();
    let head = "Crates inside Linnet: version, licence, source. The VST3 SDK (MIT) and clap-wrapper (MIT) come with \
                the crate clap-wrapper.\n\n";
    write(&place.join("crates.txt"), &format!("{head}{}\n", crates.join("\n")))
}

/// Writes the licences of what is ours or embedded into `place`.
pub(super) fn write_texts(place: &Path) -> Result<(), Failure> {
    for (from, name) in TEXTS {
        copy(&root().join(from), &place.join(name))?;
    }
    let models: Vec<Model> = manifests()?.iter().map(|text| Model::read(text)).collect::<Result<_, _>>()?;
    write(&place.join(MODELS), &list(&models))
}

/// The manifests of the models, by the names of their folders.
fn manifests() -> Result<Vec<String>, Failure> {
    let folder = root().join("models");
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path} could not be read: {error}.")
    };
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(failed(&folder))?
        .flatten()
        .map(|entry| entry.path().join("manifest.toml"))
        .filter(|file| file.exists())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).map_err(failed(file))).collect()
}

/// A model, as its manifest tells.
#[derive(Debug, Default, PartialEq, Eq)]
struct Model {
    name: String,
    version: String,
    licence: String,
    /// Name, licence, source and attribution of each training set.
    sets: Vec<[String; 4]>,
}

impl Model {
    /// Reads the lines `key = "value"` of the head and of every `[[training_set]]`.
    fn read(manifest: &str) -> Result<Self, Failure> {
        let mut model = Self::default();
        let mut table = "";
        for line in manifest.lines().map(str::trim) {
            if line.starts_with('[') {
                table = line;
                if table == "[[training_set]]" {
                    model.sets.push(Default::default());
                }
            } else if let Some((key, value)) = line.split_once(" = ") {
                model.take(table, key, value.trim_matches('"'));
            }
        }
        let says_all = |of: &[String]| of.iter().all(|text| !text.is_empty());
        let is_whole = says_all(&[model.name.clone(), model.version.clone(), model.licence.clone()])
            && !model.sets.is_empty()
            && model.sets.iter().all(|set| says_all(set));
        if is_whole { Ok(model) } else { Err(format!("The manifest of {:?} lacks a licence.", model.name)) }
    }

    fn take(&mut self, table: &str, key: &str, value: &str) {
        let slot = match (table, key) {
            ("", "name") => Some(&mut self.name),
            ("", "version") => Some(&mut self.version),
            ("", "licence") => Some(&mut self.licence),
            ("[[training_set]]", key) => {
                let place = ["name", "licence", "source", "attribution"].iter().position(|of| *of == key);
                place.and_then(|place| self.sets.last_mut().map(|set| &mut set[place]))
            }
            _ => None,
        };
        if let Some(slot) = slot {
            value.clone_into(slot);
        }
    }
}

/// The models in words.
fn list(models: &[Model]) -> String {
    let head = "# The models inside Linnet\n\nTheir weights, and what they were trained on. Beside these sets, parts that our own \
                style grammar composed over tunes of them.\n";
    let set = |[name, licence, source, attribution]: &[String; 4]| {
        format!("- {name}, {licence}: {attribution} ({source})\n")
    };
    let model = |model: &Model| {
        let sets: String = model.sets.iter().map(set).collect();
        format!("\n## {} {}\nWeights: {}. Trained on:\n{sets}", model.name, model.version, model.licence)
    };
    std::iter::once(head.to_owned()).chain(models.iter().map(model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_listed_with_the_licence_of_each_of_its_sets() {
        let manifests = manifests().unwrap();
        assert!(manifests.len() >= 7, "{}", manifests.len());
        let models: Vec<Model> = manifests.iter().map(|text| Model::read(text).unwrap()).collect();
        let text = list(&models);
        for (model, manifest) in models.iter().zip(&manifests) {
            assert!(text.contains(&format!("## {} {}", model.name, model.version)));
            assert_eq!(model.sets.len(), manifest.matches("[[training_set]]").count(), "{}", model.name);
        }
        assert!(text.contains("ceol-rince, CC BY 4.0: Ceol Rince na hÉireann corpus"), "{text}");
        assert!(text.contains("groove, CC BY 4.0"), "{text}");
    }

    #[test]
    fn a_set_without_a_licence_is_an_error_that_names_the_model() {
        let head = "name = \"m\"\nversion = \"1\"\nlicence = \"MIT\"\n";
        assert!(Model::read(head).unwrap_err().contains("\"m\""));
        let set = "[[training_set]]\nname = \"s\"\nsource = \"x\"\nattribution = \"y\"\n";
        assert!(Model::read(&format!("{head}{set}")).is_err());
        let whole = Model::read(&format!("{head}{set}licence = \"CC0\"\n[figures]\nname = 3\n")).unwrap();
        assert_eq!(whole.sets, [["s", "CC0", "x", "y"].map(str::to_owned)]);
    }
}
