//! Renders docs/configuration.md from the table of keys.

use std::fmt::Write as _;

use super::keys::{KEYS, Key};

const HEAD: &str = "\
# Configuration of `phase-mirror serve`

<!-- Rendered from shared/runtime/src/config/keys.rs; a test says how to render it again. -->

Settings come from a TOML file and from environment variables; a variable overrides the file, and
an option of the command line overrides both. The file is the one that `--config` names, or else
`PHASE_MIRROR_CONFIG`, or else `config.toml` in the data folder if there is one. The data folder is
the one that `--data` names, or else `PHASE_MIRROR_DATA`, or else `phase-mirror-data` here.

Where neither names an App (`github.client_id` or `github.app_id`), `app.toml` in the data folder is
read as well, which [`phase-mirror setup`](setup.md) writes; what file and variables say goes before it.

Everything is checked at the start, and every problem is named at once. An unknown key is a
problem too, and so is a variable that is nearly the name of a setting; any other unknown variable
that begins with `PHASE_MIRROR_` is warned about and ignored. Values are UTF-8.
`phase-mirror serve --check-config` checks and does nothing else.

Secrets and the private key may change while the server runs: everything is read again every 30
seconds, at once on SIGHUP, and (at most every 10 seconds) when a webhook's signature fits no secret
that is known. What differs of these is in force at once, and logged with a version; all else waits
for the next start. A configuration with problems is logged whole, and the one before stays.

Secrets are never written into the file: it names other files that hold them (`chmod 600`), or they
are given as variables. A relative path in the file is relative to the file's folder.

`phase-mirror serve --sandbox` needs no configuration and reads none.

```toml
listen = \"127.0.0.1:8080\"

[github]
client_id = \"Iv23liABCDEF\"
private_key_file = \"private-key.pem\"
webhook_secret_file = \"webhook-secret\"

[log]
format = \"json\"
```
";

/// The document, ready to be written.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    for Key {
        name,
        variable,
        expected,
        default,
        meaning,
        kind: _,
    } in KEYS
    {
        let title = if name.is_empty() { variable } else { name };
        // Writing to a `String` can't fail.
        let _ = write!(text, "\n## `{title}`\n\n{meaning}\n\n");
        if name.is_empty() {
            let _ = writeln!(text, "- Only as a variable: `{variable}`");
        } else {
            let _ = writeln!(text, "- Variable: `{variable}`");
        }
        let _ = writeln!(text, "- Value: {expected}");
        if !default.is_empty() {
            let _ = writeln!(text, "- Default: `{default}`");
        }
    }
    text
}
