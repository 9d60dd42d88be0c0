//! All packages of a gate: read, replaced one by one when they change, and let go when their last call has ended.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kapia_adapter::{Backends, Catalogue, EmbeddedFiles, PackageError, PackageFiles, Problem};

use crate::clock::Clock;
use crate::guard::Guard;
use crate::place::{Place, Stamp, Walk, places};
use crate::slot::{Draining, Living, Reading, Refusal, Slot, refuse_losses};
use crate::tally::Tally;
use crate::text;

/// Where packages come from.
#[derive(Clone, Default)]
pub struct Sources {
    /// Those that are part of the program.
    pub embedded: Arc<Vec<EmbeddedFiles>>,
    /// Folders of packages; where two have an operation of one name, the later one serves it.
    pub folders: Vec<PathBuf>,
}

/// How closely a look is.
pub enum Look {
    /// What has changed and rests now is read anew; files may still be on their way.
    Watching,
    /// What has changed is read anew at once, what was refused is tried again, what is gone is let go.
    Anew(Sources),
}

/// What happened to a package.
#[derive(Clone, Debug)]
pub enum Change {
    /// It serves, and nothing of it did before.
    Appeared {
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
    /// A new version serves.
    Replaced {
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
    /// The version that serves has come back after another one was refused.
    Mended {
        /// The package.
        name: String,
    },
    /// It is gone.
    Removed {
        /// The package.
        name: String,
    },
    /// What is there now cannot be served; the version before serves on, if there was one.
    Refused {
        /// Where it lies.
        place: String,
        /// Whether another version serves.
        serves_on: bool,
        /// Why.
        error: Arc<PackageError>,
    },
}

/// The packages of a gate or of a host.
pub struct Fleet {
    backends: Backends,
    pub(crate) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    pub(crate) counts: Counts,
}

/// How often something happened to packages since the start.
#[derive(Default)]
pub(crate) struct Counts {
    pub appeared: AtomicU64,
    pub replaced: AtomicU64,
    pub removed: AtomicU64,
    pub refused: AtomicU64,
}

#[derive(Default)]
struct State {
    sources: Sources,
    slots: Vec<Slot>,
    draining: Vec<Draining>,
    tallies: BTreeMap<String, Arc<Tally>>,
    suspects: HashMap<Place, Suspect>,
    /// Folders that have lost all their packages while they were watched, and are told about.
    emptied: BTreeSet<PathBuf>,
}

/// Something that looks different and may not rest yet.
#[derive(Clone, Copy, PartialEq)]
struct Suspect {
    /// `None`: it is gone.
    stamp: Option<Stamp>,
    looks: u32,
}

/// What a look without reading says of a package.
enum Seen {
    /// Nothing new, or nothing that rests.
    Same,
    /// Its files were touched and say the same.
    Touched(Slot),
    /// The version that serves has come back.
    Mended(Slot, String),
    /// It must be read.
    Changed,
}

/// What serves after a look; nothing has changed before it is committed.
pub struct Next {
    slots: Vec<Slot>,
    sources: Sources,
    /// What is different, in the order of the packages.
    pub changes: Vec<Change>,
}

/// So many looks must show the same before a change is read.
const RESTS: u32 = 2;
/// So many looks must show nothing before a package is let go.
const GONE: u32 = 3;
/// Between finding an operation and asking its adapter a call takes far less; then nobody comes any more.
const NOBODY_COMES: Duration = Duration::from_secs(60);

impl Fleet {
    /// Reads all packages; the error says which folder cannot be listed. Packages that are broken are told by
    /// [`Fleet::refused`].
    pub fn open(sources: Sources, backends: Backends, clock: Arc<dyn Clock>) -> Result<Fleet, Problem> {
        let fleet = Fleet { backends, clock, state: Mutex::default(), counts: Counts::default() };
        let next = fleet.look(Look::Anew(sources))?;
        fleet.commit(next);
        Ok(fleet)
    }

    /// The operations that are served now.
    pub fn catalogue(&self) -> Catalogue {
        catalogue(&self.state().slots)
    }

    /// The packages that cannot be served at all.
    pub fn refused(&self) -> Vec<PackageError> {
        let state = self.state();
        let refused = state.slots.iter().filter(|slot| slot.serving.is_none());
        refused.filter_map(|slot| slot.refused.as_ref()).map(|refusal| (*refusal.error).clone()).collect()
    }

    /// The folders without any package.
    pub fn empty_folders(&self) -> Vec<PathBuf> {
        let state = self.state();
        let holds = |folder: &PathBuf| state.slots.iter().any(|slot| from(&slot.place, folder));
        state.sources.folders.iter().filter(|folder| !holds(folder)).cloned().collect()
    }

    /// Looks whether packages have changed, and prepares those that have. Takes a while: not for a thread that answers
    /// calls, nor for two at a time.
    ///
    /// The error says why a folder cannot be listed; then nothing is prepared, and everything serves on.
    pub fn look(&self, look: Look) -> Result<Next, Problem> {
        let (known, sources, watching) = {
            let state = self.state();
            let (sources, watching) = match look {
                Look::Watching => (state.sources.clone(), true),
                Look::Anew(sources) => (sources, false),
            };
            (state.slots.clone(), sources, watching)
        };
        let found = self.find(&sources)?;
        let mut slots: Vec<Option<Slot>> = Vec::with_capacity(found.len());
        let mut to_read: Vec<(usize, Place)> = Vec::new();
        let mut changes = Vec::new();
        for place in &found {
            let before = known.iter().find(|slot| slot.place == *place);
            slots.push(match self.compare(place, before, watching) {
                Seen::Same => before.cloned(),
                Seen::Touched(slot) => Some(slot),
                Seen::Mended(slot, name) => {
                    changes.push(Change::Mended { name });
                    Some(slot)
                }
                Seen::Changed => {
                    to_read.push((slots.len(), place.clone()));
                    None
                }
            });
        }
        let readings = read_all(&to_read, &sources.embedded, &self.backends);
        for ((at, place), reading) in to_read.into_iter().zip(readings) {
            let before = known.iter().find(|slot| slot.place == place);
            let (slot, change) = self.take(place, before, reading);
            changes.extend(change);
            if let Some(empty) = slots.get_mut(at) {
                *empty = Some(slot);
            }
        }
        let mut slots: Vec<Slot> = slots.into_iter().flatten().collect();
        for (at, slot) in known.iter().enumerate().filter(|(_, slot)| !found.contains(&slot.place)) {
            if watching && !self.is_gone(&slot.place, &found) {
                slots.insert(at.min(slots.len()), slot.clone());
            } else if let Some(living) = &slot.serving {
                changes.push(Change::Removed { name: living.package.name.clone() });
            }
        }
        Ok(Next { slots, sources, changes })
    }

    /// Puts into force what a look has prepared. What no longer serves answers the calls that it has.
    pub fn commit(&self, next: Next) {
        let now = self.clock.wall();
        let mut state = self.state();
        let serves = |guard: &Arc<Guard>| {
            next.slots.iter().filter_map(|slot| slot.serving.as_ref()).any(|living| Arc::ptr_eq(&living.guard, guard))
        };
        let old: Vec<Slot> = std::mem::take(&mut state.slots);
        for slot in old {
            let Some(living) = slot.serving.filter(|living| !serves(&living.guard)) else { continue };
            state.draining.push(Draining {
                name: living.package.name.clone(),
                place: slot.place,
                fingerprint: living.fingerprint,
                since: now,
                guard: Arc::downgrade(&living.guard),
            });
        }
        for change in &next.changes {
            let counter = match change {
                Change::Appeared { .. } => &self.counts.appeared,
                Change::Replaced { .. } => &self.counts.replaced,
                Change::Removed { .. } => &self.counts.removed,
                Change::Refused { .. } => &self.counts.refused,
                Change::Mended { .. } => continue,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let stays: BTreeSet<Place> = next.slots.iter().map(|slot| slot.place.clone()).collect();
        state.suspects.retain(|place, suspect| stays.contains(place) || suspect.stamp.is_some());
        state.emptied.retain(|folder| next.sources.folders.contains(folder));
        state.slots = next.slots;
        state.sources = next.sources;
        forget(&mut state);
    }

    /// Lets go of versions whose last call has ended. To be called now and then.
    pub fn sweep(&self) {
        let mut state = self.state();
        state.draining.retain(|draining| {
            let guard = draining.guard.upgrade();
            let over = match &guard {
                // Whoever held it has ended, and with it its connections.
                None => true,
                // Somebody holds the catalogue of before, for a call to another adapter.
                Some(guard) => guard.idle().is_some_and(|idle| idle >= NOBODY_COMES),
            };
            if over {
                guard.inspect(|guard| guard.close());
                let version = draining.fingerprint.map(|version| version.to_string()).unwrap_or_default();
                tracing::info!(adapter = draining.name, version, "drained");
            }
            !over
        });
        forget(&mut state);
    }

    pub(crate) fn slots(&self) -> Vec<Slot> {
        self.state().slots.clone()
    }

    /// Versions that drain: name, place, version, since when, calls under way.
    pub(crate) fn draining(&self) -> Vec<(String, String, String, time::OffsetDateTime, usize)> {
        let state = self.state();
        let told = state.draining.iter().filter_map(|draining| {
            let under_way = draining.guard.upgrade()?.under_way();
            let version = draining.fingerprint.map(|version| version.to_string()).unwrap_or_default();
            Some((draining.name.clone(), draining.place.to_string(), version, draining.since, under_way))
        });
        told.collect()
    }

    pub(crate) fn tallies(&self) -> BTreeMap<String, Arc<Tally>> {
        self.state().tallies.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All places in the order in which they serve; one that is named twice serves where it is named last.
    fn find(&self, sources: &Sources) -> Result<Vec<Place>, Problem> {
        let mut found: Vec<Place> =
            sources.embedded.iter().map(|files| Place::Embedded(files.label().to_owned())).collect();
        for folder in &sources.folders {
            for place in places(folder)? {
                found.retain(|known| *known != place);
                found.push(place);
            }
        }
        Ok(found)
    }

    /// What a look without reading says of a package.
    fn compare(&self, place: &Place, before: Option<&Slot>, watching: bool) -> Seen {
        let folder = match (place, before) {
            (Place::Folder { folder, .. }, _) => folder,
            (Place::Embedded(_), Some(_)) => return Seen::Same,
            (Place::Embedded(_), None) => return Seen::Changed,
        };
        let again = !watching && before.is_some_and(|slot| slot.refused.is_some());
        let beside = before.map(|slot| Arc::clone(&slot.beside)).unwrap_or_default();
        let walk = Walk::of(folder);
        let stamp = walk.stamp(&beside);
        if before.is_some_and(|slot| slot.stamp == Some(stamp)) && !again {
            self.state().suspects.remove(place);
            return Seen::Same;
        }
        if watching && !self.rests(place, Some(stamp), RESTS) {
            return Seen::Same;
        }
        self.state().suspects.remove(place);
        let Some(slot) = before else { return Seen::Changed };
        let living = slot.serving.as_ref().filter(|_| slot.refused.is_some());
        if let Some(living) = living.filter(|living| living.fingerprint == Some(walk.fingerprint(&living.beside))) {
            let (stamp, fingerprint) = (Some(walk.stamp(&living.beside)), living.fingerprint);
            let beside = Arc::clone(&living.beside);
            let slot = Slot { stamp, fingerprint, beside, refused: None, ..slot.clone() };
            return Seen::Mended(slot, living.package.name.clone());
        }
        if !again && slot.fingerprint == Some(walk.fingerprint(&beside)) {
            return Seen::Touched(Slot { stamp: Some(stamp), ..slot.clone() });
        }
        Seen::Changed
    }

    /// What comes of a package that was read.
    fn take(&self, place: Place, before: Option<&Slot>, reading: Reading) -> (Slot, Option<Change>) {
        let Reading { stamp, fingerprint, beside, package } = reading;
        let serving = before.and_then(|slot| slot.serving.clone());
        let beside = Arc::new(beside);
        let slot = |serving, refused| Slot {
            place: place.clone(),
            stamp,
            fingerprint,
            beside: Arc::clone(&beside),
            serving,
            refused,
        };
        let accepted = package.and_then(|package| refuse_losses(serving.as_ref(), &package).map(|()| package));
        let mut package = match accepted {
            Ok(package) => package,
            Err(error) => {
                let error = Arc::new(error);
                let refusal = Refusal { error: Arc::clone(&error), fingerprint, at: self.clock.wall() };
                let serves_on = serving.is_some();
                let told = before.and_then(|slot| slot.refused.as_ref()).is_some_and(|known| *known.error == *error);
                let change = Change::Refused { place: place.to_string(), serves_on, error };
                return (slot(serving, Some(refusal)), (!told).then_some(change));
            }
        };
        let name = package.name.clone();
        let tally = Arc::clone(self.state().tallies.entry(name.clone()).or_default());
        let guard = Guard::around(&mut package, tally, Arc::clone(&self.clock));
        let version = fingerprint.map(|version| version.to_string()).unwrap_or_default();
        let change = match &serving {
            Some(_) => Change::Replaced { name, version },
            None => Change::Appeared { name, version },
        };
        let (package, loaded) = (Arc::new(package), self.clock.wall());
        let living = Living { package, guard, fingerprint, beside: Arc::clone(&beside), loaded };
        (slot(Some(living), None), Some(change))
    }

    /// Whether a place looks the same for so many looks.
    fn rests(&self, place: &Place, stamp: Option<Stamp>, looks: u32) -> bool {
        let mut state = self.state();
        let suspect = state.suspects.entry(place.clone()).or_insert(Suspect { stamp, looks: 0 });
        if suspect.stamp != stamp {
            *suspect = Suspect { stamp, looks: 0 };
        }
        suspect.looks += 1;
        suspect.looks >= looks
    }

    /// Whether a package that is not found is really gone. A folder that loses all its packages at once has rather lost
    /// its disk.
    fn is_gone(&self, place: &Place, found: &[Place]) -> bool {
        if !self.rests(place, None, GONE) {
            return false;
        }
        let Place::Folder { origin, .. } = place else { return true };
        let others = found.iter().any(|other| from(other, origin));
        if !others && self.state().emptied.insert(origin.clone()) {
            let problem = text::folder_emptied(&origin.display().to_string());
            tracing::warn!(code = problem.code, "{}", problem.cause);
        }
        others
    }
}

impl Next {
    /// The operations that are served after the commit.
    pub fn catalogue(&self) -> Catalogue {
        catalogue(&self.slots)
    }

    /// Whether other instances serve than before.
    pub fn serves_others(&self) -> bool {
        self.changes.iter().any(|change| !matches!(change, Change::Refused { .. } | Change::Mended { .. }))
    }
}

impl std::fmt::Debug for Next {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Next({} packages, {:?})", self.slots.len(), self.changes)
    }
}

fn catalogue(slots: &[Slot]) -> Catalogue {
    let serving = slots.iter().filter_map(|slot| slot.serving.as_ref());
    Catalogue::of(serving.map(|living| Arc::clone(&living.package)))
}

fn from(place: &Place, folder: &PathBuf) -> bool {
    matches!(place, Place::Folder { origin, .. } if origin == folder)
}

/// Forgets the counters of packages that are gone, and of operations that no version has.
fn forget(state: &mut State) {
    let State { slots, draining, tallies, .. } = state;
    let living = || slots.iter().filter_map(|slot| slot.serving.as_ref());
    tallies.retain(|name, tally| {
        let drains = draining.iter().any(|draining| draining.name == *name);
        if !drains {
            tally.keep(|operation| {
                let mut packages = living().map(|living| &living.package).filter(|package| package.name == *name);
                packages.any(|package| package.operations.iter().any(|known| known.name.as_str() == operation))
            });
        }
        drains || living().any(|living| living.package.name == *name)
    });
}

/// Reads packages with as many threads as the machine has processors.
fn read_all(places: &[(usize, Place)], embedded: &[EmbeddedFiles], backends: &Backends) -> Vec<Reading> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, places.len().max(1));
    let share = places.len().div_ceil(workers).max(1);
    let read = |(_, place): &(usize, Place)| Reading::of(place, embedded, backends);
    if workers == 1 {
        return places.iter().map(read).collect();
    }
    std::thread::scope(|scope| {
        let readers: Vec<_> =
            places.chunks(share).map(|share| scope.spawn(move || share.iter().map(read).collect::<Vec<_>>())).collect();
        let readings = readers.into_iter().map(|reader| reader.join());
        readings.flat_map(|read| read.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
