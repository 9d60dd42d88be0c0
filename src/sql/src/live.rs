//! What can be changed while a package serves: where its database is, and who asks there.

use std::sync::{Arc, PoisonError, RwLock};

use kapia_adapter::{AdapterError, Parameter, ParameterValue, Sensitive};

use crate::engine::engine;
use crate::fault::Fault;
use crate::pool::Pool;
use crate::settings::{Settings, Source};

/// The settings of now, and the pool that was made with them.
pub(crate) struct Live(RwLock<(Settings, Arc<Pool>)>);

impl Live {
    pub fn new(settings: Settings) -> Result<Live, Fault> {
        let pool = pool(&settings)?;
        Ok(Live(RwLock::new((settings, pool))))
    }

    pub fn pool(&self) -> Arc<Pool> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// The parameters with their values, as far as they may be shown.
    pub fn parameters(&self) -> Vec<Parameter> {
        let (settings, _) = &*self.0.read().unwrap_or_else(PoisonError::into_inner);
        let shown = |key: &str, about: &str, value: &str| Parameter {
            key: key.to_owned(),
            description: about.to_owned(),
            value: ParameterValue::Shown(value.to_owned()),
        };
        let password = Parameter {
            key: "Password".to_owned(),
            description: "Парола за базата данни".to_owned(),
            value: ParameterValue::Secret,
        };
        match &settings.source {
            Source::Sqlite { .. } => Vec::new(),
            Source::Server(_, server) => vec![
                shown("Host", "Сървър на базата данни", &server.host),
                shown("Port", "Порт на сървъра", &server.port.to_string()),
                shown("Database", "База данни", &server.database),
                shown("User", "Потребител на базата данни", &server.user),
                password,
            ],
            Source::Odbc(_) => vec![password],
        }
    }

    /// Sets one of them: calls that are on their way end as they began, later ones get new connections.
    pub fn set(&self, key: &str, value: &Sensitive) -> Result<(), AdapterError> {
        let mut live = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut settings = live.0.clone();
        let text = value.reveal().trim();
        let refuse = || Fault::new("sql-setting").with("key", key.chars().take(100).collect::<String>()).of_client();
        if text.is_empty() {
            return Err(refuse().into());
        }
        match (&mut settings.source, key) {
            (Source::Server(_, server), "Host") => {
                // A certificate that bore the old name must bear the new one.
                if let Some(tls) = server.tls.as_mut().filter(|tls| tls.name == server.host) {
                    tls.name = text.to_owned();
                }
                server.host = text.to_owned();
            }
            (Source::Server(_, server), "Port") => {
                server.port = text.parse().ok().filter(|port| *port > 0).ok_or_else(refuse)?;
            }
            (Source::Server(_, server), "Database") => server.database = text.to_owned(),
            (Source::Server(_, server), "User") => server.user = text.to_owned(),
            (Source::Server(_, server), "Password") => server.password = Some(value.clone()),
            (Source::Odbc(odbc), "Password") => odbc.password = Some(value.clone()),
            _ => return Err(Parameter::unknown(key)),
        }
        let pool = pool(&settings)?;
        *live = (settings, pool);
        Ok(())
    }
}

fn pool(settings: &Settings) -> Result<Arc<Pool>, Fault> {
    Ok(Pool::new(engine(settings)?, settings.pool, settings.acquire, settings.connect))
}
