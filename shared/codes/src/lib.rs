//! The codes of errors: what an operator finds in a log line, an answer or a terminal, and looks
//! up in docs/errors.md.
//!
//! **Invariant.** A code means one thing for ever. Whoever removes one moves its number to
//! [`RETIRED`]; numbers of an area have no gaps, so a test notices.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod code;
mod document;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use document::document;

/// The areas, by the first digit of their codes.
const AREAS: &[(u16, &str)] = &[
    (1, "The webhook"),
    (2, "Stores and the queue's storage"),
    (3, "GitHub"),
    (4, "Configuration and secrets"),
    (5, "Policy and judgement"),
    (6, "The checkout and the command line"),
    (7, "Messages and workers"),
    (8, "Telemetry"),
];

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $cause:literal, $remedy:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code {
                number: $number,
                title: $title,
                cause: $cause,
                remedy: $remedy,
            };
        )*

        /// Every code, by number.
        pub static ALL: &[Code] = &[$($name),*];
    };
}

/// Numbers of codes that are no longer used.
pub static RETIRED: &[u16] = &[];

codes! {
    WEBHOOK_UNAUTHORIZED = 101, "The signature is missing or wrong",
        "The webhook's secret at GitHub and here differ, or the request is not GitHub's.",
        "Set the same secret on both sides; while it is being replaced, keep the old one as the \
         previous.";
    WEBHOOK_CONTENT_TYPE = 102, "The content type is not JSON",
        "The webhook is set to `application/x-www-form-urlencoded`.",
        "Set the content type to `application/json` on the App's page.";
    WEBHOOK_HEADER = 103, "A header is missing or malformed",
        "`X-GitHub-Event` or `X-GitHub-Delivery` is not as GitHub sends it; a proxy may take \
         headers away.",
        "Let the proxy pass on all headers that begin with `X-GitHub` and `X-Hub`.";
    WEBHOOK_BODY = 104, "The body can't be understood",
        "A genuine body is no JSON, or lacks what its event always has.",
        "Report it with the delivery's id: GitHub's form may have changed.";
    WEBHOOK_TOO_LARGE = 105, "The body is too large",
        "The body is above the limit, which is 25 MB unless configured otherwise; 6 MB arrive \
         at a function.",
        "Raise `max_body_bytes` if it is below GitHub's 25 MB.";
    WEBHOOK_INCOMPLETE = 106, "The body did not arrive whole",
        "The connection was too slow or broke off.",
        "Nothing, if it is rare; redeliver it from the App's page, *Advanced*.";
    WEBHOOK_UNAVAILABLE = 107, "The event could not be taken",
        "The queue could not be written, or the secrets could not be read; the log line beside \
         it says which.",
        "Mend what the log names, and redeliver.";
    STORE_UNAVAILABLE = 201, "A store is not available",
        "It is not reachable, busy or throttled; the disk may be full.",
        "Work is tried again by itself; look at the store if it goes on.";
    STORE_STALE = 202, "A lease was taken over",
        "Another worker has the same head, because this one was slow or cut off.",
        "Nothing: the other one finishes the work.";
    STORE_CORRUPT = 203, "A stored item can't be understood",
        "It was damaged, or a newer version wrote it.",
        "Restore a copy, or delete the item: GitHub can be asked to redeliver the last 3 days.";
    STORE_TOO_LARGE = 204, "An item is too large to be stored",
        "A report or message is above what the store takes; trying again can't help.",
        "Report it with the rule ids of the report.";
    STORE_REFUSED = 205, "A store refuses the request",
        "A permission or a table is missing, or the request is wrong, which is a bug of ours.",
        "Compare the role's permissions and the tables with the deployment; deploy again.";
    DATA_FOLDER = 206, "The data folder can't be used",
        "It can't be made, read or written by this user.",
        "Give a folder that is this user's, with `--data`.";
    DATA_IN_USE = 207, "The data folder is in use",
        "Another process works on it.",
        "Stop the other, or give another folder.";
    DATABASE = 208, "The database can't be opened",
        "The file is damaged, no SQLite database, or newer than this version.",
        "Restore a copy, or move it away and start without one.";
    GITHUB_NOT_FOUND = 301, "Not there, or hidden from us",
        "The App is not installed there any more, or the repository, pull request or commit is \
         gone.",
        "Install the App on the repository, then redeliver.";
    GITHUB_FORBIDDEN = 302, "A permission is missing",
        "The installation lacks a permission, or the object is another App's.",
        "Let an owner approve the permissions in the installation's settings.";
    GITHUB_UNAUTHORIZED = 303, "Credentials refused",
        "App id, private key or token is wrong, or this machine's clock is more than a minute \
         off.",
        "Compare the id and the key with the App's page; set the clock.";
    GITHUB_RATE_LIMITED = 304, "GitHub limits our rate",
        "More calls were made than GitHub allows in an hour or at once.",
        "Nothing: work waits as long as GitHub says. See `GitHubRemainingCalls` if it goes on.";
    GITHUB_INVALID = 305, "GitHub calls the request invalid",
        "A bug of ours, or an API of an older GitHub Enterprise Server.",
        "Report it with the route in the message.";
    GITHUB_UNAVAILABLE = 306, "GitHub is not available",
        "Network fault, time-out or 5xx.",
        "Work is tried again by itself; see <https://www.githubstatus.com>.";
    GITHUB_UNEXPECTED = 307, "GitHub's answer can't be understood",
        "A proxy answered in GitHub's place, or GitHub's form has changed.",
        "Call the route from this machine and look at the answer; report it.";
    GITHUB_CLIENT = 308, "The HTTP client can't be made",
        "The system gives no TLS or no random numbers.",
        "Mend the system's certificates or its source of randomness.";
    PULL_REQUESTS_NOT_SEEN = 309, "Which pull requests have a commit is not known",
        "A check was to run again, and more pull requests of the repository are open than are \
         looked through.",
        "Push to the pull requests: a push brings their check.";
    CONFIGURATION = 401, "The configuration can't be used",
        "A key or variable is unknown, missing or has a wrong value; every problem is named \
         with its place.",
        "Correct what is named; `phase-mirror serve --check-config` checks it.";
    GITHUB_API_URL = 402, "The GitHub API URL can't be used",
        "It is not `https://HOST[/PATH]`; plain http is for loopback addresses only.",
        "Give `https://api.github.com` or `https://HOST/api/v3`.";
    PRIVATE_KEY = 403, "The private key can't be used",
        "It is no RSA key in PEM from `-----BEGIN` to `-----END`.",
        "Generate one on the App's page and give it whole.";
    SECRETS_UNREADABLE = 404, "The webhook's secrets can't be read",
        "Their source failed; the cause follows in the message, with a code of its own where it \
         has one.",
        "Mend the source. GitHub was told 503 and lists the deliveries as failed: redeliver them.";
    PARAMETER_NOT_FOUND = 405, "A parameter is not there",
        "Its name, stage or region is wrong, or it was never created.",
        "Create it under the name in the message, in that region.";
    PARAMETER_DENIED = 406, "A parameter may not be read",
        "The role lacks `ssm:GetParameters`, or `kms:Decrypt` on the key.",
        "Grant both to the function's role.";
    PARAMETER_UNDECRYPTABLE = 407, "A parameter can't be decrypted",
        "The key that it was encrypted with is gone, disabled or another.",
        "Enable the key, or store the value anew.";
    PARAMETER_MALFORMED = 408, "A parameter is malformed",
        "The value, the request or the answer is not as it must be.",
        "Store the value anew, in the form that docs name.";
    PARAMETER_THROTTLED = 409, "Parameters were asked for too often",
        "The limit is shared by the whole account and region.",
        "Nothing, if it is rare; raise the limit in the account's settings.";
    PARAMETER_UNREACHABLE = 410, "The parameter store is not reachable",
        "No answer, or one that says \"later\".",
        "Work is tried again by itself; look at network and status pages if it goes on.";
    AWS_CONNECTION = 411, "AWS can't be spoken to",
        "No region is configured, or no HTTP client can be made.",
        "Set `AWS_REGION`; mend the system's certificates.";
    POLICY = 501, "The policy has errors",
        "A policy file or an inline suppression is not as docs/policy.md says; each place is \
         named.",
        "Correct what is named.";
    POLICY_NOT_SEEN = 502, "The policy could not be looked for",
        "GitHub cuts the list of the repository's files short, and no earlier copy of the policy \
         is known.",
        "Make the tree smaller, or put the policy into the organisation's `.github`.";
    NOT_AS_EXPECTED = 503, "The sandbox's check is not as expected",
        "The check of `serve --sandbox --once` differs from what it should be.",
        "Compare the differences above; this is a bug of ours.";
    FOLDER = 601, "The folder can't be opened",
        "It is not there, is a file, or may not be entered.",
        "Give the folder of a repository.";
    NO_REPOSITORY = 602, "Not a Git repository",
        "A revision was asked of a folder without one.",
        "Leave `--base` out, or clone the repository.";
    REVISION = 603, "The revision can't be used",
        "Git knows no such commit, several of that name, or no common history; the clone may be \
         shallow.",
        "Fetch it first (in a workflow: `actions/checkout` with `fetch-depth: 0`).";
    GIT = 604, "Git failed",
        "`git` is not installed, failed, or gave an answer that is not understood.",
        "See that `git` is on the PATH and what it says to the same command.";
    ARGUMENT = 605, "What was given can't be used",
        "An argument, a variable or a named file is wrong; the message says which.",
        "Do as the help line beside it says.";
    SETTINGS_FILE = 606, "The settings file can't be used",
        "It is not JSON, not of GitHub's form, or of another version.",
        "Write it anew with `phase-mirror settings export`.";
    UNEXPECTED = 607, "Something else failed",
        "None of the other codes; the causes are printed.",
        "If the causes do not lead further, report them.";
    MESSAGE_DAMAGED = 701, "A message can't be understood",
        "It was damaged, or a newer version wrote it.",
        "Look at it among the dead letters; redeliver the event.";
    NO_ATTEMPT_LEFT = 702, "No attempt is left to wait with",
        "What the work waits for did not come in all attempts; the message says what.",
        "Redeliver the event from the App's page, *Advanced*.";
    WORKER_PANICKED = 703, "A worker panicked",
        "A bug of ours; other work goes on.",
        "Report it with the lines before it.";
    ATTEMPTS_USED_UP = 704, "All attempts were cut off",
        "The worker died or was stopped in each of them, perhaps for want of memory.",
        "Look at memory and time-outs, then redeliver the event.";
    DISPATCHER_ENDED = 705, "The queue's dispatcher ended by itself",
        "A bug of ours; nothing more is worked on.",
        "Restart the process, and report it with the lines before it.";
    TIME_OVER = 706, "The function's time was over",
        "GitHub or a store answered slowly, or the repository is very large.",
        "Nothing: the next attempt goes on where this one ended. If it goes on so, raise the \
         function's time-out, and its queue's visibility time-out to six times that.";
    SPANS_NOT_EXPORTED = 801, "Spans are not exported",
        "The receiver that `OTEL_EXPORTER_OTLP_ENDPOINT` names does not answer or does not take \
         them; up to 2048 are kept.",
        "See that it takes OTLP as JSON over HTTP at that address, and that its key is in \
         `OTEL_EXPORTER_OTLP_HEADERS`. Work goes on without.";
}
