//! Runs on any thread. What a test of the validator says about a plug-in.

/// Why a test did not simply pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The plug-in breaks the contract of CLAP.
    Failed(String),
    /// It keeps the contract, but a host would be better off otherwise.
    Warning(String),
    /// The plug-in does not offer what the test is about.
    Skipped(String),
}

/// What a test gives back: nothing where all is well.
pub(crate) type Verdict = Result<(), Finding>;

/// A fault.
pub(crate) fn failed(why: impl Into<String>) -> Finding {
    Finding::Failed(why.into())
}

/// Something that is allowed and unwise.
pub(crate) fn warning(why: impl Into<String>) -> Finding {
    Finding::Warning(why.into())
}

/// What is not there to be tested.
pub(crate) fn skipped(why: impl Into<String>) -> Finding {
    Finding::Skipped(why.into())
}

/// Fails with `why` where `holds` is false.
pub(crate) fn expect(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Finding::Failed(why())) }
}

/// The function `field` of a table of the plug-in, which must not be null.
macro_rules! function {
    ($table:expr, $field:ident) => {
        $table.$field.ok_or_else(|| {
            $crate::validator::finding::failed(concat!(
                "its function `",
                stringify!($field),
                "` is a null pointer"
            ))
        })
    };
}
pub(crate) use function;
