//! Operations that change nothing.

use kapia_records::{Eik, Filter, Key, LastPush, Onward, Page, RequestId, Status, Summary};
use kapia_xml::Element;

use super::{check_scope, key_in};
use crate::answers::{self, State};
use crate::contract::PushResult;
use crate::fault::{Code, Fault};
use crate::neutral;
use crate::rules::values::moment;
use crate::rules::{all, text};
use crate::service::{Call, EgovService, Failure};

impl EgovService {
    pub(super) async fn get_service(&self, request: Element<'_>, call: &Call) -> Result<String, Failure> {
        let key = key_in(request)?;
        check_scope(call, &key.supplier)?;
        let version = text(request, "Version").and_then(|version| version.parse::<u64>().ok());
        let language = text(request, "Language");
        let missing = || Failure::from(Fault::new(Code::ServiceNotFound));
        let records = &self.inner.records;
        let record = records.get(&key, version).await?.ok_or_else(missing)?;
        let state = self.state_of(&key, call).await?.ok_or_else(missing)?;
        let document = neutral::read(&record.octets).map_err(|error| {
            tracing::error!(%error, version = record.version, "a kept record of the portal cannot be read");
            Fault::new(Code::Internal)
        })?;
        let record = neutral::handed_out(document.root(), record.status, language.as_deref());
        Ok(answers::service(&record, &state)?)
    }

    pub(super) async fn get_status(&self, request: Element<'_>, call: &Call) -> Result<String, Failure> {
        let keys = match text(request, "RequestId") {
            Some(id) => {
                let id = RequestId::parse(&id.to_ascii_lowercase())
                    .map_err(|_| Fault::new(Code::SchemaViolation).at("/RequestId"))?;
                let known = self.inner.records.request(call.caller.id(), &id).await?;
                known.ok_or_else(|| Fault::new(Code::ServiceNotFound).at("/RequestId"))?.keys
            }
            None => vec![key_in(request)?],
        };
        let mut states = Vec::with_capacity(keys.len());
        for key in keys {
            check_scope(call, &key.supplier)?;
            states.extend(self.state_of(&key, call).await?);
        }
        if states.is_empty() {
            return Err(Fault::new(Code::ServiceNotFound).into());
        }
        Ok(answers::states(&states)?)
    }

    /// The state of a record, or of one that was pushed and never accepted.
    async fn state_of(&self, key: &Key, call: &Call) -> Result<Option<State>, Failure> {
        let record = self.inner.records.get(key, None).await?;
        let push = self.inner.records.last_push(key).await?;
        if record.is_none() && push.is_none() {
            return Ok(None);
        }
        let onward = self.inner.records.onward(key).await?;
        let (result, fault) = match &push {
            // What we refused is not on its way anywhere.
            Some(push) if is_rejected(push) => {
                (Some(PushResult::Rejected), push.fault.as_deref().and_then(Code::of_number))
            }
            Some(_) => on_its_way(&onward),
            // Made by people here: nobody has pushed it to us, but we push it on.
            None if onward != Onward::Nothing => on_its_way(&onward),
            None => (None, None),
        };
        Ok(Some(State {
            status: record.as_ref().map_or(Status::Draft, |record| record.status),
            version: record.as_ref().map_or(0, |record| record.version),
            pushed_at: push.as_ref().map(|push| push.at),
            push_result: result,
            fault: fault.map(|code| Fault::new(code).detail(&call.correlation)),
        }))
    }

    pub(super) async fn list_services(&self, request: Element<'_>, call: &Call) -> Result<String, Failure> {
        let suppliers = match text(request, "SupplierEIK") {
            Some(eik) => {
                let eik = Eik::parse(&eik).map_err(|_| Fault::new(Code::EikInvalid).at("/SupplierEIK"))?;
                check_scope(call, &eik)?;
                vec![eik]
            }
            None => call.caller.suppliers().to_vec(),
        };
        let filter = Filter {
            statuses: all(request, "Status").filter_map(|status| status.text().trim().parse::<Status>().ok()).collect(),
            modified_since: text(request, "ModifiedSince").and_then(|text| moment(&text)),
            ..Filter::default()
        };
        let page = page_in(request);
        let (items, total, more) = self.list_of(&suppliers, filter, page).await?;
        Ok(answers::services(&items, total, more)?)
    }

    /// One page of the records of several suppliers, supplier after supplier. The store pages within one supplier, so a
    /// page that begins in the middle of one of its pages takes two of them.
    async fn list_of(
        &self,
        suppliers: &[Eik],
        filter: Filter,
        page: Page,
    ) -> Result<(Vec<Summary>, u64, bool), Failure> {
        let size = u64::from(page.size);
        let begin = u64::from(page.number - 1) * size;
        let (mut items, mut total) = (Vec::new(), 0_u64);
        for supplier in suppliers {
            let filter = Filter { supplier: Some(supplier.clone()), ..filter.clone() };
            let within = begin.saturating_sub(total);
            let number = u32::try_from(within / size + 1).unwrap_or(u32::MAX);
            let first = self.inner.records.list(filter.clone(), Page { number, size: page.size }).await?;
            let skipped = usize::try_from(within % size).unwrap_or(usize::MAX);
            if total + first.total > begin && items.len() < page.size as usize {
                items.extend(first.items.into_iter().skip(skipped));
                if skipped > 0 && first.more {
                    let next = Page { number: number.saturating_add(1), size: page.size };
                    items.extend(self.inner.records.list(filter, next).await?.items);
                }
            }
            total += first.total;
        }
        items.truncate(page.size as usize);
        let more = begin + (items.len() as u64) < total && !items.is_empty();
        Ok((items, total, more))
    }

    pub(super) async fn get_supplier(&self, request: Element<'_>) -> Result<String, Failure> {
        let found = match text(request, "SupplierEIK") {
            Some(eik) => {
                let eik = Eik::parse(&eik).map_err(|_| Fault::new(Code::EikInvalid).at("/SupplierEIK"))?;
                self.inner.records.supplier(&eik).await?
            }
            None => self.inner.records.supplier_by_code(&text(request, "SupplierCode").unwrap_or_default()).await?,
        };
        let supplier = found.ok_or_else(|| Fault::new(Code::ServiceNotFound))?;
        Ok(answers::one_supplier(&supplier)?)
    }

    pub(super) async fn list_suppliers(&self, request: Element<'_>) -> Result<String, Failure> {
        let listed = self.inner.records.suppliers(Vec::new(), page_in(request)).await?;
        Ok(answers::suppliers(&listed.items, listed.total, listed.more)?)
    }

    pub(super) fn get_nomenclature(&self, request: Element<'_>) -> Result<String, Failure> {
        let name = text(request, "DictionaryName").unwrap_or_default();
        let version = text(request, "Version");
        let dictionaries = &self.inner.options.dictionaries;
        let Some(dictionary) = dictionaries.find(&name, version.as_deref()) else {
            let field = if dictionaries.find(&name, None).is_some() { "/Version" } else { "/DictionaryName" };
            let list = "Dictionary".to_owned();
            let fault = Fault::new(Code::UnknownCode).with_both("list", list, "Номенклатури".to_owned());
            return Err(fault.at(field).into());
        };
        Ok(answers::nomenclature(dictionary)?)
    }

    pub(super) fn ping(&self, call: &Call) -> Result<String, Failure> {
        Ok(answers::pong(call.caller.environment(), call.now, call.caller.name())?)
    }
}

fn is_rejected(push: &LastPush) -> bool {
    push.fault.is_some() || push.result == "REJECTED"
}

/// What became of a record that we have taken, and that others shall have too.
fn on_its_way(onward: &Onward) -> (Option<PushResult>, Option<Code>) {
    let (result, fault) = match onward {
        Onward::Nothing => (PushResult::Accepted, None),
        Onward::Waiting => (PushResult::Queued, None),
        Onward::Failing => (PushResult::Failed, Some(Code::PortalUnavailable)),
        Onward::Refused { told } => (PushResult::Rejected, Code::of_number(told)),
    };
    (Some(result), fault)
}

/// Page and size, which the schema requires and limits.
fn page_in(request: Element<'_>) -> Page {
    let number = |local| text(request, local).and_then(|text| text.trim_start_matches('+').parse::<u32>().ok());
    Page { number: number("PageNumber").unwrap_or(1).max(1), size: number("PageSize").unwrap_or(50).clamp(1, 200) }
}
