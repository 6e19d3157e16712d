//! The frozen words: every event's kind and version, and how its bytes are read.
//!
//! A payload is the CBOR array `[kind, body]`, where kind is a text such as `"checkin.shared/1"`. A kind that is not known here
//! is kept by the log and read again after an upgrade. Every event has exactly one encoding, and no other is
//! read: what two devices hold as equal is equal byte for byte.

use minicbor::encode::{Error, Write};
use minicbor::{Decoder, Encoder};

use crate::{checkin, members, rhythm};

/// Everything that can be said in a space.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Names, the kind of relationship.
    Members(members::Event),
    /// How often to check in.
    Rhythm(rhythm::Event),
    /// The check-in.
    CheckIn(checkin::Event),
}

/// What a payload turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Decoded {
    /// Something that this version knows.
    Known(Event),
    /// A kind or version that it does not: keep the bytes.
    Unknown {
        /// The kind as written.
        kind: String,
    },
    /// Not `[kind, body]`, or a body that its kind does not allow.
    Malformed,
}

impl Event {
    /// The kind and version, as written.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Members(event) => event.kind(),
            Self::Rhythm(event) => event.kind(),
            Self::CheckIn(event) => event.kind(),
        }
    }

    /// The name of the round in which this may be revealed, if it is something that is revealed. Whoever makes facts of a
    /// round's deposits must hold this against the name of the round that they came in: an answer put into another
    /// round would have been given after the others' were seen.
    #[must_use]
    pub fn round(&self) -> Option<String> {
        match self {
            Self::Members(_) | Self::Rhythm(_) => None,
            Self::CheckIn(event) => event.round(),
        }
    }
}

/// The payload for an event: the same bytes on every device.
#[must_use]
pub fn encode(event: &Event) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // Writing to memory does not fail; were it to, an empty payload is one that no device takes for an event.
    write(event, &mut encoder).map_or_else(|_| Vec::new(), |()| encoder.into_writer())
}

fn write<W: Write>(event: &Event, encoder: &mut Encoder<W>) -> Result<(), Error<W::Error>> {
    encoder.array(2)?.str(event.kind())?;
    match event {
        Event::Members(event) => event.encode_body(encoder),
        Event::Rhythm(event) => event.encode_body(encoder),
        Event::CheckIn(event) => event.encode_body(encoder),
    }
}

/// What is written to it is held against bytes that are there already: ten years of entries are read without writing them again.
struct Expected<'b>(&'b [u8]);

impl Write for Expected<'_> {
    type Error = Other;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Other> {
        self.0 = self.0.strip_prefix(bytes).ok_or(Other)?;
        Ok(())
    }
}

/// Other bytes than expected.
struct Other;

fn is_encoding_of(bytes: &[u8], event: &Event) -> bool {
    let mut encoder = Encoder::new(Expected(bytes));
    write(event, &mut encoder).is_ok() && encoder.writer().0.is_empty()
}

/// What these bytes say. Total: any bytes are one of the three.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    let mut decoder = Decoder::new(bytes);
    let (Ok(Some(2)), Ok(kind)) = (decoder.array(), decoder.str()) else {
        return Decoded::Malformed;
    };
    let known = None
        .or_else(|| Some(members::Event::decode_body(kind, &mut decoder)?.map(Event::Members)))
        .or_else(|| Some(rhythm::Event::decode_body(kind, &mut decoder)?.map(Event::Rhythm)))
        .or_else(|| Some(checkin::Event::decode_body(kind, &mut decoder)?.map(Event::CheckIn)));
    match known {
        // Encoding again also refuses trailing bytes, and whatever a lenient reader would have passed over.
        Some(Ok(event)) if is_encoding_of(bytes, &event) => Decoded::Known(event),
        None if decoder.skip().is_ok() && decoder.position() == bytes.len() => Decoded::Unknown {
            kind: kind.to_owned(),
        },
        Some(_) | None => Decoded::Malformed,
    }
}

/// An enum of events with their kinds: each variant has a body, which is an array in CBOR.
macro_rules! frozen {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$about:meta])* $kind:literal => $variant:ident($body:ty),)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($(#[$about])* $variant($body),)+
        }

        impl $name {
            pub(crate) const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            pub(crate) fn encode_body<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                match self {
                    $(Self::$variant(body) => minicbor::Encode::encode(body, encoder, &mut ()),)+
                }
            }

            /// `None` when the kind is none of these; nothing is read then.
            pub(crate) fn decode_body(
                kind: &str,
                decoder: &mut minicbor::Decoder<'_>,
            ) -> Option<Result<Self, minicbor::decode::Error>> {
                match kind {
                    $($kind => Some(<$body as minicbor::Decode<'_, ()>>::decode(decoder, &mut ()).map(Self::$variant)),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use frozen;

#[cfg(test)]
mod tests;
