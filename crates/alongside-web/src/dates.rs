//! Days, times and numbers as the browser writes them in the language spoken, by `Intl`.

use jiff::civil::{Date, Weekday};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::i18n;

/// "Sunday, 22 November".
pub(crate) fn day(date: Date) -> String {
    format(
        date,
        &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
    )
}

/// "22 Nov".
pub(crate) fn short_day(date: Date) -> String {
    format(date, &[("day", "numeric"), ("month", "short")])
}

/// "Sun, 22 Nov 2026".
pub(crate) fn full_day(date: Date) -> String {
    format(
        date,
        &[
            ("weekday", "short"),
            ("day", "numeric"),
            ("month", "short"),
            ("year", "numeric"),
        ],
    )
}

/// "Monday".
pub(crate) fn weekday(day: Weekday) -> String {
    // 5 January 2026 was a Monday.
    let offset = day.to_monday_zero_offset();
    Date::new(2026, 1, 5 + offset).map_or_else(|_| String::new(), |date| format(date, &[("weekday", "long")]))
}

/// "22 November at 14:05", in the person's own zone.
pub(crate) fn moment(at_ms: i64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 are below 2^53 for ages"
    )]
    let value = at_ms as f64;
    intl(
        value,
        &[
            ("day", "numeric"),
            ("month", "long"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
        ],
    )
    .unwrap_or_default()
}

/// A number; `None` outside of a browser.
pub(crate) fn number(value: f64) -> Option<String> {
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    construct("NumberFormat", &Object::new(), &JsValue::from_f64(value))
}

fn format(date: Date, parts: &[(&str, &str)]) -> String {
    if !cfg!(target_arch = "wasm32") {
        return date.to_string();
    }
    // At noon UTC, formatted in UTC: the civil day, whatever the zone.
    let at = js_sys::Date::new_0();
    at.set_utc_full_year_with_month_date(
        i32_to_u32(date.year()),
        i32::from(date.month()) - 1,
        i32::from(date.day()),
    );
    at.set_utc_hours(12);
    let parts: Vec<_> = parts.iter().copied().chain([("timeZone", "UTC")]).collect();
    intl(at.get_time(), &parts).unwrap_or_else(|| date.to_string())
}

fn i32_to_u32(year: i16) -> u32 {
    u32::try_from(year).unwrap_or_default()
}

fn intl(at_ms: f64, parts: &[(&str, &str)]) -> Option<String> {
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    let options = Object::new();
    for (name, value) in parts {
        Reflect::set(&options, &(*name).into(), &(*value).into()).ok()?;
    }
    construct("DateTimeFormat", &options, &JsValue::from_f64(at_ms))
}

/// `new Intl[what](language, options).format(value)`.
fn construct(what: &str, options: &Object, value: &JsValue) -> Option<String> {
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &what.into()).ok()?.dyn_into().ok()?;
    let formatter = Reflect::construct(&class, &Array::of2(&locale().into(), options)).ok()?;
    let method: Function = Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()?;
    method.call1(&formatter, value).ok()?.as_string()
}

/// The browser's own variant of the language where it has one (en-GB for en), for it knows how its person writes dates.
fn locale() -> String {
    let spoken = i18n::spoken().tag;
    let preferred = web_sys::window().and_then(|window| window.navigator().language());
    preferred
        .filter(|tag| tag.split('-').next() == Some(spoken))
        .unwrap_or_else(|| spoken.to_owned())
}
