//! Runs on the composer thread. The shapes and the costs of convolutions.

use super::{Call, PAD_MAX, product};

impl Call<'_> {
    /// A convolution over one or two dimensions: batch, channels, places by channels out, channels in, kernel.
    pub(super) fn convolution(&self) -> Option<(Vec<Vec<usize>>, Option<u64>)> {
        let (from, weights) = (self.dims(0)?, self.dims(1)?);
        let (&[batch, channels, ref places @ ..], &[out, inside, ref kernel @ ..]) = (from, weights) else {
            return None;
        };
        let count = places.len();
        let group = usize::try_from(self.integer("group", 1)?).ok().filter(|group| *group > 0)?;
        let said: Vec<i64> = kernel.iter().map(|size| *size as i64).collect();
        let agrees = kernel.len() == count
            && (1..=2).contains(&count)
            && inside.checked_mul(group) == Some(channels)
            && out.is_multiple_of(group)
            && self
                .attribute("kernel_shape")
                .is_none_or(|_| self.list("kernel_shape", count, 0) == Some(said))
            && self.dims(2).is_none_or(|bias| bias == [out]);
        if !agrees {
            return None;
        }
        let (pads, strides) = (self.list("pads", 2 * count, 0)?, self.list("strides", count, 1)?);
        let dilations = self.list("dilations", count, 1)?;
        let mut dims = vec![batch, out];
        for at in 0..count {
            let pad = |index: usize| usize::try_from(pads[index]).ok().filter(|pad| *pad <= PAD_MAX);
            let step =
                |steps: &[i64]| usize::try_from(steps[at]).ok().filter(|step| (1..=PAD_MAX).contains(step));
            let width = kernel[at].checked_sub(1)?.checked_mul(step(&dilations)?)?.checked_add(1)?;
            let room = places[at].checked_add(pad(at)?)?.checked_add(pad(at + count)?)?;
            dims.push(room.checked_sub(width)? / step(&strides)? + 1);
        }
        let operations = product(&dims).saturating_mul(product(&[inside])).saturating_mul(product(kernel));
        Some((vec![dims], Some(operations)))
    }
}
