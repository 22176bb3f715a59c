//! The key that an App signs its JWTs with.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// An RSA key of 2048 bits.
#[derive(Clone)]
pub(super) struct AppKey {
    /// As GitHub's download has it: PKCS#1 in PEM.
    pub(super) private_pem: String,
    /// PKCS#1.
    public: Vec<u8>,
}

/// The keys made by this process. Making one takes a tenth of a second, which a test of a
/// thousand sandboxes would have to wait for a thousand times.
static MADE: Mutex<Vec<AppKey>> = Mutex::new(Vec::new());

impl AppKey {
    /// The key of the App with this index: two Apps of one sandbox never have the same, the
    /// same Apps of two sandboxes do.
    pub(super) fn of_app(index: usize) -> Self {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        while made.len() <= index {
            made.push(Self::generate());
        }
        made[index].clone()
    }

    /// Whether an RS256 signature over this message is by this key.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(message, signature)
            .is_ok()
    }

    fn generate() -> Self {
        /// The length of what PKCS#8 puts before the PKCS#1 of an RSA key of 2048 bits.
        const PKCS8_HEADER: usize = 26;
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("a generated key can be written");
        let encoded = STANDARD.encode(&pkcs8.as_ref()[PKCS8_HEADER..]);
        let lines: Vec<&str> = (0..encoded.len())
            .step_by(64)
            .map(|start| &encoded[start..encoded.len().min(start + 64)])
            .collect();
        let lines = lines.join("\n");
        Self {
            private_pem: format!(
                "-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"
            ),
            public: pair.public_key().as_ref().to_vec(),
        }
    }
}
