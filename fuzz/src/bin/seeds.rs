//! Writes the seeds of every target into a folder each, and the words of every target as a dictionary.
#![forbid(unsafe_code)]

use kapia_fuzz::targets::TARGETS;
use std::path::Path;

fn main() -> std::io::Result<()> {
    for target in TARGETS {
        let folder = Path::new("corpus").join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
        let escaped = |word: &&str| {
            let octets: String = word.bytes().map(|octet| format!("\\x{octet:02x}")).collect();
            format!("\"{octets}\"\n")
        };
        let words: String = target.words.iter().map(escaped).collect();
        std::fs::create_dir_all("dictionaries")?;
        std::fs::write(Path::new("dictionaries").join(target.name), words)?;
    }
    Ok(())
}
