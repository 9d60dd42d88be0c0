use crate::check::{Unwritten, check};
use crate::names::{Taken, identifier, in_uri};
use crate::wsdl;
use kapia_adapter::Operation;
use kapia_regix::TypedStep;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The typed contract of one package.
pub struct Face {
    /// The name of the package.
    pub package: String,
    /// What the register is called, for people; may be empty.
    pub register: String,
    /// The namespace of the contract: `urn:kapia:adapter:NAME:1`. The number at its end keeps the name of the package
    /// whole where a generator takes what follows the last dot for the ending of a file.
    pub namespace: String,
    /// The name of the service: an identifier.
    pub service: String,
    /// The operations in the order of the package.
    pub operations: Vec<FaceOperation>,
    by_element: HashMap<String, (usize, TypedStep)>,
    wsdl: OnceLock<Result<String, Unwritten>>,
}

/// One operation of a typed contract.
#[derive(Debug)]
pub struct FaceOperation {
    /// Its name in the contract: an identifier.
    pub name: String,
    /// The operation.
    pub operation: Arc<Operation>,
}

/// What a message asks.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'f> {
    /// The operation.
    pub operation: &'f FaceOperation,
    /// What is asked of it.
    pub step: TypedStep,
}

impl Face {
    /// The contract of these operations of a package. Nothing is read or written yet.
    pub fn new(package: &str, register: &str, operations: impl IntoIterator<Item = Arc<Operation>>) -> Face {
        let mut taken = Taken::default();
        for name in wsdl::SHARED_TYPES {
            taken.take_one(name);
        }
        let mut face = Face {
            package: package.to_owned(),
            register: register.to_owned(),
            namespace: format!("urn:kapia:adapter:{}:1", in_uri(package)),
            service: identifier(package),
            operations: Vec::new(),
            by_element: HashMap::new(),
            wsdl: OnceLock::new(),
        };
        for operation in operations {
            let wanted = identifier(operation.name.operation());
            let name = taken.take(&wanted, |name| wsdl::names_of(name, operation.asynchronous));
            for step in steps(&operation) {
                face.by_element.insert(format!("{}Request", step.name(&name)), (face.operations.len(), *step));
            }
            face.operations.push(FaceOperation { name, operation });
        }
        face
    }

    /// What a message with this element in its body asks.
    pub fn find(&self, namespace: &str, local: &str) -> Option<Asked<'_>> {
        if namespace != self.namespace {
            return None;
        }
        let (at, step) = self.by_element.get(local)?;
        Some(Asked { operation: self.operations.get(*at)?, step: *step })
    }

    /// The action of a message: the `SOAPAction` header of SOAP 1.1, `action` of SOAP 1.2.
    pub fn action(&self, asked: &Asked<'_>) -> String {
        format!("{}:{}", self.namespace, asked.step.name(&asked.operation.name))
    }

    /// The WSDL, with [`kapia_soap::wsdl::BASE`] in place of the public address. Written when it is first asked for; what
    /// would not be a valid contract is never handed out.
    pub fn wsdl(&self) -> Result<&str, &Unwritten> {
        let written = self.wsdl.get_or_init(|| {
            let wsdl = wsdl::write(self);
            check(self, &wsdl).map(|()| wsdl)
        });
        written.as_deref()
    }

    /// The path of the contract, SOAP 1.1.
    pub fn path(&self) -> String {
        format!("/adapters/{}", in_uri(&self.package))
    }
}

/// What can be asked of an operation.
pub(crate) fn steps(operation: &Operation) -> &'static [TypedStep] {
    match operation.asynchronous {
        true => &[TypedStep::Call, TypedStep::Result, TypedStep::Received],
        false => &[TypedStep::Call],
    }
}

impl fmt::Debug for Face {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Face({}: {} operations)", self.package, self.operations.len())
    }
}
