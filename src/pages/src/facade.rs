//! The JSON that other central systems read (horizontal-systems §1.1): names, shapes and texts are theirs.

use crate::dates;
use crate::pages::Pages;
use crate::query::parameter;
use crate::record::Record as Parts;
use crate::reply::{Ask, JSON, Page};
use crate::serve::feeds::{refused, text_of};
use crate::text::say;
use kapia_language::Language;
use kapia_records::{Eik, Record, RecordsError, ServiceNumber, Supplier, SupplierStatus};
use serde_json::{Value, json};

/// The largest page of a list.
const PAGE: u32 = 200;

/// The answer to a request below `/epdeau/`.
pub(crate) async fn answer(pages: &Pages, ask: &Ask<'_>, rest: &str) -> Page {
    if !pages.tokens.admit(ask.authorization) {
        return refused(401, "token-wanted").with("WWW-Authenticate", "Bearer realm=\"epdeau\"");
    }
    let page = match found(pages, ask, rest).await {
        Ok(Ok(value)) => Page::new(200, JSON, text_of(&value)),
        Ok(Err(page)) => page,
        Err(error) => {
            tracing::error!(code = error.code(), %error, "records cannot be read for a central system");
            refused(503, "failed-text").with("Retry-After", "120")
        }
    };
    if pages.facade.open {
        page.kept(60)
    } else {
        page.with("Cache-Control", "private, no-cache").with("Vary", "Authorization")
    }
}

async fn found(pages: &Pages, ask: &Ask<'_>, rest: &str) -> Result<Result<Value, Page>, RecordsError> {
    let asks_for_json = parameter(ask.query, "format").is_none_or(|format| format.eq_ignore_ascii_case("json"));
    let wanted = |name: &str| parameter(ask.query, name).ok_or_else(|| missing_parameter(name));
    if rest.starts_with("UserProfileService/") {
        return Ok(Err(refused(404, "profiles-not-kept")));
    }
    if !matches!(rest, "provider/suppliers" | "provider/get-supplier" | "provider/service" | "provider/get-service") {
        return Ok(Err(refused(404, "no-such-address")));
    }
    if !asks_for_json {
        return Ok(Err(refused(400, "json-only")));
    }
    Ok(match rest {
        "provider/suppliers" => Ok(suppliers(pages).await?),
        "provider/get-supplier" => match wanted("code") {
            Ok(code) => supplier(pages, &code).await?.ok_or_else(|| refused(404, "no-such-supplier")),
            Err(page) => Err(page),
        },
        "provider/service" => match wanted("supplierEIK").map(|text| Eik::parse(&text)) {
            Ok(Ok(eik)) => services(pages, eik).await?.ok_or_else(|| refused(404, "no-such-supplier")),
            Ok(Err(_)) => Err(missing_parameter("supplierEIK")),
            Err(page) => Err(page),
        },
        _ => match wanted("number").map(|text| ServiceNumber::parse(&text)) {
            Ok(Ok(number)) => service(pages, number).await?.ok_or_else(|| refused(404, "no-such-service")),
            Ok(Err(_)) => Err(missing_parameter("number")),
            Err(page) => Err(page),
        },
    })
}

fn missing_parameter(name: &str) -> Page {
    let [english, bulgarian] =
        [Language::English, Language::Bulgarian].map(|language| say("parameter-wanted", language, &[("name", name)]));
    let body = json!({ "error": { "code": "parameter-wanted", "en": english, "bg": bulgarian } });
    Page::new(400, JSON, text_of(&body))
}

/// `suppliers.supplier[]{code,eik,title}`.
async fn suppliers(pages: &Pages) -> Result<Value, RecordsError> {
    let mut all = Vec::new();
    for number in 1.. {
        let page = kapia_records::Page { number, size: PAGE };
        let listed = pages.records.suppliers(vec![SupplierStatus::Published, SupplierStatus::Active], page).await?;
        all.extend(listed.items.iter().map(brief));
        if !listed.more {
            break;
        }
    }
    Ok(json!({ "suppliers": { "supplier": all } }))
}

fn brief(supplier: &Supplier) -> Value {
    json!({ "code": supplier.code, "eik": supplier.eik.to_string(), "title": supplier.title_bg })
}

/// `suppliers.supplier{code,eik,title,autSystem,providerOID,url,logo,contacts,serviceProviderType,status}`.
async fn supplier(pages: &Pages, code: &str) -> Result<Option<Value>, RecordsError> {
    let found = pages.records.supplier_by_code(code).await?;
    let found = found.filter(|supplier| supplier.status != SupplierStatus::Draft);
    Ok(found.map(|supplier| {
        json!({ "suppliers": { "supplier": {
            "code": supplier.code,
            "eik": supplier.eik.to_string(),
            "title": supplier.title_bg,
            "autSystem": supplier.automated,
            "providerOID": supplier.oid,
            "url": supplier.url,
            "logo": supplier.logo,
            "contacts": supplier.contacts,
            "serviceProviderType": supplier.kind,
            "status": supplier.status.as_str(),
        } } })
    }))
}

/// `services.service[]{supplier,arId,serviceOID,supplierEIK}`.
async fn services(pages: &Pages, eik: Eik) -> Result<Option<Value>, RecordsError> {
    let known = pages.records.supplier(&eik).await?.filter(|supplier| supplier.status != SupplierStatus::Draft);
    let mut all = Vec::new();
    for number in 1.. {
        let page = kapia_records::Page { number, size: PAGE };
        let listed = pages.records.list_published(Some(eik.clone()), page).await?;
        all.extend(listed.items.iter().map(|summary| {
            json!({
                "supplier": known.as_ref().map(|supplier| supplier.title_bg.clone()),
                "arId": summary.key.service.to_string(),
                "serviceOID": summary.oid,
                "supplierEIK": eik.to_string(),
            })
        }));
        if !listed.more {
            break;
        }
    }
    Ok((known.is_some() || !all.is_empty()).then(|| json!({ "services": { "service": all } })))
}

/// `services.service[]{id,serviceNumber,oid,securityLevel,isInternalAdminService,serviceName,modifiedDate,serviceDescription,
/// shortName}`, one for each supplier, who is named beside it.
async fn service(pages: &Pages, number: ServiceNumber) -> Result<Option<Value>, RecordsError> {
    let records = pages.records.published_by_number(number).await?;
    let mut all = Vec::new();
    for record in &records {
        let supplier = pages.records.supplier(&record.key.supplier).await?;
        all.push(detail(record, supplier.filter(|supplier| supplier.status != SupplierStatus::Draft).as_ref()));
    }
    Ok((!all.is_empty()).then(|| json!({ "services": { "service": all } })))
}

fn detail(record: &Record, supplier: Option<&Supplier>) -> Value {
    let parts = Parts::read(record.octets.clone()).ok();
    let description = parts.as_ref().and_then(|parts| {
        let part = parts.root().best("Description", Language::Bulgarian)?;
        Some(crate::xhtml::of_element(part.0, 3))
    });
    let own_number = parts.as_ref().and_then(|parts| parts.root().text("IisdaServiceId"));
    let number = record.key.service.to_string();
    let facts = &record.facts;
    json!({
        "id": own_number.unwrap_or_else(|| number.clone()),
        "serviceNumber": number,
        "oid": facts.oid,
        "securityLevel": facts.security_level.bulgarian(),
        "isInternalAdminService": if facts.internal { "Да" } else { "Не" },
        "serviceName": facts.name_bg,
        "modifiedDate": dates::rfc3339(record.modified_at),
        "serviceDescription": description.unwrap_or_else(|| facts.description_bg.clone()),
        "shortName": facts.short_name_bg,
        "suppliers": { "supplier": supplier.map(brief).into_iter().collect::<Vec<_>>() },
    })
}
