//! The portal of a demo: an invented administration that may push, and a service that it can push.

use super::environment::{Environment, quoted, write};
use crate::failure::Failure;
use crate::portal::Site;
use crate::running::actor;
use crate::session::Session;
use crate::text;
use kapia_records::{Cost, CredentialName, Eik, NewCredential, Password, Supplier, SupplierStatus};
use kapia_soap::Bilingual;
use std::path::PathBuf;

/// The user name of the administration.
const USER: &str = "obshtina-primer";
/// Its EIK.
const EIK: &str = "123456786";
/// The number of its service.
const SERVICE: &str = "1001";
const RECORD: &str = include_str!("../../../demo/service.xml");

/// Who may push to the portal of a demo.
pub(super) struct Pusher {
    /// The password, if it was made now.
    password: Option<Password>,
}

impl Pusher {
    /// Where the portal is, and who may push to it.
    pub fn greeting(&self, session: &Session, url: &str) -> String {
        let who = match &self.password {
            Some(password) => text::demo_portal_user(USER, password.reveal()),
            None => text::demo_portal_kept(USER),
        };
        let label = session.pick(text::demo_portal());
        let gap = " ".repeat(14_usize.saturating_sub(label.chars().count()));
        let (below, who) = (" ".repeat(14), session.pick(who));
        format!("{}{gap}{url}/  {url}/services/EgovService?wsdl\n{below}{who}\n", session.paint.dim(&label))
    }
}

impl Environment {
    /// Adds the administration and its credential where they are missing.
    pub async fn open_portal(&self, site: &Site) -> Result<Pusher, Failure> {
        let (records, eik) = (site.records(), Eik::parse(EIK)?);
        if records.supplier(&eik).await?.is_none() {
            let supplier = Supplier {
                eik: eik.clone(),
                code: "101".to_owned(),
                title_bg: "Община Пример".to_owned(),
                title_en: Some("Municipality of Primer".to_owned()),
                oid: Some("2.16.100.1.1.101".to_owned()),
                url: Some("https://primer.example".to_owned()),
                logo: None,
                contacts: Some("пл. Първи 1, 9999 Пример, info@primer.example".to_owned()),
                kind: Some("Общинска администрация".to_owned()),
                automated: true,
                status: SupplierStatus::Published,
            };
            records.put_supplier(supplier, &actor()).await?;
        }
        let file = self.folder.join("service.xml");
        if !file.exists() {
            write(&file, RECORD)?;
        }
        let known = records.credentials().await?;
        if known.iter().any(|credential| credential.name.as_str() == USER) {
            return Ok(Pusher { password: None });
        }
        let new = NewCredential {
            name: CredentialName::parse(USER)?,
            administration: "Община Пример".to_owned(),
            suppliers: vec![eik],
            networks: Vec::new(),
            certificate: None,
            expires_at: None,
        };
        let password = Password::random()?;
        let cost = self.config.portal.as_ref().map_or_else(Cost::default, |portal| portal.passwords.cost());
        records.add_credential(new, password.clone(), cost, &actor()).await?;
        self.write_netrc(&password)?;
        Ok(Pusher { password: Some(password) })
    }

    /// What can be typed to try the portal.
    pub fn portal_steps(&self, kapia: &str, ca: &str, url: &str) -> Vec<(Bilingual, String)> {
        let (netrc, record) = (quoted(&self.netrc()), quoted(&self.folder.join("service.xml")));
        vec![
            (
                text::next_portal_push(),
                format!(
                    "curl --cacert {ca} --netrc-file {netrc} -H 'Content-Type: text/xml; charset=utf-8' \
                     --data-binary @{record} {url}/services/EgovService"
                ),
            ),
            (text::next_portal_list(), format!("{kapia} portal list && {kapia} portal history {EIK}/{SERVICE}")),
            (text::next_portal_page(), format!("{url}/services/{SERVICE}")),
        ]
    }

    fn netrc(&self) -> PathBuf {
        self.folder.join("portal.netrc")
    }

    /// For curl, so that the password stands on no command line; only this user can read it.
    fn write_netrc(&self, password: &Password) -> Result<(), Failure> {
        let file = self.netrc();
        let _ = std::fs::remove_file(&file);
        let unwritable = |error| Failure::usage(text::unwritable(file.display(), error), text::unwritable_hint());
        kapia_records::create_private(&file).map_err(unwritable)?;
        write(&file, &format!("machine localhost\nlogin {USER}\npassword {}\n", password.reveal()))
    }
}
