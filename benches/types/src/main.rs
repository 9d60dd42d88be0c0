//! Our reading and writing beside that of yaserde, on the same documents, alternating in one run:
//! `cargo run --release --manifest-path benches/types/Cargo.toml`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// For `kapia-types`.
mod ours {
    include!(concat!(env!("OUT_DIR"), "/ours/mod.rs"));
}

/// For yaserde.
mod theirs {
    include!(concat!(env!("OUT_DIR"), "/theirs/mod.rs"));
}

use ours::vehicles::Vehicles as Ours;
use theirs::vehicles::Vehicles as Theirs;

const ROUNDS: usize = 7;

fn main() {
    for count in [1, 16, 80, 1_000] {
        let xml = document(count);
        let ours = Ours::from_xml(&xml).expect("our reader reads it");
        let theirs: Theirs = yaserde::de::from_str(&xml).expect("yaserde reads it");
        assert_eq!((ours.vehicle.len(), theirs.vehicle.len()), (count, count));
        let written = yaserde::ser::to_string(&theirs).expect("yaserde writes it");
        assert_eq!(Ours::from_xml(written).expect("and we read that"), ours);

        let repeats = (2_000_000 / xml.len()).max(1);
        let mut best = [Duration::MAX; 4];
        // Alternating, so that a busy machine is as unfair to the one as to the other; the best round counts.
        for _ in 0..ROUNDS {
            let times = [
                time(repeats, || drop(black_box(Ours::from_xml(black_box(&xml))))),
                time(repeats, || drop(black_box(yaserde::de::from_str::<Theirs>(black_box(&xml))))),
                time(repeats, || drop(black_box(black_box(&ours).to_xml()))),
                time(repeats, || drop(black_box(yaserde::ser::to_string(black_box(&theirs))))),
            ];
            for (best, time) in best.iter_mut().zip(times) {
                *best = (*best).min(time);
            }
        }
        let speed = |time: Duration| xml.len() as f64 * repeats as f64 / time.as_secs_f64() / 1e6;
        let [read, their_read, write, their_write] = best.map(speed);
        println!(
            "{:8} octets: read {read:6.0} and {their_read:5.0} MB/s ({:4.1} times), write {write:6.0} and {their_write:5.0} MB/s ({:4.1} times)",
            xml.len(),
            read / their_read,
            write / their_write
        );
    }
}

fn time(repeats: usize, mut work: impl FnMut()) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        work();
    }
    started.elapsed()
}

fn document(count: usize) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Vehicles xmlns=\"urn:bench:vehicles\">\n  <Found>true</Found>\n");
    for n in 0..count {
        xml.push_str(&format!(
            "  <Vehicle id=\"{n:09}\">\n    <RegistrationNumber>СВ{n:04}АА</RegistrationNumber>\n    \
             <FirstRegistration>2019-03-{:02}+02:00</FirstRegistration>\n    <Make>Дачия</Make>\n    <Model>Логан &amp; ко</Model>\n    \
             <Fuel>Дизел</Fuel>\n    <Mass>1420</Mass>\n    <Seats>05</Seats>\n",
            n % 28 + 1
        ));
        for owner in 0..2 {
            xml.push_str(&format!(
                "    <Owner>\n      <EGN>750102001{owner}</EGN>\n      <Names>\n        <First>Иван</First>\n        \
                 <Surname>Петров</Surname>\n        <Family>Иванов</Family>\n      </Names>\n      <Share>0.50</Share>\n    </Owner>\n"
            ));
        }
        xml.push_str("  </Vehicle>\n");
    }
    xml.push_str("</Vehicles>\n");
    xml
}
