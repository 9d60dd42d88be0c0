//! Who pushes, proved by a password.

use std::sync::Arc;

use crate::credential::Credential;
use crate::names::Eik;
use crate::status::Environment;

/// What a credential is called inside the program; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(pub(crate) i64);

/// Somebody who has just shown a password that is right; made only by [`crate::Doorkeeper::admit`].
#[derive(Debug, Clone)]
pub struct Caller {
    credential: Arc<Credential>,
    environment: Environment,
}

impl Caller {
    pub(crate) fn new(credential: Arc<Credential>, environment: Environment) -> Self {
        Self { credential, environment }
    }

    /// Which credential.
    pub fn id(&self) -> CredentialId {
        self.credential.id
    }

    /// Its user name.
    pub fn name(&self) -> &str {
        self.credential.name.as_str()
    }

    /// Whose it is.
    pub fn administration(&self) -> &str {
        &self.credential.administration
    }

    /// The suppliers whose services it may write.
    pub fn suppliers(&self) -> &[Eik] {
        &self.credential.suppliers
    }

    /// Whether it may write services of this supplier.
    pub fn may_write(&self, supplier: &Eik) -> bool {
        self.credential.suppliers.contains(supplier)
    }

    /// Where its password counts.
    pub fn environment(&self) -> Environment {
        self.environment
    }
}
