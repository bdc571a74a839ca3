//! What the reverb promises.

mod quality;

use super::Reverb;
use crate::random::Random;
use crate::settings::{ReverbSettings, ReverbType, SpaceType};
use proptest::prelude::*;

const KINDS: [ReverbType; 3] = [ReverbType::Room, ReverbType::Hall, ReverbType::Plate];

fn settings(kind: ReverbType, decay_s: f32) -> ReverbSettings {
    ReverbSettings {
        kind,
        pre_delay_ms: 0.0,
        decay_s,
        size: 0.7,
        damping_hz: 20_000.0,
        low_cut_hz: 20.0,
        width: 1.0,
        mix: 1.0,
        space: SpaceType::Chapel,
    }
}

fn prepared(sample_rate_hz: f64) -> Reverb {
    let mut reverb = Reverb::new();
    reverb.prepare(sample_rate_hz);
    reverb
}

fn process(reverb: &mut Reverb, send: &[Vec<f32>; 2], settings: &ReverbSettings) -> [Vec<f32>; 2] {
    let mut audio = [vec![0.0; send[0].len()], vec![0.0; send[0].len()]];
    let [left, right] = &mut audio;
    reverb.process([&send[0], &send[1]], [left, right], settings);
    audio
}

/// What follows an impulse on both sides, which are not the same.
fn impulse_response(settings: &ReverbSettings, frames: usize) -> [Vec<f32>; 2] {
    let mut send = [vec![0.0; frames], vec![0.0; frames]];
    (send[0][0], send[1][0]) = (1.0, 0.5);
    process(&mut prepared(48_000.0), &send, settings)
}

fn noise(frames: usize) -> [Vec<f32>; 2] {
    let mut random = Random::new(7);
    [(); 2].map(|()| (0..frames).map(|_| random.next_bipolar()).collect())
}

fn energy(audio: &[f32]) -> f64 {
    audio.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

/// The time to decay by 60 dB, from the fall from −5 to −35 dB of the energy that is still to come (M. R. Schroeder,
/// "New method of measuring reverberation time", JASA 37, 1965).
fn decay_s(response: &[f32]) -> f64 {
    let mut to_come: Vec<f64> = response
        .iter()
        .rev()
        .scan(0.0, |sum, sample| {
            *sum += f64::from(*sample).powi(2);
            Some(*sum)
        })
        .collect();
    to_come.reverse();
    let when =
        |db: f64| to_come.iter().position(|left| 10.0 * (left / to_come[0]).log10() < db).unwrap() as f64;
    2.0 * (when(-35.0) - when(-5.0)) / 48_000.0
}

/// One octave around `freq_hz`, by two band-passes of the second order.
fn octave(audio: &[f32], freq_hz: f32) -> Vec<f32> {
    let (mut filters, g) = ([crate::svf::Svf::default(); 2], crate::svf::tuning(freq_hz, 48_000.0));
    let solution = crate::svf::Solution::new(g, 0.7);
    audio
        .iter()
        .map(|sample| {
            filters.iter_mut().fold(*sample, |input, filter| filter.step([input; 2], solution).band[0])
        })
        .collect()
}

#[test]
fn it_decays_by_60_db_in_the_time_asked() {
    for kind in KINDS {
        for asked_s in [0.3, 0.8, 2.0, 5.0, 12.0] {
            let [left, _] = impulse_response(&settings(kind, asked_s), (2.2 * asked_s * 48_000.0) as usize);
            let found = decay_s(&left);
            assert!((found / f64::from(asked_s) - 1.0).abs() < 0.1, "{kind:?} {asked_s} s: {found:.3} s");
        }
    }
}

#[test]
fn the_highs_decay_faster_from_the_damping_frequency_on() {
    for kind in KINDS {
        let damped = ReverbSettings { damping_hz: 3000.0, ..settings(kind, 2.0) };
        let [left, _] = impulse_response(&damped, 200_000);
        let [low, high] = [400.0, 10_000.0].map(|freq_hz| decay_s(&octave(&left, freq_hz)));
        assert!((low / 2.0 - 1.0).abs() < 0.1, "{kind:?} {low}");
        assert!(high < 0.75 * low, "{kind:?} {high} {low}");
    }
}

#[test]
fn the_types_differ() {
    // When a twentieth of the energy has arrived, in ms.
    let [room, hall, plate] = KINDS.map(|kind| {
        let [left, _] = impulse_response(&settings(kind, 1.5), 72_000);
        let (all, mut sum) = (energy(&left), 0.0);
        let arrived = left.iter().position(|sample| {
            sum += f64::from(*sample).powi(2);
            sum > 0.05 * all
        });
        arrived.unwrap() as f64 / 48.0
    });
    assert!(1.2 * room < plate && 1.5 * plate < hall, "{room:.1} {hall:.1} {plate:.1} ms");
    // How many of the first 40 ms' frames sound: a plate is dense at once, a hall is not.
    let [_, hall, plate] = KINDS.map(|kind| {
        let [left, _] = impulse_response(&settings(kind, 1.5), 1920);
        let level = (energy(&left) / 1920.0).sqrt() as f32;
        left.iter().filter(|sample| sample.abs() > 0.3 * level).count()
    });
    assert!(plate > 5 * hall, "{hall} {plate}");
}

#[test]
fn a_longer_decay_and_another_type_are_about_as_loud() {
    let mut levels = Vec::new();
    for (kind, decay_s) in KINDS.into_iter().flat_map(|kind| [0.5, 2.0, 6.0].map(|decay_s| (kind, decay_s))) {
        let [left, right] = process(&mut prepared(48_000.0), &noise(96_000), &settings(kind, decay_s));
        let power = energy(&left[48_000..]) + energy(&right[48_000..]);
        // Relative to the noise, whose power is a third.
        levels.push(10.0 * (power / 96_000.0 * 3.0).log10());
    }
    assert!(levels.iter().all(|level| (-6.0..6.0).contains(level)), "{levels:.1?}");
}

#[test]
fn the_pre_delay_holds_everything_back() {
    let late = ReverbSettings { pre_delay_ms: 100.0, ..settings(ReverbType::Room, 1.0) };
    let response = impulse_response(&late, 9600);
    let first = response[0].iter().position(|sample| *sample != 0.0).unwrap();
    assert!((4800..5200).contains(&first), "{first}");
}

#[test]
fn width_0_is_mono_and_mix_0_is_nothing() {
    let mono = ReverbSettings { width: 0.0, ..settings(ReverbType::Plate, 1.0) };
    let [left, right] = impulse_response(&mono, 9600);
    assert!(energy(&left) > 0.0 && left == right);
    let [left, right] = impulse_response(&settings(ReverbType::Plate, 1.0), 48_000);
    let common: f64 = left.iter().zip(&right).map(|(left, right)| f64::from(left * right)).sum();
    assert!(common.abs() / (energy(&left) * energy(&right)).sqrt() < 0.5);
    let none = ReverbSettings { mix: 0.0, ..settings(ReverbType::Plate, 1.0) };
    assert_eq!(energy(&impulse_response(&none, 9600)[0]), 0.0);
}

#[test]
fn the_low_cut_keeps_the_lows_out() {
    let cut = ReverbSettings { low_cut_hz: 1000.0, ..settings(ReverbType::Hall, 1.5) };
    let low = |settings| energy(&octave(&impulse_response(settings, 72_000)[0], 125.0));
    assert!(low(&cut) < 0.01 * low(&settings(ReverbType::Hall, 1.5)));
}

#[test]
fn silence_returns_exactly() {
    for kind in KINDS {
        let (mut reverb, settings) = (prepared(48_000.0), settings(kind, 1.0));
        process(&mut reverb, &noise(4800), &settings);
        assert!(!reverb.is_silent());
        let quiet = [vec![0.0; 4 * 48_000], vec![0.0; 4 * 48_000]];
        let [left, _] = process(&mut reverb, &quiet, &settings);
        assert!(energy(&left[..4800]) > 0.0);
        // The tail ends below −120 dB, not before.
        let last = left.iter().rposition(|sample| *sample != 0.0).unwrap();
        assert!(left[last - 4000..=last].iter().all(|sample| sample.abs() < 1e-5), "{kind:?}");
        assert!(reverb.is_silent());
        let rest = process(&mut reverb, &[vec![0.0; 100], vec![0.0; 100]], &settings);
        assert!(rest.iter().flatten().all(|sample| sample.to_bits() == 0));
    }
}

#[test]
fn denormal_input_is_silence_and_no_tail_ends_in_denormal_numbers() {
    let mut sounding = 0;
    for kind in KINDS {
        let (mut reverb, settings) = (prepared(48_000.0), settings(kind, 0.3));
        let faint = noise(4800).map(|side| side.iter().map(|sample| 1e-39 * sample).collect());
        let audio = process(&mut reverb, &faint, &settings);
        assert!(audio.iter().flatten().all(|sample| sample.to_bits() == 0) && reverb.is_silent(), "{kind:?}");
        // Denormal numbers after a sound are no reason to go on.
        process(&mut reverb, &noise(4800), &settings);
        let faint: Vec<f32> = noise(96_000)[0].iter().map(|sample| 1e-39 * sample).collect();
        let tail = process(&mut reverb, &[faint.clone(), faint], &settings);
        assert!(reverb.is_silent(), "{kind:?}");
        let subnormal = tail.iter().flatten().filter(|sample| sample.is_subnormal()).count();
        sounding += tail.iter().flatten().filter(|sample| **sample != 0.0).count();
        assert_eq!(subnormal, 0, "{kind:?}");
    }
    println!("{sounding} samples of tails, none of them denormal");
    assert!(sounding > 100_000);
}

#[test]
fn a_length_that_moves_in_silence_counts_at_once() {
    let (mut reverb, start) = (prepared(48_000.0), settings(ReverbType::Plate, 0.5));
    process(&mut reverb, &noise(4800), &start);
    process(&mut reverb, &[vec![0.0; 4 * 48_000], vec![0.0; 4 * 48_000]], &start);
    assert!(reverb.is_at_rest(&start));
    let moved = ReverbSettings { kind: ReverbType::Hall, size: 0.2, pre_delay_ms: 100.0, ..start };
    process(&mut reverb, &[vec![0.0; 24_000], vec![0.0; 24_000]], &moved);
    assert!(reverb.is_at_rest(&moved));
    // A fade from the pre-delay before would let the impulse through early.
    let mut send = [vec![0.0; 9600], vec![0.0; 9600]];
    send[0][0] = 1.0;
    let [left, _] = process(&mut reverb, &send, &moved);
    let first = left.iter().position(|sample| *sample != 0.0);
    assert!(first.is_some_and(|first| (4800..5200).contains(&first)), "{first:?}");
}

#[test]
fn moves_do_not_click() {
    let sine: Vec<f32> = (0..400_000).map(|n| 0.3 * (0.03 * f64::from(n)).sin() as f32).collect();
    let roughness = |audio: &[Vec<f32>; 2]| {
        audio
            .iter()
            .flat_map(|side| side.windows(3))
            .fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()))
    };
    let (mut reverb, start) = (prepared(48_000.0), settings(ReverbType::Hall, 1.0));
    let section =
        |from: usize, frames: usize| [sine[from..from + frames].to_vec(), sine[from..from + frames].to_vec()];
    process(&mut reverb, &section(0, 48_000), &start);
    let steady = roughness(&process(&mut reverb, &section(48_000, 24_000), &start));
    let moves = [
        ReverbSettings { size: 0.1, ..start },
        ReverbSettings { kind: ReverbType::Plate, ..start },
        ReverbSettings { kind: ReverbType::Room, decay_s: 0.2, ..start },
        ReverbSettings { pre_delay_ms: 200.0, ..start },
        ReverbSettings { mix: 0.0, width: 0.0, ..start },
        ReverbSettings { low_cut_hz: 1000.0, damping_hz: 500.0, ..start },
        start,
    ];
    for (number, moved) in moves.iter().enumerate() {
        let now = roughness(&process(&mut reverb, &section(72_000 + 24_000 * number, 24_000), moved));
        assert!(now < 4.0 * steady + 1e-3, "move {number}: {now} after {steady}");
    }
}

#[test]
fn every_sample_rate_and_setting_is_stable() {
    let odd = ReverbSettings {
        pre_delay_ms: f32::NAN,
        decay_s: f32::INFINITY,
        size: f32::NAN,
        damping_hz: f32::NAN,
        low_cut_hz: -1.0,
        width: f32::INFINITY,
        mix: 3.0,
        space: SpaceType::Cave,
        kind: ReverbType::Hall,
    };
    for sample_rate_hz in [1000.0, 11_025.5, 44_100.0, 768_000.0] {
        let mut reverb = prepared(sample_rate_hz);
        for settings in
            KINDS.map(|kind| settings(kind, 20.0)).into_iter().chain([settings(ReverbType::Room, 0.1), odd])
        {
            let audio = process(&mut reverb, &noise(20_000), &settings);
            assert!(
                audio.iter().flatten().all(|sample| sample.abs() < 30.0),
                "{sample_rate_hz} {settings:?}"
            );
        }
    }
}

#[test]
fn what_is_not_a_number_is_silence() {
    let (mut reverb, settings) = (prepared(48_000.0), settings(ReverbType::Plate, 1.0));
    let broken = [vec![f32::NAN, f32::INFINITY, 1e38, 1.0], vec![f32::NEG_INFINITY; 4]];
    process(&mut reverb, &broken, &settings);
    let audio = process(&mut reverb, &noise(4800), &settings);
    assert!(audio.iter().flatten().all(|sample| sample.is_finite()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_into_blocks_gives_the_same_sound(blocks in prop::collection::vec(1_usize..900, 1..20)) {
        let frames = blocks.iter().sum();
        let (send, settings) = (noise(frames), settings(ReverbType::Hall, 1.0));
        let whole = process(&mut prepared(48_000.0), &send, &settings);
        let (mut reverb, mut start) = (prepared(48_000.0), 0);
        for frames in blocks {
            let block = [0, 1].map(|side: usize| send[side][start..start + frames].to_vec());
            let [left, right] = process(&mut reverb, &block, &settings);
            for (part, whole) in [left, right].iter().zip(&whole) {
                for (one, other) in part.iter().zip(&whole[start..]) {
                    // Sums of several frames are rounded in another order.
                    prop_assert!((one - other).abs() <= 1e-6, "{one} {other}");
                }
            }
            start += frames;
        }
    }
}

#[test]
fn a_reset_starts_anew() {
    let (mut reverb, send) = (prepared(48_000.0), noise(9600));
    let first = process(&mut reverb, &send, &settings(ReverbType::Hall, 2.0));
    process(&mut reverb, &send, &settings(ReverbType::Room, 1.0));
    reverb.reset();
    assert_eq!(first, process(&mut reverb, &send, &settings(ReverbType::Hall, 2.0)));
}

fn in_space(space: SpaceType) -> ReverbSettings {
    ReverbSettings { space, low_cut_hz: 5.0, ..settings(ReverbType::Space, 1.0) }
}

#[test]
fn a_space_is_its_response() {
    for space in SpaceType::ALL {
        let taps = super::spaces::taps(space, 48_000.0);
        let [left, right] = impulse_response(&in_space(space), 48_000);
        let energy_of = |taps: &[f32]| energy(&taps[..48_000.min(taps.len())]);
        // The impulse is half as large on the right; the low cut takes what lies below hearing.
        for (found, expect) in
            [(energy(&left), energy_of(&taps[0])), (energy(&right), 0.25 * energy_of(&taps[1]))]
        {
            let db = 10.0 * (found / expect).log10();
            println!("{space:?}: {db:+.2} dB beside its response");
            assert!(db.abs() < 0.5, "{space:?} {db}");
        }
        let first = left.iter().position(|sample| sample.abs() > 1e-4).unwrap();
        assert!(first < 720, "{space:?}: {first}");
    }
}

#[test]
fn spaces_decay_in_their_own_time_and_are_about_as_loud() {
    for (space, expect_s) in SpaceType::ALL.into_iter().zip([1.5, 2.0, 0.5, 2.4]) {
        let [left, _] = super::spaces::taps(space, 48_000.0);
        let found = decay_s(&octave(&left, 1000.0));
        println!("{space:?}: T60 at 1 kHz {found:.2} s for {expect_s} s");
        assert!((found / expect_s - 1.0).abs() < 0.1, "{space:?} {found}");
        let [left, right] = process(&mut prepared(48_000.0), &noise(192_000), &in_space(space));
        let power = energy(&left[144_000..]) + energy(&right[144_000..]);
        let level = 10.0 * (power / 96_000.0 * 3.0).log10();
        println!("{space:?}: {level:+.1} dB beside what is sent");
        assert!((-6.0..6.0).contains(&level), "{space:?}: {level:.1} dB");
    }
}

#[test]
fn turning_to_a_space_and_between_spaces_does_not_click() {
    let sine: Vec<f32> = (0..500_000).map(|n| 0.3 * (0.03 * f64::from(n)).sin() as f32).collect();
    let roughness = |audio: &[Vec<f32>; 2]| {
        let bends = audio.iter().flat_map(|side| side.windows(3));
        bends.fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()))
    };
    let section =
        |from: usize, frames: usize| [sine[from..from + frames].to_vec(), sine[from..from + frames].to_vec()];
    let mut reverb = prepared(48_000.0);
    process(&mut reverb, &section(0, 96_000), &in_space(SpaceType::Chapel));
    let steady = roughness(&process(&mut reverb, &section(96_000, 24_000), &in_space(SpaceType::Chapel)));
    let moves = [
        in_space(SpaceType::Cave),
        settings(ReverbType::Hall, 1.0),
        in_space(SpaceType::WoodenRoom),
        in_space(SpaceType::ConcertHall),
    ];
    for (number, moved) in moves.iter().enumerate() {
        let now = roughness(&process(&mut reverb, &section(120_000 + 24_000 * number, 24_000), moved));
        println!("move {number}: bend {now:.5}, steady {steady:.5}");
        assert!(now < 4.0 * steady + 1e-3, "move {number}: {now} after {steady}");
    }
}

#[test]
fn a_space_ends_in_exact_silence_and_splits_do_not_matter() {
    let space = in_space(SpaceType::WoodenRoom);
    let (send, mut reverb) = (noise(20_000), prepared(48_000.0));
    let whole = process(&mut prepared(48_000.0), &send, &space);
    let mut start = 0;
    for frames in [1, 7, 64, 900, 33, 4096, 14_899] {
        let block = [0, 1].map(|side: usize| send[side][start..start + frames].to_vec());
        let part = process(&mut reverb, &block, &space);
        for (part, whole) in part.iter().zip(&whole) {
            assert!(part.iter().zip(&whole[start..]).all(|(one, other)| (one - other).abs() <= 1e-6));
        }
        start += frames;
    }
    process(&mut reverb, &[vec![0.0; 96_000], vec![0.0; 96_000]], &space);
    assert!(reverb.is_at_rest(&space));
    let rest = process(&mut reverb, &[vec![0.0; 100], vec![0.0; 100]], &space);
    assert!(rest.iter().flatten().all(|sample| sample.to_bits() == 0));
}

#[test]
fn a_space_of_the_users_comes_in_a_box_and_goes_back_when_another_comes() {
    let (mut sender, receiver) = linnet_handover::delivery::queue(3);
    let mut reverb = prepared(48_000.0);
    reverb.listen_to(receiver);
    let own = in_space(SpaceType::Own);
    let box_of = |gain: f32, rate_hz: f64| {
        let mut taps = vec![0.0; 30_000];
        taps[29_000] = gain;
        Box::new(super::OwnSpace::new(&taps, &taps, rate_hz))
    };
    let mut send = [vec![0.0; 48_000], vec![0.0; 48_000]];
    (send[0][0], send[1][0]) = (1.0, 1.0);
    assert_eq!(energy(&process(&mut reverb, &send, &own)[0]), 0.0, "there is none yet");
    // One for another sample rate is not played.
    assert!(sender.send(box_of(9.0, 44_100.0)).is_ok() && sender.send(box_of(0.5, 48_000.0)).is_ok());
    process(&mut reverb, &[vec![0.0; 96_000], vec![0.0; 96_000]], &own);
    let [left, _] = process(&mut reverb, &send, &own);
    let loudest = left.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    println!("the only reflection: {:.3} at frame {}", loudest.1, loudest.0);
    assert!(loudest.0 == 29_000 && (loudest.1 - 0.5).abs() < 0.01);
    sender.free_returned();
    assert_eq!(sender.abroad(), 1);
    // While it sounds, the next one is faded to, and the former comes back.
    assert!(sender.send(box_of(0.1, 48_000.0)).is_ok());
    process(&mut reverb, &noise(48_000), &own);
    sender.free_returned();
    assert_eq!(sender.abroad(), 1);
    process(&mut reverb, &[vec![0.0; 96_000], vec![0.0; 96_000]], &own);
    let [left, _] = process(&mut reverb, &send, &own);
    assert!((left[29_000] - 0.1).abs() < 0.002, "{}", left[29_000]);
    // At another rate it goes back.
    reverb.prepare(96_000.0);
    sender.free_returned();
    assert_eq!(sender.abroad(), 0);
}
