//! What must be known of a call when its answer is told, after its message is gone.

use crate::Incoming;
use kapia_pki::Shown;
use kapia_regix::{Address, EntryPoint, ServiceRequest};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Instant;
use time::OffsetDateTime;

/// Kept, sealed, until the answer is acknowledged or expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    entry: Entry,
    /// The package whose typed contract was called.
    #[serde(default)]
    face: Option<String>,
    address: Where,
    content_type: Option<String>,
    client_address: String,
    peer: Option<IpAddr>,
    /// Whether the answer shall be signed.
    pub sign: bool,
    /// Whether it shall hold the access matrix.
    pub matrix: bool,
    /// Whether it shall be a PDF.
    pub pdf: bool,
    /// The legal ground, for the PDF.
    pub legal_reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    V0,
    V1,
    V2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Where {
    Basic,
    Ws,
}

impl Facts {
    pub fn of(request: &ServiceRequest, incoming: &Incoming) -> Facts {
        Facts {
            entry: match incoming.entry {
                EntryPoint::V0 => Entry::V0,
                EntryPoint::V1 => Entry::V1,
                EntryPoint::V2 => Entry::V2,
            },
            face: incoming.face.as_ref().map(|face| face.package.clone()),
            address: match incoming.address {
                Address::Basic => Where::Basic,
                Address::WsHttp => Where::Ws,
            },
            content_type: incoming.content_type.clone(),
            client_address: incoming.client_address.clone(),
            peer: incoming.peer,
            sign: request.sign_result,
            matrix: request.return_access_matrix,
            pdf: request.processing.transform_to_pdf,
            legal_reason: request.context.get("LawReason").map(str::to_owned),
        }
    }

    pub fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// `None` if they were written by another version of this program.
    pub fn read(octets: &[u8]) -> Option<Facts> {
        serde_json::from_slice(octets).ok()
    }

    /// The package whose typed contract was called.
    pub fn face(&self) -> Option<&str> {
        self.face.as_deref()
    }

    /// The message as it came, but for its typed contract, without the connection it came on.
    pub fn incoming(&self, body: Vec<u8>, received: OffsetDateTime) -> Incoming {
        Incoming {
            entry: match self.entry {
                Entry::V0 => EntryPoint::V0,
                Entry::V1 => EntryPoint::V1,
                Entry::V2 => EntryPoint::V2,
            },
            face: None,
            address: match self.address {
                Where::Basic => Address::Basic,
                Where::Ws => Address::WsHttp,
            },
            content_type: self.content_type.clone(),
            soap_action: None,
            body: body.into(),
            shown: Shown::Nothing,
            client_address: self.client_address.clone(),
            peer: self.peer,
            received,
            started: Instant::now(),
        }
    }
}
