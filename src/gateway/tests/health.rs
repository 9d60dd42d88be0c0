//! `/hc-details`: registers are asked at the same time, but not all of them.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use async_trait::async_trait;
use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Backends, Catalogue, EmbeddedFiles, Health, Message, Opened, Package, Plan,
    Problem, Question,
};
use kapia_gateway::{HostIncoming, Hosting, HostingParts, Settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use time::OffsetDateTime;

const ADAPTERS: usize = 20;

#[derive(Default)]
struct Counts {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A register that takes its time to say how it is.
struct Slow(Arc<Counts>, bool);

#[async_trait]
impl Adapter for Slow {
    async fn ask(&self, _question: Question<'_>) -> Result<Answer, AdapterError> {
        unreachable!("nobody asks")
    }

    async fn health(&self) -> Health {
        let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        if self.1 { Health::Degraded(Message::new("it limps", "куца")) } else { Health::Up }
    }
}

struct SlowBackend(Arc<Counts>);

impl Backend for SlowBackend {
    fn kind(&self) -> &'static str {
        "slow"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let limps = plan.operations.iter().any(|planned| planned.operation.name.as_str().contains("Thing7"));
        Ok(Opened { adapter: Arc::new(Slow(Arc::clone(&self.0), limps)), refused: Vec::new(), notes: Vec::new() })
    }
}

#[test]
fn many_registers_are_asked_at_the_same_time_and_told_in_their_order() {
    let counts = Arc::new(Counts::default());
    let backends = Backends::standard().with(Box::new(SlowBackend(Arc::clone(&counts))));
    let packages = (0..ADAPTERS).map(|number| Package::read_with(&files(number), &backends).unwrap());
    let hosting = Hosting::new(HostingParts {
        catalogue: Catalogue::build(packages.collect()),
        signer: None,
        journal: None,
        settings: Settings::default(),
        settable: false,
        parameters: None,
    });
    let asked = HostIncoming {
        method: "GET".into(),
        path: "/hc-details".into(),
        query: None,
        content_type: None,
        body: Default::default(),
        client_address: "127.0.0.1:1".into(),
        received: OffsetDateTime::UNIX_EPOCH,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let said = runtime.block_on(hosting.answer(asked));
    assert_eq!(said.status, 200);
    let told: serde_json::Value = serde_json::from_slice(&said.body).unwrap();
    let entries = told["entries"].as_object().unwrap();
    assert_eq!((entries.len(), told["status"].as_str()), (ADAPTERS, Some("Degraded")));
    for (name, entry) in entries {
        let expected = if name == "Thing7Adapter" { "Degraded" } else { "Healthy" };
        assert_eq!(entry["status"], expected, "{name}");
    }
    assert_eq!(counts.most.load(Ordering::SeqCst), 16);
}

fn files(number: usize) -> EmbeddedFiles {
    let name = format!("Thing{number}");
    let manifest = format!(
        "name = \"{name}\"\n[backend]\nkind = \"slow\"\n[[operation]]\nname = \"Example.APIService.I{name}API.Look\"\n\
         request = \"q.xsd\"\nrequest_root = \"Q\"\nresponse = \"q.xsd\"\nresponse_root = \"Q\"\n"
    );
    let schema = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element name=\"Q\"/></xs:schema>";
    EmbeddedFiles::new(name, [("adapter.toml", manifest), ("XMLSchemas/q.xsd", schema.to_owned())])
}
