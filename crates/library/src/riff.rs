//! Chunks of RIFF files.
//!
//! Never runs on the audio thread. "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft,
//! 1991), chapter 2. Sizes in a file are not believed: nothing is read, or made room for, beyond the file's end.

use std::io::{self, Read, Seek, SeekFrom};

/// A chunk: its name, and where what is in it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) name: [u8; 4],
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// Chunks that are looked at in one list.
const CHUNKS_MAX: usize = 4096;

/// The chunks that lie in [`start`, `end`) of `file`, the last one perhaps cut off.
pub(crate) fn chunks(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Vec<Chunk>> {
    let end = end.min(file.seek(SeekFrom::End(0))?);
    let (mut found, mut place) = (Vec::new(), start);
    while place.saturating_add(8) <= end && found.len() < CHUNKS_MAX {
        file.seek(SeekFrom::Start(place))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [a, b, c, d, sizes @ ..] = head;
        let wanted = u64::from(u32::from_le_bytes(sizes));
        let start = place + 8;
        found.push(Chunk { name: [a, b, c, d], start, length: wanted.min(end - start) });
        place = start + wanted + wanted % 2;
    }
    Ok(found)
}

impl Chunk {
    /// What is in it, at most `most` bytes.
    pub(crate) fn read(&self, file: &mut (impl Read + Seek), most: u64) -> io::Result<Vec<u8>> {
        file.seek(SeekFrom::Start(self.start))?;
        let mut bytes = Vec::new();
        file.take(self.length.min(most)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> u64 {
        self.start + self.length
    }
}

/// The chunks of a RIFF file of this `kind`; none where it is no such file.
pub(crate) fn file_chunks(file: &mut (impl Read + Seek), kind: [u8; 4]) -> io::Result<Option<Vec<Chunk>>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = [0; 12];
    if let Err(error) = file.read_exact(&mut head) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    let is_kind = head.starts_with(b"RIFF") && head.ends_with(&kind);
    if is_kind { chunks(file, 12, u64::MAX).map(Some) } else { Ok(None) }
}
