//! Small languages: names of operations, expanded names, field patterns, heads of the journal.

use super::Target;
use kapia_adapter::FullName;
use kapia_journal::Head;
use kapia_registry::{FieldPattern, FieldRights};
use kapia_xml::QName;

pub const NAMES: Target =
    Target { name: "names", seeds, words: &["{", "}", "/", "**", "@", ".", ":", "\0", "А"], run };

fn seeds() -> Vec<Vec<u8>> {
    ["{urn:x}local", "A.B.APIService.IB.C", "A/B/**", "A/@b", "**", "1:0123456789abcdef"]
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

fn run(data: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(data) else { return "not utf-8".into() };
    let mut outcome = String::new();
    if let Ok(name) = text.parse::<QName>() {
        assert_eq!(name.to_string().parse::<QName>().ok(), Some(name));
        outcome += "qname ";
    }
    if let Ok(name) = text.parse::<FullName>() {
        assert_eq!(name.as_str().parse::<FullName>().ok(), Some(name));
        outcome += "operation ";
    }
    if let Ok(head) = text.parse::<Head>() {
        assert_eq!(head.to_string().parse::<Head>().ok(), Some(head));
        outcome += "head ";
    }
    if let Ok(pattern) = text.parse::<FieldPattern>() {
        assert_eq!(pattern.to_string().parse::<FieldPattern>().ok().as_ref(), Some(&pattern));
        // What is denied is never visible, whatever is allowed.
        let rights = FieldRights::from_patterns([FieldPattern::everything()], [pattern.clone()]);
        let written = pattern.to_string();
        if !written.contains("**") {
            let steps: Vec<&str> = written.split('/').collect();
            assert_ne!(rights.decide(&steps), kapia_registry::Verdict::Visible, "{written}");
        }
        outcome += "pattern";
    }
    outcome
}
