//! Serves the web client: its shell for every path of its own, its files by their names, under headers that let it load nothing foreign.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use alongside_wire::problem::Code;
use alongside_wire::route::hex;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;

/// Where the web client's files are.
#[derive(Clone, Debug)]
pub enum Web {
    /// There is none.
    None,
    /// In a folder, read at every request.
    Folder(PathBuf),
    /// In the program: the file of this path, without a slash before it.
    BuiltIn(fn(&str) -> Option<Cow<'static, [u8]>>),
}

/// What a page of the web client may load and do. Nothing inline, nothing foreign; WebAssembly is the one thing that is compiled.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const SHELL: &str = "index.html";

impl Web {
    /// Answers a request for anything that is not the relay's own.
    pub(crate) async fn serve(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let here = path.strip_prefix('/').unwrap_or(path);
        if matches!(self, Self::None) || here.starts_with("v1/") || here == "v1" {
            return Refusal::from(Code::NotFound).into_response();
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut refused = Refusal::from(Code::MethodNotAllowed).into_response();
            refused
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        let is_asset =
            here.starts_with("assets/") || here.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let name = if is_asset { here } else { SHELL };
        match self.find(name, headers).await {
            Some(found) => found.into_response(name, headers),
            None => Refusal::from(Code::NotFound).into_response(),
        }
    }

    async fn find(&self, name: &str, headers: &HeaderMap) -> Option<Found> {
        if !is_plain(name) {
            return None;
        }
        for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
            if accepts(headers, encoding)
                && let Some(bytes) = self.read(&format!("{name}{ending}")).await
            {
                return Some(Found {
                    bytes,
                    encoding: Some(encoding),
                });
            }
        }
        let bytes = self.read(name).await?;
        Some(Found {
            bytes,
            encoding: None,
        })
    }

    async fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::None => None,
            Self::BuiltIn(file) => file(name),
            Self::Folder(folder) => {
                let path = folder.join(Path::new(name));
                tokio::task::spawn_blocking(move || std::fs::read(path).ok().map(Cow::Owned))
                    .await
                    .ok()?
            }
        }
    }
}

/// Whether a name stays below its folder and hides nothing.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
}

/// Whether a client takes this encoding.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                == Some(0.0);
            name.trim().eq_ignore_ascii_case(encoding) && !refused
        })
}

struct Found {
    bytes: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
}

impl Found {
    fn into_response(self, name: &str, asked: &HeaderMap) -> Response {
        let digest = Sha256::digest(&self.bytes);
        let tag = format!("\"{}\"", hex(&digest[..12]));
        let unchanged = asked
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|known| known.trim().trim_start_matches("W/") == tag);
        let body = match (unchanged, self.bytes) {
            (true, _) => Body::empty(),
            (false, Cow::Borrowed(bytes)) => Body::from(bytes),
            (false, Cow::Owned(bytes)) => Body::from(bytes),
        };
        let mut response = Response::new(body);
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = self.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        // What lies under assets is named by its hash.
        let caching = if name.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        response
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder_or_to_what_is_hidden() {
        for bad in [
            "../relay.sqlite",
            "a/../../b.js",
            "a//b.js",
            ".env",
            "a/.git/config.x",
            "a\\b.js",
            "%2e%2e/x.js",
            "",
            "a\0.js",
        ] {
            assert!(!is_plain(bad), "{bad:?}");
        }
        for good in ["index.html", "assets/client-0a1b.js", "icons/arch_192.png.br"] {
            assert!(is_plain(good), "{good:?}");
        }
    }

    #[test]
    fn an_encoding_is_used_only_where_it_is_accepted() {
        let mut headers = HeaderMap::new();
        assert!(!accepts(&headers, "br"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0"));
        assert!(accepts(&headers, "gzip"));
        assert!(!accepts(&headers, "br"));
    }
}
