//! MIDI files: reading a tune, writing an idea.
