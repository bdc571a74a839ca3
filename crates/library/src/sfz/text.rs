//! The text of an SFZ file: headers and opcodes.
//!
//! Never runs on the audio thread. The format as sfzformat.com describes it, versions 1 and 2: `<header>`s, each with opcodes
//! `name=value`; a value ends before the next opcode, header, comment, or at the end of the line, and may hold blanks.

use std::borrow::Cow;

/// A header with its opcodes, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) header: String,
    pub(super) opcodes: Vec<(String, String)>,
}

/// Sections that are read at most.
const SECTIONS_MAX: usize = 100_000;

/// Names that are defined at most.
const DEFINES_MAX: usize = 1000;
/// Places in the text where a name is looked for at most.
const PLACES_MAX: usize = 1_000_000;
/// The longest line with its names replaced, in bytes.
const LINE_BYTES_MAX: usize = 1 << 16;
/// The most bytes of all such lines.
const REPLACED_BYTES_MAX: usize = 1 << 24;

/// The sections of `text`, and whether it includes other files, which are not read.
///
/// # Errors
/// Where its defined names make too much of it: what of.
pub(super) fn sections(text: &str) -> Result<(Vec<Section>, bool), String> {
    let text = without_comments(text);
    let (mut sections, mut defines, mut includes) = (Vec::new(), Defines::default(), false);
    for line in text.lines() {
        let line = line.trim();
        if let Some(define) = line.strip_prefix("#define") {
            let mut words = define.split_whitespace();
            if let Some((name, value)) = words.next().zip(words.next()) {
                defines.add(name, value)?;
            }
        } else if line.starts_with("#include") {
            includes = true;
        } else {
            read_line(&defines.replaced(line)?, &mut sections);
        }
    }
    Ok((sections, includes))
}

/// The names that a text defines, and what they have made of it so far.
#[derive(Default)]
struct Defines {
    /// Names with what stands for them, the longest first.
    names: Vec<(String, String)>,
    places: usize,
    bytes: usize,
}

impl Defines {
    fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        if !name.starts_with('$') || name.len() == 1 {
            return Ok(());
        }
        if let Some((_, known)) = self.names.iter_mut().find(|(known, _)| known == name) {
            value.clone_into(known);
            return Ok(());
        }
        if self.names.len() >= DEFINES_MAX {
            return Err(format!("it defines more than {DEFINES_MAX} names"));
        }
        let place = self.names.partition_point(|(known, _)| known.len() >= name.len());
        self.names.insert(place, (name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// `line` with its names replaced, at each place the longest one; what stands for them is not replaced again.
    fn replaced<'a>(&mut self, line: &'a str) -> Result<Cow<'a, str>, String> {
        if self.names.is_empty() || !line.contains('$') {
            return Ok(Cow::Borrowed(line));
        }
        let (mut out, mut rest) = (String::new(), line);
        while let Some(place) = rest.find('$') {
            let (before, from) = rest.split_at(place);
            out.push_str(before);
            let define = self.names.iter().find(|(name, _)| from.starts_with(name.as_str()));
            let (name, value) = define.map_or(("$", "$"), |(name, value)| (name.as_str(), value.as_str()));
            out.push_str(value);
            rest = &from[name.len()..];
            self.places += 1;
            if out.len() > LINE_BYTES_MAX {
                return Err("a line of it is too long with the names that it defines".to_owned());
            }
            if self.places > PLACES_MAX {
                return Err(format!("it uses defined names more than {PLACES_MAX} times"));
            }
        }
        out.push_str(rest);
        self.bytes += out.len();
        if self.bytes > REPLACED_BYTES_MAX {
            return Err("it is longer than 16 MiB with the names that it defines".to_owned());
        }
        Ok(Cow::Owned(out))
    }
}

fn read_line(line: &str, sections: &mut Vec<Section>) {
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        if let Some((header, behind)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            if sections.len() < SECTIONS_MAX {
                sections.push(Section { header: header.trim().to_lowercase(), opcodes: Vec::new() });
            }
            rest = behind.trim_start();
            continue;
        }
        let Some((name, behind)) = rest.split_once('=') else { return };
        let end = end_of_value(behind);
        let opcode = (name.trim().to_lowercase(), behind[..end].trim().to_owned());
        if let Some(section) = sections.last_mut() {
            section.opcodes.push(opcode);
        }
        rest = behind[end..].trim_start();
    }
}

/// Where the value at the beginning of `text` ends: before a header, or before the word that the next `=` follows.
fn end_of_value(text: &str) -> usize {
    let header = text.match_indices('<').map(|(place, _)| place).find(|place| is_header(&text[*place..]));
    let end = header.unwrap_or(text.len());
    match text[..end].find('=') {
        Some(equals) => text[..equals].trim_end().rfind(char::is_whitespace).map_or(end, |blank| blank),
        None => end,
    }
}

fn is_header(text: &str) -> bool {
    let word = text[1..].split_once('>').map(|(word, _)| word);
    word.is_some_and(|word| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

/// `text` without comments from `//` to the end of the line, and from `/*` to `*/`.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('/') {
        let (before, from) = rest.split_at(place);
        out.push_str(before);
        rest = if from.starts_with("//") {
            &from[from.find('\n').unwrap_or(from.len())..]
        } else if let Some(inside) = from.strip_prefix("/*") {
            inside.find("*/").map_or("", |end| &inside[end + 2..])
        } else {
            out.push('/');
            &from[1..]
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn shown(text: &str) -> String {
        let section = |section: &Section| {
            let opcodes: Vec<String> =
                section.opcodes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("<{}> {}", section.header, opcodes.join("|"))
        };
        sections(text).unwrap().0.iter().map(section).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn headers_opcodes_comments_and_blanks_are_told_apart() {
        for (text, expect) in [
            ("<region> sample=a b.wav key=60 // c=d", "<region> sample=a b.wav|key=60"),
            ("<group>lokey=1<region>hikey=2", "<group> lokey=1 <region> hikey=2"),
            (
                "<region>/* x=1\n y=2 */sample=../A/kick.wav\r\nKEY=c#4",
                "<region> sample=../A/kick.wav|key=c#4",
            ),
            ("lost=1 <region>", "<region> "),
            (
                "#define $K 60\n#define $KEY 61\n<region> key=$K pitch_keycenter=$KEY",
                "<region> key=60|pitch_keycenter=61",
            ),
            ("#define $A $B\n#define $B 1\n<region> a=$A b=$B$C c=$", "<region> a=$B|b=1$C|c=$"),
            ("#define $A 1\n#define $A 2\n<region> a=$A", "<region> a=2"),
            ("<region> sample=1<2.wav pan=3", "<region> sample=1<2.wav|pan=3"),
            ("<region> a=b=c", "<region> a=b=c"),
        ] {
            assert_eq!(shown(text), expect, "{text}");
        }
    }

    #[test]
    fn defined_names_cannot_make_a_text_grow_without_bound() {
        let mut doubling = "#define $A xxxxxxxxxx\n".to_owned();
        for count in 2..100 {
            let (long, short) = ("A".repeat(count), "A".repeat(count - 1));
            // Writing to a string cannot fail.
            let _ = writeln!(doubling, "#define ${long} ${short}${short}");
        }
        let _ = writeln!(doubling, "<region> sample=${}", "A".repeat(99));
        let made: usize = sections(&doubling).unwrap().0[0].opcodes[0].1.len();
        assert!(made < 300, "{made}");
        let long = format!("#define $A {}\n", "x".repeat(10_000));
        let many =
            (0..=DEFINES_MAX).fold(String::new(), |text, name| text + &format!("#define $n{name} 1\n"));
        for (text, word) in [
            (format!("{long}<region> a={}", "$A".repeat(10)), "a line of it is too long"),
            (format!("{long}{}", "<region> a=$A\n".repeat(2000)), "longer than 16 MiB"),
            (format!("#define $A 1\n{}", "$\n".repeat(PLACES_MAX + 1)), "more than 1000000 times"),
            (many, "more than 1000 names"),
        ] {
            let why = sections(&text).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }
}
