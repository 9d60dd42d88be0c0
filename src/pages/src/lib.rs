//! Public pages about services, their feeds, and the JSON that other central systems read (horizontal-systems §1.1, §4).
//!
//! [`Pages::answer`] takes what the server read of a request and gives what it sends back. Pages are rendered on the server
//! from templates, work without scripts, and say nothing that was not published. The pages of one administration can stand
//! under a host name and in templates of its own ([`SiteConfig`]).
//!
//! What records hold is data of others: every text is escaped, markup is written anew from an allow-list, addresses are
//! followed only if they are of the web, mail or telephone.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod assets;
mod config;
mod contrast;
mod dates;
mod engine;
mod facade;
mod frame;
mod highlight;
mod linked;
mod money;
mod pages;
mod problem;
mod query;
mod record;
mod reply;
mod route;
mod serve;
mod site;
mod specimen;
mod text;
mod together;
mod token;
mod view;
mod xhtml;

pub use config::{FacadeConfig, PageLanguage, PagesConfig, PagesError, SiteConfig};
pub use pages::Pages;
pub use problem::SiteProblem;
pub use reply::{Ask, Page};
