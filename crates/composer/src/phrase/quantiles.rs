//! Runs on the composer thread. What people's music has of each attribute, by role: how a knob becomes a wish.

use crate::attributes::{ATTRIBUTES, Attribute, Values};
use crate::vocabulary::Role;
use serde_json::Value;

/// Points of a table: the 0th to the 100th percentile.
const POINTS: usize = 101;

/// The table of [`Quantiles::repeats`].
const REPEATS: &str = "repeats";

/// The percentiles 0 to 100 of a measure.
type Table = [f32; POINTS];

/// The percentiles of every attribute over the training set's windows of four and of eight bars, by role.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    attributes: Vec<[Table; ATTRIBUTES]>,
    /// Of the share of steps that repeat a note, over what people wrote.
    repeats: Vec<Table>,
}

impl Quantiles {
    /// The tables in `json`: an object by role of objects by attribute, and by `repeats`, of 101 ascending numbers.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let json: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Ok(Self {
            attributes: by_role(|role| parse_attributes(&json, role))?,
            repeats: by_role(|role| parse_table(&json, role, REPEATS))?,
        })
    }

    fn table(&self, role: Role, attribute: Attribute) -> &Table {
        &self.attributes[role.index()][attribute.index()]
    }

    /// The value at `share` of the distribution, in [0, 1].
    pub fn value(&self, role: Role, attribute: Attribute, share: f32) -> f32 {
        at(self.table(role, attribute), share)
    }

    /// The share of steps between onsets that repeat the top note, at `share` of what people wrote, in [0, 1].
    pub fn repeats(&self, role: Role, share: f32) -> f32 {
        at(&self.repeats[role.index()], share)
    }

    /// The share of the distribution that lies below `value`, in [0, 1]; where much music has that very value, the middle
    /// of [`Self::shares`].
    pub fn share(&self, role: Role, attribute: Attribute, value: f32) -> f32 {
        let (below, up_to) = self.shares(role, attribute, value);
        f32::midpoint(below, up_to)
    }

    /// The shares of the distribution that lie below `value`, and up to it, in [0, 1].
    pub fn shares(&self, role: Role, attribute: Attribute, value: f32) -> (f32, f32) {
        let table = self.table(role, attribute);
        let last = (POINTS - 1) as f32;
        let below = table.partition_point(|point| *point < value) as f32;
        let up_to = table.partition_point(|point| *point <= value) as f32;
        // Between two points of the table both lie in the middle of their stretch.
        let (below, up_to) = if below == up_to { (below - 0.5, up_to - 0.5) } else { (below, up_to - 1.0) };
        ((below / last).clamp(0.0, 1.0), (up_to / last).clamp(0.0, 1.0))
    }

    /// Half the distance between the 16th and the 84th percentile: a standard deviation, if it were a bell.
    pub fn spread(&self, role: Role, attribute: Attribute) -> f32 {
        spread(self.table(role, attribute))
    }

    /// The same of [`Self::repeats`].
    pub fn spread_of_repeats(&self, role: Role) -> f32 {
        spread(&self.repeats[role.index()])
    }

    /// The 10th and the 90th percentile of each attribute.
    pub fn usual(&self, role: Role) -> [(f32, f32); ATTRIBUTES] {
        Attribute::ALL.map(|attribute| (self.value(role, attribute, 0.1), self.value(role, attribute, 0.9)))
    }

    /// How far `values` are from `asked`, in spreads, by attribute.
    pub fn distance(&self, role: Role, attribute: Attribute, values: &Values, asked: f32) -> f32 {
        (values[attribute.index()] - asked).abs() / self.spread(role, attribute)
    }
}

fn by_role<T>(parse: impl Fn(Role) -> Result<T, String>) -> Result<Vec<T>, String> {
    Role::ALL.into_iter().map(parse).collect()
}

fn parse_attributes(json: &Value, role: Role) -> Result<[Table; ATTRIBUTES], String> {
    let mut tables = [[0.0; POINTS]; ATTRIBUTES];
    for (table, attribute) in tables.iter_mut().zip(Attribute::ALL) {
        *table = parse_table(json, role, attribute.id())?;
    }
    Ok(tables)
}

fn parse_table(json: &Value, role: Role, name: &str) -> Result<Table, String> {
    let place = format!("{name} of {}", role.name());
    let values = json.get(role.name()).and_then(|of| of.get(name)).and_then(Value::as_array);
    let values = values.filter(|values| values.len() == POINTS);
    let values = values.ok_or_else(|| format!("{place} has no {POINTS} percentiles"))?;
    let mut table = [0.0; POINTS];
    for (point, value) in table.iter_mut().zip(values) {
        *point = value.as_f64().ok_or_else(|| format!("{place} holds what is no number"))? as f32;
    }
    if !table.is_sorted() || !table.iter().all(|value| value.is_finite()) {
        return Err(format!("{place} does not ascend"));
    }
    Ok(table)
}

fn at(table: &Table, share: f32) -> f32 {
    let at = share.clamp(0.0, 1.0) * (POINTS - 1) as f32;
    let below = (at as usize).min(POINTS - 2);
    table[below] + (at - below as f32) * (table[below + 1] - table[below])
}

fn spread(table: &Table) -> f32 {
    ((at(table, 0.84) - at(table, 0.16)) / 2.0).max(0.02)
}

/// Tables by which every attribute is even in [0, 1] but the register, which is in [−0.5, 1]; for tests.
#[cfg(test)]
pub(crate) fn even() -> Quantiles {
    use crate::vocabulary::ROLES;
    let line =
        |from: f32, to: f32| std::array::from_fn(|i| from + (to - from) * i as f32 / (POINTS - 1) as f32);
    let mut of_role = [line(0.0, 1.0); ATTRIBUTES];
    of_role[Attribute::Register.index()] = line(-0.5, 1.0);
    Quantiles { attributes: vec![of_role; ROLES], repeats: vec![line(0.0, 1.0); ROLES] }
}

/// A file of tables that go evenly from 0 to 100; for tests.
#[cfg(test)]
pub(crate) fn even_json() -> serde_json::Map<String, Value> {
    let table: Vec<f32> = (0..POINTS).map(|point| point as f32).collect();
    let names = Attribute::ALL.into_iter().map(Attribute::id).chain([REPEATS]);
    let of_role: serde_json::Map<String, Value> =
        names.map(|name| (name.to_owned(), serde_json::json!(table))).collect();
    Role::ALL.iter().map(|role| (role.name().to_owned(), Value::Object(of_role.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_shares_are_each_others_inverse() {
        let tables = even();
        for share in [0.0, 0.1, 0.5, 0.93, 1.0] {
            let value = tables.value(Role::Bass, Attribute::Register, share);
            assert!(
                (tables.share(Role::Bass, Attribute::Register, value) - share).abs() < 0.01,
                "{share} {value}"
            );
        }
        assert!(tables.share(Role::Lead, Attribute::Density, 9.0) >= 0.99);
        assert!(tables.share(Role::Lead, Attribute::Density, -1.0) <= 0.0);
        assert_eq!(tables.shares(Role::Lead, Attribute::Density, -1.0), (0.0, 0.0));
        assert_eq!(tables.shares(Role::Lead, Attribute::Density, 9.0), (1.0, 1.0));
    }

    #[test]
    fn tables_that_lack_a_role_or_do_not_ascend_are_refused() {
        assert!(Quantiles::parse(b"{}").is_err_and(|why| why.contains("density of lead")));
        assert!(Quantiles::parse(b"no").is_err());
        let mut json = even_json();
        assert!(Quantiles::parse(&serde_json::to_vec(&json).unwrap()).is_ok());
        json["bass"]["range"][3] = serde_json::json!(99.0);
        let wrong = Quantiles::parse(&serde_json::to_vec(&json).unwrap());
        assert_eq!(wrong, Err("range of bass does not ascend".to_owned()));
    }
}
