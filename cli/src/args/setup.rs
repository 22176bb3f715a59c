//! `phase-mirror setup`.

use std::path::PathBuf;

use axum::http::Uri;
use clap::Args;
use github::ApiUrl;

use super::EXIT_CODES;

const EXAMPLES: &str = "\
Examples:
  Register the App for yourself, and store it in the data folder:
      phase-mirror setup --webhook-url https://mirror.example.com/webhook --data /var/lib/phase-mirror

  For an organisation, on a machine without a browser (forward the port with ssh -L):
      phase-mirror setup --webhook-url https://mirror.example.com/webhook --organization octo-org \\
          --no-browser --port 4000

  On a GitHub Enterprise Server:
      phase-mirror setup --webhook-url https://mirror.example.com/webhook \\
          --api-url https://github.example.com/api/v3";

/// Registers the App at GitHub, and stores it where `serve` finds it.
///
/// Opens a page of this machine in your browser, which hands GitHub a manifest: the permissions and
/// events that the App can use, and its webhook. You confirm at GitHub; what GitHub returns (id, private
/// key, webhook secret) is stored in the data folder, for its owner only, and the link to install the
/// App is shown. The page is served on loopback, for one hour.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Setup {
    /// Where GitHub will send webhooks: `https://HOST/webhook`, which leads to `serve`.
    #[arg(long, value_name = "URL", value_parser = webhook_url)]
    pub(crate) webhook_url: String,

    /// The App's name, which no other App at this GitHub may have; you can change it at GitHub.
    #[arg(long, value_name = "NAME", default_value = "Phase Mirror")]
    pub(crate) name: String,

    /// The organisation that will own the App [default: you].
    #[arg(long, value_name = "LOGIN")]
    pub(crate) organization: Option<String>,

    /// The REST API of a GitHub Enterprise Server [default: as configured, or github.com's].
    #[arg(long, value_name = "URL", value_parser = ApiUrl::new)]
    pub(crate) api_url: Option<ApiUrl>,

    /// Configuration file [default: config.toml in the data folder, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Data folder, created where it is missing [default: phase-mirror-data].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Store the App in place of one that is stored. That one stays registered at GitHub.
    #[arg(long)]
    pub(crate) replace: bool,

    /// Show the page's address, and open no browser.
    #[arg(long)]
    pub(crate) no_browser: bool,

    /// Port of the page [default: any that is free].
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
}

fn webhook_url(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let fine = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.path().ends_with("/webhook")
    });
    if fine && !text.contains(['@', '#']) {
        Ok(text.to_owned())
    } else {
        Err("expected https://HOST/webhook, where `serve` receives webhooks".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_url_leads_to_where_serve_listens() {
        for fine in [
            "https://mirror.example/webhook",
            "http://127.0.0.1:8080/webhook",
            "https://mirror.example/phase/webhook",
        ] {
            assert_eq!(webhook_url(fine).as_deref(), Ok(fine));
        }
        for bad in [
            "",
            "mirror.example/webhook",
            "https://mirror.example",
            "ftp://mirror.example/webhook",
            "https://user@mirror.example/webhook",
        ] {
            assert!(webhook_url(bad).is_err(), "{bad}");
        }
    }
}
