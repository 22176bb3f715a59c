//! Object ids against `git` itself, and merges.

use super::*;

fn commit(
    store: &mut ObjectStore,
    parents: &[ObjectId],
    changes: &[(&str, Content)],
    message: &str,
) -> ObjectId {
    let mut files = parents
        .first()
        .map(|it| store.files(*it))
        .unwrap_or_default();
    let changes = changes.iter();
    let changes = changes.map(|(path, content)| ((*path).to_owned(), content.clone()));
    store.apply(&mut files, changes.collect());
    let tree = store.write_tree(&files);
    store.put(Object::Commit(Commit {
        tree,
        parents: parents.to_vec(),
        author: Signature {
            name: "The Octocat".to_owned(),
            email: "octocat@users.noreply.github.com".to_owned(),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
        },
        message: message.to_owned(),
    }))
}

/// The ids are what `git` 2.39 gave for the same files, author, time and message.
#[test]
fn ids_are_those_that_git_gives() {
    let mut store = ObjectStore::default();
    let first = commit(
        &mut store,
        &[],
        &[
            ("a/x", "hi\n".into()),
            ("a.b/y", "hi\n".into()),
            ("run", Content::Executable(b"#!/bin/sh\n".to_vec())),
            ("link", Content::Symlink("a/x".to_owned())),
        ],
        "First",
    );

    let id = |path: &str| store.entry(first, path).unwrap().id.to_string();
    assert_eq!(id("a/x"), "45b983be36b73c0788dc9cbcb76cbb80fc7bb057");
    assert_eq!(id("run"), "1a2485251c33a70432394c93fb89330ef214bfc9");
    assert_eq!(id("link"), "7e2844aca56489e5ed1111b5e32d999e7d4ad8b4");
    let tree = store.commit(first).unwrap().tree.to_string();
    assert_eq!(tree, "00312bbb3da5b8e126711cb14d93f541ce5b8db9");
    assert_eq!(
        first.to_string(),
        "203f223f0365feaa68024cce74e383e0731535a6"
    );
    assert_eq!(
        ObjectId::of("blob", b"").to_string(),
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    );
    assert_eq!(
        ObjectId::of("tree", b"").to_string(),
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    );
}

#[test]
fn a_directory_that_loses_its_last_file_is_gone() {
    let mut store = ObjectStore::default();
    let first = commit(
        &mut store,
        &[],
        &[("a/b/c", "1\n".into()), ("d", "2\n".into())],
        "1",
    );
    let second = commit(&mut store, &[first], &[("a/b/c", Content::Deleted)], "2");

    assert!(store.entry(second, "a").is_none());
    assert_eq!(store.files(second).len(), 1);
}

const LINES: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

fn merged(ours: &[(&str, Content)], theirs: &[(&str, Content)]) -> Option<Vec<String>> {
    let mut store = ObjectStore::default();
    let base = commit(
        &mut store,
        &[],
        &[("f", LINES.into()), ("g", "g\n".into())],
        "base",
    );
    let ours = commit(&mut store, &[base], ours, "ours");
    let theirs = commit(&mut store, &[base], theirs, "theirs");
    let files = store.merged_files(ours, theirs)?;
    let shown = files.iter().map(|(path, (mode, id))| {
        let text = String::from_utf8_lossy(store.blob(*id).unwrap()).replace('\n', " ");
        format!("{} {path}: {}", mode.as_str(), text.trim())
    });
    Some(shown.collect())
}

#[test]
fn changes_of_different_lines_and_files_merge() {
    let ours = [
        ("f", LINES.replace('1', "one").into()),
        ("new", "n\n".into()),
    ];
    let theirs = [
        ("f", LINES.replace('9', "nine").into()),
        ("g", Content::Deleted),
    ];
    assert_eq!(
        merged(&ours, &theirs).unwrap(),
        ["100644 f: one 2 3 4 5 6 7 8 nine", "100644 new: n"]
    );
}

#[test]
fn a_mode_and_a_content_change_merge() {
    let ours = [("g", Content::Executable(b"g\n".to_vec()))];
    let theirs = [("g", "h\n".into())];
    assert_eq!(
        merged(&ours, &theirs).unwrap(),
        ["100644 f: 1 2 3 4 5 6 7 8 9", "100755 g: h"]
    );
}

#[test]
fn what_both_sides_did_alike_is_no_conflict() {
    let same = [("f", "same\n".into())];
    assert_eq!(
        merged(&same, &same).unwrap(),
        ["100644 f: same", "100644 g: g"]
    );
}

#[test]
fn conflicts() {
    let line = |text: &str| ("f", Content::from(LINES.replace('5', text)));
    assert_eq!(
        merged(&[line("ours")], &[line("theirs")]),
        None,
        "the same line"
    );
    let gone = ("f", Content::Deleted);
    assert_eq!(
        merged(&[line("ours")], &[gone]),
        None,
        "changed and removed"
    );
    let both = |text: &str| [("new", Content::from(text))];
    assert_eq!(merged(&both("a\n"), &both("b\n")), None, "both added");
    let target = [("f", Content::Symlink("g".to_owned()))];
    let elsewhere = [("f", Content::Symlink("h".to_owned()))];
    assert_eq!(merged(&target, &elsewhere), None, "links are not text");
    let file = [("d", Content::from("file\n"))];
    let folder = [("d/e", Content::from("in a folder\n"))];
    assert_eq!(
        merged(&file, &folder),
        None,
        "a file where there is a folder"
    );
}

#[test]
fn the_merge_base_is_the_nearest_common_commit() {
    let mut store = ObjectStore::default();
    let root = commit(&mut store, &[], &[("f", "0\n".into())], "root");
    let main = commit(&mut store, &[root], &[("m", "1\n".into())], "main");
    let topic = commit(&mut store, &[root], &[("t", "1\n".into())], "topic");
    let update = commit(&mut store, &[topic, main], &[("m", "1\n".into())], "update");
    let later = commit(&mut store, &[main], &[("m", "2\n".into())], "later");

    assert_eq!(store.merge_base(main, topic), Some(root));
    assert_eq!(store.merge_base(later, update), Some(main), "merged since");
    assert_eq!(store.commits_between(later, update), [topic, update]);
    let stranger = commit(&mut store, &[], &[("s", "1\n".into())], "stranger");
    assert_eq!(store.merge_base(stranger, main), None);
}

#[test]
fn changes_show_what_githubs_file_list_shows() {
    let mut store = ObjectStore::default();
    let before = commit(
        &mut store,
        &[],
        &[
            ("f", LINES.into()),
            ("old", "same\n".into()),
            ("bin", vec![0, 159, 146].into()),
        ],
        "before",
    );
    let after = commit(
        &mut store,
        &[before],
        &[
            ("f", LINES.replace('5', "five").into()),
            ("old", Content::Deleted),
            ("new", "same\n".into()),
            ("bin", vec![1, 159, 146].into()),
        ],
        "after",
    );
    let changes = store.changes(&store.files(before), &store.files(after));

    let shown: Vec<_> = changes
        .iter()
        .map(|it| {
            format!(
                "{} {} +{} -{}",
                it.kind.as_str(),
                it.path,
                it.additions,
                it.deletions
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "modified bin +0 -0",
            "modified f +1 -1",
            "renamed new +0 -0"
        ]
    );
    assert_eq!(
        changes[1].patch.as_deref(),
        Some("@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8")
    );
    assert_eq!(changes[2].kind, ChangeKind::Renamed("old".to_owned()));
}
