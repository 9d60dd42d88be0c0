//! An adapter at a host as an adapter of ours.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_adapter::{
    Adapter, AdapterError, Answer, CallFacts, FullName, Health, Outcome, Parameter, ParameterValue, Question, Sensitive,
};
use kapia_regix::host::{
    Call, CallParameters, Execute, Function, HostResult, RenderedAccess, Value, read_result, read_value,
};
use kapia_regix::{CallContext, CheckRequest, Personal};
use kapia_xml::{Document, Element, KeepAll, Writer};

use crate::connection::Connection;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// How long a host may take to say how it is.
const HEALTH: Duration = Duration::from_secs(15);
/// How long the word that a result has arrived may take; nobody waits for it.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);

/// The adapter behind the addresses of a package.
pub(crate) struct Remote {
    connection: Arc<Connection>,
    answer: Duration,
    poll: Duration,
    operations: HashMap<FullName, Prepared>,
}

/// What is known of an operation before it is asked for.
pub(crate) struct Prepared {
    /// Its name at the host.
    pub called: String,
    /// The matrix that lets everything through.
    pub access: RenderedAccess,
}

impl Remote {
    pub(crate) fn new(connection: Connection, settings: &Settings, operations: HashMap<FullName, Prepared>) -> Remote {
        Remote { connection: Arc::new(connection), answer: settings.answer, poll: settings.poll, operations }
    }

    async fn execute(&self, question: &Question<'_>) -> Result<(Document, HostResult), Trouble> {
        let prepared = self.operations.get(&question.operation.name).ok_or(Trouble::Elsewhere)?;
        let deadline = Instant::now() + self.answer;
        let deadline = question.call.deadline.map_or(deadline, |given| given.min(deadline));
        let parameters = parameters(question.call);
        let call = Call::Execute(Execute {
            operation: &prepared.called,
            argument: question.argument,
            access: &prepared.access,
            parameters: &parameters,
        });
        let mut document = self.connection.call(&call, deadline).await?;
        let mut result = self.result(Function::Execute, &document)?;
        if !result.is_ready && !result.has_error {
            let code = result.verification_code.take().ok_or(Trouble::NotReadyForever)?;
            let check =
                CheckRequest { service_call_id: Some(parameters.service_call_id), verification_code: Some(code) };
            (document, result) = self.wait_for(&check, deadline).await?;
            self.acknowledge(check);
        }
        if result.has_error { Err(Trouble::Refused) } else { Ok((document, result)) }
    }

    /// Asks for the result of an asynchronous operation until it is there or time is over (regix-contract §10 item 4).
    async fn wait_for(&self, check: &CheckRequest, deadline: Instant) -> Result<(Document, HostResult), Trouble> {
        loop {
            let next = Instant::now() + self.poll;
            if next >= deadline {
                return Err(Trouble::NotReady);
            }
            tokio::time::sleep_until(next.into()).await;
            let checked = self.connection.call(&Call::CheckResult(check), deadline).await;
            let document = match checked {
                // The operation goes on at the host, whatever becomes of one question about it.
                Err(Trouble::Deadline) => return Err(Trouble::NotReady),
                Err(Trouble::Unreachable | Trouble::Broken | Trouble::Unavailable { .. }) => continue,
                other => other?,
            };
            let result = self.result(Function::CheckResult, &document)?;
            if result.is_ready || result.has_error {
                return Ok((document, result));
            }
        }
    }

    /// Tells the host that it can forget a result; if that fails, the host keeps it until it forgets it by itself.
    fn acknowledge(&self, check: CheckRequest) {
        let connection = Arc::clone(&self.connection);
        tokio::spawn(async move {
            let call = Call::AcknowledgeResultReceived(&check);
            if let Err(trouble) = connection.send(&call, Instant::now() + ACKNOWLEDGE).await {
                tracing::warn!(code = trouble.code(), "a host was not told that its result has arrived");
            }
        });
    }

    fn result(&self, function: Function, document: &Document) -> Result<HostResult, Trouble> {
        read_result(self.connection.binding(), function, document).map_err(Trouble::NotAResult)
    }

    async fn value(&self, call: &Call<'_>, deadline: Instant) -> Result<Value, Trouble> {
        let document = self.connection.call(call, deadline).await?;
        read_value(self.connection.binding(), call.function(), &document).map_err(Trouble::NotAResult)
    }
}

#[async_trait]
impl Adapter for Remote {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let (document, result) = self.execute(&question).await?;
        let response = result.response.ok_or(Trouble::Empty)?;
        let response = document.element(response);
        let is_empty = response.children().next().is_none()
            && response.attributes().next().is_none()
            && response.text().trim().is_empty();
        let outcome = if is_empty { Outcome::NoData } else { Outcome::Data };
        Answer::read(alone(response), outcome, question.operation, self.connection.limits())
    }

    async fn health(&self) -> Health {
        let call = Call::Ask(Function::CheckRegisterConnection);
        match self.value(&call, Instant::now() + HEALTH).await {
            // Base packages and the base class have a text of their own for it (adapter-standard §2.1, §9).
            Ok(Value::Text(Some(text))) if matches!(text.trim(), "OK" | "Connection is OK!") => Health::Up,
            Ok(_) => Health::Down(Trouble::RegisterDown.message()),
            Err(trouble) => Health::Down(trouble.message()),
        }
    }

    /// The parameters of the remote adapter. The protocol gives secrets in the clear (adapter-standard §8): whatever
    /// looks like one by its key is not shown.
    async fn parameters(&self) -> Result<Vec<Parameter>, AdapterError> {
        let call = Call::Ask(Function::GetParameters);
        let Value::Parameters(listed) = self.value(&call, Instant::now() + HEALTH).await? else {
            return Ok(Vec::new());
        };
        let parameter = |listed: kapia_regix::host::Parameter| Parameter {
            value: if is_secret(&listed.key) {
                ParameterValue::Secret
            } else {
                ParameterValue::Shown(listed.value.unwrap_or_default())
            },
            description: listed.description.unwrap_or_default(),
            key: listed.key,
        };
        Ok(listed.into_iter().map(parameter).collect())
    }

    async fn set_parameter(&self, key: &str, value: &Sensitive) -> Result<(), AdapterError> {
        if !self.parameters().await?.iter().any(|known| known.key == key) {
            return Err(Parameter::unknown(key));
        }
        let call = Call::SetParameter { key, value: value.reveal() };
        match self.connection.send(&call, Instant::now() + HEALTH).await {
            Ok(_) => Ok(()),
            Err(Trouble::Status { .. } | Trouble::SoapFault) => Err(Trouble::Parameter.into()),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// Keys that the existing adapters have for what nobody else may know (adapter-standard §8), and their like.
fn is_secret(key: &str) -> bool {
    const SIGNS: [&str; 7] = ["password", "passwd", "pwd", "secret", "token", "connectionstring", "apikey"];
    let key = key.to_lowercase();
    SIGNS.iter().any(|sign| key.contains(sign))
}

/// The response as a document of its own, with every declaration that its values rely on.
fn alone(response: Element<'_>) -> Vec<u8> {
    let prefixes: Vec<&str> = response.value_prefixes().into_iter().map(|(prefix, _)| prefix).collect();
    let mut writer = Writer::with_capacity(response.span().len() + 256);
    writer.list_prefixes(&prefixes);
    writer.copy(response, &mut KeepAll);
    writer.into_bytes()
}

/// What the host is told of a call (regix-contract §6.4).
fn parameters(call: &CallFacts) -> CallParameters {
    let personal = |text: &Option<Sensitive>| text.as_ref().map(|text| Personal::new(text.reveal()));
    CallParameters {
        context: CallContext::of_fields(call.context.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        citizen_egn: personal(&call.citizen_egn),
        client_address: call.client_address.map(|address| address.to_string()),
        certificate_thumbprint: call.certificate_thumbprint.clone(),
        eid_token: personal(&call.eid_token),
        employee_egn: personal(&call.employee_egn),
        consumer_oid: call.consumer_oid.clone(),
        consumer_name: Some(call.consumer_name.clone()),
        // The gate filters and signs what it passes on; a matrix or a signature of the host would not survive that.
        return_access_matrix: false,
        sign_result: false,
        service_call_id: i64::try_from(call.service_call_id).unwrap_or_default(),
        ..CallParameters::default()
    }
}
