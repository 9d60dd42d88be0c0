use bytes::Bytes;

/// The octets of a schema document as UTF-8: schema editors also write UTF-16, with a byte order mark. The reader of XML
/// takes UTF-8 only, so the XML declaration, which would name the old encoding, is blanked. `Err` names another encoding.
pub(super) fn utf8(octets: Bytes) -> Result<Bytes, String> {
    let words = |little: bool| {
        let units = octets[2..].chunks_exact(2).map(|pair| {
            if little { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
        });
        String::from_utf16(&units.collect::<Vec<u16>>()).map_err(|_| "UTF-16".to_owned())
    };
    let text = match octets.get(..2) {
        Some([0xff, 0xfe]) => words(true)?,
        Some([0xfe, 0xff]) => words(false)?,
        _ => return Ok(octets),
    };
    Ok(Bytes::from(match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        // Line numbers stay right if the line breaks stay.
        Some((declaration, rest)) => declaration.chars().filter(|&c| c == '\n').chain(rest.chars()).collect(),
        None => text,
    }))
}
