use super::*;
use proptest::prelude::*;

fn moment(position: f64, metre: TimeSignature, playing: bool) -> Moment {
    let bar = metre.bar().0;
    Moment {
        position: Beats(position),
        bar_start: Beats((position / bar).floor() * bar),
        tempo: Tempo::default(),
        metre,
        playing,
    }
}

fn at(position: f64) -> Moment {
    moment(position, TimeSignature::COMMON, true)
}

/// Plays a note, with the reports once a bar that the audio thread sends.
fn play(listener: &mut Listener, onset: f64, length: f64, pitch: i32) {
    listener.note_on(Pitch::new(pitch), Velocity::new(90), 0, at(onset));
    listener.note_off(Pitch::new(pitch), 0, at(onset + length));
}

fn wait(listener: &mut Listener, from: f64, to: f64) {
    let mut position = from;
    while position <= to {
        listener.transport(at(position));
        position += 4.0;
    }
}

fn onsets(listener: &Listener) -> Vec<f64> {
    listener.stretch().map_or_else(Vec::new, |s| s.pitched.iter().map(|note| note.onset.0).collect())
}

#[test]
fn a_stretch_begins_on_the_bar_line_before_its_first_note() {
    let mut listener = Listener::default();
    assert_eq!(listener.stretch(), None);
    play(&mut listener, 9.0, 1.0, 60);
    play(&mut listener, 13.5, 1.0, 62);
    let stretch = listener.stretch().unwrap();
    assert_eq!((stretch.start.0, stretch.bars), (8.0, 2));
    assert_eq!(onsets(&listener), [1.0, 5.5]);
}

#[test]
fn a_first_note_that_is_early_belongs_to_its_bar_and_a_pickup_does_not() {
    let mut listener = Listener::default();
    play(&mut listener, 7.9, 1.0, 60);
    assert_eq!((listener.stretch().unwrap().start.0, onsets(&listener)), (8.0, vec![0.0]));
    let mut listener = Listener::default();
    play(&mut listener, 7.5, 0.5, 60);
    assert_eq!((listener.stretch().unwrap().start.0, onsets(&listener)), (4.0, vec![3.5]));
}

#[test]
fn a_held_note_lasts_until_now() {
    let mut listener = Listener::default();
    listener.note_on(Pitch::new(60), Velocity::new(90), 0, at(0.0));
    listener.transport(at(3.0));
    let note = listener.stretch().unwrap().pitched[0];
    assert_eq!((note.onset.0, note.length.0), (0.0, 3.0));
}

#[test]
fn sixteen_bars_stay() {
    let mut listener = Listener::default();
    for bar in 0..40 {
        play(&mut listener, f64::from(bar) * 4.0 + 1.0, 2.0, 60 + bar % 12);
    }
    let stretch = listener.stretch().unwrap();
    assert_eq!((stretch.start.0, stretch.bars, stretch.pitched.len()), (96.0, 16, 16));
}

#[test]
fn a_loop_joins_its_rounds() {
    let mut listener = Listener::default();
    for _ in 0..3 {
        listener.transport(at(16.0));
        play(&mut listener, 17.0, 1.0, 60);
        wait(&mut listener, 20.0, 24.0);
        play(&mut listener, 30.0, 1.9, 64);
    }
    assert_eq!(onsets(&listener), [1.0, 14.0, 17.0, 30.0, 33.0, 46.0]);
    let stretch = listener.stretch().unwrap();
    assert_eq!(stretch.bars, 12);
    assert_eq!(stretch.start.0, -16.0, "the last round lies where the transport is");
}

#[test]
fn what_was_heard_stays_after_a_stop_until_a_note_begins_anew() {
    let mut listener = Listener::default();
    play(&mut listener, 0.0, 1.0, 60);
    play(&mut listener, 4.0, 1.0, 64);
    listener.transport(moment(2.0, TimeSignature::COMMON, false));
    assert_eq!(onsets(&listener), [0.0, 4.0]);
    listener.note_on(Pitch::new(70), Velocity::new(90), 0, moment(3.0, TimeSignature::COMMON, false));
    assert_eq!(onsets(&listener), [3.0]);
}

#[test]
fn a_seek_a_silence_and_a_new_metre_begin_a_new_stretch() {
    let begun = |change: &dyn Fn(&mut Listener)| {
        let mut listener = Listener::default();
        play(&mut listener, 0.0, 1.0, 60);
        change(&mut listener);
        onsets(&listener)
    };
    assert_eq!(begun(&|l| play(l, 100.0, 1.0, 64)), [0.0], "a seek forwards");
    assert_eq!(begun(&|l| play(l, -6.0, 1.0, 64)), [2.0], "a seek backwards into a bar");
    assert_eq!(
        begun(&|l| (wait(l, 4.0, 20.0), play(l, 21.0, 1.0, 64)).1),
        [1.0],
        "more than four bars of silence"
    );
    assert_eq!(
        begun(&|l| (wait(l, 4.0, 12.0), play(l, 13.0, 1.0, 64)).1),
        [0.0, 13.0],
        "three bars of silence"
    );
    let waltz = TimeSignature::new(3, 4).unwrap();
    let in_waltz =
        |l: &mut Listener| l.note_on(Pitch::new(60), Velocity::new(1), 0, moment(7.0, waltz, true));
    assert_eq!(begun(&in_waltz), [1.0], "a new metre");
}

#[test]
fn the_drum_channel_is_heard_apart() {
    let mut listener = Listener::default();
    play(&mut listener, 0.0, 1.0, 60);
    listener.note_on(Pitch::new(36), Velocity::new(100), DRUM_CHANNEL, at(1.0));
    let stretch = listener.stretch().unwrap();
    assert_eq!((stretch.pitched.len(), stretch.percussion.len(), stretch.notes().len()), (1, 1, 2));
}

#[test]
fn forgetting_forgets() {
    let mut listener = Listener::default();
    play(&mut listener, 0.0, 1.0, 60);
    let before = listener.revision();
    listener.forget();
    assert_eq!(listener.stretch(), None);
    assert!(listener.revision() > before);
}

proptest! {
    /// Whatever the transport does, what is heard is a stretch of whole notes.
    #[test]
    fn any_messages_make_a_whole_stretch(
        messages in proptest::collection::vec((0..3u8, -50.0..200.0f64, 0..128i32, any::<bool>(), 1..13i32), 0..120)
    ) {
        let mut listener = Listener::default();
        for (kind, position, pitch, playing, numerator) in messages {
            let metre = TimeSignature::new(if numerator > 10 { numerator } else { 4 }, 4).unwrap();
            let at = moment(position, metre, playing || numerator < 8);
            match kind {
                0 => listener.note_on(Pitch::new(pitch), Velocity::new(64), 0, at),
                1 => listener.note_off(Pitch::new(pitch), 0, at),
                _ => listener.transport(at),
            }
            let Some(stretch) = listener.stretch() else { continue };
            prop_assert!((1..=BARS_MAX).contains(&stretch.bars));
            let end = f64::from(stretch.bars) * stretch.metre.bar().0;
            for note in stretch.notes() {
                prop_assert!(note.onset.0 >= 0.0 && note.onset.0 < end && note.length.0 > 0.0, "{note:?} of {end}");
            }
        }
    }
}
