//! Invitations of the model.

use alongside_replica::ports::HttpRequest;
use alongside_wire::encode;
use alongside_wire::envelope::payload_hash;
use alongside_wire::invitation as wire;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};

use super::{Answer, Invitation, RelayState, body};

impl RelayState {
    pub(super) fn invite(&mut self, request: &HttpRequest, now_ms: i64) -> Answer {
        let (session, _) = self.caller(request)?;
        let message: wire::Invite = body(request)?;
        let hash = payload_hash(&message.blob);
        let parts: [&[u8]; 3] = [&message.invitation, &hash, &session];
        if !proof::holds(&message.inviter, &message.signature, Purpose::Invite, &parts) {
            return Err(Code::BadProof);
        }
        let valid_ms = i64::try_from(message.valid_s)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        self.invitations.entry(message.invitation).or_insert(Invitation {
            key: message.key,
            inviter: message.inviter,
            blob: message.blob.to_vec(),
            expires_ms: now_ms.saturating_add(valid_ms),
            claim: None,
            answer: None,
        });
        Ok(Vec::new())
    }

    pub(super) fn invitation(&self, id: [u8; 16], now_ms: i64) -> Answer {
        let row = self.invitations.get(&id).ok_or(Code::InvitationOver)?;
        if row.is_over(now_ms) {
            return Err(Code::InvitationOver);
        }
        Ok(encode(&wire::Invitation {
            blob: row.blob.clone().into(),
            expires_ms: row.expires_ms,
            claimed: row.claim.is_some(),
        }))
    }

    pub(super) fn invitation_act(
        &mut self,
        request: &HttpRequest,
        id: [u8; 16],
        act: &str,
        now_ms: i64,
    ) -> Answer {
        let (session, _) = self.caller(request)?;
        let row = self.invitations.get_mut(&id).ok_or(Code::InvitationOver)?;
        let holds = |key: &[u8; 32], signature: &[u8; 64], purpose: Purpose, what: Option<&[u8]>| {
            let hash = what.map(payload_hash);
            let mut parts: Vec<&[u8]> = vec![&id];
            parts.extend(hash.as_ref().map(<[u8; 32]>::as_slice));
            parts.push(&session);
            if proof::holds(key, signature, purpose, &parts) {
                Ok(())
            } else {
                Err(Code::BadProof)
            }
        };
        match act {
            "claim" => {
                let message: wire::Claim = body(request)?;
                holds(&row.key, &message.signature, Purpose::Claim, Some(&message.claim))?;
                match &row.claim {
                    Some(first) if first.as_slice() == message.claim.as_slice() => Ok(Vec::new()),
                    Some(_) => Err(Code::InvitationUsed),
                    None if row.is_over(now_ms) => Err(Code::InvitationOver),
                    None => {
                        row.claim = Some(message.claim.to_vec());
                        Ok(Vec::new())
                    }
                }
            }
            "look" => {
                let message: wire::Proof = body(request)?;
                holds(&row.inviter, &message.signature, Purpose::Look, None)?;
                if row.is_over(now_ms) {
                    return Err(Code::InvitationOver);
                }
                Ok(encode(&wire::Claimed {
                    claim: row.claim.clone().map(Into::into),
                    expires_ms: row.expires_ms,
                }))
            }
            "welcome" => {
                let message: wire::Welcome = body(request)?;
                let said = message.welcome.as_ref().map(|bytes| bytes.to_vec());
                let what = said.clone().unwrap_or_default();
                holds(&row.inviter, &message.signature, Purpose::Welcome, Some(&what))?;
                match (&row.answer, &said) {
                    (Some(given), said) if given == said => Ok(Vec::new()),
                    (Some(Some(_)), _) => Err(Code::InvitationUsed),
                    (Some(None), _) => Err(Code::InvitationOver),
                    (None, Some(_)) if row.claim.is_none() => Err(Code::NotFound),
                    (None, _) => {
                        row.answer = Some(said);
                        Ok(Vec::new())
                    }
                }
            }
            "enter" => {
                let message: wire::Proof = body(request)?;
                holds(&row.key, &message.signature, Purpose::Watch, None)?;
                match &row.answer {
                    Some(Some(welcome)) => Ok(encode(&wire::Entrance::Open(welcome.clone().into()))),
                    Some(None) => Ok(encode(&wire::Entrance::Closed)),
                    None if row.is_over(now_ms) => Err(Code::InvitationOver),
                    None => Ok(encode(&wire::Entrance::Waiting)),
                }
            }
            _ => Err(Code::NotFound),
        }
    }

    /// Whether a stream may watch an invitation, and whether something became of it.
    #[must_use]
    pub fn watches_invitation(&self, token: &[u8; 32], id: [u8; 16], signature: &[u8; 64]) -> Option<bool> {
        let row = self.invitations.get(&id)?;
        let parts: [&[u8]; 2] = [&id, &payload_hash(token)];
        let theirs = proof::holds(&row.inviter, signature, Purpose::Look, &parts)
            || proof::holds(&row.key, signature, Purpose::Watch, &parts);
        theirs.then(|| row.claim.is_some() || row.answer.is_some())
    }
}

impl Invitation {
    fn is_over(&self, now_ms: i64) -> bool {
        self.answer == Some(None) || (self.claim.is_none() && now_ms >= self.expires_ms)
    }
}
