//! The text of an SFZ file: headers and opcodes.
//!
//! Never runs on the audio thread. The format as sfzformat.com describes it, versions 1 and 2: `<header>`s, each with opcodes
//! `name=value`; a value ends before the next opcode, header, comment, or at the end of the line, and may hold blanks.

use std::collections::BTreeMap;

/// A header with its opcodes, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) header: String,
    pub(super) opcodes: Vec<(String, String)>,
}

/// Sections that are read at most.
const SECTIONS_MAX: usize = 100_000;

/// The sections of `text`, and whether it includes other files, which are not read.
pub(super) fn sections(text: &str) -> (Vec<Section>, bool) {
    let text = without_comments(text);
    let (mut sections, mut defines, mut includes) = (Vec::new(), BTreeMap::new(), false);
    for line in text.lines() {
        let line = line.trim();
        if let Some(define) = line.strip_prefix("#define") {
            let mut words = define.split_whitespace();
            if let Some((name, value)) = words.next().zip(words.next()) {
                defines.insert(name.to_owned(), value.to_owned());
            }
        } else if line.starts_with("#include") {
            includes = true;
        } else {
            read_line(&replaced(line, &defines), &mut sections);
        }
    }
    (sections, includes)
}

/// `line` with its `$names` replaced, the longest first.
fn replaced(line: &str, defines: &BTreeMap<String, String>) -> String {
    let mut names: Vec<(&String, &String)> =
        defines.iter().filter(|(name, _)| name.starts_with('$')).collect();
    if !line.contains('$') || names.is_empty() {
        return line.to_owned();
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names.iter().fold(line.to_owned(), |line, (name, value)| line.replace(*name, value))
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

    fn shown(text: &str) -> String {
        let section = |section: &Section| {
            let opcodes: Vec<String> =
                section.opcodes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("<{}> {}", section.header, opcodes.join("|"))
        };
        sections(text).0.iter().map(section).collect::<Vec<_>>().join(" ")
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
            ("<region> sample=1<2.wav pan=3", "<region> sample=1<2.wav|pan=3"),
            ("<region> a=b=c", "<region> a=b=c"),
        ] {
            assert_eq!(shown(text), expect, "{text}");
        }
    }
}
