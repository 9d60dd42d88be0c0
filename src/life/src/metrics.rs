//! The adapters in Prometheus text format 0.0.4. Labels are names of packages and operations and codes, nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fleet::Fleet;
use crate::status::breaker_number;
use crate::tally::{BOUNDS, Ending, OperationTally};

impl Fleet {
    /// Appends the metrics of all adapters.
    pub fn metrics(&self, out: &mut String) {
        let slots = self.slots();
        let tallies = self.tallies();
        let operations: Vec<(&str, String, _)> = tallies
            .iter()
            .flat_map(|(adapter, tally)| {
                tally.operations().into_iter().map(move |(name, tally)| (adapter.as_str(), name, tally))
            })
            .collect();
        let each = |out: &mut String, write: &dyn Fn(&mut String, &str, &OperationTally)| {
            for (adapter, operation, tally) in &operations {
                let labels = format!("adapter=\"{}\",operation=\"{}\"", label(adapter), label(operation));
                write(out, &labels, tally);
            }
        };
        let load = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);

        head(out, "kapia_adapter_calls_total", "counter", "Calls of adapters by how they ended.");
        each(out, &|out, labels, tally| {
            for ending in Ending::ALL {
                let (name, count) = (ending.name(), tally.calls(ending));
                // What never happens needs no line; the first good one has it from the beginning.
                if count > 0 || ending == Ending::Data {
                    let _ = writeln!(out, "kapia_adapter_calls_total{{{labels},outcome=\"{name}\"}} {count}");
                }
            }
        });
        let name = "kapia_adapter_call_seconds";
        head(out, name, "histogram", "How long calls of adapters took, waiting and further attempts included.");
        each(out, &|out, labels, tally| {
            let mut counted = 0;
            let bounds = BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
            for (count, bound) in tally.durations().into_iter().zip(bounds) {
                counted += count;
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {counted}");
            }
            let _ = writeln!(out, "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {counted}", tally.seconds());
        });
        head(out, "kapia_adapter_under_way", "gauge", "Calls of adapters that have not ended, waiting ones included.");
        each(out, &|out, labels, tally| {
            let _ = writeln!(out, "kapia_adapter_under_way{{{labels}}} {}", load(&tally.in_flight));
        });
        head(out, "kapia_adapter_queued", "gauge", "Calls of adapters that wait for their turn.");
        each(out, &|out, labels, tally| {
            let _ = writeln!(out, "kapia_adapter_queued{{{labels}}} {}", load(&tally.queued));
        });
        head(out, "kapia_adapter_retries_total", "counter", "Attempts beyond the first.");
        each(out, &|out, labels, tally| {
            let retries = tally.retries.load(Ordering::Relaxed);
            let _ = writeln!(out, "kapia_adapter_retries_total{{{labels}}} {retries}");
        });
        head(out, "kapia_adapter_last_success_seconds", "gauge", "When a call went well last, in Unix time.");
        each(out, &|out, labels, tally| {
            if let Some(at) = tally.last().success {
                let _ = writeln!(out, "kapia_adapter_last_success_seconds{{{labels}}} {}", at.unix_timestamp());
            }
        });
        head(out, "kapia_adapter_last_failure_seconds", "gauge", "When a call failed last, and how, in Unix time.");
        each(out, &|out, labels, tally| {
            if let Some((at, code)) = tally.last().failure {
                let at = at.unix_timestamp();
                let _ = writeln!(out, "kapia_adapter_last_failure_seconds{{{labels},code=\"{code}\"}} {at}");
            }
        });
        head(out, "kapia_adapter_failures_total", "counter", "Calls of adapters that failed, by code.");
        for (adapter, tally) in &tallies {
            for (code, count) in tally.codes() {
                let adapter = label(adapter);
                let _ = writeln!(out, "kapia_adapter_failures_total{{adapter=\"{adapter}\",code=\"{code}\"}} {count}");
            }
        }

        // Of two packages of one name the worse breaker and the later version are told.
        let mut breakers: BTreeMap<&str, u8> = BTreeMap::new();
        let mut loaded: BTreeMap<&str, (String, i64)> = BTreeMap::new();
        for living in slots.iter().filter_map(|slot| slot.serving.as_ref()) {
            let name = living.package.name.as_str();
            let breaker = breakers.entry(name).or_default();
            *breaker = (*breaker).max(breaker_number(&living.guard));
            let version = living.fingerprint.map(|version| version.to_string()).unwrap_or_default();
            loaded.insert(name, (version, living.loaded.unix_timestamp()));
        }
        head(out, "kapia_adapter_breaker", "gauge", "The breaker of an adapter: 0 closed, 1 half-open, 2 open.");
        for (name, breaker) in &breakers {
            let _ = writeln!(out, "kapia_adapter_breaker{{adapter=\"{}\"}} {breaker}", label(name));
        }
        head(out, "kapia_adapter_loaded_seconds", "gauge", "Since when a version serves, in Unix time.");
        for (name, (version, at)) in &loaded {
            let name = label(name);
            let _ = writeln!(out, "kapia_adapter_loaded_seconds{{adapter=\"{name}\",version=\"{version}\"}} {at}");
        }
        head(out, "kapia_adapter_version_refused", "gauge", "A version that cannot be served, and why: always 1.");
        for (slot, refusal) in slots.iter().filter_map(|slot| Some((slot, slot.refused.as_ref()?))) {
            let serving = slot.serving.as_ref().map(|living| living.package.name.as_str());
            let name = label(serving.unwrap_or(&refusal.error.package));
            let code = refusal.error.problems.first().map_or("package-unreadable", |problem| problem.code);
            let _ = writeln!(out, "kapia_adapter_version_refused{{adapter=\"{name}\",code=\"{code}\"}} 1");
        }
        let refused = slots.iter().filter(|slot| slot.refused.is_some()).count();
        head(out, "kapia_adapter_versions_refused", "gauge", "Packages whose files cannot be served as they are now.");
        let _ = writeln!(out, "kapia_adapter_versions_refused {refused}");
        head(out, "kapia_adapter_versions_draining", "gauge", "Versions that answer their last calls.");
        let _ = writeln!(out, "kapia_adapter_versions_draining {}", self.draining().len());
        head(out, "kapia_adapter_reloads_total", "counter", "What happened to packages.");
        for (what, counter) in [
            ("appeared", &self.counts.appeared),
            ("replaced", &self.counts.replaced),
            ("removed", &self.counts.removed),
            ("refused", &self.counts.refused),
        ] {
            let count = counter.load(Ordering::Relaxed);
            let _ = writeln!(out, "kapia_adapter_reloads_total{{outcome=\"{what}\"}} {count}");
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A text as the value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
