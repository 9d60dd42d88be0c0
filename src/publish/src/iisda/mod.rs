//! Taking descriptions from the services API of the administrative register, ИИСДА (horizontal-systems §2.2).
//!
//! The client is generated from `wsdl/iisda`. Two operations are used over SOAP 1.1: `SearchAdmServices` for the
//! descriptions of one administration, and `SearchAdmServiceMainData` for what belongs to a service whoever provides it.
//! What the register does not say stays out of the drafts and is named in [`Taken::gaps`]; what it says beyond its contract
//! is named in [`Taken::skipped`]; nothing is invented.

mod asking;
/// The contract of the register, generated from `wsdl/iisda`; a test regenerates and compares it.
#[rustfmt::skip]
#[allow(dead_code)]
mod client;
mod drafting;
mod fitting;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use kapia_language::Language;
use kapia_types::{Nillable, ReadError, soap};

use crate::source::{Draft, Origin};
use crate::text;
use crate::trouble::Trouble;
use asking::{Asking, Register, told};
use client::{AdmServiceMainDataType, SearchAdmServiceMainData, SearchAdmServices};

/// The services API at some address.
pub struct Iisda {
    register: Register,
    asking: Asking,
}

/// What was taken.
#[derive(Debug, Default)]
pub struct Taken {
    /// One record for each service; the file of its origin is a name to keep it under.
    pub drafts: Vec<Draft>,
    /// Paths of required elements that the register does not say, with the number of the service.
    pub gaps: Vec<(String, &'static str)>,
    /// What the answers held and no draft has, by path, and how often: unknown elements, values that are none, descriptions
    /// without a number, charges whose currency is not said.
    pub skipped: Vec<(String, usize)>,
}

/// Why nothing was taken.
#[derive(Clone, Debug)]
pub enum IisdaError {
    /// The address or the authorities cannot be used.
    Settings,
    /// No answer, or none of this API.
    Trouble(Trouble),
    /// An answer that is not what the contract says, whatever is skipped of it.
    Unreadable(Box<ReadError>),
}

impl IisdaError {
    /// What happened.
    pub fn message(&self, language: Language) -> String {
        match self {
            IisdaError::Settings => text::message("iisda-settings", language, &[]),
            IisdaError::Trouble(trouble) => {
                text::message("iisda-trouble", language, &[("cause", trouble.message(language))])
            }
            IisdaError::Unreadable(error) => {
                let cause = language.pick(error.english(), error.bulgarian());
                let cause = format!("{}: {cause}", error.path());
                text::message("iisda-unreadable", language, &[("cause", cause)])
            }
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            IisdaError::Settings => text::hint("iisda-settings", language, &[]),
            IisdaError::Trouble(trouble) => match trouble.hint(language) {
                hint if hint.is_empty() => text::hint("iisda-trouble", language, &[]),
                hint => hint,
            },
            IisdaError::Unreadable(_) => text::hint("iisda-unreadable", language, &[]),
        }
    }
}

impl fmt::Display for IisdaError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for IisdaError {}

/// Where the register's contract stands in our names.
const SERVICE: &str = "SearchAdmServicesResult/AdmServiceBatchDataType";

impl Iisda {
    /// Prepares to ask; opens no connection yet.
    pub fn new(url: &str, authorities: Option<Vec<u8>>, patience: Duration) -> Result<Iisda, IisdaError> {
        let register = Register::new(url, authorities, patience)?;
        let asking = Asking::new(register.clone(), soap::Version::V11);
        Ok(Iisda { register, asking })
    }

    /// The descriptions that an administration has published, by its ЕИК.
    pub async fn take(&self, eik: &str) -> Result<Taken, IisdaError> {
        let request = SearchAdmServices {
            batch_identification_number: None,
            batch_uic: Some(eik.to_owned()),
            date_at: Nillable::Nil,
            service_number: Nillable::Nil,
        };
        let answer = self.asking.search_adm_services(&request).await.map_err(told)?;
        let found = answer.search_adm_services_result.map(|result| result.adm_service_batch_data_type);
        let found = found.unwrap_or_default();
        let numbered = found.iter().filter_map(|service| Some((drafting::number(service)?, service)));
        let numbered: BTreeMap<i64, &client::AdmServiceBatchDataType> = numbered.collect();
        let main = self.main_data(&numbered.keys().copied().collect::<Vec<_>>()).await?;
        let mut taken = Taken::default();
        let mut skipped = self.register.skipped();
        if numbered.len() < found.len() {
            skipped.insert(SERVICE.to_owned(), found.len() - numbered.len());
        }
        for (number, service) in numbered {
            let mut drafting = drafting::Drafting {
                eik,
                number: number.to_string(),
                service,
                main: main.get(&number),
                gaps: &mut taken.gaps,
                skipped: &mut skipped,
            };
            let record = drafting.record();
            let origin = Origin { file: PathBuf::from(format!("{eik}-{number}.xml")), line: 1 };
            taken.drafts.push(Draft { origin, record });
        }
        taken.skipped = skipped.into_iter().collect();
        Ok(taken)
    }

    /// What belongs to each of these services: one question each, or one for all when they are many.
    async fn main_data(&self, numbers: &[i64]) -> Result<BTreeMap<i64, AdmServiceMainDataType>, IisdaError> {
        const FEW: usize = 20;
        let asked: Vec<Nillable<_>> = match numbers.len() {
            0..=FEW => numbers.iter().map(|number| Nillable::Value((*number).into())).collect(),
            _ => vec![Nillable::Nil],
        };
        let mut main = BTreeMap::new();
        for service_number in asked {
            let request = SearchAdmServiceMainData { service_number, date_at: Nillable::Nil };
            let answer = self.asking.search_adm_service_main_data(&request).await.map_err(told)?;
            let found = answer.search_adm_service_main_data_result.map(|result| result.adm_service_main_data_type);
            for data in found.unwrap_or_default() {
                let number = data.service_number.as_ref().map(|number| number.get());
                if let Some(number) = number.filter(|number| numbers.contains(number)) {
                    main.insert(number, data);
                }
            }
        }
        Ok(main)
    }
}
