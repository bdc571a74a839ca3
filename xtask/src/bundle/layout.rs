//! Where each format wants its files, system by system.

use crate::command::Failure;
use std::path::{Path, PathBuf};

/// The system that this build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    MacOs,
    Windows,
}

/// What the bundles are called, from `bundler.toml`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) name: String,
    pub(super) identifier: String,
    pub(super) copyright: String,
}

/// One bundle: a file, or a folder of files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bundle {
    /// Its file name.
    pub(super) name: String,
    /// Where the library lies inside; empty where the bundle is the library.
    pub(super) library: PathBuf,
    /// Other files: where they lie inside, and what they say.
    pub(super) texts: Vec<(PathBuf, String)>,
    /// The user's folder for bundles of this format, where there is a home folder.
    pub(super) installed_in: Option<PathBuf>,
}

impl Bundle {
    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        !self.library.as_os_str().is_empty()
    }

    /// Where the library lies when the bundle lies at `place`.
    pub(super) fn library_in(&self, place: &Path) -> PathBuf {
        if self.is_folder() { place.join(&self.library) } else { place.to_path_buf() }
    }
}

impl Names {
    /// Reads the lines `key = "value"`.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='));
            let value = line.map(|line| line.trim().trim_matches('"').to_owned());
            value.ok_or_else(|| format!("bundler.toml has no `{key}`."))
        };
        Ok(Self { name: value("name")?, identifier: value("identifier")?, copyright: value("copyright")? })
    }
}

impl System {
    /// The system that this program runs on.
    pub(super) fn here() -> Result<Self, Failure> {
        match std::env::consts::OS {
            "linux" => Ok(Self::Linux),
            "macos" => Ok(Self::MacOs),
            "windows" => Ok(Self::Windows),
            other => Err(format!("There are no plug-in bundles on {other}.")),
        }
    }

    /// The file name that cargo gives a library.
    pub(super) fn library(self, crate_name: &str) -> String {
        match self {
            Self::Linux => format!("lib{crate_name}.so"),
            Self::MacOs => format!("lib{crate_name}.dylib"),
            Self::Windows => format!("{crate_name}.dll"),
        }
    }

    /// The bundles of this system.
    pub(super) fn bundles(self, names: &Names) -> Vec<Bundle> {
        match self {
            Self::Linux | Self::Windows => vec![self.clap(names), self.vst3(names)],
            Self::MacOs => vec![self.clap(names), self.vst3(names), self.audio_unit(names)],
        }
    }

    fn clap(self, names: &Names) -> Bundle {
        let installed_in = self.user_folder(".clap", "CLAP");
        match self {
            Self::MacOs => mac_bundle(names, "clap", "", installed_in),
            Self::Linux | Self::Windows => Bundle {
                name: format!("{}.clap", names.name),
                library: PathBuf::new(),
                texts: Vec::new(),
                installed_in,
            },
        }
    }

    fn vst3(self, names: &Names) -> Bundle {
        let installed_in = self.user_folder(".vst3", "VST3");
        let arch = std::env::consts::ARCH;
        let library = match self {
            Self::MacOs => return mac_bundle(names, "vst3", "", installed_in),
            Self::Linux => format!("Contents/{arch}-linux/{}.so", names.name),
            Self::Windows => {
                let arch = if arch == "aarch64" { "arm64" } else { arch };
                format!("Contents/{arch}-win/{}.vst3", names.name)
            }
        };
        let name = format!("{}.vst3", names.name);
        Bundle { name, library: library.into(), texts: Vec::new(), installed_in }
    }

    fn audio_unit(self, names: &Names) -> Bundle {
        mac_bundle(names, "component", &audio_components(names), self.user_folder("", "Components"))
    }

    /// The user's folder for plug-ins: `linux` in the home folder, or the one that the other systems call `name`.
    fn user_folder(self, linux: &str, name: &str) -> Option<PathBuf> {
        let home = |variable| std::env::var_os(variable).map(PathBuf::from);
        match self {
            Self::Linux => Some(home("HOME")?.join(linux)),
            Self::MacOs => Some(home("HOME")?.join("Library/Audio/Plug-Ins").join(name)),
            Self::Windows => Some(home("LOCALAPPDATA")?.join("Programs/Common").join(name)),
        }
    }
}

/// A bundle as macOS wants it. `entries` go into the property list.
fn mac_bundle(names: &Names, extension: &str, entries: &str, installed_in: Option<PathBuf>) -> Bundle {
    Bundle {
        name: format!("{}.{extension}", names.name),
        library: format!("Contents/MacOS/{}", names.name).into(),
        texts: vec![
            ("Contents/Info.plist".into(), property_list(names, extension, entries)),
            ("Contents/PkgInfo".into(), "BNDL????".to_owned()),
        ],
        installed_in,
    }
}

fn property_list(names: &Names, extension: &str, entries: &str) -> String {
    let Names { name, identifier, copyright } = names;
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>{name}</string>
  <key>CFBundleIdentifier</key><string>{identifier}.{extension}</string>
  <key>CFBundleName</key><string>{name}</string>
  <key>CFBundleDisplayName</key><string>{name}</string>
  <key>CFBundlePackageType</key><string>BNDL</string>
  <key>CFBundleSignature</key><string>????</string>
  <key>CFBundleShortVersionString</key><string>{version}</string>
  <key>CFBundleVersion</key><string>{version}</string>
  <key>NSHumanReadableCopyright</key><string>{copyright}</string>
  <key>NSHighResolutionCapable</key><true/>
{entries}</dict>
</plist>
"#
    )
}

/// The instrument and the note effect, as Audio Units, in the order in which the library exports them.
fn audio_components(names: &Names) -> String {
    let component = |kind: &str, code: &str, name: &str, factory: &str| {
        format!(
            "    <dict>\n      <key>type</key><string>{kind}</string>\n      <key>subtype</key><string>{code}</string>\n      \
             <key>manufacturer</key><string>Lnnt</string>\n      <key>name</key><string>Linnet Audio: {name}</string>\n      \
             <key>description</key><string>{name}</string>\n      <key>factoryFunction</key><string>{factory}</string>\n      \
             <key>version</key><integer>1</integer>\n      <key>sandboxSafe</key><false/>\n    </dict>\n"
        )
    };
    let instrument = component("aumu", "Lnn1", &names.name, "GetPluginFactoryAUV2_0");
    let notes = component("aumi", "Lnn2", &format!("{} Notes", names.name), "GetPluginFactoryAUV2_1");
    format!("  <key>AudioComponents</key>\n  <array>\n{instrument}{notes}  </array>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::read(include_str!("../../../bundler.toml")).unwrap()
    }

    #[test]
    fn every_system_gets_each_of_its_formats() {
        let of = |system: System| {
            let bundles = system.bundles(&names());
            bundles.into_iter().map(|bundle| bundle.name).collect::<Vec<_>>()
        };
        assert_eq!(of(System::Linux), ["Linnet.clap", "Linnet.vst3"]);
        assert_eq!(of(System::Windows), ["Linnet.clap", "Linnet.vst3"]);
        assert_eq!(of(System::MacOs), ["Linnet.clap", "Linnet.vst3", "Linnet.component"]);
    }

    #[test]
    fn a_clap_is_a_file_but_on_macos() {
        assert!(!System::Linux.clap(&names()).is_folder());
        assert!(!System::Windows.clap(&names()).is_folder());
        assert!(System::MacOs.clap(&names()).is_folder());
        let place = Path::new("a/Linnet.clap");
        // A slash behind a file's name makes it a folder's.
        assert_eq!(System::Linux.clap(&names()).library_in(place).as_os_str(), place.as_os_str());
    }

    #[test]
    fn a_property_list_names_the_library_that_the_bundle_holds() {
        for bundle in System::MacOs.bundles(&names()) {
            let library = bundle.library.file_name().unwrap().to_str().unwrap();
            let (_, list) = &bundle.texts[0];
            assert!(list.contains(&format!("<key>CFBundleExecutable</key><string>{library}</string>")));
        }
    }

    #[test]
    fn a_missing_name_is_an_error_that_says_which() {
        assert_eq!(Names::read("name = \"x\""), Err("bundler.toml has no `identifier`.".to_owned()));
    }
}
