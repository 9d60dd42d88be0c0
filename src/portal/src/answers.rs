//! The elements of answers, made of the types of the contract, so that nothing can be answered that the contract does not have.

use std::str::FromStr;

use kapia_records::{Environment, Key, SecurityLevel, Status, Summary, Supplier, SupplierStatus};
use kapia_xml::Writer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::contract::{self, CodedValue, OperationResult, ServiceFault, ServiceState, ServiceSummary};
use crate::dictionaries::Dictionary;
use crate::fault::{Code, Detail, Fault};
use crate::names::{CONTRACT_VERSION, Operation, TYPES};

/// What was made, or a fault of ours: what is kept does not fit the contract.
pub(crate) type Made<T> = Result<T, Fault>;

/// What became of one record.
pub(crate) struct Row {
    pub key: Key,
    pub result: contract::Outcome,
    pub version: u64,
    pub status: Status,
    pub at: OffsetDateTime,
    pub warnings: Vec<Fault>,
    pub fault: Option<Detail>,
}

/// What is known of the state of one record.
pub(crate) struct State {
    pub status: Status,
    pub version: u64,
    pub pushed_at: Option<OffsetDateTime>,
    pub push_result: Option<contract::PushResult>,
    pub fault: Option<Detail>,
}

/// The answer of an operation that writes.
pub(crate) fn written(operation: Operation, request: &str, rows: &[Row]) -> Made<String> {
    let mut results = rows.iter().map(|row| result(request, row)).collect::<Made<Vec<_>>>()?;
    if operation == Operation::SaveServices {
        return Ok(contract::SaveServicesResponse { operation_result: results }.to_xml());
    }
    let operation_result = results.pop().ok_or_else(|| Fault::new(Code::Internal))?;
    Ok(match operation {
        Operation::AddService => contract::AddServiceResponse { operation_result }.to_xml(),
        Operation::UpdateService => contract::UpdateServiceResponse { operation_result }.to_xml(),
        Operation::DeactivateService => contract::DeactivateServiceResponse { operation_result }.to_xml(),
        _ => contract::ReactivateServiceResponse { operation_result }.to_xml(),
    })
}

/// The answer of `GetService`: a record as it is handed out, and its state.
pub(crate) fn service(record: &[u8], at: &State) -> Made<String> {
    // The record is a type and no document of the contract: it is read within the request that adds it.
    let mut writer = Writer::with_capacity(record.len() + 128);
    writer.start("", TYPES, Operation::AddService.name(), &[], &[]);
    writer.raw(record);
    writer.end();
    let read = contract::AddService::from_xml(writer.into_bytes()).map_err(|error| {
        tracing::error!(code = error.code(), path = error.path(), "a kept record does not fit the contract");
        Fault::new(Code::Internal)
    })?;
    Ok(contract::GetServiceResponse { service_record: read.service_record, service_state: state(at)? }.to_xml())
}

/// The answer of `GetServiceStatus`.
pub(crate) fn states(states: &[State]) -> Made<String> {
    let service_state = states.iter().map(state).collect::<Made<_>>()?;
    Ok(contract::GetServiceStatusResponse { service_state }.to_xml())
}

/// The answer of `ListServices`.
pub(crate) fn services(items: &[Summary], total: u64, more: bool) -> Made<String> {
    let service_summary = items.iter().map(summary).collect::<Made<_>>()?;
    let (total_count, has_more) = (of(&total.to_string())?, more.into());
    Ok(contract::ListServicesResponse { service_summary, total_count, has_more }.to_xml())
}

/// The answer of `GetSupplier`.
pub(crate) fn one_supplier(found: &Supplier) -> Made<String> {
    Ok(contract::GetSupplierResponse { supplier: supplier(found)? }.to_xml())
}

/// The answer of `ListSuppliers`.
pub(crate) fn suppliers(items: &[Supplier], total: u64, more: bool) -> Made<String> {
    let supplier = items.iter().map(supplier).collect::<Made<_>>()?;
    let (total_count, has_more) = (of(&total.to_string())?, more.into());
    Ok(contract::ListSuppliersResponse { supplier, total_count, has_more }.to_xml())
}

/// The answer of `GetNomenclature`.
pub(crate) fn nomenclature(dictionary: &Dictionary) -> Made<String> {
    let coded = |entry: &crate::dictionaries::Entry| {
        Ok(CodedValue {
            code: of(&entry.code)?,
            name: names([("bg", Some(entry.bg.as_str())), ("en", Some(entry.en.as_str()))])?,
            dictionary_name: None,
            dictionary_owner: None,
            dictionary_version: None,
        })
    };
    let code = dictionary.codes.iter().map(coded).collect::<Made<_>>()?;
    let (dictionary_name, version) = (of(&dictionary.name)?, of(&dictionary.version)?);
    Ok(contract::GetNomenclatureResponse { dictionary_name, version, code }.to_xml())
}

/// The answer of `Ping`.
pub(crate) fn pong(environment: Environment, now: OffsetDateTime, user: &str) -> Made<String> {
    let environment = match environment {
        Environment::Production => contract::Environment::Production,
        Environment::Staging => contract::Environment::Staging,
    };
    let (contract_version, server_time, authenticated_as) = (of(CONTRACT_VERSION)?, moment(now)?, of(user)?);
    Ok(contract::PingResponse { contract_version, environment, server_time, authenticated_as }.to_xml())
}

/// The declared element of a fault's detail. It must come out whatever is wrong, so it is written without types.
pub(crate) fn fault_element(detail: &Detail) -> Vec<u8> {
    let mut writer = Writer::with_capacity(512);
    writer.start("", TYPES, "EgovServiceFault", &[], &[]);
    writer.leaf("", TYPES, "Code", &detail.code);
    writer.leaf("", TYPES, "MessageBg", &detail.bg);
    writer.leaf("", TYPES, "MessageEn", &detail.en);
    detail.fields.iter().for_each(|field| writer.leaf("", TYPES, "Field", field));
    writer.leaf("", TYPES, "CorrelationId", &detail.correlation);
    writer.leaf("", TYPES, "Retryable", if detail.retryable { "true" } else { "false" });
    writer.end();
    writer.into_bytes()
}

fn result(request: &str, row: &Row) -> Made<OperationResult> {
    let warning = |fault: &Fault| {
        let told = fault.detail("");
        Ok(contract::Warning { code: of(&told.code)?, message_bg: told.bg, message_en: told.en, field: told.fields })
    };
    Ok(OperationResult {
        request_id: of(request)?,
        service_key: key(&row.key, None)?,
        result: row.result,
        version: of(&row.version.to_string())?,
        publication_status: of(row.status.as_str())?,
        timestamp: moment(row.at)?,
        warning: row.warnings.iter().map(warning).collect::<Made<_>>()?,
        fault: row.fault.as_ref().map(fault).transpose()?,
    })
}

fn fault(detail: &Detail) -> Made<ServiceFault> {
    Ok(ServiceFault {
        code: of(&detail.code)?,
        message_bg: detail.bg.clone(),
        message_en: detail.en.clone(),
        field: detail.fields.clone(),
        correlation_id: detail.correlation.clone(),
        retryable: detail.retryable.into(),
    })
}

fn state(state: &State) -> Made<ServiceState> {
    Ok(ServiceState {
        publication_status: of(state.status.as_str())?,
        version: of(&state.version.to_string())?,
        last_push_at: state.pushed_at.map(moment).transpose()?,
        last_push_result: state.push_result,
        last_fault: state.fault.as_ref().map(fault).transpose()?,
    })
}

fn summary(summary: &Summary) -> Made<ServiceSummary> {
    Ok(ServiceSummary {
        service_key: key(&summary.key, summary.supplier_code.as_deref())?,
        service_oid: maybe(summary.oid.as_deref())?,
        name: names([("bg", Some(summary.name_bg.as_str())), ("en", summary.name_en.as_deref())])?,
        short_name: match summary.short_name_bg.as_deref() {
            Some(text) => vec![contract::ShortName { lang: Some(of("bg")?), value: of(text)? }],
            None => Vec::new(),
        },
        is_internal_admin_service: summary.internal.into(),
        security_level: match summary.security_level {
            SecurityLevel::None => contract::SecurityLevel::None,
            SecurityLevel::Low => contract::SecurityLevel::Low,
            SecurityLevel::Substantial => contract::SecurityLevel::Substantial,
            SecurityLevel::High => contract::SecurityLevel::High,
        },
        publication_status: of(summary.status.as_str())?,
        version: of(&summary.version.to_string())?,
        modified_at: moment(summary.modified_at)?,
    })
}

fn supplier(supplier: &Supplier) -> Made<contract::Supplier> {
    Ok(contract::Supplier {
        code: maybe(Some(supplier.code.as_str()))?,
        eik: of(supplier.eik.as_str())?,
        title: names([("bg", Some(supplier.title_bg.as_str())), ("en", supplier.title_en.as_deref())])?,
        aut_system: Some(supplier.automated.into()),
        provider_oid: maybe(supplier.oid.as_deref())?,
        url: maybe(supplier.url.as_deref())?,
        logo: maybe(supplier.logo.as_deref())?,
        contacts: maybe(supplier.contacts.as_deref())?,
        service_provider_type: maybe(supplier.kind.as_deref())?,
        status: Some(match supplier.status {
            SupplierStatus::Draft => contract::SupplierStatus::Draft,
            SupplierStatus::Active => contract::SupplierStatus::Active,
            SupplierStatus::Published => contract::SupplierStatus::Published,
            SupplierStatus::Inactive => contract::SupplierStatus::Inactive,
        }),
    })
}

fn key(key: &Key, code: Option<&str>) -> Made<contract::ServiceKey> {
    Ok(contract::ServiceKey {
        service_number: of(&key.service.to_string())?,
        supplier_eik: of(key.supplier.as_str())?,
        supplier_code: maybe(code)?,
    })
}

fn names<const N: usize>(texts: [(&str, Option<&str>); N]) -> Made<Vec<contract::Name>> {
    let present =
        texts.into_iter().filter_map(|(language, text)| Some((language, text.filter(|text| !text.is_empty())?)));
    present.map(|(language, text)| Ok(contract::Name { lang: Some(of(language)?), value: of(text)? })).collect()
}

/// A moment as it is written, in whole milliseconds.
fn moment(moment: OffsetDateTime) -> Made<contract::Moment> {
    let moment = moment.replace_nanosecond(moment.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(moment);
    of(&moment.format(&Rfc3339).unwrap_or_default())
}

fn maybe<T: FromStr<Err: std::fmt::Display>>(text: Option<&str>) -> Made<Option<T>> {
    text.filter(|text| !text.is_empty()).map(of).transpose()
}

/// A value of the contract from what is kept; the error of a value names its rule and never the value.
fn of<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Made<T> {
    text.parse().map_err(|error: T::Err| {
        tracing::error!(%error, "what is kept does not fit the contract of EgovService");
        Fault::new(Code::Internal)
    })
}
