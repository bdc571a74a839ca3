//! Writes the tunes of `linnet_tests::tunes` to `tests/assets`.

use linnet_tests::tunes::tunes;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for tune in tunes() {
        std::fs::write(folder.join(tune.file), tune.to_midi()?)?;
    }
    Ok(())
}
