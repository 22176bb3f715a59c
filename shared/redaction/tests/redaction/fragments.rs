//! Secrets for tests, put together when a test runs: as constants, scanners of secrets would
//! find them in this repository.

/// Letters and digits in no order, as long as is asked for.
pub(crate) fn mixed(length: usize) -> String {
    "q7Rk2Zx9Lw4Vb8Nc3Tm6Yp1Hs5Jd0Gf"
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// Upper-case letters and digits.
pub(crate) fn upper(length: usize) -> String {
    mixed(length).to_ascii_uppercase()
}

/// Hex digits.
pub(crate) fn hex(length: usize) -> String {
    "3f9c0ad71be84265".chars().cycle().take(length).collect()
}

/// A token with a prefix.
pub(crate) fn token(prefix: &str, length: usize) -> String {
    format!("{prefix}{}", mixed(length))
}

/// A JSON Web Token.
pub(crate) fn jwt() -> String {
    format!("ey{}.ey{}.{}", token("Jh", 20), token("Jz", 40), mixed(43))
}

/// One of the lines around a private key: `frame("BEGIN", "RSA ")`.
pub(crate) fn frame(edge: &str, algorithm: &str) -> String {
    format!("-----{edge} {algorithm}PRIVATE KEY-----")
}

/// A secret that is known by its form, whatever stands around it, with its name.
pub(crate) fn known_by_form() -> Vec<(&'static str, String)> {
    vec![
        ("aws-access-key", format!("AKIA{}", upper(16))),
        ("aws-access-key", format!("ASIA{}", upper(16))),
        ("google-key", token("AIza", 35)),
        ("google-key", token("GOCSPX-", 28)),
        ("google-key", token("ya29.", 60)),
        ("azure-key", format!("{}8Q~{}", mixed(3), mixed(34))),
        ("github-token", token("ghp_", 36)),
        ("github-token", token("gho_", 36)),
        ("github-token", token("ghu_", 36)),
        ("github-token", token("ghs_", 36)),
        ("github-token", token("ghr_", 76)),
        ("github-token", format!("ghs_123456_{}", jwt())),
        (
            "github-token",
            format!("github_pat_{}_{}", mixed(22), mixed(59)),
        ),
        ("gitlab-token", token("glpat-", 20)),
        (
            "gitlab-token",
            format!("glpat-{}.01.{}", mixed(27), mixed(9)),
        ),
        ("slack-token", format!("xoxb-123456789012-{}", mixed(24))),
        ("slack-token", format!("xapp-1-A12345-{}", mixed(24))),
        ("stripe-key", token("sk_live_", 24)),
        ("stripe-key", token("rk_live_", 24)),
        ("registry-token", token("npm_", 36)),
        ("registry-token", token("pypi-AgEIcHlwaS5vcmc", 60)),
        ("registry-token", token("dckr_pat_", 27)),
        ("messaging-key", format!("SG.{}.{}", mixed(22), mixed(43))),
        ("ai-key", token("sk-ant-api03-", 90)),
        ("ai-key", token("sk-proj-", 60)),
        ("provider-token", format!("dop_v1_{}", hex(64))),
        ("provider-token", token("hvs.", 90)),
        ("jwt", jwt()),
    ]
}
