//! Runs on the composer thread. The shape of every tensor that a graph computes, and so what a step of it costs.
//!
//! Only operators whose cost follows from the shapes are known here, and none that repeats, fills or stretches. Sizes
//! are as the ONNX operator sets 13 to 21 define them.

mod layers;
mod recurrent;
mod views;

use super::Fault;
use super::model::{Attribute, Constant, Node, RANK_MAX};
use std::collections::HashMap;

/// The widest padding, stride and dilation.
const PAD_MAX: usize = 1_024;

/// What computing a graph once costs at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Multiplications with their additions, or the like.
    pub(super) operations: u64,
    /// Elements of all tensors that are computed.
    pub(super) elements: u64,
}

/// The tensors that are known so far, by name.
#[derive(Default)]
pub(super) struct Tensors<'a> {
    known: HashMap<&'a str, Constant>,
    cost: Cost,
}

impl<'a> Tensors<'a> {
    /// Adds a tensor under a name that no other has.
    pub(super) fn add(&mut self, name: &'a str, tensor: Constant) -> Result<(), Fault> {
        match self.known.insert(name, tensor) {
            None => Ok(()),
            Some(_) => Err(format!("two tensors in it have the name '{name}'")),
        }
    }

    /// The dimensions of the tensor `name`.
    pub(super) fn dims(&self, name: &str) -> Option<&[usize]> {
        self.known.get(name).map(|tensor| tensor.dims.as_slice())
    }

    /// Adds what `node` computes, whose inputs must be known. Gives the cost so far.
    pub(super) fn compute(&mut self, node: &Node<'a>) -> Result<Cost, Fault> {
        let inputs = node.inputs.iter().map(|name| match self.known.get(name) {
            Some(tensor) => Ok(Some(tensor)),
            None if name.is_empty() => Ok(None),
            None => {
                Err(format!("the operator {} in it is given '{name}' before that is computed", node.operator))
            }
        });
        let call = Call { node, inputs: inputs.collect::<Result<_, _>>()? };
        let (outputs, operations) = call.outputs().ok_or_else(|| {
            format!(
                "the operator {} in it has inputs, sizes or attributes that do not go together",
                node.operator
            )
        })??;
        self.cost.operations = self.cost.operations.saturating_add(operations);
        for (name, output) in node.outputs.iter().zip(outputs) {
            if output.dims.len() > RANK_MAX {
                return Err(format!(
                    "the operator {} in it computes more than {RANK_MAX} dimensions",
                    node.operator
                ));
            }
            self.cost.elements = self.cost.elements.saturating_add(product(&output.dims));
            if !name.is_empty() {
                self.add(name, output)?;
            }
        }
        Ok(self.cost)
    }
}

/// How many elements a tensor has, at most 2⁶⁴ − 1.
fn product(dims: &[usize]) -> u64 {
    dims.iter().fold(1, |product: u64, size| product.saturating_mul(*size as u64))
}

fn of(dims: Vec<usize>) -> Constant {
    Constant { dims, integers: None }
}

/// An operator with its inputs. What does not go together is `None`.
struct Call<'a> {
    node: &'a Node<'a>,
    inputs: Vec<Option<&'a Constant>>,
}

impl Call<'_> {
    /// The outputs and the operations that they take.
    fn outputs(&self) -> Option<Result<(Vec<Constant>, u64), Fault>> {
        let (attributes, inputs, outputs): (&[&str], _, _) = match self.node.operator {
            "Identity" | "Relu" | "Sigmoid" | "Sqrt" | "Tanh" => (&[], 1..=1, 1),
            "Add" | "Sub" | "Mul" | "Div" | "Min" | "MatMul" | "Unsqueeze" => (&[], 2..=2, 1),
            "Cast" => (&["to"], 1..=1, 1),
            "Concat" => (&["axis"], 1..=64, 1),
            "Conv" => (&["dilations", "group", "kernel_shape", "pads", "strides"], 2..=3, 1),
            "Constant" => (&["value"], 0..=0, 1),
            "DynamicQuantizeLinear" => (&[], 1..=1, 3),
            "Flatten" | "Softmax" => (&["axis"], 1..=1, 1),
            "Gather" => (&["axis"], 2..=2, 1),
            "Gemm" => (&["alpha", "beta", "transA", "transB"], 2..=3, 1),
            "LSTM" => (&["direction", "hidden_size"], 3..=7, 3),
            "LayerNormalization" => (&["axis", "epsilon", "stash_type"], 2..=3, 1),
            "LeakyRelu" => (&["alpha"], 1..=1, 1),
            "MatMulInteger" => (&[], 2..=4, 1),
            "QuantizeLinear" => (&[], 3..=3, 1),
            "ReduceSum" => (&["keepdims"], 2..=2, 1),
            "Slice" => (&[], 3..=5, 1),
            "ReduceMean" => (&["axes", "keepdims"], 1..=1, 1),
            "Reshape" => (&["allowzero"], 2..=2, 1),
            "Transpose" => (&["perm"], 1..=1, 1),
            "Split" => (&["axis", "num_outputs"], 1..=2, 64),
            other => {
                return Some(Err(format!("it runs the operator {other}, which Linnet's models do not have")));
            }
        };
        let said = |(name, _): &(&str, _)| attributes.contains(name);
        let fits = inputs.contains(&self.inputs.len())
            && (1..=outputs).contains(&self.node.outputs.len())
            && self.node.attributes.iter().all(said);
        (fits).then(|| self.known_outputs())?.map(Ok)
    }

    fn known_outputs(&self) -> Option<(Vec<Constant>, u64)> {
        let (outputs, operations) = match self.node.operator {
            "Add" | "Sub" | "Mul" | "Div" | "Min" => (vec![broadcast(self.dims(0)?, self.dims(1)?)?], None),
            "Cast" => (vec![self.cast()?], None),
            "Concat" => (vec![self.concat()?], None),
            "Conv" => self.convolution()?,
            "Constant" => (vec![self.constant()?], None),
            "DynamicQuantizeLinear" => (vec![self.dims(0)?.to_vec(), Vec::new(), Vec::new()], None),
            "Flatten" => (vec![self.flattened()?], None),
            "Gather" => (vec![self.gather()?], None),
            "Gemm" => self.gemm()?,
            "LSTM" => self.lstm()?,
            "MatMul" | "MatMulInteger" => matrix(self.dims(0)?, self.dims(1)?)?,
            "LayerNormalization" => (vec![self.normalised()?], None),
            "LeakyRelu" => (vec![self.leaky()?], None),
            "QuantizeLinear" => (vec![self.quantised()?], None),
            "ReduceMean" => (vec![self.mean()?], self.dims(0).map(product)),
            "ReduceSum" => (vec![self.sum()?], self.dims(0).map(product)),
            "Reshape" => (vec![self.reshaped()?], None),
            "Slice" => (vec![self.sliced()?], None),
            "Softmax" => (vec![self.softmax()?], None),
            "Split" => (self.split()?, None),
            "Transpose" => (vec![self.transposed()?], None),
            "Unsqueeze" => (vec![self.unsqueeze()?], None),
            _ => (vec![self.dims(0)?.to_vec()], None),
        };
        let touched = || outputs.iter().fold(0u64, |sum, dims| sum.saturating_add(product(dims)));
        let operations = operations.unwrap_or_else(touched);
        let mut outputs: Vec<Constant> = outputs.into_iter().map(of).collect();
        if let Some(Attribute::Tensor(constant)) = self.attribute("value") {
            outputs[0] = constant.clone();
        }
        Some((outputs, operations))
    }

    fn dims(&self, input: usize) -> Option<&[usize]> {
        self.inputs.get(input).copied().flatten().map(|tensor| tensor.dims.as_slice())
    }

    fn integers(&self, input: usize) -> Option<&[i64]> {
        self.inputs.get(input).copied().flatten()?.integers.as_deref()
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.node.attributes.iter().find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    /// An integer attribute, or `default` where it is not said.
    fn integer(&self, name: &str, default: i64) -> Option<i64> {
        match self.attribute(name) {
            None => Some(default),
            Some(Attribute::Integer(value)) => Some(*value),
            Some(_) => None,
        }
    }

    /// A list of integers, or `default` as often as `count` where it is not said.
    fn list(&self, name: &str, count: usize, default: i64) -> Option<Vec<i64>> {
        match self.attribute(name) {
            None => Some(vec![default; count]),
            Some(Attribute::Integers(values)) => (values.len() == count).then(|| values.clone()),
            Some(_) => None,
        }
    }

    /// The last dimension normalised; scale and bias are as long as it.
    fn normalised(&self) -> Option<Vec<usize>> {
        let dims = self.dims(0)?;
        let last = dims.len().checked_sub(1)?;
        let fits = |input: usize| self.dims(input).is_none_or(|of| of == [dims[last]]);
        let said = matches!(self.attribute("epsilon"), None | Some(Attribute::Float));
        let kind = self.integer("stash_type", 1)? == 1;
        (place(self.integer("axis", -1)?, dims.len())? == last && fits(1) && fits(2) && said && kind)
            .then(|| dims.to_vec())
    }

    /// Bytes by one scale and one zero point.
    fn quantised(&self) -> Option<Vec<usize>> {
        let is_one = |input: usize| self.dims(input).is_some_and(|dims| product(dims) == 1);
        (is_one(1) && is_one(2)).then(|| self.dims(0).map(<[usize]>::to_vec))?
    }

    fn mean(&self) -> Option<Vec<usize>> {
        let mut dims = self.dims(0)?.to_vec();
        let Attribute::Integers(axes) = self.attribute("axes")? else { return None };
        let [axis] = axes[..] else { return None };
        let axis = place(axis, dims.len())?;
        match self.integer("keepdims", 1)? {
            0 => drop(dims.remove(axis)),
            1 => dims[axis] = 1,
            _ => return None,
        }
        Some(dims)
    }

    fn transposed(&self) -> Option<Vec<usize>> {
        let dims = self.dims(0)?;
        let Attribute::Integers(order) = self.attribute("perm")? else { return None };
        let mut places: Vec<usize> =
            order.iter().map(|axis| place(*axis, dims.len())).collect::<Option<_>>()?;
        let out = places.iter().map(|place| dims[*place]).collect();
        places.sort_unstable();
        places.iter().copied().eq(0..dims.len()).then_some(out)
    }

    fn cast(&self) -> Option<Vec<usize>> {
        // Floating point, 32-bit and 64-bit integers.
        matches!(self.integer("to", 0)?, 1 | 6 | 7).then(|| self.dims(0).map(<[usize]>::to_vec))?
    }

    fn constant(&self) -> Option<Vec<usize>> {
        match self.attribute("value")? {
            Attribute::Tensor(constant) => Some(constant.dims.clone()),
            _ => None,
        }
    }

    fn concat(&self) -> Option<Vec<usize>> {
        let mut dims = self.dims(0)?.to_vec();
        let Attribute::Integer(axis) = self.attribute("axis")? else { return None };
        let axis = place(*axis, dims.len())?;
        for input in 1..self.inputs.len() {
            let other = self.dims(input)?;
            let same = |at: usize| at == axis || other[at] == dims[at];
            if other.len() != dims.len() || !(0..dims.len()).all(same) {
                return None;
            }
            dims[axis] = dims[axis].checked_add(other[axis])?;
        }
        Some(dims)
    }

    fn gather(&self) -> Option<Vec<usize>> {
        let (table, indices) = (self.dims(0)?, self.dims(1)?);
        let axis = place(self.integer("axis", 0)?, table.len())?;
        Some([&table[..axis], indices, &table[axis + 1..]].concat())
    }

    fn gemm(&self) -> Option<(Vec<Vec<usize>>, Option<u64>)> {
        let side = |input: usize, name: &str| -> Option<[usize; 2]> {
            let [rows, columns] = *self.dims(input)? else { return None };
            match self.integer(name, 0)? {
                0 => Some([rows, columns]),
                1 => Some([columns, rows]),
                _ => None,
            }
        };
        let scale = |name| matches!(self.attribute(name), None | Some(Attribute::Float));
        let result = matrix(&side(0, "transA")?, &side(1, "transB")?)?;
        let added =
            self.dims(2).is_none_or(|bias| broadcast(&result.0[0], bias).as_ref() == result.0.first());
        (added && scale("alpha") && scale("beta")).then_some(result)
    }

    fn split(&self) -> Option<Vec<Vec<usize>>> {
        let dims = self.dims(0)?;
        let axis = place(self.integer("axis", 0)?, dims.len())?;
        let parts = self.node.outputs.len();
        let sizes: Vec<usize> = if self.inputs.len() > 1 {
            self.integers(1)?.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<_>>()?
        } else {
            let even = dims[axis].is_multiple_of(parts)
                && self.integer("num_outputs", parts as i64)? == parts as i64;
            even.then(|| vec![dims[axis] / parts; parts])?
        };
        let sum = sizes.iter().try_fold(0usize, |sum, size| sum.checked_add(*size))?;
        let part = |size: &usize| [&dims[..axis], &[*size], &dims[axis + 1..]].concat();
        (sizes.len() == parts && sum == dims[axis] && !sizes.contains(&0))
            .then(|| sizes.iter().map(part).collect())
    }

    fn unsqueeze(&self) -> Option<Vec<usize>> {
        let (mut dims, axes) = (self.dims(0)?.to_vec(), self.integers(1)?);
        let rank = dims.len() + axes.len();
        let mut places: Vec<usize> = axes.iter().map(|axis| place(*axis, rank)).collect::<Option<_>>()?;
        places.sort_unstable();
        for at in places {
            if at > dims.len() {
                return None;
            }
            dims.insert(at, 1);
        }
        Some(dims)
    }
}

/// The dimension that `axis` names among `rank`, counted from the end where it is negative.
fn place(axis: i64, rank: usize) -> Option<usize> {
    let from_start = if axis < 0 { axis.checked_add(rank as i64)? } else { axis };
    usize::try_from(from_start).ok().filter(|place| *place < rank)
}

/// The dimensions of two tensors that are joined element by element.
fn broadcast(one: &[usize], other: &[usize]) -> Option<Vec<usize>> {
    let rank = one.len().max(other.len());
    let size = |dims: &[usize], at: usize| (at + dims.len()).checked_sub(rank).map_or(1, |place| dims[place]);
    let join = |at| match (size(one, at), size(other, at)) {
        (same, size) if same == size => Some(same),
        (1, size) | (size, 1) => Some(size),
        _ => None,
    };
    (0..rank).map(join).collect()
}

/// The product of a matrix, or a stack of them, and a matrix; and what it takes.
fn matrix(one: &[usize], other: &[usize]) -> Option<(Vec<Vec<usize>>, Option<u64>)> {
    let (&[ref stack @ .., inner], &[same, columns]) = (one, other) else { return None };
    if stack.is_empty() || inner != same {
        return None;
    }
    let dims = [stack, &[columns]].concat();
    Some((vec![dims], Some(product(one).saturating_mul(product(&[columns])))))
}
