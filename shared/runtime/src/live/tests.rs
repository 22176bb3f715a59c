//! Files that change under a running process.

use app::testing::contracts;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// A new key in PEM.
fn new_key() -> String {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let encoded = STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n")
}

/// A data folder with a configuration that names files, and what is in force of it.
struct Operator {
    folder: tempfile::TempDir,
    live: Arc<Live>,
}

impl Operator {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("config.toml", CONFIG);
        write("key", &new_key());
        write("secret", "zero\n");
        let sources = Sources {
            data: Some(folder.path().to_owned()),
            ..Sources::default()
        };
        let config = Config::load(&sources).unwrap().config;
        let live = Live::of(sources, &config);
        Self { folder, live }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    async fn look(&self) {
        self.live.look(&mut *self.live.looks.lock().await).await;
    }
}

const CONFIG: &str = "\
[github]
client_id = \"Iv1\"
private_key_file = \"key\"
webhook_secret_file = \"secret\"
";

#[tokio::test(start_paused = true)]
async fn secrets_in_files_are_a_source_that_can_change() {
    let operator = Operator::start();
    let replace = async |secrets: WebhookSecrets| {
        operator.write("secret", secrets.current.expose_secret());
        if let Some(previous) = &secrets.previous {
            operator.write("previous", previous.expose_secret());
            let config = format!("{CONFIG}webhook_secret_previous_file = \"previous\"\n");
            operator.write("config.toml", &config);
        }
    };
    let pass = async || tokio::time::advance(LOOK_AGAIN).await;
    contracts::secret_source(Arc::clone(&operator.live) as _, replace, pass).await;
}

#[tokio::test]
async fn a_key_that_is_replaced_signs_the_next_token() {
    let operator = Operator::start();
    let source: &dyn KeySource = &*operator.live;
    let first = source.current().await.unwrap();
    operator.look().await;
    assert!(source.current().await.unwrap() == first, "nothing changed");
    operator.write("key", &new_key());
    operator.look().await;
    assert!(source.current().await.unwrap() != first);
    assert_eq!(operator.live.kept().version, 2);
}

/// `phase-mirror setup --replace` beside a running server: neither its key nor its secret goes with
/// the id that is in force.
#[tokio::test]
async fn another_app_is_not_mixed_with_the_one_that_runs() {
    let operator = Operator::start();
    let before = operator.live.kept();
    operator.write("config.toml", &CONFIG.replace("Iv1", "Iv2"));
    operator.write("key", &new_key());
    operator.write("secret", "another's");
    for _ in 0..2 {
        operator.look().await;
        let kept = operator.live.kept();
        assert_eq!(kept.version, 1);
        assert!(Arc::ptr_eq(&kept.secrets, &before.secrets) && kept.key == before.key);
    }
    let other = operator.live.looks.lock().await.other.clone();
    assert_eq!(other.unwrap().issuer, "Iv2");

    operator.write("config.toml", CONFIG);
    operator.look().await;
    assert_eq!(operator.live.kept().version, 2, "it is the same App again");
}

#[tokio::test]
async fn a_configuration_with_problems_changes_nothing() {
    let operator = Operator::start();
    let before = operator.live.kept();
    operator.write("key", "no key");
    operator.write("secret", "another");
    operator.look().await;
    let kept = operator.live.kept();
    assert_eq!(kept.version, 1);
    assert!(
        Arc::ptr_eq(&kept.secrets, &before.secrets),
        "nor half of it"
    );
    assert!(kept.key == before.key);
    assert_eq!(operator.live.looks.lock().await.known.iter().count(), 1);

    operator.write("key", &new_key());
    operator.look().await;
    assert_eq!(operator.live.kept().version, 2);
    assert_eq!(operator.live.looks.lock().await.known, None);
}

#[test]
fn neither_a_secret_nor_the_environment_is_shown() {
    let operator = Operator::start();
    let mut sources = operator.live.sources.clone().unwrap();
    let variable = "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET".to_owned();
    sources.environment.insert(variable, "canary".into());
    let config = Config::load(&sources).unwrap().config;
    let shown = format!("{:?}", Live::of(sources, &config));
    assert_eq!(shown, "Live { version: 1, .. }");
}

#[tokio::test]
async fn what_is_fixed_stays() {
    let operator = Operator::start();
    let sources = operator.live.sources.clone().unwrap();
    let config = Config::load(&sources).unwrap().config;
    let fixed = Live::fixed(&config);
    operator.write("secret", "another");
    let source: &dyn SecretSource = &*fixed;
    let known = source.current().await.unwrap();
    assert!(source.newer(&known).await.unwrap().is_none());
}
