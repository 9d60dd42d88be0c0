//! The guide for providers, followed to the letter: its files are written, its commands run in their order, and what it shows
//! of their output is there.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::program;

const GUIDE: &str = include_str!("../docs/providers.md");

/// A fenced block: language, what follows it on the line, and the lines in it.
struct Block<'g> {
    language: &'g str,
    file: Option<&'g str>,
    lines: Vec<&'g str>,
}

fn blocks() -> Vec<Block<'static>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'static>> = None;
    for line in GUIDE.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => {
                let (language, file) =
                    info.split_once(' ').map_or((info, None), |(language, file)| (language, Some(file)));
                open = Some(Block { language, file, lines: Vec::new() });
            }
            (None, Some(block)) => block.lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not ended");
    blocks
}

/// Programs that go on serving; they end with this.
struct Serving(Vec<Child>);

impl Drop for Serving {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a line says, as a shell runs it in the folder of the guide.
fn shell(folder: &Path, line: &str) -> Command {
    let bin = folder.join("bin");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line}")]).current_dir(folder.join("work")).env("PATH", path);
    command.env("LANG", "en_US.UTF-8").env("LC_ALL", "en_US.UTF-8").env_remove("KAPIA_CONFIG").stdin(Stdio::null());
    command
}

/// Starts something that goes on, and waits until it says this.
fn start(folder: &Path, line: &str, ready: &str, serving: &mut Serving) {
    let log = folder.join(format!("log.{}", serving.0.len()));
    let mut command = shell(folder, line);
    let out = File::create(&log).unwrap();
    let child = command.stdout(out.try_clone().unwrap()).stderr(out).spawn().unwrap();
    serving.0.push(child);
    let began = Instant::now();
    loop {
        let said = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
        if said.contains(ready) {
            return;
        }
        let ended = serving.0.last_mut().unwrap().try_wait().unwrap();
        assert!(ended.is_none() && began.elapsed() < Duration::from_secs(120), "$ {line}\n{said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_guide_for_providers_can_be_followed_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["bin", "work"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::os::unix::fs::symlink(program(), folder.path().join("bin/kapia")).unwrap();
    let mut serving = Serving(Vec::new());
    let (mut files, mut commands) = (0, 0);
    for block in blocks() {
        if let Some(file) = block.file {
            let path = folder.path().join("work").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, block.lines.join("\n") + "\n").unwrap();
            files += 1;
            continue;
        }
        if block.language != "console" {
            continue;
        }
        let mut said = String::new();
        for line in block.lines {
            let Some(command) = line.strip_prefix("$ ") else {
                assert!(said.contains(line.trim()), "{line} is not in\n{said}");
                continue;
            };
            commands += 1;
            if command.starts_with("kapia demo ") {
                start(folder.path(), command, "signature valid", &mut serving);
                continue;
            }
            if command.starts_with("kapia adapter host ") {
                start(folder.path(), command, "plain=\"127.0.0.1:", &mut serving);
                continue;
            }
            let output = shell(folder.path(), command).output().unwrap();
            said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "$ {command}\n{said}");
            // Of hidden fields nothing is shown to whom they are hidden from.
            if command.contains("stranger-key.pem") {
                assert!(!said.contains("7605239965") && !said.contains("2021-04-03"), "{said}");
            }
        }
    }
    assert!(files >= 7 && commands >= 18, "{files} files, {commands} commands");
}

#[test]
fn the_backend_for_a_server_is_one_that_can_be_read() {
    let block = blocks().into_iter().find(|block| block.lines.contains(&"[backend]") && block.file.is_none()).unwrap();
    let table: toml::Table = block.lines.join("\n").parse().unwrap();
    assert_eq!(table["backend"]["engine"].as_str(), Some("postgresql"));
}

#[test]
fn links_of_the_guide_lead_somewhere() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let links = GUIDE.split("](").skip(1).map(|rest| &rest[..rest.find(')').unwrap()]);
    for link in links {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let text = std::fs::read_to_string(docs.join(file)).unwrap_or_else(|error| panic!("{link}: {error}"));
        let known = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-") == heading;
        assert!(heading.is_empty() || text.lines().any(|line| line.starts_with('#') && known(line)), "{link}");
    }
}
