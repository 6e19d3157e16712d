//! Refusals: a problem on its way out. Which form it takes is decided last, by what the client accepts.

use alongside_wire::problem::{CBOR_MEDIA_TYPE, Code, JSON_MEDIA_TYPE, Problem};
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::store::StoreError;

/// A request that is answered with a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) Problem);

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Full => Code::Full.into(),
            StoreError::Stopped => Code::Unavailable.into(),
            StoreError::Fault(cause) => {
                tracing::error!(%cause, "the store failed");
                Code::Unavailable.into()
            }
        }
    }
}

fn status_of(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status_of(self.0.code);
        response.extensions_mut().insert(self);
        response
    }
}

/// Whether a client wants its problems in CBOR.
pub(super) fn wants_cbor(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|accept| {
        accept
            .to_str()
            .is_ok_and(|text| text.contains("application/cbor") || text.contains(CBOR_MEDIA_TYPE))
    })
}

/// What the router itself refuses has a status and no more.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        413 => Code::TooLarge,
        415 => Code::WrongMediaType,
        500.. => Code::Unavailable,
        _ => Code::Malformed,
    }
}

/// Gives every refusal its body.
pub(super) fn settle(mut response: Response, cbor: bool) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Refusal>() {
        Some(Refusal(problem)) => problem,
        None => code_of(status).into(),
    };
    *response.status_mut() = status_of(problem.code);
    let (media_type, body) = if cbor {
        (CBOR_MEDIA_TYPE, problem.to_cbor())
    } else {
        (JSON_MEDIA_TYPE, to_json(&problem).to_string().into_bytes())
    };
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// RFC 9457, with the code and, where it helps, the seconds to wait beside it.
fn to_json(problem: &Problem) -> serde_json::Value {
    let code = problem.code;
    let mut json = serde_json::json!({
        "type": format!("urn:alongside:problem:{}", code.text()),
        "title": code.title(),
        "status": code.status(),
        "code": code.text(),
    });
    if let (Some(seconds), Some(json)) = (problem.retry_after_s, json.as_object_mut()) {
        json.insert("retry_after_s".to_owned(), seconds.into());
    }
    json
}
