//! Octets in Base64 and in hexadecimal digits.

use super::kept;

kept! {
    /// `xs:base64Binary`: the text as it was written, blanks between the characters included in what is accepted.
    Base64Binary, "base64Binary", Base64Binary;
    /// `xs:hexBinary`: the text as it was written.
    HexBinary, "hexBinary", HexBinary;
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Base64Binary {
    /// The usual text for these octets.
    pub fn from_octets(octets: &[u8]) -> Base64Binary {
        let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
        for chunk in octets.chunks(3) {
            let at = |ix: usize| u32::from(chunk.get(ix).copied().unwrap_or_default());
            let word = at(0) << 16 | at(1) << 8 | at(2);
            for place in 0..4 {
                let digit = ALPHABET[(word >> (18 - 6 * place) & 63) as usize];
                text.push(if place > chunk.len() { '=' } else { char::from(digit) });
            }
        }
        Base64Binary(text.into())
    }

    /// The octets.
    pub fn octets(&self) -> Vec<u8> {
        base64_octets(self.as_str()).unwrap_or_default()
    }
}

impl HexBinary {
    /// The usual text, in capital letters, for these octets.
    pub fn from_octets(octets: &[u8]) -> HexBinary {
        HexBinary(octets.iter().map(|octet| format!("{octet:02X}")).collect::<String>().into())
    }

    /// The octets.
    pub fn octets(&self) -> Vec<u8> {
        hex_octets(self.as_str()).unwrap_or_default()
    }
}

pub(crate) fn hex_octets(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some((digit(high)? << 4 | digit(low)?) as u8)).collect()
}

/// Part 2 §3.2.16: blanks may stand between the characters, the bits that the padding leaves over are zero.
pub(crate) fn base64_octets(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut count, mut padding) = (0u32, 0, 0);
    for octet in text.bytes().filter(|octet| !octet.is_ascii_whitespace()) {
        let digit = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                0
            }
            _ => return None,
        };
        if padding > 0 && octet != b'=' {
            return None;
        }
        word = word << 6 | u32::from(digit);
        count += 1;
        if count == 4 {
            let [_, a, b, c] = word.to_be_bytes();
            match padding {
                0 => octets.extend([a, b, c]),
                1 if c == 0 => octets.extend([a, b]),
                2 if b == 0 && c == 0 => octets.push(a),
                _ => return None,
            }
            (word, count) = (0, 0);
            if padding > 0 {
                padding = 4;
            }
        }
    }
    (count == 0).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::{Base64Binary, HexBinary};
    use crate::Value;

    #[test]
    fn octets_survive_base64() {
        for octets in [&b""[..], b"a", b"ab", b"abc", b"\xff\x00\xfe\x01"] {
            let text = Base64Binary::from_octets(octets);
            assert_eq!(Base64Binary::parse(text.as_str()).unwrap().octets(), octets);
        }
        assert_eq!(Base64Binary::from_octets(b"ab").as_str(), "YWI=");
        assert_eq!(Base64Binary::parse(" YW\n JjZ A == ").unwrap().octets(), b"abcd");
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["YWI", "YWI=YWI=", "Y===", "YWJ=", "====", "YW-j", "Y=I="] {
            assert!(Base64Binary::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!(HexBinary::parse("0aFF").unwrap().octets(), [10, 255]);
        assert_eq!(HexBinary::parse("0aFF").unwrap().lexical(), "0aFF");
        assert!(HexBinary::parse("0aF").is_err() && HexBinary::parse("0g").is_err());
    }
}
