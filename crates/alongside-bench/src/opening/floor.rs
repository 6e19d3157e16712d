//! What opening a history costs at the very least: every byte hashed where its name, its place or its payload's hash needs it, the keys of
//! each message derived, both parts decrypted, and the CBOR read, with no ledger, no order and no state around it.
//!
//! Written from docs/protocol.md. Should the format move on, this says so rather than measure something else.

use alongside_core::checkin::{CareSent, Shared};
use alongside_log::seal::envelope::{Envelope, SealedPayload};
use alongside_log::vault::Keyring;
use anyhow::{Context as _, Result, bail, ensure};
use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use minicbor::Decoder;
use sha2::{Digest as _, Sha256};

/// Length of the salt before a payload's content.
const SALT_BYTES: usize = 16;

/// The keys of a space's epochs, by their names.
pub(super) struct Floor {
    space: [u8; 16],
    epochs: Vec<([u8; 32], [u8; 32])>,
}

/// What was gone through, so that nothing of it can be left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) entries: usize,
    pub(super) domain: usize,
    running: [u8; 32],
    /// All hashes and values read, mixed: the compiler keeps what is used.
    mixed: u64,
}

struct Head<'b> {
    epoch: &'b [u8],
    nonce: &'b [u8],
    commitment: &'b [u8],
    sealed: &'b [u8],
}

impl Floor {
    pub(super) fn of(ring: &Keyring) -> Result<Self> {
        let epochs = ring
            .epochs
            .iter()
            .map(|epoch| {
                let bytes = minicbor::to_vec(&epoch.key)?;
                let key = Decoder::new(&bytes).bytes()?.try_into()?;
                Ok((*epoch.key.epoch(ring.space, epoch.number).as_bytes(), key))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            space: *ring.space.as_bytes(),
            epochs,
        })
    }

    /// Goes through all of it.
    pub(super) fn go_through(&self, envelopes: &[Envelope]) -> Result<Done> {
        let mut done = Done::default();
        for (at, envelope) in envelopes.iter().enumerate() {
            self.one(at as u64 + 1, envelope, &mut done)
                .with_context(|| format!("envelope {at} is not what docs/protocol.md says"))?;
        }
        Ok(done)
    }

    fn one(&self, number: u64, envelope: &Envelope, done: &mut Done) -> Result<()> {
        let SealedPayload::Here(payload) = &envelope.payload else {
            bail!("its payload was removed");
        };
        let name = Sha256::new()
            .chain_update(b"alongside/1/envelope\0")
            .chain_update(Sha256::digest(&envelope.head))
            .chain_update(Sha256::digest(payload))
            .finalize();
        done.running = Sha256::new()
            .chain_update(b"alongside/1/running\0")
            .chain_update(done.running)
            .chain_update(number.to_be_bytes())
            .chain_update(name)
            .finalize()
            .into();

        let head = read_head(&envelope.head)?;
        let (_, key) = self
            .epochs
            .iter()
            .find(|(epoch, _)| epoch == head.epoch)
            .context("an epoch without a key")?;
        let mut keys = [0; 96];
        Hkdf::<Sha256>::new(Some(head.nonce), key)
            .expand_multi_info(&[b"alongside/1/message", &self.space, head.epoch], &mut keys)
            .ok()
            .context("96 bytes can be derived")?;
        ensure!(keys[64..] == *head.commitment, "another key");
        let about = [
            1_u32.to_be_bytes().as_slice(),
            &self.space,
            head.epoch,
            head.nonce,
            head.commitment,
        ]
        .concat();
        let signed = decrypt(&keys[..32], head.nonce, &about, head.sealed)?;
        let payload = decrypt(&keys[32..64], head.nonce, &about, payload)?;

        let mut decoder = Decoder::new(&signed);
        decoder.tag()?;
        decoder.array()?;
        decoder.bytes()?;
        decoder.map()?;
        let header = decoder.bytes()?;
        let (statement, control, payload_hash) = read_header(header, &mut done.mixed)?;
        let purpose: &[u8] = if statement {
            b"alongside/1/statement\0"
        } else {
            b"alongside/1/entry\0"
        };
        let entry = Sha256::new()
            .chain_update(purpose)
            .chain_update(header)
            .finalize();
        let hash = Sha256::new()
            .chain_update(b"alongside/1/payload\0")
            .chain_update(&payload)
            .finalize();
        ensure!(payload_hash == hash.as_slice(), "another payload");
        done.mixed ^= u64::from(entry[0]);
        if !control {
            read_event(payload.get(SALT_BYTES..).context("no content")?, &mut done.mixed)?;
            done.domain += 1;
        }
        done.entries += 1;
        Ok(())
    }
}

fn decrypt(key: &[u8], nonce: &[u8], about: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let (text, tag) = sealed.split_last_chunk::<16>().context("no tag")?;
    let mut bytes = text.to_vec();
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place_detached(XNonce::from_slice(nonce), about, &mut bytes, Tag::from_slice(tag))
        .ok()
        .context("does not decrypt")?;
    let len = u32::from_be_bytes(*bytes.first_chunk().context("no length")?) as usize;
    bytes.truncate(len + 4);
    bytes.drain(..4);
    Ok(bytes)
}

fn read_head(bytes: &[u8]) -> Result<Head<'_>> {
    let mut decoder = Decoder::new(bytes);
    decoder.array()?;
    ensure!(decoder.u32()? == 1, "another version");
    decoder.bytes()?;
    Ok(Head {
        epoch: decoder.bytes()?,
        nonce: decoder.bytes()?,
        commitment: decoder.bytes()?,
        sealed: decoder.bytes()?,
    })
}

/// Whether it is a statement, whether it has a control, and its payload's hash.
fn read_header<'b>(bytes: &'b [u8], mixed: &mut u64) -> Result<(bool, bool, &'b [u8])> {
    let mut decoder = Decoder::new(bytes);
    decoder.array()?;
    ensure!(decoder.u32()? == 1, "another version");
    for _ in 0..3 {
        decoder.bytes()?;
    }
    decoder.array()?;
    let statement = decoder.u8()? == 1;
    if statement {
        decoder.bytes()?;
    } else {
        *mixed ^= decoder.u64()?;
        if decoder.datatype()? == minicbor::data::Type::Null {
            decoder.null()?;
        } else {
            decoder.bytes()?;
        }
    }
    for _ in 0..decoder.array()?.context("heads of a known number")? {
        decoder.bytes()?;
    }
    *mixed ^= decoder.u64()?;
    decoder.bytes()?;
    // Stamp and witness.
    decoder.skip()?;
    decoder.skip()?;
    let control = decoder.datatype()? != minicbor::data::Type::Null;
    decoder.skip()?;
    *mixed ^= u64::from(decoder.u32()?);
    Ok((statement, control, decoder.bytes()?))
}

fn read_event(bytes: &[u8], mixed: &mut u64) -> Result<()> {
    let mut decoder = Decoder::new(bytes);
    decoder.array()?;
    match decoder.str()? {
        "checkin.shared/1" => {
            let shared: Shared = decoder.decode()?;
            *mixed ^= u64::from(shared.answers.mood.unwrap_or_default());
        }
        "care.sent/1" => {
            let sent: CareSent = decoder.decode()?;
            *mixed ^= u64::from(sent.to.as_bytes()[0]);
        }
        kind => bail!("a history with {kind}"),
    }
    Ok(())
}
