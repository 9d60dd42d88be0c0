//! The twelve operations (horizontal-systems §3.2).

mod reading;
mod writing;

use kapia_records::{Begun, Eik, Key, ServiceNumber};
use kapia_xml::Element;

use crate::fault::{Code, Fault};
use crate::names::Operation;
use crate::opening::Opened;
use crate::rules;
use crate::service::{Call, EgovService, Failure, Kept};

impl EgovService {
    /// The element of the answer, in our names.
    pub(crate) async fn perform(&self, opened: &Opened, call: &Call) -> Result<String, Failure> {
        match opened.operation {
            operation if operation.writes() => self.write(opened, call).await,
            Operation::GetService => self.get_service(opened.request(), call).await,
            Operation::GetServiceStatus => self.get_status(opened.request(), call).await,
            Operation::ListServices => self.list_services(opened.request(), call).await,
            Operation::GetSupplier => self.get_supplier(opened.request()).await,
            Operation::ListSuppliers => self.list_suppliers(opened.request()).await,
            Operation::GetNomenclature => self.get_nomenclature(opened.request()),
            _ => self.ping(call),
        }
    }

    async fn write(&self, opened: &Opened, call: &Call) -> Result<String, Failure> {
        let planned = self.plan(opened, call)?;
        let ticket = match &opened.request_id {
            None => None,
            Some(id) => match self.inner.records.begin(call.caller.id(), id, opened.digest).await? {
                Begun::Fresh(ticket) => Some(ticket),
                Begun::Answered(octets) => return unkept(&octets),
                Begun::OtherContent => return Err(Fault::new(Code::RequestIdReused).into()),
                Begun::InFlight => return Err(Fault::new(Code::RequestInProgress).into()),
            },
        };
        let octets = self.carry_out(planned, opened, call, ticket).await?;
        unkept(&octets)
    }
}

/// The answer that was kept.
fn unkept(octets: &[u8]) -> Result<String, Failure> {
    match serde_json::from_slice(octets) {
        Ok(Kept::Answer(element)) => Ok(element),
        Ok(Kept::Fault(detail)) => Err(Failure::Detail(Box::new(detail))),
        Err(_) => Err(Fault::new(Code::Internal).into()),
    }
}

/// The key below an element that holds `ServiceKey`.
fn key_in(parent: Element<'_>) -> Result<Key, Fault> {
    let wrong = |local: &str| Fault::new(Code::SchemaViolation).at(format!("/ServiceKey/{local}"));
    let key = rules::one(parent, "ServiceKey").ok_or_else(|| Fault::new(Code::FieldMissing).at("/ServiceKey"))?;
    let supplier = rules::text(key, "SupplierEIK").and_then(|text| Eik::parse(&text).ok());
    let service = rules::text(key, "ServiceNumber").and_then(|text| ServiceNumber::parse(&text).ok());
    Ok(Key::new(supplier.ok_or_else(|| wrong("SupplierEIK"))?, service.ok_or_else(|| wrong("ServiceNumber"))?))
}

/// That the caller may do something about a supplier.
fn check_scope(call: &Call, supplier: &Eik) -> Result<(), Fault> {
    if call.caller.may_write(supplier) {
        return Ok(());
    }
    Err(Fault::new(Code::SupplierDenied).with("eik", supplier))
}
