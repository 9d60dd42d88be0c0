//! Registers in real databases through the whole gate: PostgreSQL and MariaDB, started here, killed in the middle of calls and
//! started again. Needs their programs; run by name.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)] // the tests of the backend use more of it
#[path = "../src/sql/tests/support/servers.rs"]
mod servers;
mod support;
mod upstreams;

use servers::Server;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::*;
use tempfile::TempDir;
use upstreams::copy;

const ECHO: &str = "Kapia.RegiX.EchoAdapter.APIService.IEchoAPI.GetEcho";

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The population register, and one that waits for three seconds before it gives back what it was asked, on this database.
fn packages(backend: &str, waits: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let population = folder.path().join("RegiX.GraoNBDAdapter");
    copy(&here("adapters/RegiX.GraoNBDAdapter"), &population);
    let manifest = std::fs::read_to_string(population.join("adapter.toml")).unwrap();
    let sqlite = "engine = \"sqlite\"\nscript = \"database/population.sql\"\n";
    assert!(manifest.contains(sqlite));
    let backend = format!("{backend}\nstatement_timeout_ms = 6000\nacquire_timeout_ms = 2000\n");
    std::fs::write(population.join("adapter.toml"), manifest.replace(sqlite, &backend)).unwrap();

    let echo = folder.path().join("Kapia.Echo");
    copy(&here("tests/registers/Kapia.Echo"), &echo);
    let manifest = std::fs::read_to_string(echo.join("adapter.toml")).unwrap();
    let (_, operation) = manifest.split_once("[[operation]]").unwrap();
    let (operation, _) = operation.split_once("[[operation.sql.query]]").unwrap();
    let manifest = format!(
        "name = \"Kapia.Echo\"\n[breaker]\nfailures = 0\n[backend]\nkind = \"sql\"\n{backend}\n[[operation]]{operation}\
         [[operation.sql.query]]\nname = \"told\"\nsql = \"{waits}\"\nparameters.text = \"Text\"\n"
    );
    std::fs::write(echo.join("adapter.toml"), manifest).unwrap();
    let template = "<EchoResponse xmlns=\"urn:kapia:echo\">{% for row in told %}<Text>{{ row.text }}</Text>{% endfor %}</EchoResponse>";
    std::fs::write(echo.join("responses/GetEcho.xml"), template).unwrap();
    folder
}

fn echo(text: &str) -> Call {
    let argument = format!("<EchoRequest xmlns=\"urn:kapia:echo\"><Text>{text}</Text></EchoRequest>");
    Call { operation: ECHO.into(), argument: Some(argument), ..Call::good() }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_behind_the_gate_is_killed_and_comes_again() {
    let server = Server::own_postgresql().await;
    through_the_gate(&server, "SELECT :text::text AS text FROM pg_sleep(3)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_behind_the_gate_is_killed_and_comes_again() {
    let server = Server::own_mariadb().await;
    through_the_gate(&server, "SELECT :text AS text FROM (SELECT SLEEP(3)) AS waited").await;
}

async fn through_the_gate(server: &Server, waits: &str) {
    let script = std::fs::read_to_string(here("adapters/RegiX.GraoNBDAdapter/database/population.sql")).unwrap();
    let backend = server.database("register", &script).await;
    let packages = packages(&backend, waits);
    tokio::task::block_in_place(|| {
        let samples = Gate::demo();
        let gate = Gate::start(GateOptions { adapters: vec![packages.path().to_owned()], ..GateOptions::default() });
        for call in [
            Call::good(),
            Call::to("PersonDataSearch", person_data(RALITSA)),
            Call::to("RelationsSearch", relations(OGNYAN)),
            Call::to("ValidPersonSearch", valid_person(NOBODY)),
        ] {
            let read = gate.call(&call.clone().signed());
            read.result(Entry::V2).assert_answer();
            verifies_in_rust(&read, Entry::V2, &gate.certs).unwrap();
            let expected = samples.call(&call.signed());
            assert_eq!(normal_data(read.http.text()), normal_data(expected.http.text()));
        }
        let hostile = "'; DROP TABLE person; -- \\ ]]&gt; &lt;x/&gt;";
        let read = gate.call(&echo(hostile));
        read.result(Entry::V2).assert_answer();
        assert!(
            read.http.text().contains("<Text>'; DROP TABLE person; -- \\ ]]&gt; &lt;x/&gt;</Text>"),
            "{}",
            read.http.text()
        );

        // Killed while four calls wait in it.
        std::thread::scope(|scope| {
            let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| gate.call(&echo("ТАЙНА")))).collect();
            std::thread::sleep(Duration::from_millis(1500));
            server.kill();
            for call in calls {
                let read = call.join().unwrap();
                let code = read.kapia_code().unwrap().to_owned();
                assert!(["sql-lost", "sql-unreachable"].contains(&code.as_str()), "{}", read.http.everything());
                assert!(read.result(Entry::V2).has_error);
            }
        });
        let gone = gate.call(&Call::good());
        assert!(["sql-lost", "sql-unreachable"].contains(&gone.kapia_code().unwrap()), "{}", gone.http.everything());
        // Other registers do not notice.
        gate.call(&Call::to("GetActualState", actual_state("999001024"))).result(Entry::V2).assert_answer();

        server.start_again();
        let began = Instant::now();
        while gate.call(&Call::good()).result(Entry::V2).has_error {
            assert!(began.elapsed() < Duration::from_secs(60), "the register never comes again");
            std::thread::sleep(Duration::from_millis(200));
        }
        let said = gate.said();
        for secret in [servers::PASSWORD, "ТАЙНА"] {
            assert!(!said.contains(secret), "{secret} was said");
        }
        assert_eq!(gate.kapia(&["journal", "verify"]).code, Some(0));
    });
}
