//! Values of parameters that others have set, taken over by what serves.

use kapia_adapter::Catalogue;
use std::sync::Arc;

/// Opens every adapter anew whose parameters have other values now; one that cannot be opened with them goes on as it was.
pub fn refresh_parameters(catalogue: &Catalogue) {
    for package in catalogue.packages() {
        let Some(parameters) = package.parameters.as_ref().map(Arc::clone) else { continue };
        match parameters.refresh() {
            Ok(true) => tracing::info!(adapter = package.name, "parameters have other values now"),
            Ok(false) => {}
            Err(error) => {
                let hint = &*error.hint.en;
                tracing::error!(
                    adapter = package.name,
                    code = error.code,
                    %error,
                    hint,
                    "values of parameters cannot be taken over; the last ones stay in use"
                );
            }
        }
    }
}
