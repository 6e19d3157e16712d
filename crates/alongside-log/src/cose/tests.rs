//! Our COSE_Sign1 bytes against an implementation that is not ours.

use coset::{CborSerializable, CoseSign1, TaggedCborSerializable, iana};
use ed25519_dalek::SigningKey;

use super::*;

#[test]
fn coset_reads_and_verifies_what_is_signed_here() {
    let key = SigningKey::from_bytes(&[3; 32]);
    for len in [0, 1, 23, 24, 255, 256, 65_536] {
        let payload = vec![0xa5; len];
        let bytes = sign(&key, Purpose::Entry, &payload);
        let read = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(read.payload.as_deref(), Some(payload.as_slice()));
        let algorithm = coset::RegisteredLabelWithPrivate::Assigned(iana::Algorithm::EdDSA);
        assert_eq!(read.protected.header.alg, Some(algorithm));
        assert!(read.unprotected.is_empty());
        let aad = Purpose::Entry.name().as_bytes();
        let verified = read.verify_signature(aad, |signature, signed| {
            let signature = Signature::from_slice(signature).map_err(drop)?;
            key.verifying_key()
                .verify_strict(signed, &signature)
                .map_err(drop)
        });
        assert_eq!(verified, Ok(()));
        assert_eq!(read.to_tagged_vec().unwrap(), bytes, "the one deterministic form");
    }
}

#[test]
fn what_coset_signs_is_read_here() {
    let key = SigningKey::from_bytes(&[4; 32]);
    let protected = coset::HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .build();
    let signed = coset::CoseSign1Builder::new()
        .protected(protected)
        .payload(b"payload".to_vec())
        .create_signature(Purpose::Welcome.name().as_bytes(), |bytes| {
            key.sign(bytes).to_vec()
        })
        .build();
    let tagged = signed.clone().to_tagged_vec().unwrap();
    let read = Signed::parse(&tagged).unwrap();
    assert_eq!(read.payload, b"payload");
    assert_eq!(&tagged[read.at..read.at + 7], b"payload");
    let public = key.verifying_key().to_bytes();
    assert!(read.verifies(&public, Purpose::Welcome));
    assert!(!read.verifies(&public, Purpose::Entry));
    // Untagged, it is none of ours.
    assert!(Signed::parse(&signed.to_vec().unwrap()).is_none());
}
