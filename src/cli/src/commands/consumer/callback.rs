//! `kapia consumer callback`.

use crate::failure::Failure;
use crate::session::Session;
use crate::text;
use clap::{Args, Subcommand};
use kapia_registry::{Admin, CallbackHost, ConsumerName};

#[derive(Debug, Subcommand)]
pub(crate) enum Callback {
    /// Allow answers to be pushed to hosts.
    Add(Hosts),
    /// Allow it no longer.
    Remove(Hosts),
}

#[derive(Debug, Args)]
pub(crate) struct Hosts {
    /// Name of the consumer.
    name: String,
    /// hooks.example.bg, or *.example.bg for all below it; with another port than 443 as hooks.example.bg:8443.
    #[arg(required = true, value_name = "HOST")]
    hosts: Vec<String>,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

impl Callback {
    pub fn run(self, session: &Session, admin: &Admin<'_>) -> Result<(), Failure> {
        let (Callback::Add(written) | Callback::Remove(written)) = &self;
        let name = ConsumerName::parse(&written.name)?;
        let hosts: Vec<CallbackHost> = written.hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
        match self {
            Callback::Add(Hosts { comment, .. }) => {
                admin.add_callback_hosts(&name, &hosts, &comment)?;
                hosts.iter().for_each(|host| session.tell(text::callback_added(&name, host)));
            }
            Callback::Remove(Hosts { comment, .. }) => {
                admin.remove_callback_hosts(&name, &hosts, &comment)?;
                hosts.iter().for_each(|host| session.tell(text::callback_removed(&name, host)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_server::AllowedHosts;

    #[test]
    fn a_host_that_an_operator_may_write_is_one_that_the_sender_understands_and_no_other() {
        let long = format!("{}.bg", "a".repeat(64));
        let longest = format!("{}.bg", "a".repeat(63));
        for written in [
            "hooks.example.bg",
            "HOOKS.example.bg",
            " hooks.example.bg ",
            "hooks.example.bg:8443",
            "hooks.example.bg:443",
            "hooks.example.bg:00443",
            "*.example.bg",
            "*.example.bg:8443",
            "intranet",
            "intranet:8443",
            "*.intranet",
            "*.bg",
            "*",
            "*.*.example.bg",
            "a*.example.bg",
            "",
            ".",
            "hooks.example.bg.",
            ".example.bg",
            "a..bg",
            "-a.bg",
            "a-.bg",
            "a_b.bg",
            "пример.бг",
            "xn--e1afmkfd.bg",
            "*.xn--e1afmkfd.bg",
            "a.bg:",
            "a.bg:0",
            "a.bg:65535",
            "a.bg:65536",
            "a.bg:+1",
            "a.bg:1:2",
            "a.bg:000443",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "a.0x1",
            "a.1",
            "[::1]",
            "::1",
            "[::1]:443",
            "https://a.bg",
            "a.bg/",
            "a@b.bg",
            "a.bg?x",
            "a.bg#x",
            "a b.bg",
            &long,
            &longest,
        ] {
            let ours = CallbackHost::parse(written);
            assert_eq!(ours.is_ok(), AllowedHosts::parse([written]).is_ok(), "{written}");
            if let Ok(host) = ours {
                assert_eq!(AllowedHosts::parse([host.as_str()]), AllowedHosts::parse([written]), "{written}");
            }
        }
    }
}
