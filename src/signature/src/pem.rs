//! PEM (RFC 7468): labelled blocks of base64 between explanatory text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// One block; the content is wiped when dropped, since it may be a private key.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// OpenSSL's own encryption headers (RFC 1421) stand before the content, which is then not DER.
    pub(crate) encrypted: bool,
}

/// Why a text is no sequence of PEM blocks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The number of the block, from 1.
    pub(crate) block: usize,
}

/// Whether the octets look like PEM at all, as opposed to DER.
pub(crate) fn is_pem(octets: &[u8]) -> bool {
    octets.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// All blocks in order; text outside of blocks is ignored (RFC 7468 §2).
pub(crate) fn blocks(text: &str) -> Result<Vec<Block<'_>>, Malformed> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(DASHES)) else {
            continue;
        };
        let malformed = Malformed { block: found.len() + 1 };
        let mut content = Zeroizing::new(String::with_capacity(text.len()));
        let mut encrypted = false;
        let mut ended = false;
        for line in lines.by_ref() {
            if let Some(end) = line.strip_prefix("-----END ").and_then(|rest| rest.strip_suffix(DASHES)) {
                ended = end == label;
                break;
            }
            if line.contains(':') {
                encrypted |= line.contains("ENCRYPTED");
                continue;
            }
            content.push_str(line);
        }
        if !ended {
            return Err(malformed);
        }
        let der = if encrypted { Vec::new() } else { STANDARD.decode(content.as_bytes()).map_err(|_| malformed)? };
        found.push(Block { label, der: Zeroizing::new(der), encrypted });
    }
    Ok(found)
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_blocks_and_windows_line_ends_are_fine() {
        let text = "subject=CN=x\r\n-----BEGIN A-----\r\nAQID\r\n-----END A-----\r\nmore\n-----BEGIN B-----\nBA==\n-----END B-----";
        let found = blocks(text).ok().unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].label, &found[0].der[..]), ("A", &[1, 2, 3][..]));
        assert_eq!((found[1].label, &found[1].der[..]), ("B", &[4][..]));
    }

    #[test]
    fn a_block_without_its_end_is_malformed() {
        for text in [
            "-----BEGIN A-----\nAQID\n",
            "-----BEGIN A-----\nAQID\n-----END B-----\n",
            "-----BEGIN A-----\nA!\n-----END A-----\n",
        ] {
            assert_eq!(blocks(text).err(), Some(Malformed { block: 1 }));
        }
    }

    #[test]
    fn an_encrypted_block_is_recognised_without_decoding_it() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAQID\n-----END RSA PRIVATE KEY-----\n";
        assert!(blocks(text).ok().unwrap()[0].encrypted);
    }
}
