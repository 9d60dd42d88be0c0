//! `kapia verify`.

use crate::failure::{Exit, Failure};
use crate::input::read;
use crate::session::Session;
use crate::{text, verdict};
use clap::Args;
use kapia_signature::{Algorithms, Certificate, Placement, Policy, Refusal, Verified, Verifier, VerifyError};
use kapia_soap::Bilingual;
use kapia_xml::{Document, Element, Limits};
use std::path::PathBuf;

/// Says what a trusted key has signed in a document, and refuses everything else.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The message or document; - reads standard input.
    file: PathBuf,
    /// Certificate that may have signed, PEM; by default the signer of the configuration.
    #[arg(long, value_name = "FILE")]
    signer: Vec<PathBuf>,
    /// Accept SHA-1 too, as RegiX signs.
    #[arg(long)]
    legacy: bool,
}

impl Verify {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let trusted = self.trusted(session)?;
        let octets = read(&self.file)?;
        let document = Document::read(octets, &Limits::default()).map_err(|error| {
            Failure::refused(
                Bilingual::new(
                    format!("{error} [{}]", error.code()),
                    format!("{} [{}]", error.message_bg(), error.code()),
                ),
                Bilingual::new(error.hint(), error.hint_bg()),
            )
        })?;
        let allow = if self.legacy { Algorithms::WITH_LEGACY_SHA1 } else { Algorithms::MODERN };
        let verifier = Verifier::new(trusted, allow);
        let cut_out = |error: VerifyError| match error.refusal() {
            // Which of several is meant is for nobody to guess.
            Refusal::Several => Err(error),
            _ => self.cut_out(&verifier, &document).ok_or(error),
        };
        match verify(&verifier, &document).or_else(cut_out) {
            Ok(found) => {
                session.say(&format!("{}\n", session.paint.green(&session.pick(found.valid()))));
                session.tell(found.covers());
                if let Some(time) = found.claimed {
                    session.tell(text::signature_time(time));
                }
                Ok(Exit::Done)
            }
            Err(error) => Err(verdict::refused(&error)),
        }
    }

    fn trusted(&self, session: &Session) -> Result<Vec<Certificate>, Failure> {
        let files = if self.signer.is_empty() {
            let signer = session.config()?.signer;
            vec![signer.ok_or_else(|| Failure::usage(text::no_trusted_key(), text::no_trusted_key_hint()))?.certificate]
        } else {
            self.signer.clone()
        };
        let mut trusted = Vec::new();
        for file in files {
            let pem = String::from_utf8_lossy(&read(&file)?).into_owned();
            trusted.extend(Certificate::from_pem(&pem)?);
        }
        Ok(trusted)
    }

    /// A signature of the legacy profile verifies only where the result stands alone (wild-clients rule 13).
    fn cut_out(&self, verifier: &Verifier, document: &Document) -> Option<Found> {
        if !self.legacy {
            return None;
        }
        let (data, signature) = verdict::signed_pair(document)?;
        let cut = verdict::cut_out(document, data, signature)?;
        let verified = verifier.verify(&cut, &Policy::new(Placement::SiblingBefore)).ok()?;
        // The place that is told is the one in the message that was given.
        Some(Found { path: path(document.element(data)), ..Found::of(&cut, &verified) })
    }
}

/// What is told of a valid signature.
struct Found {
    algorithm: String,
    signer: String,
    path: String,
    octets: usize,
    claimed: Option<time::OffsetDateTime>,
}

impl Found {
    fn of(document: &Document, verified: &Verified) -> Found {
        Found {
            algorithm: verified.algorithm.uri().rsplit(['#', '/']).next().unwrap_or_default().to_owned(),
            signer: verified.certificate().map(|certificate| certificate.subject().to_owned()).unwrap_or_default(),
            path: path(document.element(verified.element)),
            octets: verified.canonical.len(),
            claimed: verified.claimed_time,
        }
    }

    fn valid(&self) -> Bilingual {
        text::signature_valid(&self.algorithm, &self.signer)
    }

    fn covers(&self) -> Bilingual {
        text::signature_covers(&self.path, self.octets)
    }
}

/// Tries the places where a signature may stand, the one of RegiX first; the first refusal is the one to tell.
fn verify(verifier: &Verifier, document: &Document) -> Result<Found, VerifyError> {
    let places = [Placement::Parent, Placement::DocumentElement];
    let first = verifier.verify(document, &Policy::new(Placement::SiblingBefore));
    let verified = first.or_else(|error| {
        places.into_iter().find_map(|place| verifier.verify(document, &Policy::new(place)).ok()).ok_or(error)
    })?;
    Ok(Found::of(document, &verified))
}

fn path(element: Element<'_>) -> String {
    let mut names: Vec<&str> =
        std::iter::successors(Some(element), |element| element.parent()).map(Element::local).collect();
    names.reverse();
    format!("/{}", names.join("/"))
}
