//! Fonts made in code, for tests.

/// A generator: operator and amount.
type Generator = (u16, i16);

/// What is in a font: samples, instruments and presets, each with zones of generators.
#[derive(Clone, Default)]
pub(crate) struct Font {
    pub(crate) pool: Vec<i16>,
    pub(crate) samples: Vec<SampleRow>,
    pub(crate) instruments: Vec<Vec<Vec<Generator>>>,
    /// Bank, program and zones.
    pub(crate) presets: Vec<(u16, u16, Vec<Vec<Generator>>)>,
    pub(crate) major: u16,
    /// Modulators that the first zone of an instrument has.
    pub(crate) modulators: usize,
}

/// A sample's header: start, end, loop, rate, root, correction, kind.
#[derive(Clone, Copy)]
pub(crate) struct SampleRow {
    pub(crate) places: [u32; 4],
    pub(crate) rate: u32,
    pub(crate) root: u8,
    pub(crate) correction: i8,
    pub(crate) kind: u16,
}

fn chunk(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut all = name.as_bytes().to_vec();
    all.extend((bytes.len() as u32).to_le_bytes());
    all.extend(bytes);
    all.resize(all.len() + bytes.len() % 2, 0);
    all
}

fn list(kind: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk("LIST", &[kind.as_bytes(), &chunks.concat()].concat())
}

fn name(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(20, 0);
    bytes
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Bags and generators of all `owners`, and where each owner's bags begin.
fn zones(owners: &[Vec<Vec<Generator>>], modulators: usize) -> (Vec<u8>, Vec<u8>, Vec<u16>) {
    let (mut bags, mut generators, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut count, mut place) = (0_u16, 0_u16);
    for owner in owners {
        firsts.push(count);
        for zone in owner {
            bags.extend(words(&[place, if count == 0 { 0 } else { modulators as u16 }]));
            for (operator, amount) in zone {
                generators.extend(words(&[*operator, *amount as u16]));
                place += 1;
            }
            count += 1;
        }
    }
    firsts.push(count);
    bags.extend(words(&[place, modulators as u16]));
    generators.extend(words(&[0, 0]));
    (bags, generators, firsts)
}

impl Font {
    /// One looped sine of 441 Hz at key 69, one instrument and one preset that play it.
    pub(crate) fn sine() -> Self {
        let frame = |n: u32| ((f64::from(n) * std::f64::consts::TAU / 100.0).sin() * 30_000.0) as i16;
        let row = SampleRow { places: [0, 2000, 500, 1500], rate: 44_100, root: 69, correction: 0, kind: 1 };
        Self {
            pool: (0..2046).map(frame).collect(),
            samples: vec![row],
            instruments: vec![vec![vec![(54, 1), (53, 0)]]],
            presets: vec![(0, 0, vec![vec![(41, 0)]])],
            major: 2,
            modulators: 0,
        }
    }

    /// The file's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let pool: Vec<u8> = self.pool.iter().flat_map(|frame| frame.to_le_bytes()).collect();
        let owners: Vec<_> = self.presets.iter().map(|(.., zones)| zones.clone()).collect();
        let (pbag, pgen, preset_firsts) = zones(&owners, 0);
        let (ibag, igen, instrument_firsts) = zones(&self.instruments, self.modulators);
        let mut phdr = Vec::new();
        for (place, (bank, program, _)) in self.presets.iter().enumerate() {
            phdr.extend(
                [
                    name(&format!("Preset {place}")),
                    words(&[*program, *bank, preset_firsts[place]]),
                    vec![0; 12],
                ]
                .concat(),
            );
        }
        phdr.extend([name("EOP"), words(&[0, 0, preset_firsts[self.presets.len()]]), vec![0; 12]].concat());
        let mut inst = Vec::new();
        for (place, first) in instrument_firsts.iter().enumerate() {
            inst.extend([name(&format!("Instrument {place}")), words(&[*first])].concat());
        }
        let mut shdr: Vec<u8> =
            self.samples.iter().enumerate().flat_map(|(place, row)| row.bytes(place)).collect();
        shdr.extend([name("EOS"), vec![0; 26]].concat());
        let tables = [
            chunk("phdr", &phdr),
            chunk("pbag", &pbag),
            chunk("pmod", &[0; 10]),
            chunk("pgen", &pgen),
            chunk("inst", &inst),
            chunk("ibag", &ibag),
            chunk("imod", &vec![0; 10 * (self.modulators + 1)]),
            chunk("igen", &igen),
            chunk("shdr", &shdr),
        ];
        let all = [
            list("INFO", &[chunk("ifil", &words(&[self.major, 4]))]),
            list("sdta", &[chunk("smpl", &pool)]),
            list("pdta", &tables),
        ];
        chunk("RIFF", &[b"sfbk".to_vec(), all.concat()].concat())
    }
}

impl SampleRow {
    fn bytes(&self, place: usize) -> Vec<u8> {
        let mut bytes = name(&format!("Sample {place}"));
        self.places.iter().for_each(|place| bytes.extend(place.to_le_bytes()));
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend([self.root, self.correction as u8]);
        bytes.extend(words(&[0, self.kind]));
        bytes
    }
}
