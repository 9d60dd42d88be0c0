//! The pages as a whole: which site, which address, which answer.

use crate::assets;
use crate::config::{self, FacadeConfig, PagesConfig, PagesError, SiteConfig};
use crate::facade;
use crate::problem::SiteProblem;
use crate::reply::{Ask, PLAIN, Page};
use crate::route::{Place, Route, preferred};
use crate::serve::{Here, feeds};
use crate::site::Site;
use crate::token::Tokens;
use kapia_records::Records;
use std::collections::BTreeSet;

/// All pages over one store of records.
pub struct Pages {
    pub(crate) records: Records,
    pub(crate) config: PagesConfig,
    pub(crate) facade: FacadeConfig,
    pub(crate) tokens: Tokens,
    main: Site,
    sites: Vec<Site>,
}

/// How long, in seconds, a file is kept whose address names its content.
const FOR_EVER: u32 = 31_536_000;

impl Pages {
    /// Pages over a store.
    ///
    /// # Errors
    /// Configuration that cannot be meant. Templates of sites that do not work are no error: those of the program serve
    /// instead, and [`Pages::problems`] has the reasons.
    pub fn new(
        records: Records,
        config: PagesConfig,
        facade: FacadeConfig,
        sites: &[SiteConfig],
    ) -> Result<Pages, PagesError> {
        let environment = records.environment();
        let main = Site::main(&config, environment)?;
        let mut hosts = BTreeSet::new();
        let mut of_administrations = Vec::new();
        for site in sites {
            if !hosts.insert(config::host_name(&site.host)) {
                return Err(PagesError::HostTwice(site.host.clone()));
            }
            of_administrations.push(Site::of(site, &config, environment)?);
        }
        let tokens = Tokens::new(&facade)?;
        Ok(Pages { records, config, facade, tokens, main, sites: of_administrations })
    }

    /// What is wrong with templates and files of sites.
    pub fn problems(&self) -> Vec<SiteProblem> {
        self.sites.iter().flat_map(Site::problems).collect()
    }

    /// Reads templates and files of sites anew; the answer is that of [`Pages::problems`].
    pub fn reload(&self) -> Vec<SiteProblem> {
        self.sites.iter().for_each(Site::reload);
        self.problems()
    }

    /// The answer to a request; none if the address is not one of pages.
    pub async fn answer(&self, ask: Ask<'_>) -> Option<Page> {
        let route = Route::of(ask.path)?;
        let served = if matches!(route, Route::Facade(_)) { self.facade.enabled } else { self.config.enabled };
        if !served {
            return None;
        }
        if !matches!(ask.method, "GET" | "HEAD") {
            return Some(Page::new(405, PLAIN, "").with("Allow", "GET, HEAD").finished(&ask));
        }
        let site = self.site(ask.host);
        let page = match route {
            Route::Facade(rest) if site.supplier.is_none() => facade::answer(self, &ask, &rest).await,
            Route::Facade(_) => return None,
            Route::Asset(name) => assets::asset(&name).map(|asset| file(asset, &ask)).unwrap_or_else(none_such),
            Route::SiteFile(name) => site.file(&name, |asset| file(asset, &ask)).unwrap_or_else(none_such),
            Route::Robots => feeds::robots(site, &ask),
            Route::WithoutSlash => {
                let query = ask.query.map(|query| format!("?{query}")).unwrap_or_default();
                // Two slashes at the beginning would name another host.
                let path = ask.path.trim_matches('/');
                Page::elsewhere(308, site.below(&format!("/{path}{query}")))
            }
            Route::Any(place) => self.in_preferred_language(site, &ask, &place),
            Route::Page(language, place) => Here { pages: self, site, ask: &ask, language }.page(place).await,
            Route::Missing(language) => Here { pages: self, site, ask: &ask, language }.missing().await,
            Route::Catalogue(eik) => feeds::catalogue(self, site, &ask, eik).await,
            Route::Sitemap(part) => feeds::sitemap(self, site, &ask, part).await,
        };
        let page = if site.noindex { page.with("X-Robots-Tag", "noindex, nofollow") } else { page };
        Some(page.finished(&ask))
    }

    fn site(&self, host: Option<&str>) -> &Site {
        let name = config::host_name(host.unwrap_or_default());
        self.sites.iter().find(|site| site.host.as_deref() == Some(name.as_str())).unwrap_or(&self.main)
    }

    fn in_preferred_language(&self, site: &Site, ask: &Ask<'_>, place: &Place) -> Page {
        let language = preferred(ask.accept_language, site.language);
        let query = ask.query.map(|query| format!("?{query}")).unwrap_or_default();
        let address = format!("{}{query}", site.address(place, language));
        Page::elsewhere(302, address).with("Vary", "Accept-Language").with("Cache-Control", "private, no-cache")
    }
}

fn file(asset: &assets::Asset, ask: &Ask<'_>) -> Page {
    let page = Page::new(200, asset.content_type, asset.body.clone());
    let named = ask
        .query
        .and_then(|query| query.strip_prefix("v="))
        .is_some_and(|tag| asset.tag.starts_with(tag) && tag.len() >= 12);
    if named { page.with("Cache-Control", format!("public, max-age={FOR_EVER}, immutable")) } else { page.kept(300) }
}

fn none_such() -> Page {
    Page::new(404, PLAIN, "няма такъв файл\nno such file\n")
}
