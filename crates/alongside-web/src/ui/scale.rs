//! The scale from 0 to 10: a line to touch, with words at both ends and no number until it is touched.

use leptos::prelude::*;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::fresh_id;
use crate::t;

const MOST: u8 = 10;
/// A finger that has moved less than this has touched, and not begun to scroll.
const TOUCH_PX: i32 = 5;

/// The scale.
#[component]
pub(crate) fn Scale(
    /// What is asked.
    #[prop(into)]
    ask: String,
    /// What 0 means.
    #[prop(into)]
    low: String,
    /// What 10 means.
    #[prop(into)]
    high: String,
    /// The answer.
    value: RwSignal<Option<u8>>,
) -> impl IntoView {
    let label_id = fresh_id("scale");
    let line = NodeRef::<leptos::html::Div>::new();
    let began = RwSignal::new(None::<i32>);
    let said = move || match value.get() {
        Some(value) => t!("scale-value", value = value),
        None => t!("scale-none"),
    };
    let take = move |event: &PointerEvent| {
        if let Some(line) = line.get_untracked() {
            value.set(Some(at(&line, event.client_x())));
        }
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(line) = line.get_untracked() {
            let _ = line.set_pointer_capture(event.pointer_id());
        }
        began.set(Some(event.client_x()));
        // A finger may only be on its way down the page: wait what it does.
        if event.pointer_type() != "touch" {
            take(&event);
        }
    };
    let moved = move |event: PointerEvent| {
        let moving = began
            .get_untracked()
            .is_some_and(|start| (event.client_x() - start).abs() >= TOUCH_PX);
        if moving {
            take(&event);
        }
    };
    let up = move |event: PointerEvent| {
        if began.get_untracked().is_some() {
            take(&event);
            began.set(None);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let rtl = document()
            .document_element()
            .is_some_and(|root| root.get_attribute("dir").as_deref() == Some("rtl"));
        match keyed(&event.key(), value.get_untracked(), rtl) {
            Keyed::Set(next) => {
                event.prevent_default();
                value.set(next);
            }
            Keyed::Other => {}
        }
    };
    let stone = move || {
        value.get().map(|value| {
            let at = format!("{}%", u32::from(value) * 10);
            let way = at.clone();
            view! {
                <span class="way" style:--at=way></span>
                <span class="stone" style:--at=at aria-hidden="true">{crate::dates::number(f64::from(value))}</span>
            }
        })
    };
    let leave_out_label = t!("scale-leave-out", ask = ask.clone());
    let leave_out = move || {
        let label = leave_out_label.clone();
        value.get().is_some().then(|| {
            view! {
                <button type="button" class="leave-out" aria-label=label on:click=move |_| value.set(None)>
                    {t!("leave-out")}
                </button>
            }
        })
    };
    view! {
        <div class="scale">
            <div class="ask">
                <span class="label" id=label_id.clone()>{ask}</span>
                {leave_out}
            </div>
            <div
                class="line"
                node_ref=line
                role="slider"
                tabindex="0"
                aria-labelledby=label_id
                aria-valuemin="0"
                aria-valuemax=MOST.to_string()
                aria-valuenow=move || value.get().unwrap_or(0).to_string()
                aria-valuetext=said
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointercancel=move |_| began.set(None)
                on:keydown=pressed
            >
                {stone}
            </div>
            <div class="ends" aria-hidden="true">
                <span>{low}</span>
                <span>{high}</span>
            </div>
        </div>
    }
}

/// The value at a place on the line.
fn at(line: &Element, client_x: i32) -> u8 {
    let bounds = line.get_bounding_client_rect();
    let rtl = window()
        .get_computed_style(line)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("direction").ok())
        .is_some_and(|direction| direction == "rtl");
    let from_start = if rtl {
        bounds.right() - f64::from(client_x)
    } else {
        f64::from(client_x) - bounds.left()
    };
    nearest(from_start, bounds.width())
}

fn nearest(from_start: f64, width: f64) -> u8 {
    if width <= 0.0 {
        return 0;
    }
    let value = (from_start / width * f64::from(MOST))
        .round()
        .clamp(0.0, f64::from(MOST));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 10"
    )]
    let value = value as u8;
    value
}

#[derive(Debug, PartialEq, Eq)]
enum Keyed {
    Set(Option<u8>),
    Other,
}

/// What a key does: arrows step (from nothing, to the middle), Home and End go to the ends, Delete leaves it out.
fn keyed(key: &str, value: Option<u8>, rtl: bool) -> Keyed {
    let middle = MOST / 2;
    let up = value.map_or(middle, |value| (value + 1).min(MOST));
    let down = value.map_or(middle, |value| value.saturating_sub(1));
    Keyed::Set(match key {
        "ArrowUp" => Some(up),
        "ArrowDown" => Some(down),
        "ArrowRight" => Some(if rtl { down } else { up }),
        "ArrowLeft" => Some(if rtl { up } else { down }),
        "PageUp" => Some(value.map_or(middle, |value| (value + 2).min(MOST))),
        "PageDown" => Some(value.map_or(middle, |value| value.saturating_sub(2))),
        "Home" => Some(0),
        "End" => Some(MOST),
        "Delete" | "Backspace" => None,
        _ => return Keyed::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_takes_the_nearest_value() {
        assert_eq!(nearest(0.0, 300.0), 0);
        assert_eq!(nearest(-20.0, 300.0), 0);
        assert_eq!(nearest(104.0, 300.0), 3);
        assert_eq!(nearest(330.0, 300.0), 10);
        assert_eq!(nearest(10.0, 0.0), 0);
    }

    #[test]
    fn the_first_arrow_begins_in_the_middle() {
        assert_eq!(keyed("ArrowRight", None, false), Keyed::Set(Some(5)));
        assert_eq!(keyed("ArrowLeft", None, false), Keyed::Set(Some(5)));
    }

    #[test]
    fn arrows_follow_the_direction_of_writing() {
        assert_eq!(keyed("ArrowRight", Some(5), false), Keyed::Set(Some(6)));
        assert_eq!(keyed("ArrowRight", Some(5), true), Keyed::Set(Some(4)));
        assert_eq!(keyed("ArrowUp", Some(5), true), Keyed::Set(Some(6)));
    }

    #[test]
    fn the_ends_hold_and_delete_leaves_out() {
        assert_eq!(keyed("ArrowUp", Some(10), false), Keyed::Set(Some(10)));
        assert_eq!(keyed("ArrowDown", Some(0), false), Keyed::Set(Some(0)));
        assert_eq!(keyed("Delete", Some(3), false), Keyed::Set(None));
        assert_eq!(keyed("a", Some(3), false), Keyed::Other);
    }
}
