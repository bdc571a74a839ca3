//! Runs on the composer thread. The shapes of operators that cut, fold or sum up a tensor: those of convolutions over a
//! fixed number of columns.

use super::super::model::Attribute;
use super::{Call, place, product};

impl Call<'_> {
    /// A cut along some dimensions, every element of it: bounds must be known, and no step jumps.
    pub(super) fn sliced(&self) -> Option<Vec<usize>> {
        let mut dims = self.dims(0)?.to_vec();
        let (starts, ends) = (self.integers(1)?, self.integers(2)?);
        let counted: Vec<i64> = (0..starts.len() as i64).collect();
        let axes = if self.dims(3).is_some() { self.integers(3)? } else { &counted };
        let steps_are_one = match self.dims(4) {
            None => true,
            Some(_) => self.integers(4)?.iter().filter(|step| **step == 1).count() == starts.len(),
        };
        if !steps_are_one || starts.len() != ends.len() || starts.len() != axes.len() {
            return None;
        }
        let mut cut = Vec::new();
        for ((start, end), axis) in starts.iter().zip(ends).zip(axes) {
            let axis = place(*axis, dims.len())?;
            if cut.contains(&axis) {
                return None;
            }
            cut.push(axis);
            let size = i64::try_from(dims[axis]).ok()?;
            let from_start = |at: i64| if at < 0 { at.saturating_add(size) } else { at }.clamp(0, size);
            dims[axis] = usize::try_from(from_start(*end) - from_start(*start)).ok()?;
        }
        // Linnet's networks never cut all away.
        (!dims.contains(&0)).then_some(dims)
    }

    /// The same elements in other dimensions: 0 is the dimension that stood there, −1, once, what is left.
    pub(super) fn reshaped(&self) -> Option<Vec<usize>> {
        let (dims, wanted) = (self.dims(0)?, self.integers(1)?);
        if self.integer("allowzero", 0)? != 0 || self.dims(1)?.len() != 1 {
            return None;
        }
        let mut out = Vec::with_capacity(wanted.len());
        let mut open = None;
        for (at, size) in wanted.iter().enumerate() {
            match size {
                0 => out.push(*dims.get(at)?),
                -1 if open.is_none() => {
                    open = Some(at);
                    out.push(1);
                }
                size => out.push(usize::try_from(*size).ok()?),
            }
        }
        let (all, known) = (product(dims), product(&out));
        if let Some(at) = open {
            let fits = known > 0 && all.is_multiple_of(known);
            out[at] = usize::try_from(fits.then(|| all / known)?).ok()?;
        }
        (product(&out) == all).then_some(out)
    }

    /// Two dimensions: those before the axis, and the others.
    pub(super) fn flattened(&self) -> Option<Vec<usize>> {
        let dims = self.dims(0)?;
        let axis = place(self.integer("axis", 1)?, dims.len())?;
        let side = |dims: &[usize]| usize::try_from(product(dims)).ok();
        Some(vec![side(&dims[..axis])?, side(&dims[axis..])?])
    }

    pub(super) fn softmax(&self) -> Option<Vec<usize>> {
        let dims = self.dims(0)?;
        place(self.integer("axis", -1)?, dims.len()).map(|_| dims.to_vec())
    }

    pub(super) fn leaky(&self) -> Option<Vec<usize>> {
        let said = matches!(self.attribute("alpha"), None | Some(Attribute::Float));
        said.then(|| self.dims(0).map(<[usize]>::to_vec))?
    }

    /// Without the dimensions that the second input names, or with 1 in their places.
    pub(super) fn sum(&self) -> Option<Vec<usize>> {
        let dims = self.dims(0)?;
        let axes = self.integers(1)?.iter().map(|axis| place(*axis, dims.len()));
        let axes: Vec<usize> = axes.collect::<Option<_>>()?;
        let keeps = self.integer("keepdims", 1)?;
        if axes.is_empty() || !(0..=1).contains(&keeps) {
            return None;
        }
        let places = (0..dims.len()).filter(|at| keeps == 1 || !axes.contains(at));
        Some(places.map(|at| if axes.contains(&at) { 1 } else { dims[at] }).collect())
    }
}
