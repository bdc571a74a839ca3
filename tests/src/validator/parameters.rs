//! Runs on the main thread. The parameters of a plug-in.

use super::events::Event;
use super::finding::{Finding, Verdict, expect, failed, function, skipped};
use super::library::text_of;
use super::plugin::Plugin;
use super::random::Random;
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_AUTOMATABLE, CLAP_PARAM_IS_MODULATABLE, CLAP_PARAM_IS_READONLY,
    CLAP_PARAM_IS_STEPPED, clap_param_info, clap_plugin_params,
};
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_void};

/// One parameter.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) id: u32,
    pub(crate) flags: u32,
    /// The plug-in's own pointer, as a number so that it crosses threads.
    cookie: usize,
    pub(crate) name: String,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) default: f64,
}

/// All parameters of one instance.
pub(crate) struct Parameters<'a> {
    table: &'a clap_plugin_params,
    plugin: &'a Plugin<'a>,
    /// In the plug-in's order.
    pub(crate) all: Vec<Parameter>,
}

impl Parameter {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether a host may set it while it plays.
    pub(crate) fn is_settable(&self) -> bool {
        self.has(CLAP_PARAM_IS_AUTOMATABLE) && !self.has(CLAP_PARAM_IS_READONLY)
    }

    /// Whether a host may modulate it.
    pub(crate) fn is_modulatable(&self) -> bool {
        self.has(CLAP_PARAM_IS_MODULATABLE)
    }

    /// The plug-in's own pointer.
    pub(crate) fn cookie(&self) -> *mut c_void {
        self.cookie as *mut c_void
    }

    /// Where it is stepped: the one of its ends, or its default, that a host would not take for a whole number. Hosts cut
    /// the decimals off.
    pub(crate) fn fraction(&self) -> Option<f64> {
        [self.min, self.max, self.default].into_iter().find(|value| !self.is_whole(*value))
    }

    /// Whether a host would take `value` for the whole number that it is meant to be, where the parameter is stepped.
    pub(crate) fn is_whole(&self, value: f64) -> bool {
        let is_near = value.trunc() == value.round() && value.fract().abs() < 1e-3;
        is_near || !self.has(CLAP_PARAM_IS_STEPPED)
    }

    /// A value within its range; a whole one where it is stepped.
    pub(crate) fn random(&self, random: &mut Random) -> f64 {
        let value = random.between(self.min, self.max);
        if self.has(CLAP_PARAM_IS_STEPPED) { value.round() } else { value }
    }

    /// One of its ends.
    pub(crate) fn bound(&self, random: &mut Random) -> f64 {
        if random.chance(50) { self.min } else { self.max }
    }

    /// An event that sets it.
    pub(crate) fn event(&self, time: u32, value: f64) -> Event {
        Event::value(time, self.id, self.cookie(), value)
    }
}

impl<'a> Parameters<'a> {
    /// The parameters of `plugin`; skips where it has none.
    pub(crate) fn of(plugin: &'a Plugin<'a>) -> Result<Self, Finding> {
        // SAFETY: the id and the layout belong together.
        let table = unsafe { plugin.extension::<clap_plugin_params>(CLAP_EXT_PARAMS) };
        let table = table.ok_or_else(|| skipped("it has no parameters"))?;
        // SAFETY: the plug-in is initialised, and this is the main thread.
        let count = unsafe { function!(table, count)?(plugin.raw()) };
        let all = (0..count).map(|index| read(plugin, table, index)).collect::<Result<Vec<_>, _>>()?;
        let ids: BTreeSet<u32> = all.iter().map(|parameter| parameter.id).collect();
        expect(ids.len() == all.len(), || "two parameters have the same id".into())?;
        if all.is_empty() { Err(skipped("it has no parameters")) } else { Ok(Self { table, plugin, all }) }
    }

    /// Those that a host may set while it plays; skips where there is none.
    pub(crate) fn settable(&self) -> Result<Vec<Parameter>, Finding> {
        let all: Vec<Parameter> = self.all.iter().filter(|one| one.is_settable()).cloned().collect();
        if all.is_empty() { Err(skipped("no parameter of it can be automated")) } else { Ok(all) }
    }

    /// The value now.
    pub(crate) fn value(&self, parameter: &Parameter) -> Result<f64, Finding> {
        let mut value = f64::NAN;
        // SAFETY: the plug-in is initialised, this is the main thread, and the place to write to alive.
        let is_there =
            unsafe { function!(self.table, get_value)?(self.plugin.raw(), parameter.id, &raw mut value) };
        expect(is_there && value.is_finite(), || {
            format!("the value of \"{}\" is {value}, or cannot be read", parameter.name)
        })?;
        Ok(value)
    }

    /// Fails where a value lies outside its range.
    pub(crate) fn check_ranges(&self) -> Verdict {
        for parameter in &self.all {
            let (value, min, max) = (self.value(parameter)?, parameter.min, parameter.max);
            let slack = (max - min).abs() * 1e-6;
            expect((min - slack..=max + slack).contains(&value), || {
                format!("the value of \"{}\" is {value}, outside of {min} to {max}", parameter.name)
            })?;
        }
        Ok(())
    }

    /// All values now.
    pub(crate) fn values(&self) -> Result<Vec<f64>, Finding> {
        self.all.iter().map(|parameter| self.value(parameter)).collect()
    }

    /// What `value` reads; none where the plug-in does not say.
    pub(crate) fn print(&self, parameter: &Parameter, value: f64) -> Result<Option<String>, Finding> {
        let mut text = [0; 512];
        let length = text.len() as u32;
        // SAFETY: the plug-in is initialised, this is the main thread, and the buffer as long as it is told.
        let is_said = unsafe {
            let print = function!(self.table, value_to_text)?;
            print(self.plugin.raw(), parameter.id, value, text.as_mut_ptr(), length)
        };
        if !is_said {
            return Ok(None);
        }
        let fault = || failed(format!("the text of \"{}\" does not end, or is no UTF-8", parameter.name));
        text_of(&text).map(Some).ok_or_else(fault)
    }

    /// What `text` means; none where the plug-in does not know.
    pub(crate) fn parse(&self, parameter: &Parameter, text: &str) -> Result<Option<f64>, Finding> {
        let Ok(text) = CString::new(text) else { return Ok(None) };
        self.parse_raw(parameter, &text)
    }

    fn parse_raw(&self, parameter: &Parameter, text: &CStr) -> Result<Option<f64>, Finding> {
        let mut value = f64::NAN;
        // SAFETY: the plug-in is initialised, this is the main thread, and text and place are alive.
        let is_known = unsafe {
            let parse = function!(self.table, text_to_value)?;
            parse(self.plugin.raw(), parameter.id, text.as_ptr(), &raw mut value)
        };
        Ok(is_known.then_some(value))
    }
}

fn read(plugin: &Plugin, table: &clap_plugin_params, index: u32) -> Result<Parameter, Finding> {
    // SAFETY: numbers and null pointers may be zero.
    let mut info: clap_param_info = unsafe { std::mem::zeroed() };
    // SAFETY: the plug-in is initialised, the index below the count, and the place to write to alive.
    let is_there = unsafe { function!(table, get_info)?(plugin.raw(), index, &raw mut info) };
    expect(is_there, || format!("parameter {index} cannot be read"))?;
    let name = text_of(&info.name)
        .ok_or_else(|| failed(format!("the name of parameter {index} does not end, or is no UTF-8")))?;
    let parameter = Parameter {
        id: info.id,
        flags: info.flags,
        cookie: info.cookie as usize,
        name,
        min: info.min_value,
        max: info.max_value,
        default: info.default_value,
    };
    check(&parameter, text_of(&info.module).is_some())?;
    Ok(parameter)
}

fn check(parameter: &Parameter, has_module: bool) -> Verdict {
    let Parameter { name, min, max, default, .. } = parameter;
    expect(has_module, || format!("the module of \"{name}\" does not end, or is no UTF-8"))?;
    expect(!name.is_empty(), || format!("parameter {} has no name", parameter.id))?;
    let is_range = min.is_finite() && max.is_finite() && min <= max;
    expect(is_range && (*min..=*max).contains(default), || {
        format!("the range of \"{name}\" is {min} to {max}, its default {default}")
    })
}
