//! Runs on the composer thread. The wire format of Protocol Buffers: the fields of a message, without a copy.
//!
//! Messages of untrusted files are walked with slices only, so that a length that reaches beyond its message is an
//! error before anything is allocated for it.

use super::Fault;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// An integer.
    Varint(u64),
    /// A text, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// Four bytes.
    Fixed32([u8; 4]),
    /// Eight bytes; no field of a network that is allowed has them.
    Fixed64,
}

/// The fields of a message: number and value.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of the message `bytes`.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn next_field(&mut self) -> Result<(u64, Value<'a>), Fault> {
        let key = take_varint(&mut self.rest)?;
        let value = match key & 7 {
            0 => Value::Varint(take_varint(&mut self.rest)?),
            1 => {
                take(&mut self.rest, 8)?;
                Value::Fixed64
            }
            2 => {
                let length = take_varint(&mut self.rest)?;
                Value::Bytes(take(&mut self.rest, usize::try_from(length).unwrap_or(usize::MAX))?)
            }
            5 => Value::Fixed32(take(&mut self.rest, 4)?.try_into().unwrap_or_default()),
            _ => return Err("its bytes are no ONNX model".into()),
        };
        Ok((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.next_field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The integers packed in `bytes`.
pub(super) fn varints(mut bytes: &[u8]) -> impl Iterator<Item = Result<u64, Fault>> {
    std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| take_varint(&mut bytes).inspect_err(|_| bytes = &[]))
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (taken, after) = rest.split_at_checked(length).ok_or("it is cut short, or no ONNX model")?;
    *rest = after;
    Ok(taken)
}

/// Seven bits a byte, the lowest first; the last byte is below 128.
fn take_varint(rest: &mut &[u8]) -> Result<u64, Fault> {
    const BYTES_MAX: usize = 10;
    let mut value = 0;
    for place in 0..BYTES_MAX {
        let byte = take(rest, 1)?[0];
        value |= u64::from(byte & 127) << (7 * place);
        if byte < 128 {
            return Ok(value);
        }
    }
    Err("its bytes are no ONNX model".into())
}
