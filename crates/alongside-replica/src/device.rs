//! What one device keeps, and how it lies in the store: everything with a meaning is sealed under a key that the passphrase opens.

use std::collections::BTreeMap;

use alongside_log::identity::{Author, Device, DeviceCert};
use alongside_log::ids::SpaceId;
use alongside_log::invitation::{Blob, Claim, InvitationSecret};
use alongside_log::keep::LocalKey;
use alongside_log::vault::{OpenVault, VaultKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::outbox::Outbox;
use crate::ports::{Platform, StoreError, Table, Write};
use crate::space::{Decoder, Space};

/// The platform's randomness, as the cryptography wants it.
pub(crate) struct PortRng<'p, P>(pub(crate) &'p P);

impl<P: Platform> RngCore for PortRng<'_, P> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill_random(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill_random(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_random(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.fill_random(bytes);
        Ok(())
    }
}

impl<P: Platform> CryptoRng for PortRng<'_, P> {}

/// The layout of the store. A store of a later one is refused, not guessed at.
pub(crate) const LAYOUT: u32 = 1;

/// Rows of [`Table::Meta`].
pub(crate) mod row {
    pub(crate) const LOCK: &[u8] = b"lock";
    pub(crate) const DEVICE: &[u8] = b"device";
    pub(crate) const VAULT: &[u8] = b"vault";
    pub(crate) const INVITATIONS: &[u8] = b"invitations";
    pub(crate) const JOININGS: &[u8] = b"joinings";
}

/// The one row that is not sealed: who can unlock here, and the lock.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LockRow {
    #[n(0)]
    pub(crate) layout: u32,
    #[n(1)]
    pub(crate) handle: String,
    #[n(2)]
    pub(crate) lock: ByteVec,
}

impl LockRow {
    pub(crate) fn put(&self) -> Write {
        Write::Put(Table::Meta, row::LOCK.to_vec(), alongside_wire::encode(self))
    }
}

/// This device's own secrets. Sealed.
#[derive(Clone, Encode, Decode)]
pub(crate) struct DeviceRow {
    #[n(0)]
    device: ByteVec,
    #[n(1)]
    pub(crate) cert: DeviceCert,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) session: Option<[u8; 32]>,
    #[cbor(n(3), with = "minicbor::bytes")]
    vault_key: [u8; 32],
    /// The vault's generation that the relay is known to have.
    #[n(4)]
    pub(crate) vault_known: u64,
    /// The vault has something that the relay's has not.
    #[n(5)]
    pub(crate) vault_dirty: bool,
}

impl core::fmt::Debug for DeviceRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            device: _,
            cert: _,
            session: _,
            vault_key: _,
            vault_known,
            vault_dirty,
        } = self;
        f.debug_struct("DeviceRow")
            .field("vault_known", vault_known)
            .field("vault_dirty", vault_dirty)
            .finish_non_exhaustive()
    }
}

impl Drop for DeviceRow {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.device.iter_mut().for_each(Zeroize::zeroize);
        self.session.zeroize();
        self.vault_key.zeroize();
    }
}

impl DeviceRow {
    pub(crate) fn new(device: &Device, cert: DeviceCert, session: [u8; 32], vault: &OpenVault) -> Self {
        Self {
            device: ByteVec::from(device.to_secret_bytes().to_vec()),
            cert,
            session: Some(session),
            vault_key: *vault.vault_key().as_bytes(),
            vault_known: vault.generation,
            vault_dirty: false,
        }
    }

    pub(crate) fn device(&self) -> Option<Device> {
        Device::from_secret_bytes(&self.device).ok()
    }

    pub(crate) fn vault_key(&self) -> VaultKey {
        VaultKey::from_bytes(self.vault_key)
    }
}

/// An invitation that I sent. Sealed.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Sent {
    #[n(0)]
    pub(crate) secret: InvitationSecret,
    #[n(1)]
    pub(crate) space: SpaceId,
    #[n(2)]
    pub(crate) expires_ms: i64,
    #[n(3)]
    pub(crate) claim: Option<Claim>,
}

/// An invitation that I claimed. Sealed.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Claimed {
    #[n(0)]
    pub(crate) secret: InvitationSecret,
    #[n(1)]
    pub(crate) blob: Blob,
    /// How I wish to be called there.
    #[n(2)]
    pub(crate) name: String,
    #[n(3)]
    pub(crate) closed: bool,
}

/// What an invitation's card says, and a claim's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Card {
    #[n(0)]
    pub(crate) name: String,
    #[n(1)]
    pub(crate) kind: Option<alongside_core::members::Kind>,
}

/// A device that is unlocked.
pub(crate) struct Open {
    pub(crate) decode: Decoder,
    pub(crate) handle: String,
    pub(crate) local: LocalKey,
    pub(crate) row: DeviceRow,
    pub(crate) device: Device,
    pub(crate) vault: OpenVault,
    pub(crate) spaces: BTreeMap<SpaceId, Space>,
    pub(crate) outbox: Outbox,
    pub(crate) sent: Vec<Sent>,
    pub(crate) claimed: Vec<Claimed>,
}

impl core::fmt::Debug for Open {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Open")
            .field("spaces", &self.spaces.len())
            .field("outbox", &self.outbox.len())
            .finish_non_exhaustive()
    }
}

impl Open {
    /// Who writes here.
    pub(crate) fn author(&self) -> Author<'_> {
        Author {
            person: self.vault.contents.identity.public(),
            device: &self.device,
            cert: &self.row.cert,
        }
    }

    /// This device's row, as it is to lie in the store.
    pub(crate) fn put_device<P: Platform>(&self, platform: &P) -> Write {
        self.put_sealed(
            row::DEVICE,
            &Zeroizing::new(alongside_wire::encode(&self.row)),
            platform,
        )
    }

    /// The vault. It is sealed under its own key already.
    pub(crate) fn put_vault<P: Platform>(&self, platform: &P) -> Write {
        Write::Put(
            Table::Meta,
            row::VAULT.to_vec(),
            self.vault.seal(&mut PortRng(platform)),
        )
    }

    pub(crate) fn put_sent<P: Platform>(&self, platform: &P) -> Write {
        self.put_sealed(row::INVITATIONS, &alongside_wire::encode(&self.sent), platform)
    }

    pub(crate) fn put_claimed<P: Platform>(&self, platform: &P) -> Write {
        self.put_sealed(row::JOININGS, &alongside_wire::encode(&self.claimed), platform)
    }

    fn put_sealed<P: Platform>(&self, key: &[u8], plain: &[u8], platform: &P) -> Write {
        let label = String::from_utf8_lossy(key);
        Write::Put(
            Table::Meta,
            key.to_vec(),
            self.local.seal(&label, plain, &mut PortRng(platform)),
        )
    }

    /// Brings the vault's keyring of a space up to what its ledger knows. Says whether that changed anything.
    pub(crate) fn update_keyring(&mut self, id: SpaceId) -> bool {
        let Some(space) = self.spaces.get(&id) else {
            return false;
        };
        let mut keyring = space.ledger.keyring();
        keyring.left = space.left;
        let rings = &mut self.vault.contents.spaces;
        match rings.iter_mut().find(|ring| ring.space == id) {
            Some(ring) if ring.epochs.len() == keyring.epochs.len() && ring.left == keyring.left => false,
            Some(ring) => {
                // The base stays the one that this person started from.
                keyring.base = ring.base.take();
                *ring = keyring;
                true
            }
            None => {
                rings.push(keyring);
                true
            }
        }
    }
}

/// Opens a sealed row of [`Table::Meta`].
pub(crate) async fn read_sealed<P: Platform, T>(
    platform: &P,
    local: &LocalKey,
    key: &'static [u8],
) -> Result<Option<T>, StoreError>
where
    T: for<'b> Decode<'b, ()>,
{
    use crate::ports::Store;
    let Some(sealed) = platform.store().get(Table::Meta, key).await? else {
        return Ok(None);
    };
    let label = String::from_utf8_lossy(key);
    let plain = local.open(&label, &sealed).map_err(|_| StoreError::Failed)?;
    alongside_wire::decode(&plain)
        .map(Some)
        .map_err(|_| StoreError::Failed)
}
