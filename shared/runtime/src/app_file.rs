//! The App that `phase-mirror setup` stores in the data folder: `app.toml`, which is read as a
//! configuration file that names no other App, and its key and secret beside it, for their owner only.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use github::ApiUrl;
use secrecy::{ExposeSecret, SecretString};

/// The file's name in the data folder.
pub const APP_FILE: &str = "app.toml";

/// An App that is to be stored. `Debug` shows no secret.
#[derive(Debug, Clone, Copy)]
pub struct StoredApp<'a> {
    /// GitHub's REST API.
    pub api_url: &'a ApiUrl,
    /// The App's id.
    pub id: u64,
    /// Its client ID.
    pub client_id: &'a str,
    /// Its private key, in PEM.
    pub private_key: &'a SecretString,
    /// What its webhooks are signed with.
    pub webhook_secret: &'a SecretString,
}

/// Whether an App is stored there.
pub fn is_stored(data: &Path) -> io::Result<bool> {
    data.join(APP_FILE).try_exists()
}

/// Makes the data folder, for its owner only, where it is not there, and tries to write in it: what
/// GitHub gives once must not be lost for want of a place.
pub fn prepare(data: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(data)?;
    let trial = data.join(".app.trial");
    write(&trial, "")?;
    fs::remove_file(trial)
}

/// Stores the App in place of one that was stored before, whose key and secret stay where they are.
/// Whoever reads in between finds the one or the other.
pub fn store(data: &Path, app: &StoredApp<'_>) -> io::Result<PathBuf> {
    let id = app.id;
    let key = format!("app-{id}.private-key.pem");
    let secret = format!("app-{id}.webhook-secret");
    write(&data.join(&key), app.private_key.expose_secret())?;
    write(&data.join(&secret), app.webhook_secret.expose_secret())?;
    let api_url = if app.api_url.is_github_com() {
        String::new()
    } else {
        format!("api_url = {:?}\n", app.api_url.as_str())
    };
    let text = format!(
        "# Written by `phase-mirror setup`. What config.toml and variables say goes before it; where\n\
         # they name an App, this file is not read.\n[github]\n{api_url}client_id = {:?}\n\
         app_id = {id}\nprivate_key_file = {key:?}\nwebhook_secret_file = {secret:?}\n",
        app.client_id
    );
    let path = data.join(APP_FILE);
    write(&path, &text)?;
    Ok(path)
}

/// Writes a file for its owner only; it is on the disk, whole, before it has its name.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    // One that a killed process left may be open to others.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(part, path)
}
