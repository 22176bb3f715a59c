//! Every configuration key, in the order in which the documentation lists them.
//!
//! The table is the only place that names a key: the reader checks against it and
//! docs/configuration.md is rendered from it.

/// One thing that can be configured.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file, `table.key`; empty for what only a variable may hold.
    pub name: &'static str,
    /// The environment variable, which overrides the file.
    pub variable: &'static str,
    /// How it is written in a file.
    pub kind: Kind,
    /// What a value looks like.
    pub expected: &'static str,
    /// The default as written in a file; empty where there is none.
    pub default: &'static str,
    /// What it is for.
    pub meaning: &'static str,
}

/// A key's type in a TOML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// An integer.
    Number,
}

pub(super) const LISTEN: Key = Key {
    name: "listen",
    variable: "PHASE_MIRROR_LISTEN",
    kind: Kind::Text,
    expected: "an IP address and a port, such as 127.0.0.1:8080",
    default: "127.0.0.1:8080",
    meaning: "Where webhooks are received. TLS is left to a reverse proxy, which should pass \
              on `/webhook` and `/health` only. `--listen` overrides it.",
};

pub(super) const WORKERS: Key = Key {
    name: "workers",
    variable: "PHASE_MIRROR_WORKERS",
    kind: Kind::Number,
    expected: "a whole number from 1 to 64",
    default: "4",
    meaning: "How many deliveries are worked on at once.",
};

pub(super) const MAX_BODY_BYTES: Key = Key {
    name: "max_body_bytes",
    variable: "PHASE_MIRROR_MAX_BODY_BYTES",
    kind: Kind::Number,
    expected: "a whole number from 1024 to 26214400",
    default: "26214400",
    meaning: "The largest webhook body that is read; a larger one is answered with 413. GitHub \
              sends nothing over 25 MB, the default.",
};

pub(super) const MAX_CONNECTIONS: Key = Key {
    name: "max_connections",
    variable: "PHASE_MIRROR_MAX_CONNECTIONS",
    kind: Kind::Number,
    expected: "a whole number from 1 to 4096",
    default: "64",
    meaning: "How many connections are served at once; further ones wait to be accepted. With \
              `max_body_bytes` it bounds the memory that clients can take.",
};

pub(super) const REQUEST_TIMEOUT_SECONDS: Key = Key {
    name: "request_timeout_seconds",
    variable: "PHASE_MIRROR_REQUEST_TIMEOUT_SECONDS",
    kind: Kind::Number,
    expected: "a whole number from 1 to 60",
    default: "10",
    meaning: "How long a client may take to send its headers, and again its body. GitHub itself \
              waits 10 seconds for the whole exchange.",
};

pub(super) const SHUTDOWN_GRACE_SECONDS: Key = Key {
    name: "shutdown_grace_seconds",
    variable: "PHASE_MIRROR_SHUTDOWN_GRACE_SECONDS",
    kind: Kind::Number,
    expected: "a whole number from 0 to 300",
    default: "20",
    meaning: "How long running work may take after SIGTERM or SIGINT. What is cut off is taken up \
              again at the next start; a second signal ends the process at once.",
};

pub(super) const API_URL: Key = Key {
    name: "github.api_url",
    variable: "PHASE_MIRROR_GITHUB_API_URL",
    kind: Kind::Text,
    expected: "an https URL without query (http only for a loopback address)",
    default: github::GITHUB_COM,
    meaning: "GitHub's REST API; on GitHub Enterprise Server `https://HOST/api/v3`.",
};

pub(super) const CLIENT_ID: Key = Key {
    name: "github.client_id",
    variable: "PHASE_MIRROR_GITHUB_CLIENT_ID",
    kind: Kind::Text,
    expected: "the App's client ID, letters, digits and dots, such as Iv23liABCDEF",
    default: "",
    meaning: "The App's client ID, from its settings page. It, or `github.app_id`, is required; \
              GitHub recommends the client ID.",
};

pub(super) const APP_ID: Key = Key {
    name: "github.app_id",
    variable: "PHASE_MIRROR_GITHUB_APP_ID",
    kind: Kind::Number,
    expected: "the App's id, a whole number from 1",
    default: "",
    meaning: "The App's numeric id. Used to sign in where `github.client_id` is not set.",
};

pub(super) const PRIVATE_KEY_FILE: Key = Key {
    name: "github.private_key_file",
    variable: "PHASE_MIRROR_GITHUB_PRIVATE_KEY_FILE",
    kind: Kind::Text,
    expected: "the path of a PEM file with the App's RSA private key",
    default: "",
    meaning: "The App's private key, as GitHub lets you download it. It, or the variable \
              `PHASE_MIRROR_GITHUB_PRIVATE_KEY`, is required.",
};

pub(super) const PRIVATE_KEY: Key = Key {
    name: "",
    variable: "PHASE_MIRROR_GITHUB_PRIVATE_KEY",
    kind: Kind::Text,
    expected: "the App's RSA private key in PEM",
    default: "",
    meaning: "The private key itself, where secrets come as variables. Overrides \
              `github.private_key_file`.",
};

pub(super) const WEBHOOK_SECRET_FILE: Key = Key {
    name: "github.webhook_secret_file",
    variable: "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE",
    kind: Kind::Text,
    expected: "the path of a file that holds the secret",
    default: "",
    meaning: "The secret with which GitHub signs webhooks. It, or the variable \
              `PHASE_MIRROR_GITHUB_WEBHOOK_SECRET`, is required. A line break at the file's end \
              is not part of the secret.",
};

pub(super) const WEBHOOK_SECRET: Key = Key {
    name: "",
    variable: "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET",
    kind: Kind::Text,
    expected: "the webhook secret",
    default: "",
    meaning: "The webhook secret itself. Overrides `github.webhook_secret_file`.",
};

pub(super) const WEBHOOK_SECRET_PREVIOUS_FILE: Key = Key {
    name: "github.webhook_secret_previous_file",
    variable: "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS_FILE",
    kind: Kind::Text,
    expected: "the path of a file that holds the secret",
    default: "",
    meaning: "The secret that was valid before, accepted as well while a new one is being \
              introduced. Remove it when GitHub signs with the new one.",
};

pub(super) const WEBHOOK_SECRET_PREVIOUS: Key = Key {
    name: "",
    variable: "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS",
    kind: Kind::Text,
    expected: "the webhook secret",
    default: "",
    meaning: "The previous webhook secret itself. Overrides \
              `github.webhook_secret_previous_file`.",
};

pub(super) const ACTIONS_APP_ID: Key = Key {
    name: "github.actions_app_id",
    variable: "PHASE_MIRROR_GITHUB_ACTIONS_APP_ID",
    kind: Kind::Number,
    expected: "a whole number from 1",
    default: "",
    meaning: "The id of the GitHub Actions App: 15368 on github.com, where it need not be set. On \
              GitHub Enterprise Server it differs and stays unknown until set, so that rules \
              about checks pinned to Actions say so instead of guessing.",
};

pub(super) const LOG_FORMAT: Key = Key {
    name: "log.format",
    variable: "PHASE_MIRROR_LOG_FORMAT",
    kind: Kind::Text,
    expected: "`text` or `json`",
    default: "text",
    meaning: "How log lines are written to standard error.",
};

pub(super) const LOG_LEVEL: Key = Key {
    name: "log.level",
    variable: "PHASE_MIRROR_LOG_LEVEL",
    kind: Kind::Text,
    expected: "`error`, `warn`, `info`, `debug` or `trace`",
    default: "info",
    meaning: "The least severe lines that are written. It is about Phase Mirror's own lines; \
              libraries never write below `warn`.",
};

/// Every key.
pub const KEYS: &[Key] = &[
    LISTEN,
    WORKERS,
    MAX_BODY_BYTES,
    MAX_CONNECTIONS,
    REQUEST_TIMEOUT_SECONDS,
    SHUTDOWN_GRACE_SECONDS,
    API_URL,
    CLIENT_ID,
    APP_ID,
    PRIVATE_KEY_FILE,
    PRIVATE_KEY,
    WEBHOOK_SECRET_FILE,
    WEBHOOK_SECRET,
    WEBHOOK_SECRET_PREVIOUS_FILE,
    WEBHOOK_SECRET_PREVIOUS,
    ACTIONS_APP_ID,
    LOG_FORMAT,
    LOG_LEVEL,
];
