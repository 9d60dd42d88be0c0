//! Who may read the JSON of central systems.

use crate::config::{FacadeConfig, PagesError};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;

/// The tokens that are known, as digests.
pub(crate) struct Tokens {
    open: bool,
    digests: Vec<[u8; 32]>,
}

impl Tokens {
    pub fn new(config: &FacadeConfig) -> Result<Tokens, PagesError> {
        let read = |(at, text): (usize, &String)| {
            let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64);
            digits.and_then(octets).ok_or(PagesError::Token(at + 1))
        };
        Ok(Tokens { open: config.open, digests: config.tokens.iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }

    /// Whether an `Authorization` header lets its sender read (RFC 6750 §2.1).
    pub fn admit(&self, authorization: Option<&str>) -> bool {
        if self.open {
            return true;
        }
        let Some((scheme, token)) = authorization.and_then(|value| value.split_once(' ')) else { return false };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return false;
        }
        let shown = digest::digest(&digest::SHA256, token.trim().as_bytes());
        // Every digest is looked at, so that the time does not tell which one it was.
        self.digests.iter().fold(false, |known, digest| known | verify_slices_are_equal(shown.as_ref(), digest).is_ok())
    }
}

fn octets(digits: &str) -> Option<[u8; 32]> {
    let mut out = [0_u8; 32];
    for (at, octet) in out.iter_mut().enumerate() {
        let pair = digits.get(at * 2..at * 2 + 2).filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        *octet = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-256 of `abc` (FIPS 180-4, appendix).
    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn only_a_known_token_reads() {
        let config = FacadeConfig { tokens: vec![ABC.to_owned()], ..FacadeConfig::default() };
        let tokens = Tokens::new(&config).unwrap();
        assert!(tokens.admit(Some("Bearer abc")) && tokens.admit(Some("bearer  abc")));
        for wrong in [None, Some("abc"), Some("Bearer"), Some("Bearer abd"), Some("Basic abc"), Some("Bearer ")] {
            assert!(!tokens.admit(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn without_tokens_nobody_reads_unless_it_is_open() {
        assert!(!Tokens::new(&FacadeConfig::default()).unwrap().admit(Some("Bearer x")));
        assert!(Tokens::new(&FacadeConfig { open: true, ..FacadeConfig::default() }).unwrap().admit(None));
    }

    #[test]
    fn a_token_in_clear_text_is_refused_and_not_repeated() {
        let config = FacadeConfig { tokens: vec![ABC.to_owned(), "very-secret".to_owned()], ..FacadeConfig::default() };
        let error = Tokens::new(&config).err().unwrap();
        assert_eq!(error, PagesError::Token(2));
        assert!(!error.to_string().contains("very-secret"));
    }
}
