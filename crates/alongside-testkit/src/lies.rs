//! How a relay lies. It may do anything to what it hands out; what it cannot do is sign.

use alongside_replica::ports::{HttpReply, HttpRequest};
use alongside_wire::envelope::{Kept, Numbered};
use alongside_wire::space::{Page, Removal};
use alongside_wire::{decode, encode};

use crate::net::Net;

/// How a relay lies, each so many times in 256 pages that it hands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lies {
    /// A bit of an envelope is flipped.
    pub flip: u16,
    /// A bit of the whole answer is flipped.
    pub garble: u16,
    /// Two envelopes change places.
    pub swap: u16,
    /// An envelope comes a second time, under a further number.
    pub repeat: u16,
    /// One is left out, and those after it move up.
    pub drop: u16,
    /// The last ones are kept back, as if they were not there.
    pub withhold: u16,
    /// Envelopes of another space.
    pub foreign: u16,
    /// It says that a payload was removed by its author.
    pub remove: u16,
}

fn renumber(entries: &mut [Numbered], first: u64) {
    for (entry, number) in entries.iter_mut().zip(first..) {
        entry.number = number;
    }
}

impl Net {
    /// Lies about an answer, or not.
    pub(crate) fn bend(&mut self, request: &HttpRequest, mut reply: HttpReply) -> HttpReply {
        let lies = self.lies;
        if lies == Lies::default() || reply.status != 200 {
            return reply;
        }
        if self.lie(lies.garble, "garbled") && !reply.body.is_empty() {
            let bit = self.dice.below(reply.body.len() * 8);
            reply.body[bit / 8] ^= 1 << (bit % 8);
            return reply;
        }
        let is_page = request.method == "GET" && request.path.contains("/entries");
        if let (true, Ok(mut page)) = (is_page, decode::<Page>(&reply.body)) {
            self.bend_page(&mut page);
            reply.body = encode(&page);
        }
        reply
    }

    fn lie(&mut self, in_256: u16, what: &'static str) -> bool {
        let lies = in_256 > 0 && self.dice.happens(in_256);
        if lies {
            self.mishap(what);
        }
        lies
    }

    fn bend_page(&mut self, page: &mut Page) {
        let lies = self.lies;
        let Some(first) = page.entries.first().map(|entry| entry.number) else {
            return;
        };
        if self.lie(lies.flip, "bit flipped") {
            let at = self.dice.below(page.entries.len());
            let entry = &mut page.entries[at];
            let bytes = match &mut entry.payload {
                Kept::Here(payload) if self.dice.happens(128) => payload,
                Kept::Here(_) | Kept::Removed(_) => &mut entry.head,
            };
            let bit = self.dice.below(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        if self.lie(lies.swap, "swapped") && page.entries.len() > 1 {
            let at = self.dice.below(page.entries.len() - 1);
            page.entries.swap(at, at + 1);
            renumber(&mut page.entries, first);
        }
        if self.lie(lies.repeat, "repeated") {
            let at = self.dice.below(page.entries.len());
            let again = page.entries[at].clone();
            page.entries.push(again);
            renumber(&mut page.entries, first);
            page.head += 1;
        }
        if self.lie(lies.drop, "left out") {
            let at = self.dice.below(page.entries.len());
            page.entries.remove(at);
            renumber(&mut page.entries, first);
            page.head -= 1;
        }
        if self.lie(lies.withhold, "withheld") {
            let keep = self.dice.below(page.entries.len() + 1);
            page.entries.truncate(keep);
            page.head = first - 1 + keep as u64;
        }
        if self.lie(lies.foreign, "foreign") {
            let foreign: Vec<_> = self
                .relay
                .spaces()
                .flat_map(|(_, space)| space.read(0, 0, 64).entries)
                .collect();
            if !foreign.is_empty() {
                let at = self.dice.below(foreign.len());
                page.entries.insert(0, foreign[at].clone());
                renumber(&mut page.entries, first);
                page.head += 1;
            }
        }
        if self.lie(lies.remove, "removed") {
            let number = self.dice.below(usize::try_from(page.head).unwrap_or(1)) as u64 + 1;
            page.removals_head += 1;
            page.removals.push(Removal {
                serial: page.removals_head,
                number,
            });
        }
    }
}
