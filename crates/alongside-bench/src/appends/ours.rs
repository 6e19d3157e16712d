//! Clients of our relay: an account, a session and a ticket each, two to a space.

use alongside_wire::envelope::Posted;
use alongside_wire::route::{self, pattern};
use alongside_wire::space::Append;
use anyhow::Result;

use super::load::{Client, place_of};
use crate::member::{Member, posted, register};
use crate::server::Server;

/// What makes each envelope another one.
const MARK: [u8; 12] = *b"new envelope";

pub(super) fn members(server: &Server, count: usize) -> Result<Vec<Member>> {
    crate::one_thread()?.block_on(async {
        let mut members: Vec<Member> = Vec::with_capacity(count);
        for number in 0..count {
            let session = register(server.address, &format!("member{number}")).await?;
            let member = match members.last().filter(|_| number % 2 == 1) {
                Some(other) => session.join_space(server.address, other).await?,
                None => {
                    let mut space = [9; 16];
                    space[..8].copy_from_slice(&(number as u64).to_be_bytes());
                    session.open_space(server.address, space).await?
                }
            };
            members.push(member);
        }
        Ok(members)
    })
}

/// Clients that append envelopes of so many bytes. What one run has sent is not sent again by the next.
pub(super) fn clients(
    members: &[Member],
    head_bytes: usize,
    payload_bytes: usize,
    run: u8,
) -> Result<Vec<Client>> {
    members
        .iter()
        .map(|member| {
            let mut head = vec![run; head_bytes];
            head[..MARK.len()].copy_from_slice(&MARK);
            let envelope = Posted {
                head: head.into(),
                payload: vec![run; payload_bytes].into(),
            };
            let path = route::with(pattern::ENTRIES, &member.space);
            let body = Append {
                envelopes: vec![envelope],
            };
            let request = posted(&path, &member.headers(), &body);
            let at = place_of(&MARK, &request)?;
            // Two members of a space must not send the same.
            let own = member.session.token;
            Ok(Client {
                request,
                renew: Box::new(move |bytes, number| {
                    bytes[at..at + 4].copy_from_slice(&own[..4]);
                    bytes[at + 4..at + 12].copy_from_slice(&number.to_be_bytes());
                }),
                sent: 0,
            })
        })
        .collect()
}
