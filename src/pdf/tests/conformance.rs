//! Poppler and qpdf read our files: they find the text that we have set, in our order, and nothing to complain about.
//! Needs the programs `pdftotext`, `pdfinfo` (Debian: poppler-utils) and `qpdf`.
#![allow(clippy::unwrap_used, missing_docs)]

mod answers;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use answers::{Answer, company, company_page, page, person, person_page};
use kapia_pdf::{Page, Part, Section, render};

#[test]
fn poppler_reads_a_person_as_the_golden_file_has_it() {
    reads_as_golden("person.txt", &person_page(&person()));
}

#[test]
fn poppler_reads_a_company_as_the_golden_file_has_it() {
    reads_as_golden("company.txt", &company_page(&company()));
}

#[test]
fn poppler_knows_title_language_and_tags() {
    let answers = person();
    let file = File::of("info", &person_page(&answers));
    let info = run("pdfinfo", &[&file.0]);
    for line in [
        "Title: Връща пълния запис на човек от регистъра на населението",
        "Author: Министерство на регионалното развитие и благоустройството",
        "Tagged: yes",
        "JavaScript: no",
        "Encrypted: no",
        "Page size: 595.28 x 841.89 pts (A4)",
    ] {
        let squeezed: Vec<String> = info.lines().map(squeeze).collect();
        assert!(squeezed.contains(&squeeze(line)), "{line} in {info}");
    }
    let structure = run("pdfinfo", &[Path::new("-struct-text"), &file.0]);
    for part in ["Document", "Sect", "H1 (block)", "Table", "TR", "TH", "TD", "\"7909149958\""] {
        assert!(structure.contains(part), "{part} in {structure}");
    }
}

#[test]
fn poppler_finds_letters_that_the_font_lacks() {
    let answer = Answer::bare("<A><B>漢字 и שלום и 🙂🙂</B></A>");
    let file = File::of("letters", &page(vec![answer.section(Part::Response)]));
    let text = squeeze(&run("pdftotext", &[Path::new("-raw"), &file.0, "-".as_ref()]));
    for letters in ["漢字", "🙂🙂"] {
        assert!(text.contains(letters), "{letters} in {text}");
    }
    // Poppler turns lines of Hebrew around.
    assert!(text.contains("שלום") || text.contains("םולש"), "{text}");
}

#[test]
fn qpdf_has_nothing_to_complain_about() {
    let wide = format!("<A><B>{}</B></A>", "щ".repeat(100_000));
    let deep = format!("{}<E>1</E>{}", "<D>".repeat(100), "</D>".repeat(100));
    let rows: String = (0..20_000).map(|at| format!("<B>{at}</B><C>{at}</C>")).collect();
    let (person, company) = (person(), company());
    let others = [wide, deep, format!("<A>{rows}</A>"), "<A>漢字🙂</A>".to_owned()].map(|xml| Answer::bare(&xml));
    let mut pages = vec![person_page(&person), company_page(&company)];
    pages.extend(others.iter().map(|answer| page(vec![answer.section(Part::Response)])));
    for (at, page) in pages.iter().enumerate() {
        let file = File::of(&format!("check-{at}"), page);
        let said = run("qpdf", &[Path::new("--check"), &file.0]);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    }
}

fn reads_as_golden(name: &str, page: &Page<'_>) {
    let file = File::of(name, page);
    let text = run("pdftotext", &[Path::new("-raw"), Path::new("-enc"), "UTF-8".as_ref(), &file.0, "-".as_ref()]);
    let golden =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)).unwrap();
    assert!(squeeze(&text) == squeeze(&golden), "{text}");
}

/// Without white space: where lines end is for the reader to say.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A rendered file that goes away.
struct File(PathBuf);

impl File {
    fn of(name: &str, page: &Page<'_>) -> File {
        let path = std::env::temp_dir().join(format!("kapia-pdf-{}-{name}.pdf", std::process::id()));
        std::fs::File::create(&path).unwrap().write_all(&render(page).unwrap()).unwrap();
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run(program: &str, arguments: &[&Path]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|cause| panic!("{program} is needed for this test: {cause}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {said} {}", String::from_utf8_lossy(&output.stderr));
    said
}
