//! `xs:hexBinary` and `xs:base64Binary` (Part 2 §3.2.15, §3.2.16): lexical check, count of octets, octets.

/// How many octets a literal of hexBinary stands for, `None` if it is none.
pub(super) fn hex_length(literal: &str) -> Option<usize> {
    let digits = literal.len();
    (digits.is_multiple_of(2) && literal.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digits / 2)
}

/// The octets of a literal that [`hex_length`] accepts.
pub(super) fn hex_octets(literal: &str) -> impl Iterator<Item = u8> {
    let mut nibbles = literal.chars().filter_map(|c| c.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok());
    std::iter::from_fn(move || Some(nibbles.next()? << 4 | nibbles.next()?))
}

/// How many octets a literal of base64Binary stands for, `None` if it is none.
///
/// White space may stand between any two characters: the lexical space has one space there, after collapsing.
pub(super) fn base64_length(literal: &str) -> Option<usize> {
    let (mut symbols, mut padding, mut last) = (0_usize, 0_usize, 0_u8);
    for byte in literal.bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'=' => padding += 1,
            _ if padding > 0 => return None,
            _ => {
                last = sextet(byte)?;
                symbols += 1;
            }
        }
    }
    // Bits that the padding leaves over are zero.
    match (symbols % 4, padding) {
        (0, 0) => Some(symbols / 4 * 3),
        (2, 2) if last & 0b1111 == 0 => Some(symbols / 4 * 3 + 1),
        (3, 1) if last & 0b11 == 0 => Some(symbols / 4 * 3 + 2),
        _ => None,
    }
}

/// The octets of a literal that [`base64_length`] accepts.
pub(super) fn base64_octets(literal: &str) -> impl Iterator<Item = u8> {
    let mut sextets = literal.bytes().filter_map(sextet);
    let (mut bits, mut held) = (0_u32, 0_u32);
    std::iter::from_fn(move || {
        while held < 8 {
            bits = (bits << 6 | u32::from(sextets.next()?)) & 0xffff;
            held += 6;
        }
        held -= 8;
        u8::try_from(bits >> held & 0xff).ok()
    })
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_come_in_pairs_and_in_both_cases() {
        assert_eq!(hex_length("0fB7"), Some(2));
        assert_eq!(hex_octets("0fB7").collect::<Vec<_>>(), [0x0f, 0xb7]);
        assert_eq!(hex_length(""), Some(0));
        for bad in ["0", "0g", "0f b7", "٠٠"] {
            assert_eq!(hex_length(bad), None, "{bad}");
        }
    }

    #[test]
    fn base64_is_whole_quanta_with_zero_bits_left_over() {
        for (literal, octets) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm 9v\nYg = =", "foob"), ("Zm9vYmE=", "fooba")]
        {
            assert_eq!(base64_length(literal), Some(octets.len()), "{literal}");
            assert_eq!(base64_octets(literal).collect::<Vec<_>>(), octets.as_bytes());
        }
        for bad in
            ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v=", "====", "=", "Zg==Zg==", "Zm9v-", "Zm_v", "Zg===", "Zm9v===="]
        {
            assert_eq!(base64_length(bad), None, "{bad}");
        }
    }
}
