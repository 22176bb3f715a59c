//! What a reader needs to find the place, and ordinary files as a whole.

use redaction::redact;

#[test]
fn ids_digests_and_references_stay() {
    for text in [
        "3f9c0ad71be842653f9c0ad71be842653f9c0ad7",
        "3f9c0ad71be842653f9c0ad71be842653f9c0ad71be842653f9c0ad71be84265",
        "commit: 3f9c0ad71be842653f9c0ad71be842653f9c0ad7",
        "123e4567-e89b-12d3-a456-426614174000",
        "client-id: 123e4567-e89b-12d3-a456-426614174000",
        "image: ghcr.io/o/i@sha256:3f9c0ad71be842653f9c0ad71be842653f9c0ad71be842653f9c0ad71be84265",
        "\"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"",
        "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
        "/src/ @octo-org/platform-team @octocat",
        "node-version: 20.11.1",
        "rust: 1.95.0-beta.2",
        "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.2.3.tgz\"",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8a2Wm",
        "on: {push: {branches: [main]}}",
        "cron: '17 3 * * 1'",
    ] {
        let redacted = redact(text);
        assert_eq!(redacted.as_str(), text);
        assert!(redacted.kinds().is_empty());
    }
}

#[test]
fn an_ordinary_workflow_stays_as_it_is() {
    let text = r#"
name: Release
on:
  push:
    tags: ['v[0-9]+.[0-9]+.[0-9]+']
  workflow_dispatch:
    inputs:
      token:
        description: A token that may publish
        required: true
permissions:
  contents: read
  id-token: write
env:
  CARGO_TERM_COLOR: always
  SECRET_NAME: release-signing
jobs:
  release:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
          token: ${{ secrets.RELEASE_TOKEN }}
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
      - run: |
          echo "::add-mask::$TOKEN"
          echo "$PASSWORD" | docker login -u x --password-stdin
          curl -H "Authorization: Bearer $GITHUB_TOKEN" https://api.github.com/user
          git config user.name 'github-actions[bot]'
          git clone git@github.com:octo-org/hello.git
          psql "postgres://app:${PASSWORD}@127.0.0.1:5432/test"
        env:
          GITHUB_TOKEN: ${{ github.token }}
          PASSWORD: ${{ secrets.PASSWORD }}
      - uses: actions/cache@v4
        with:
          key: ${{ runner.os }}-${{ hashFiles('**/Cargo.lock') }}
    secrets: inherit
"#;
    assert_eq!(redact(text).as_str(), text);
}
