//! Runs on the composer thread. The shapes and the cost of a recurrent layer, which repeats as often as its input is
//! long, and no oftener.

use super::{Attribute, Call, product};

/// Gates of a cell.
const GATES: usize = 4;

impl Call<'_> {
    /// An LSTM over all of its input: `x [T,B,I]`, weights `[D,4H,I]` and `[D,4H,H]`, bias `[D,8H]`, no lengths, and the
    /// states before it `[D,B,H]`, for D directions → `[T,D,B,H]`, `[D,B,H]`, `[D,B,H]`.
    pub(super) fn lstm(&self) -> Option<(Vec<Vec<usize>>, Option<u64>)> {
        let (&[steps, batch, width], &[directions, gates, inside]) = (self.dims(0)?, self.dims(1)?) else {
            return None;
        };
        let hidden = usize::try_from(self.integer("hidden_size", 0)?).ok().filter(|hidden| *hidden > 0)?;
        let both = match self.attribute("direction") {
            None => 1,
            Some(Attribute::Text(text)) if text == "forward" || text == "reverse" => 1,
            Some(Attribute::Text(text)) if text == "bidirectional" => 2,
            Some(_) => return None,
        };
        let all = hidden.checked_mul(GATES)?;
        let state = [directions, batch, hidden];
        let is = |input: usize, dims: &[usize]| self.dims(input).is_none_or(|found| found == dims);
        let agrees = directions == both
            && gates == all
            && inside == width
            && self.dims(2)? == [directions, all, hidden]
            && is(3, &[directions, all.checked_mul(2)?])
            && self.dims(4).is_none()
            && is(5, &state)
            && is(6, &state);
        if !agrees {
            return None;
        }
        let over_time = [steps, directions, batch, hidden];
        let matrices = product(&over_time)
            .saturating_mul(GATES as u64)
            .saturating_mul(product(&[width]).saturating_add(product(&[hidden])));
        let cells = product(&over_time).saturating_mul(2 * GATES as u64);
        let mut outputs = vec![over_time.to_vec(), state.to_vec(), state.to_vec()];
        outputs.truncate(self.node.outputs.len());
        Some((outputs, Some(matrices.saturating_add(cells))))
    }
}
