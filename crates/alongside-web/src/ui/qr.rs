//! A code to scan, drawn as one path.

use fast_qr::{ECL, QRBuilder};
use leptos::prelude::*;

/// White around it, in modules: readers need it.
const QUIET: usize = 4;

/// The code for a text; nothing where the text is too long for one.
pub(crate) fn qr(text: &str, name: String) -> Option<impl IntoView + use<>> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let start = column;
            while column < code.size && code[row][column].value() {
                column += 1;
            }
            if column > start {
                path.push_str(&format!(
                    "M{} {}h{}v1H{}z",
                    start + QUIET,
                    row + QUIET,
                    column - start,
                    start + QUIET
                ));
            }
            column += 1;
        }
    }
    let size = code.size + 2 * QUIET;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=name shape-rendering="crispEdges">
            <path d=path/>
        </svg>
    })
}
