//! Each detector: what it takes out, beside what it must not mistake for it.

use redaction::redact;

use crate::fragments::{frame, hex, jwt, known_by_form, mixed, token, upper};

/// Each text and what comes out; `None` where nothing is taken out.
fn check(rows: &[(&str, Option<&str>)]) {
    for (text, expected) in rows {
        let expected = expected.unwrap_or(text);
        assert_eq!(redact(text).as_str(), expected, "of {text:?}");
    }
}

/// As [`check`], with `¤` for the secret and `§` for `[REDACTED:kind]`.
fn check_with(secret: &str, kind: &str, rows: &[(&str, Option<&str>)]) {
    let placeholder = format!("[REDACTED:{kind}]");
    for (text, expected) in rows {
        let expected = expected.map(|it| it.replace('§', &placeholder));
        check(&[(&text.replace('¤', secret), expected.as_deref())]);
    }
}

#[test]
fn tokens_are_known_by_their_form_alone() {
    for (kind, secret) in known_by_form() {
        check_with(
            &secret,
            kind,
            &[
                ("¤", Some("§")),
                ("x (¤), y", Some("x (§), y")),
                ("echo \"¤\"", Some("echo \"§\"")),
                ("use ¤.", Some("use §.")),
            ],
        );
        let found: Vec<&str> = redact(&secret)
            .kinds()
            .iter()
            .map(|it| it.as_str())
            .collect();
        assert_eq!(found, [kind]);
    }
}

#[test]
fn words_that_begin_like_tokens_stay() {
    check(&[
        ("npm_config_registry: https://registry.npmjs.org", None),
        ("pypi-publish and pypi-attestations", None),
        ("ASIAPACIFICREGIONALSETTINGS", None),
        ("AKIA", None),
        ("ghs_short", None),
        ("task-project-with-a-long-name-and-no-digit", None),
        ("disk-3f9c0ad71be842653f9c0ad71be842653f9c0ad7", None),
        ("risk-admin-of-something-that-is-long", None),
        ("hvs.example", None),
        ("precious-and-judicious-social-cioppino", None),
        ("SG.thing.other", None),
        ("xoxb-your-token-here", None),
        ("eyJ and eyJhbGciOi with no dot", None),
        ("deyJust.a.name", None),
    ]);
}

#[test]
fn keys_of_crates_io_twilio_and_openai_are_words_of_their_own() {
    for (prefix, kind) in [
        ("cio", "registry-token"),
        ("SK", "messaging-key"),
        ("sk-", "ai-key"),
    ] {
        let secret = token(prefix, if prefix == "sk-" { 48 } else { 32 });
        check_with(
            &secret,
            kind,
            &[("a ¤ b", Some("a § b")), ("(¤)", Some("(§)"))],
        );
        check(&[(&format!("ta{secret}"), None)]);
    }
    check(&[(&format!("SK{}", hex(64)), None)]);
}

#[test]
fn aws_secret_keys_are_known_by_their_name_or_their_neighbour() {
    let secret = format!("{}/{}+{}", mixed(20), mixed(10), mixed(8));
    check_with(
        &secret,
        "aws-secret-key",
        &[
            (
                "aws_secret_access_key = ¤",
                Some("aws_secret_access_key = §"),
            ),
            ("AWS_SECRET_ACCESS_KEY: ¤", Some("AWS_SECRET_ACCESS_KEY: §")),
            (
                "\"SecretAccessKey\": \"¤\"",
                Some("\"SecretAccessKey\": \"§\""),
            ),
            ("AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS }}", None),
        ],
    );
    let id = format!("AKIA{}", upper(16));
    check(&[
        (
            &format!("{id}:{secret}"),
            Some("[REDACTED:aws-access-key]:[REDACTED:aws-secret-key]"),
        ),
        // A commit has as many digits, but of one case.
        (
            &format!("{id} {}", hex(40)),
            Some(&format!("[REDACTED:aws-access-key] {}", hex(40))),
        ),
    ]);
}

#[test]
fn azure_keys_are_known_by_their_name() {
    let secret = format!("{}==", mixed(86));
    check_with(
        &secret,
        "azure-key",
        &[
            (
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=¤;EndpointSuffix=x",
                Some("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§;EndpointSuffix=x"),
            ),
            (
                "Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey=¤",
                Some("Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey=§"),
            ),
        ],
    );
}

#[test]
fn webhooks_lose_the_part_that_lets_people_post() {
    let secret = format!("T012345/B012345/{}", mixed(24));
    check_with(
        &secret,
        "webhook",
        &[
            (
                "https://hooks.slack.com/services/¤",
                Some("https://hooks.slack.com/services/§"),
            ),
            (
                "https://discord.com/api/webhooks/¤",
                Some("https://discord.com/api/webhooks/§"),
            ),
            ("https://hooks.slack.com/services/…", None),
            (
                "https://hooks.slack.com/services/${{ secrets.SLACK }}",
                None,
            ),
        ],
    );
}

#[test]
fn jwts_are_taken_out_though_cut() {
    let whole = jwt();
    let unsigned = whole.rsplit_once('.').expect("it has dots").0;
    check(&[
        (unsigned, Some("[REDACTED:jwt]")),
        (&format!("{unsigned}."), Some("[REDACTED:jwt].")),
        (&format!("{}…", &whole[..60]), Some("[REDACTED:jwt]…")),
    ]);
}

#[test]
fn private_keys_are_taken_out_line_by_line() {
    let (begin, end) = (frame("BEGIN", "RSA "), frame("END", "RSA "));
    let body = mixed(64);
    let taken = "[REDACTED:private-key]";
    check(&[
        (
            &format!("a: |\n  {begin}\n  {body}\n  {body}\n  x9=\n  {end}\nb: 1\n"),
            Some(&format!(
                "a: |\n  {taken}\n  {taken}\n  {taken}\n  {taken}\n  {taken}\nb: 1\n"
            )),
        ),
        // Cut off below, and above.
        (
            &format!("{begin}\n{body}\n{}", mixed(9)),
            Some(&format!("{taken}\n{taken}\n{taken}")),
        ),
        (
            &format!("{begin}\n{body}\n\njobs:\n  build:\n"),
            Some(&format!("{taken}\n{taken}\n\njobs:\n  build:\n")),
        ),
        (
            &format!("  {body}\n  {body}\n  x9=\n  {end}\nb: 1"),
            Some(&format!("  {taken}\n  {taken}\n  {taken}\n  {taken}\nb: 1")),
        ),
        // Escaped, as in a service account of GCP, whole and cut.
        (
            &format!("{{\"private_key\": \"{begin}\\n{body}\\n{end}\\n\", \"id\": 1}}"),
            Some(&format!("{{\"private_key\": \"{taken}\\n\", \"id\": 1}}")),
        ),
        (
            &format!("x = {begin}\\n{body}\\n{body}"),
            Some(&format!("x = {taken}")),
        ),
        // What a pattern in a script mentions has no body.
        (
            &format!("grep -q '{begin}' id_rsa\nmake\necho done\n"),
            Some(&format!("grep -q '{taken}' id_rsa\nmake\necho done\n")),
        ),
    ]);
    let public =
        "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOC\n-----END CERTIFICATE-----";
    check(&[(public, None)]);
}

#[test]
fn passwords_are_known_by_their_name() {
    for (text, expected) in [
        ("password: hunter2", "password: §"),
        (
            "password: correct horse battery # staple",
            "password: § # staple",
        ),
        ("password: x", "password: §"),
        ("  - DB_PASSWORD: 'it''s'", "  - DB_PASSWORD: '§'"),
        ("{ password: hunter2, user: x }", "{ password: §, user: x }"),
        ("\"password\": \"a \\\" b\",", "\"password\": \"§\","),
        (
            "\"{\\\"password\\\": \\\"hunter2\\\"}\"",
            "\"{\\\"password\\\": \\\"§\\\"}\"",
        ),
        ("MYSQL_PASS=hunter2 make", "MYSQL_PASS=§ make"),
        (
            "Server=a;User Id=b;Password=hunter2;Encrypt=true",
            "Server=a;User Id=b;Password=§;Encrypt=true",
        ),
        (
            "jdbc:mysql://a/b?user=c&password=hunter2&d=e",
            "jdbc:mysql://a/b?user=c&password=§&d=e",
        ),
        ("mysql --password hunter2 db", "mysql --password § db"),
        ("mysql --password=hunter2 db", "mysql --password=§ db"),
        ("<password>hunter2</password>", "<password>§</password>"),
        ("config['password'] = 'hunter2'", "config['password'] = '§'"),
        ("'passwd' => 'hunter2'", "'passwd' => '§'"),
        ("passphrase := `hunter2`", "passphrase := `§`"),
        ("PASSWORD=xx", "PASSWORD=§"),
        (
            "password: |\n  hunter2\n  more\nuser: x",
            "password: |\n  §\n  §\nuser: x",
        ),
    ] {
        let expected = expected.replace('§', "[REDACTED:password]");
        check(&[(text, Some(&expected))]);
    }
}

#[test]
fn what_stands_for_a_password_stays() {
    check(&[
        ("password: ${{ secrets.PASSWORD }}", None),
        ("password: \"${{ secrets.PASSWORD }}\"", None),
        ("password: $PASSWORD", None),
        ("PASSWORD=$(cat file)", None),
        ("PASSWORD=`cat file`", None),
        ("password: <your password>", None),
        ("--password <password> --user <user>", None),
        ("password: '***'", None),
        ("password: xxxx", None),
        ("password: ''", None),
        ("password:\n  required: true", None),
        ("password: {{ vault.password }}", None),
        ("password: %PASSWORD%", None),
        ("docker login --password-stdin", None),
        ("password: [REDACTED:password]", None),
        ("password: true", None),
        ("password = os.environ[\"PASSWORD\"]", None),
        ("password = input(\"Password?\")", None),
        ("if: inputs.password == 'x'", None),
        ("PWD=/home/runner", None),
        ("Your password is wrong", None),
        ("password::hash(x)", None),
    ]);
}

#[test]
fn other_secrets_are_known_by_their_name_and_their_look() {
    check_with(
        &mixed(24),
        "secret",
        &[
            ("token=¤", Some("token=§")),
            ("token: ¤", Some("token: §")),
            ("secret = \"¤\"", Some("secret = \"§\"")),
            ("MY_API_KEY: ¤", Some("MY_API_KEY: §")),
            (
                "//registry.npmjs.org/:_authToken=¤",
                Some("//registry.npmjs.org/:_authToken=§"),
            ),
            ("client_secret_prod: ¤", Some("client_secret_prod: §")),
            ("cache-key: ¤", None),
            ("token_sha256: ¤", None),
            ("public_key: ¤", None),
        ],
    );
    check(&[
        (
            "secret = \"correcthorse\"",
            Some("secret = \"[REDACTED:secret]\""),
        ),
        // A commit's id under such a name was a token of GitHub's before 2021.
        (
            &format!("TOKEN={}", hex(40)),
            Some("TOKEN=[REDACTED:secret]"),
        ),
        ("permissions:\n  id-token: write", None),
        ("secrets: inherit", None),
        ("token: ${{ github.token }}", None),
        ("token: ${{ secrets.RELEASE_TOKEN || github.token }}", None),
        ("secret-name: my-app-2", None),
        ("token: app-installation", None),
        ("SECRET=GITHUB_TOKEN", None),
        ("max_tokens=4096", None),
        ("secrets = \"projects/12/secrets/name/versions/3\"", None),
        (
            "secret_arn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
            None,
        ),
        ("- name: Check token", None),
        (
            "key: ${{ runner.os }}-cargo-${{ hashFiles('Cargo.lock') }}",
            None,
        ),
        ("token: sha256:3f9c0ad71be842653f9c0ad71be84265", None),
    ]);
}

#[test]
fn credentials_in_urls_are_taken_out_and_hosts_stay() {
    let out = "[REDACTED:url-credentials]";
    check(&[
        (
            "postgres://app:hunter2@db:5432/x",
            Some(&format!("postgres://{out}@db:5432/x")),
        ),
        (
            "redis://:hunter2@cache",
            Some(&format!("redis://{out}@cache")),
        ),
        (
            "amqp://a:b/c@d@mq/vhost",
            Some(&format!("amqp://{out}@mq/vhost")),
        ),
        ("https://x:$TOKEN@github.com/a/b", None),
        (
            "https://x-access-token:${{ secrets.PAT }}@github.com/a/b",
            None,
        ),
        ("ssh://git@github.com/a/b", None),
        ("http://localhost:8080/@scope/package", None),
        ("https://github.com/a/b@v1", None),
        ("https://jane@example.com/a", None),
    ]);
}

#[test]
fn authorization_headers_lose_their_credentials() {
    let secret = mixed(24);
    check_with(
        &secret,
        "authorization",
        &[
            ("Authorization: Bearer ¤", Some("Authorization: Bearer §")),
            (
                "-H 'Authorization: token ¤'",
                Some("-H 'Authorization: token §'"),
            ),
            ("AUTHORIZATION: basic ¤", Some("AUTHORIZATION: basic §")),
            (
                "header(\"Authorization\", \"Bearer ¤\")",
                Some("header(\"Authorization\", \"Bearer §\")"),
            ),
            ("\"authorization\": \"¤\"", Some("\"authorization\": \"§\"")),
            ("send Bearer ¤", Some("send Bearer §")),
            ("Authorization: Bearer $TOKEN", None),
            ("Authorization: Bearer ${{ secrets.X }}", None),
            ("Authorization: required", None),
            ("the bearer of good news", None),
        ],
    );
}

#[test]
fn mail_addresses_are_taken_out() {
    let out = "[REDACTED:email]";
    check(&[
        (
            "docs/ jane.doe+ci@example.com @octocat",
            Some(&format!("docs/ {out} @octocat")),
        ),
        ("Mail müller@example.co.uk.", Some(&format!("Mail {out}."))),
        ("<a@b.org>", Some(&format!("<{out}>"))),
        ("* @octocat @octo-org/team", None),
        ("uses: actions/checkout@v4.2.2", None),
        ("uses: owner/action@release.candidate", None),
        ("npm i @types/node@20.1.0 left-pad@1.3.0", None),
        ("git@github.com:octo-org/hello.git", None),
        ("icon@2x.png", None),
        ("a @ b.com", None),
    ]);
}

#[test]
fn addresses_of_machines_are_taken_out() {
    let out = "[REDACTED:ip]";
    check(&[
        ("ssh root@10.20.30.40", Some(&format!("ssh root@{out}"))),
        (
            "10.0.0.1-10.0.0.9, 10.0.0.0/8.",
            Some(&format!("{out}-{out}, {out}/8.")),
        ),
        (
            "http://93.184.216.34:80/",
            Some(&format!("http://{out}:80/")),
        ),
        ("2606:2800:220:1:248:1893:25c8:1946", Some(out)),
        (
            "[fe80::1ff:fe23:4567:890a]:22",
            Some(&format!("[{out}]:22")),
        ),
        ("fd12:3456::1: refused", Some(&format!("{out}: refused"))),
        (
            "127.0.0.1 0.0.0.0/0 ::1 :: 255.255.255.0 192.0.2.7 2001:db8::1",
            None,
        ),
        ("curl http://169.254.169.254/latest", None),
        (
            "v1.2.3.4 1.2.3 1.2.3.4.5 1.2.3.4-alpine x-1.2.3.4.tar.gz",
            None,
        ),
        ("AssemblyVersion(\"1.2.3.4\") pip==1.2.3.4 ~1.2.3.4", None),
        ("999.1.2.3 1.02.3.4", None),
        (
            "std::fmt a::b echo \"::error::x\" ::add-mask::y face::cafe",
            None,
        ),
        ("at 12:34:56, 00:1a:2b:3c:4d:5e", None),
    ]);
}

#[test]
fn the_most_telling_kind_names_what_overlaps() {
    let secret = token("ghp_", 36);
    check(&[
        (
            &format!("password: {secret}"),
            Some("password: [REDACTED:github-token]"),
        ),
        (
            &format!("https://x:{secret}@github.com"),
            Some("https://[REDACTED:github-token]@github.com"),
        ),
        (
            "password: jane@example.com",
            Some("password: [REDACTED:password]"),
        ),
    ]);
}
