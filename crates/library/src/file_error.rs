//! Why the system gives no file, in words for the user: the same ones wherever it happens.
//!
//! Never used on the audio thread. They are the end of a sentence: "… cannot be read: there is no such file."

use std::io::{self, ErrorKind};

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Reading a file.
    Read,
    /// Looking into a folder.
    List,
    /// Writing a file, and the folders that it lies in.
    Write,
}

/// Why `act` failed: the commonest failures without the system's numbers.
pub fn in_words(error: &io::Error, act: Act) -> String {
    let words = match (error.kind(), act) {
        (ErrorKind::NotFound, Act::Read) => "there is no such file",
        (ErrorKind::NotFound, Act::List) => "there is no such folder",
        (ErrorKind::NotFound, Act::Write) => "its folder is not there",
        (ErrorKind::NotADirectory, Act::List) => "it is no folder",
        (ErrorKind::NotADirectory, _) => "a folder of its path is a file",
        (ErrorKind::IsADirectory, _) => "it is a folder",
        (ErrorKind::PermissionDenied, Act::Write) => "writing there is not permitted",
        (ErrorKind::PermissionDenied, _) => "reading it is not permitted",
        (ErrorKind::ReadOnlyFilesystem, _) => "the disk can only be read",
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => "the disk is full",
        (ErrorKind::UnexpectedEof, _) => "it is cut off",
        (ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable, _) => {
            "the network does not answer"
        }
        (ErrorKind::InvalidFilename, _) => "the system does not take this name",
        _ => return error.to_string(),
    };
    words.to_owned()
}

/// Why a WAV file could not be read, or written.
pub(crate) fn of_wav(error: &hound::Error, act: Act) -> String {
    match error {
        hound::Error::IoError(error) => in_words(error, act),
        hound::Error::FormatError(_) => "it is no WAV file, or broken".to_owned(),
        hound::Error::Unsupported => "it is a kind of WAV file that is not supported".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_failures_are_in_words_and_others_in_the_systems() {
        let check = |kind: ErrorKind, act, expect| assert_eq!(in_words(&kind.into(), act), expect);
        check(ErrorKind::NotFound, Act::Read, "there is no such file");
        check(ErrorKind::NotFound, Act::List, "there is no such folder");
        check(ErrorKind::NotFound, Act::Write, "its folder is not there");
        check(ErrorKind::PermissionDenied, Act::List, "reading it is not permitted");
        check(ErrorKind::PermissionDenied, Act::Write, "writing there is not permitted");
        check(ErrorKind::StorageFull, Act::Write, "the disk is full");
        check(ErrorKind::TimedOut, Act::List, "the network does not answer");
        assert_eq!(in_words(&io::Error::other("the cable is out"), Act::Read), "the cable is out");
        let cut = hound::Error::IoError(ErrorKind::UnexpectedEof.into());
        assert_eq!(of_wav(&cut, Act::Read), "it is cut off");
        assert_eq!(
            of_wav(&hound::Error::Unsupported, Act::Read),
            "it is a kind of WAV file that is not supported"
        );
    }
}
