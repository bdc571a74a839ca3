//! The plug-ins.
