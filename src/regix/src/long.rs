//! Answers that are too long for one tape: written window by window, each octet once.

use crate::reply::declare_again;
use crate::{AccessMatrix, EntryPoint, Reply};
use kapia_soap::XSD;
use kapia_xml::{CopyPolicy, Copying, Element, KeepAll, ValuePrefixes, WindowError, Windows, Writer, XSI_NAMESPACE};
use std::io::Read;

/// What a successful long answer holds.
pub struct LongAnswer<'a, R> {
    /// The number of the call.
    pub service_call_id: i64,
    /// The argument, to be echoed.
    pub request: Element<'a>,
    /// Begins to read the answer of the register anew.
    pub response: &'a dyn Fn() -> Windows<R>,
    /// What values of the answer rely on.
    pub prefixes: &'a ValuePrefixes,
    /// The access matrix, when it was asked for.
    pub matrix: Option<&'a AccessMatrix>,
    /// Whether `xsi` and `xsd` are declared on `Data`: the legacy signature counts them (regix-contract §8.4).
    pub legacy_scope: bool,
}

/// Where a long answer goes.
pub trait Told {
    /// Why it cannot go there.
    type Error: From<WindowError>;

    /// The next octets of the message.
    fn write(&mut self, octets: &[u8]) -> Result<(), Self::Error>;

    /// The next octets of `Data` as they are signed.
    fn covered(&mut self, octets: &[u8]);

    /// The signature over all that was covered, or nothing; given are the prefixes that values in it rely on.
    fn sign(&mut self, prefixes: &[&str]) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl Reply<'_> {
    /// Writes what [`Reply::answer`] writes, octet for octet, without having it in memory.
    pub fn long_answer<R: Read, T: Told>(
        &self,
        answer: &LongAnswer<'_, R>,
        policy: &mut impl CopyPolicy,
        told: &mut T,
    ) -> Result<(), T::Error> {
        let mut relied_on = ValuePrefixes::default();
        relied_on.note(answer.request);
        relied_on.join(answer.prefixes);
        let relied_on = relied_on.sorted();
        let listed: Vec<&str> = relied_on.iter().map(|(prefix, _)| prefix.as_str()).collect();
        let mut writer = Writer::new();
        writer.list_prefixes(&listed);
        self.begin_result(&mut writer, true);
        told.write(&writer.take())?;
        let namespace = self.data();
        if self.entry == EntryPoint::V0 {
            writer.start("", namespace, "Result", &[], &[]);
            let mut windows = (answer.response)();
            let mut copying = Copying::default();
            while let Some(window) = windows.window()? {
                writer.copy_window(&window, &mut copying, policy);
                told.write(&writer.take())?;
            }
            writer.end();
        } else {
            self.long_data(&mut writer, answer, &relied_on, policy, told)?;
            if let Some(signature) = told.sign(&listed)? {
                told.write(&signature)?;
            }
        }
        self.end_result(&mut writer, None, answer.service_call_id, None);
        told.write(&writer.take())
    }

    fn long_data<R: Read, T: Told>(
        &self,
        writer: &mut Writer,
        answer: &LongAnswer<'_, R>,
        relied_on: &[(String, String)],
        policy: &mut impl CopyPolicy,
        told: &mut T,
    ) -> Result<(), T::Error> {
        let namespace = self.data();
        let scope: Vec<(&str, &str)> = if answer.legacy_scope {
            vec![("xsd", XSD), ("xsi", XSI_NAMESPACE)]
        } else {
            relied_on.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str())).collect()
        };
        writer.start_part("", namespace, "Data", &scope, &[("", "", "id", "data")]);
        writer.start("", namespace, "Request", &[], &[("", "", "id", "request")]);
        tell(told, writer.take(), None)?;
        writer.copy(answer.request, &mut KeepAll);
        tell(told, writer.take(), Some((answer.request, &scope)))?;
        writer.end();
        writer.start("", namespace, "Response", &[], &[("", "", "id", "response")]);
        tell(told, writer.take(), None)?;
        let mut windows = (answer.response)();
        let mut copying = Copying::default();
        let mut begins = true;
        while let Some(window) = windows.window()? {
            writer.copy_window(&window, &mut copying, policy);
            let root = std::mem::take(&mut begins).then(|| (window.root(), &scope[..]));
            tell(told, writer.take(), root)?;
        }
        writer.end();
        match answer.matrix {
            Some(matrix) => matrix.write(writer, namespace),
            None => writer.nil("", namespace, "Matrix"),
        }
        writer.end();
        tell(told, writer.take(), None)
    }
}

/// Tells a piece of `Data`. The root of a payload is told with what it relies on declared again, which canonical form
/// leaves out (wild-clients rule 12).
fn tell<T: Told>(
    told: &mut T,
    mut octets: Vec<u8>,
    root: Option<(Element<'_>, &[(&str, &str)])>,
) -> Result<(), T::Error> {
    told.covered(&octets);
    if let Some((root, scope)) = root {
        declare_again(&mut octets, 0, root, scope);
    }
    told.write(&octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Method};
    use kapia_soap::Version;
    use kapia_xml::{Document, Limits};

    /// Keeps what is told, and signs with what was covered.
    #[derive(Default)]
    struct Kept {
        octets: Vec<u8>,
        covered: Vec<u8>,
    }

    impl Told for Kept {
        type Error = WindowError;

        fn write(&mut self, octets: &[u8]) -> Result<(), WindowError> {
            self.octets.extend_from_slice(octets);
            Ok(())
        }

        fn covered(&mut self, octets: &[u8]) {
            self.covered.extend_from_slice(octets);
        }

        fn sign(&mut self, prefixes: &[&str]) -> Result<Option<Vec<u8>>, WindowError> {
            Ok(Some(signature(&self.covered, prefixes)))
        }
    }

    fn signature(covered: &[u8], prefixes: &[&str]) -> Vec<u8> {
        format!("<S>{prefixes:?} {}</S>", covered.len()).into_bytes()
    }

    fn read(text: &str) -> Document {
        Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
    }

    #[test]
    fn a_long_answer_is_octet_for_octet_the_answer() {
        let request = read("<q:Req xmlns:q='urn:q' xmlns:t='urn:t' kind='t:k'><q:EGN>1</q:EGN></q:Req>");
        let responses = [
            "<Resp xmlns='urn:r'/>".to_owned(),
            "<Resp xmlns='urn:r'>\n <Name>Х &amp; У</Name>\n</Resp>".to_owned(),
            format!(
                "<r:Resp xmlns:r='urn:r' xmlns:xsi='{XSI_NAMESPACE}' xmlns:w='urn:w'>{}</r:Resp>",
                "<r:Item xmlns:v='urn:v' xsi:type='v:a'>w:b</r:Item>\n<Free xmlns='urn:f' a='1'> </Free>".repeat(9)
            ),
        ];
        let matrix = AccessMatrix { name: "RespType".into(), fields: Vec::new() };
        for (entry, method) in [
            (EntryPoint::V0, Method::ExecuteSynchronous),
            (EntryPoint::V1, Method::ExecuteSynchronous),
            (EntryPoint::V2, Method::Execute),
        ] {
            let reply = Reply { entry, method, version: Version::V11, relates_to: Some("uuid:7"), typed: None };
            for (response, legacy_scope) in responses.iter().flat_map(|text| [(text, false), (text, true)]) {
                let whole = read(response);
                let mut prefixes = ValuePrefixes::default();
                prefixes.note(whole.root());
                let matrix = legacy_scope.then_some(&matrix);
                let answer = Answer {
                    service_call_id: 7,
                    request: request.root(),
                    response: whole.root(),
                    matrix,
                    legacy_scope,
                };
                let sign = |covered: &[u8], prefixes: &[&str]| Ok::<_, WindowError>(Some(signature(covered, prefixes)));
                let expected = reply.answer(&answer, &mut KeepAll, sign).unwrap();
                for size in [1, 40, 100_000] {
                    let windows = || Windows::of_size(response.as_bytes(), &Limits::default(), size);
                    let long = LongAnswer {
                        service_call_id: 7,
                        request: request.root(),
                        response: &windows,
                        prefixes: &prefixes,
                        matrix,
                        legacy_scope,
                    };
                    let mut kept = Kept::default();
                    reply.long_answer(&long, &mut KeepAll, &mut kept).unwrap();
                    let found = String::from_utf8(kept.octets).unwrap();
                    assert_eq!(found, String::from_utf8(expected.octets.clone()).unwrap(), "{entry:?} {size}");
                }
            }
        }
    }
}
