//! What was found, as it stands in the place of what was taken out.

use std::fmt;

/// Defines [`Kind`]. Where two overlap, the earlier one names the replacement.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The kind of a secret, from the most to the least telling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind in kebab case, as in `[REDACTED:github-token]`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What stands in its place.
            pub(crate) fn placeholder(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("[REDACTED:", $text, "]"),)*
                }
            }
        }
    };
}

kinds! {
    /// A PEM or PGP block with a private key, or a part of one.
    PrivateKey = "private-key",
    /// An AWS access key id.
    AwsAccessKey = "aws-access-key",
    /// An AWS secret access key.
    AwsSecretKey = "aws-secret-key",
    /// An Azure storage or service key, or a client secret of Entra ID.
    AzureKey = "azure-key",
    /// A Google API key, OAuth token or OAuth client secret.
    GoogleKey = "google-key",
    /// A token of GitHub.
    GithubToken = "github-token",
    /// A token of GitLab.
    GitlabToken = "gitlab-token",
    /// A token of Slack.
    SlackToken = "slack-token",
    /// The secret part of an incoming webhook's address.
    Webhook = "webhook",
    /// A secret or restricted key of Stripe.
    StripeKey = "stripe-key",
    /// A token of a package registry or image registry.
    RegistryToken = "registry-token",
    /// A key of a mail or telephony service.
    MessagingKey = "messaging-key",
    /// A key of a model provider.
    AiKey = "ai-key",
    /// A token of another provider, known by its prefix.
    ProviderToken = "provider-token",
    /// A JSON Web Token.
    Jwt = "jwt",
    /// The credentials of an `Authorization` header.
    Authorization = "authorization",
    /// User and password of a URL.
    UrlCredentials = "url-credentials",
    /// The value of a name that means a password.
    Password = "password",
    /// The value of a name that means another secret.
    Secret = "secret",
    /// An e-mail address.
    Email = "email",
    /// An IPv4 or IPv6 address.
    Ip = "ip",
    /// A text that did not settle, as a whole.
    Unsettled = "unsettled",
}

/// How every placeholder begins.
pub(crate) const PLACEHOLDER: &str = "[REDACTED:";

impl Kind {
    /// The kind whose placeholder a text begins with.
    pub(crate) fn of_placeholder(text: &[u8]) -> Option<Self> {
        let rest = text.strip_prefix(PLACEHOLDER.as_bytes())?;
        let is_it = |kind: &&Self| {
            let rest = rest.strip_prefix(kind.as_str().as_bytes());
            rest.is_some_and(|rest| rest.first() == Some(&b']'))
        };
        Self::ALL.iter().find(is_it).copied()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
