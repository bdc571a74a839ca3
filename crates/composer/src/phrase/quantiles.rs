//! Runs on the composer thread. What people's music has of each attribute, by role: how a knob becomes a wish.

use crate::attributes::{ATTRIBUTES, Attribute, Values};
use crate::vocabulary::Role;
use linnet_music::{STYLES, Style};
use serde_json::Value;

/// Points of a table: the 0th to the 100th percentile; and of a style's: every fifth.
const POINTS: usize = 101;
const STYLE_POINTS: usize = 21;
/// The table of [`Quantiles::repeats`], and the tables by style.
const REPEATS: &str = "repeats";
const BY_STYLE: &str = "styles";

/// The percentiles 0 to 100 of a measure.
type Table = [f32; POINTS];

/// Those of the attributes, and of the repeats, of one role in a style.
type StyleTables = [[f32; STYLE_POINTS]; ATTRIBUTES + 1];

/// The percentiles of every attribute over the training set's windows of four and of eight bars, by role.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    attributes: Vec<[Table; ATTRIBUTES]>,
    /// Of the share of steps that repeat a note, over what people wrote.
    repeats: Vec<Table>,
    /// By style and role, where the training set has enough of it.
    styles: Vec<Vec<Option<Box<StyleTables>>>>,
}

/// What a part's character is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// An attribute.
    Attribute(Attribute),
    /// The share of steps between onsets that keep the top note, in [0, 1].
    Repeats,
}

impl Quantiles {
    /// The tables in `json`: an object by role of objects by attribute, and by `repeats`, of 101 ascending numbers; under
    /// `styles`, by style, the same of 21 numbers for the roles that it has.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let json: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Ok(Self {
            attributes: by_role(|role| parse_attributes(&json, role))?,
            repeats: by_role(|role| parse_table(&json, role, REPEATS))?,
            styles: Style::ALL
                .into_iter()
                .map(|style| by_role(|role| parse_style(&json, style, role)))
                .collect::<Result<_, _>>()?,
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

    /// The value at `share` of the music of the styles that have `weights`; none where no style has any, or none of them
    /// has tables of `role`. Of several it is the mean.
    pub fn of_styles(
        &self,
        weights: &[f32; STYLES],
        role: Role,
        measure: Measure,
        share: f32,
    ) -> Option<f32> {
        let place = match measure {
            Measure::Attribute(attribute) => attribute.index(),
            Measure::Repeats => ATTRIBUTES,
        };
        let weighed = self.styles.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        let known = weighed.filter_map(|(style, weight)| Some((style[role.index()].as_ref()?, *weight)));
        let (sum, all) = known.fold((0.0, 0.0), |(sum, all), (tables, weight)| {
            (sum + weight * at(&tables[place], share), all + weight)
        });
        (all > 0.0).then(|| sum / all)
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
    parse(json.get(role.name()), name).map_err(|why| format!("{name} of {} {why}", role.name()))
}

fn parse_style(json: &Value, style: Style, role: Role) -> Result<Option<Box<StyleTables>>, String> {
    let id = style.name().to_lowercase();
    let of_style = json.get(BY_STYLE).and_then(|styles| styles.get(&id));
    let Some(of_role) = of_style.ok_or_else(|| format!("the style {id} is missing"))?.get(role.name()) else {
        return Ok(None);
    };
    let mut tables = Box::new([[0.0; STYLE_POINTS]; ATTRIBUTES + 1]);
    let names = Attribute::ALL.into_iter().map(Attribute::id).chain([REPEATS]);
    for (table, name) in tables.iter_mut().zip(names) {
        *table =
            parse(Some(of_role), name).map_err(|why| format!("{name} of {} in {id} {why}", role.name()))?;
    }
    Ok(Some(tables))
}

fn parse<const N: usize>(json: Option<&Value>, name: &str) -> Result<[f32; N], String> {
    let values = json.and_then(|of| of.get(name)).and_then(Value::as_array);
    let values = values.filter(|values| values.len() == N);
    let values = values.ok_or_else(|| format!("has no {N} percentiles"))?;
    let mut table = [0.0; N];
    for (point, value) in table.iter_mut().zip(values) {
        *point = value.as_f64().ok_or("holds what is no number")? as f32;
    }
    if !table.is_sorted() || !table.iter().all(|value| value.is_finite()) {
        return Err("does not ascend".into());
    }
    Ok(table)
}

fn at(table: &[f32], share: f32) -> f32 {
    let last = table.len() - 1;
    let at = share.clamp(0.0, 1.0) * last as f32;
    let below = (at as usize).min(last - 1);
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
    let styles = vec![vec![None; ROLES]; STYLES];
    Quantiles { attributes: vec![of_role; ROLES], repeats: vec![line(0.0, 1.0); ROLES], styles }
}

/// A file of tables that go evenly from 0 to 100; for tests.
#[cfg(test)]
pub(crate) fn even_json() -> serde_json::Map<String, Value> {
    let table: Vec<f32> = (0..POINTS).map(|point| point as f32).collect();
    let names = Attribute::ALL.into_iter().map(Attribute::id).chain([REPEATS]);
    let of_role: serde_json::Map<String, Value> =
        names.map(|name| (name.to_owned(), serde_json::json!(table))).collect();
    let roles = Role::ALL.iter().map(|role| (role.name().to_owned(), Value::Object(of_role.clone())));
    let styles: serde_json::Map<String, Value> =
        Style::ALL.iter().map(|style| (style.name().to_lowercase(), serde_json::json!({}))).collect();
    roles.chain([(BY_STYLE.to_owned(), Value::Object(styles))]).collect()
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

    #[test]
    fn what_lacks_repeats_or_a_style_is_refused() {
        let refused = |json: &serde_json::Map<String, Value>| {
            Quantiles::parse(&serde_json::to_vec(json).unwrap()).err().unwrap_or_default()
        };
        let mut json = even_json();
        json["counter"].as_object_mut().unwrap().remove("repeats");
        assert!(refused(&json).contains("repeats of counter"), "{}", refused(&json));
        let mut json = even_json();
        json["styles"]["folk"]["lead"] = serde_json::json!({ "density": [1.0] });
        assert!(refused(&json).contains("density of lead in folk"), "{}", refused(&json));
        json["styles"].as_object_mut().unwrap().remove("folk");
        assert!(refused(&json).contains("folk is missing"), "{}", refused(&json));
    }

    #[test]
    fn styles_that_are_blended_have_what_lies_between_theirs() {
        let flat = |value: f32| {
            let names = Attribute::ALL.into_iter().map(Attribute::id).chain([REPEATS]);
            let tables: serde_json::Map<String, Value> =
                names.map(|name| (name.to_owned(), serde_json::json!(vec![value; STYLE_POINTS]))).collect();
            serde_json::json!({ "lead": tables })
        };
        let mut json = even_json();
        (json["styles"]["house"], json["styles"]["folk"]) = (flat(1.0), flat(3.0));
        let quantiles = Quantiles::parse(&serde_json::to_vec(&json).unwrap()).unwrap();
        let of = |weighed: &[(Style, f32)], role| {
            let mut weights = [0.0; STYLES];
            for (style, weight) in weighed {
                weights[style.index()] = *weight;
            }
            quantiles.of_styles(&weights, role, Measure::Repeats, 0.4)
        };
        assert_eq!(of(&[(Style::House, 0.75), (Style::Folk, 0.25)], Role::Lead), Some(1.5));
        // A style without tables of the role says nothing.
        assert_eq!(of(&[(Style::House, 0.5), (Style::Swing, 0.5)], Role::Lead), Some(1.0));
        assert_eq!((of(&[(Style::House, 1.0)], Role::Bass), of(&[], Role::Lead)), (None, None));
    }
}
