use super::*;
use proptest::prelude::*;

const RATE_HZ: f64 = 48_000.0;

fn clock() -> Clock {
    let mut clock = Clock::new();
    clock.prepare(RATE_HZ);
    clock
}

fn playing(position: f64, bpm: f64) -> Transport {
    Transport {
        playing: true,
        present: true,
        position: Some(Beats(position)),
        tempo: Some(Tempo::new(bpm)),
        ..Transport::default()
    }
}

fn stopped() -> Transport {
    Transport { present: true, ..Transport::default() }
}

#[test]
fn a_deviation_of_rounding_is_followed_and_a_larger_one_is_a_seek() {
    let check = |deviation: f64, jumps: bool| {
        let mut clock = clock();
        clock.follow(&playing(10.0, 120.0), 480);
        clock.follow(&playing(10.02 + deviation, 120.0), 480);
        let segment = clock.last();
        assert_eq!(segment.jumped, jumps, "{deviation} beats");
        assert_eq!(segment.beat, 10.02 + deviation, "the host is believed");
    };
    check(0.0, false);
    check(1e-5, false);
    check(-1.0 / 480.0, false);
    check(1.0 / 480.0, false);
    check(0.01, true);
    check(-0.01, true);
    check(4.0, true);
}

#[test]
fn time_runs_on_where_the_host_gives_no_position_or_repeats_a_stale_one() {
    let mut clock = clock();
    clock.follow(&playing(8.0, 120.0), 480);
    clock.follow(&playing(8.0, 120.0), 480);
    assert!(!clock.last().jumped);
    assert!((clock.end_beat() - 8.04).abs() < 1e-12);
    clock.follow(&Transport { position: None, ..playing(0.0, 120.0) }, 480);
    assert!(!clock.last().jumped);
    assert!((clock.end_beat() - 8.06).abs() < 1e-12);
    clock.follow(&playing(8.06, 120.0), 480);
    assert!(!clock.last().jumped);
}

#[test]
fn starting_and_stopping_are_jumps_between_two_timelines() {
    let mut clock = clock();
    clock.follow(&stopped(), 480);
    let own = *clock.last();
    assert_eq!((own.timeline, own.plays), (Timeline::Own, false));
    clock.follow(&playing(5.0, 120.0), 480);
    assert_eq!(
        (clock.last().timeline, clock.last().plays, clock.last().jumped),
        (Timeline::Host, true, true)
    );
    clock.follow(&stopped(), 480);
    assert!(clock.last().jumped && !clock.last().plays);
    clock.follow(&Transport::default(), 480);
    assert!(clock.last().plays, "without a transport the own clock plays");
}

#[test]
fn an_audition_begins_on_a_bar_line_of_its_own() {
    let mut clock = clock();
    clock.follow(&stopped(), 1234);
    clock.audition(true);
    clock.follow(&stopped(), 480);
    let first = *clock.last();
    assert!(first.audition_begins && first.jumped && first.plays);
    assert_eq!(first.grid.bar_line_after(first.due.0), first.beat);
    clock.audition(true);
    clock.follow(&stopped(), 480);
    assert!(!clock.last().audition_begins, "it goes on");
    clock.audition(false);
    clock.follow(&stopped(), 480);
    assert!(!clock.last().plays);
}

#[test]
fn the_own_clock_counts_bars_of_a_new_metre_from_the_bar_before() {
    let mut clock = clock();
    let with = |numerator: i32, denominator: i32| Transport {
        metre: TimeSignature::new(numerator, denominator),
        ..Transport::default()
    };
    clock.follow(&with(4, 4), 5 * 24_000);
    clock.follow(&with(3, 4), 480);
    assert!((clock.last().grid.bar_line_after(5.0) - 7.0).abs() < 1e-9);
}

#[test]
fn an_empty_block_leaves_time_as_it_is() {
    let mut clock = clock();
    clock.follow(&playing(3.0, 120.0), 480);
    let due = clock.last().due;
    clock.follow(&stopped(), 0);
    assert_eq!((clock.segments().len(), clock.last().due), (1, (due.1, due.1)));
    assert!((clock.last().beat - 3.02).abs() < 1e-12 && !clock.last().jumped);
    clock.follow(&playing(3.02, 120.0), 480);
    assert!(!clock.last().jumped);
    assert_eq!(clock.last().due.0, due.1);
}

#[test]
fn a_block_that_passes_the_loops_end_is_split_at_the_first_frame_past_it() {
    let mut clock = clock();
    let transport = Transport { looped: Some((Beats(4.0), Beats(8.0))), ..playing(7.99, 120.0) };
    clock.follow(&transport, 1000);
    let [before, after] = clock.segments() else { panic!("{:?}", clock.segments()) };
    assert_eq!((before.first, before.end, after.first, after.end), (0, 240, 240, 1000));
    assert!((after.beat - 4.0).abs() < 1e-9 && after.jumped);
    assert!(before.due.1 < 8.0 && after.due.0 < 4.0);
    assert_eq!(after.frame_at(4.0), 240);
}

proptest! {
    /// Segments tile the block, and due ranges tile time, but for jumps.
    #[test]
    fn stretches_tile_the_block_and_what_is_due_tiles_time(
        bpm in 20.0..400.0,
        from in -10.0..30.0,
        looped in proptest::option::of((0.0..20.0, 0.02..9.0)),
        lengths in proptest::collection::vec(0_u32..9000, 1..30),
    ) {
        let mut clock = clock();
        let mut due: Option<f64> = None;
        let mut position = from;
        for frames in lengths {
            let looped = looped.map(|(start, length): (f64, f64)| (Beats(start), Beats(start + length)));
            clock.follow(&Transport { looped, ..playing(position, bpm) }, frames);
            let mut next = 0;
            for segment in clock.segments() {
                prop_assert_eq!(segment.first, next);
                prop_assert!(segment.end > segment.first || frames == 0);
                prop_assert!(segment.due.0 <= segment.due.1);
                let tiles = due.is_none_or(|due| due == segment.due.0);
                prop_assert!(tiles || segment.jumped);
                for beat in [segment.due.0, segment.due.1, segment.beat] {
                    prop_assert!((segment.first..segment.end.max(1)).contains(&segment.frame_at(beat)));
                }
                (next, due) = (segment.end, Some(segment.due.1));
            }
            prop_assert_eq!(next, frames);
            position = clock.end_beat();
        }
    }
}

#[test]
fn a_clock_that_goes_on_is_where_one_is_that_looks_at_everything_again() {
    let (mut one, mut other) = (clock(), clock());
    for block in 0..1000 {
        let bpm = if block % 100 < 60 { 120.0 } else { 133.7 };
        let transport = Transport {
            present: block % 150 < 120,
            playing: block % 210 > 200,
            tempo: Some(Tempo::new(bpm)),
            ..Transport::default()
        };
        other.followed = None;
        for clock in [&mut one, &mut other] {
            if block % 35 == 20 {
                clock.audition(block % 70 == 20);
            }
            clock.follow(&transport, [64, 1, 0, 333, 64][block % 5]);
        }
        assert_eq!(one.segments(), other.segments(), "block {block}");
    }
}
