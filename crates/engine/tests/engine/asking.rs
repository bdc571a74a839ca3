//! Asks that come from the audio thread.

use crate::harness::*;
use linnet_handover::audio_to_worker::FromAudio;
use linnet_handover::worker_to_audio::Start;

fn asks(rig: &mut Rig) -> Vec<(f64, Start)> {
    rig.told()
        .iter()
        .filter_map(|told| match told {
            FromAudio::Ask { start, at, .. } => Some((at.position.0, *start)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_rise_of_propose_asks_once_with_the_controls() {
    let mut rig = Rig::new();
    let mut host = Host::at(2.0);
    rig.controls.seed = 4711;
    rig.settings.quantise = Start::NextBeat;
    for _ in 0..3 {
        rig.settings.propose = true;
        let at = host.position;
        rig.run(&mut host, 960, 480);
        let told = rig.told();
        let asked: Vec<_> = told.iter().filter(|told| matches!(told, FromAudio::Ask { .. })).collect();
        let [FromAudio::Ask { controls, start: Start::NextBeat, at: moment }] = asked[..] else {
            panic!("{told:?}")
        };
        assert_eq!(controls.seed, 4711);
        assert!((moment.position.0 - at).abs() < 1e-9);
        rig.settings.propose = false;
        rig.run(&mut host, 480, 480);
        assert_eq!(asks(&mut rig), []);
    }
}

#[test]
fn an_open_seed_is_counted_up_and_a_locked_one_stays() {
    let mut rig = Rig::new();
    let mut host = Host::at(0.0);
    let mut seed_of_next = |seed: u16, locked: bool| {
        (rig.controls.seed, rig.settings.seed_locked) = (seed, locked);
        rig.settings.propose = true;
        rig.run(&mut host, 480, 480);
        rig.settings.propose = false;
        rig.run(&mut host, 480, 480);
        rig.told().iter().find_map(|told| match told {
            FromAudio::Ask { controls, .. } => Some(controls.seed),
            _ => None,
        })
    };
    for (seed, locked, expect) in [
        (7, false, 7),
        (7, false, 8),
        (7, false, 9),
        (65_535, false, 65_535),
        (65_535, false, 0),
        (7, true, 7),
        (7, true, 7),
    ] {
        assert_eq!(seed_of_next(seed, locked), Some(expect), "{seed} {locked}");
    }
}

#[test]
fn nothing_is_asked_for_in_an_offline_render() {
    let mut rig = Rig::new();
    rig.settings.auto_bars = 1;
    for (offline, asked) in [(true, false), (false, true)] {
        let mut host = Host::at(2.0);
        rig.send(quarters(1, 60, Start::NextBar));
        rig.offline = offline;
        rig.settings.propose = false;
        rig.run(&mut host, 480, 480);
        rig.settings.propose = true;
        rig.run(&mut host, 480_000, 480);
        assert_eq!(!asks(&mut rig).is_empty(), asked, "offline: {offline}");
    }
}

#[test]
fn auto_asks_a_bar_before_each_multiple_of_the_idea() {
    let mut rig = Rig::new();
    let mut host = Host::at(4.0);
    rig.settings.auto_bars = 2;
    rig.settings.quantise = Start::Now;
    rig.run(&mut host, 480, 480);
    assert_eq!(asks(&mut rig), [], "nothing plays and nothing was heard");
    rig.send(quarters(1, 60, Start::NextBar));
    rig.run(&mut host, 24 * 24_000, 480);
    // The idea starts at beat 8: multiples at 16, 24 …
    assert_eq!(asks(&mut rig), [(12.0, Start::NextBar), (20.0, Start::NextBar), (28.0, Start::NextBar)]);
}

#[test]
fn auto_asks_once_something_was_heard_and_only_while_time_runs() {
    let mut rig = Rig::new();
    rig.settings.auto_bars = 4;
    let mut host = Host::stopped();
    rig.step(&mut host, 512, &[live_on(0, 60), live_off(9, 60)]);
    rig.run(&mut host, 40 * 24_000, 4000);
    assert_eq!(asks(&mut rig), []);
    host = Host::at(1.0);
    rig.run(&mut host, 30 * 24_000, 4000);
    assert_eq!(asks(&mut rig), [(12.0, Start::NextBar), (28.0, Start::NextBar)]);
}
