//! The few shapes of DER (X.690) in which private keys come.

/// Tags that key files use.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
/// The constructed context-specific tag 0.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// A cursor over DER values: every read is checked, nothing is copied.
#[derive(Copy, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Reader { rest: octets }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The content of the next value, if it has this tag and a definite length that fits.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, after_tag) = self.rest.split_first()?;
        if found != tag {
            return None;
        }
        let (&first, mut after) = after_tag.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let (octets, rest) = after.split_at_checked(count)?;
            after = rest;
            octets.iter().fold(0usize, |length, octet| (length << 8) | usize::from(*octet))
        };
        let (content, rest) = after.split_at_checked(length)?;
        self.rest = rest;
        Some(content)
    }

    pub(crate) fn sequence(&mut self) -> Option<Reader<'a>> {
        self.take(SEQUENCE).map(Reader::new)
    }

    /// The magnitude of a non-negative INTEGER without its leading zero octet.
    pub(crate) fn unsigned(&mut self) -> Option<&'a [u8]> {
        let content = self.take(INTEGER)?;
        let first = *content.first()?;
        if first & 0x80 != 0 {
            return None;
        }
        let leading = content.iter().take_while(|octet| **octet == 0).count();
        content.get(leading..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_input_is_no_value() {
        for octets in [&[0x30u8, 0x05, 0x00][..], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x80], &[0x30]] {
            assert!(Reader::new(octets).take(SEQUENCE).is_none());
        }
    }

    #[test]
    fn an_integer_loses_its_sign_octet_only() {
        assert_eq!(Reader::new(&[2, 3, 0, 0x80, 1]).unsigned(), Some(&[0x80u8, 1][..]));
        assert_eq!(Reader::new(&[2, 1, 0x80]).unsigned(), None);
    }
}
