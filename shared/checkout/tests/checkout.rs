//! Real repositories, made by the real `git` in temporary folders.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

use std::path::Path;
use std::process::Command;

use checkout::{Checkout, CheckoutError};
use oracle::{EntryKind, Fact, Reason, RepoPath, Tree};

const WORKFLOW: &str = ".github/workflows/ci.yml";

/// A repository with one commit on `main`.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.write(WORKFLOW, "on: push\n");
        repository.write("src/main.rs", "fn main() {}\n");
        repository.write(".gitignore", "target/\n");
        repository.commit("first");
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.path())
            .args([
                "-c",
                "user.name=Mona",
                "-c",
                "user.email=mona@github.example",
            ])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn open(&self) -> Checkout {
        Checkout::open(self.path()).unwrap()
    }
}

fn paths(tree: &Tree) -> Vec<&str> {
    let entries = tree.entries.known().unwrap();
    entries.keys().map(RepoPath::as_str).collect()
}

fn content<'a>(tree: &'a Tree, path: &str) -> &'a Fact<Vec<u8>> {
    &tree.files[&RepoPath::new(path).unwrap()]
}

fn text(tree: &Tree, path: &str) -> String {
    String::from_utf8(content(tree, path).known().unwrap().clone()).unwrap()
}

fn why(tree: &Tree, path: &str) -> Reason {
    content(tree, path).known().unwrap_err().reason
}

#[test]
fn the_working_tree_is_what_is_on_the_disk() {
    let repository = Repository::new();
    repository.write(WORKFLOW, "on: pull_request\n");
    repository.write("new file.txt", "untracked");
    repository.write("target/debug/out", "ignored");
    std::fs::remove_file(repository.path().join("src/main.rs")).unwrap();
    let tree = repository
        .open()
        .working_tree(oracle::registry::wants)
        .unwrap();
    assert_eq!(paths(&tree), [WORKFLOW, ".gitignore", "new file.txt"]);
    assert_eq!(text(&tree, WORKFLOW), "on: pull_request\n");
}

#[test]
fn a_commit_is_what_git_has() {
    let repository = Repository::new();
    repository.write(WORKFLOW, "on: pull_request\n");
    let checkout = repository.open();
    let head = checkout.head().unwrap().unwrap();
    let tree = checkout.tree_of(&head, oracle::registry::wants).unwrap();
    assert_eq!(paths(&tree), [WORKFLOW, ".gitignore", "src/main.rs"]);
    assert_eq!(text(&tree, WORKFLOW), "on: push\n");
}

#[test]
fn a_folder_of_a_repository_stands_for_the_whole() {
    let repository = Repository::new();
    let checkout = Checkout::open(&repository.path().join("src")).unwrap();
    let root = repository.path().canonicalize().unwrap();
    assert_eq!(checkout.root().canonicalize().unwrap(), root);
    assert_eq!(checkout.branch().unwrap().as_str(), "main");
    let tree = checkout.working_tree(oracle::registry::wants).unwrap();
    assert!(paths(&tree).contains(&WORKFLOW));
}

#[test]
fn a_change_is_compared_with_where_the_histories_meet() {
    let repository = Repository::new();
    let first = repository.open().head().unwrap().unwrap();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a", "a");
    repository.commit("on the topic branch");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("b", "b");
    repository.commit("meanwhile on main");
    repository.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(repository.open().merge_base("main").unwrap(), first);
}

#[test]
fn revisions_that_are_none_are_errors() {
    let repository = Repository::new();
    for revision in ["no-such-branch", "--help", "main:src/main.rs", "^HEAD", ""] {
        let error = repository.open().merge_base(revision).unwrap_err();
        let expected = matches!(error, CheckoutError::UnknownRevision { .. });
        assert!(expected, "{revision:?}: {error}");
    }
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit("unrelated");
    let error = repository.open().merge_base("main").unwrap_err();
    assert!(
        matches!(error, CheckoutError::NoMergeBase { .. }),
        "{error}"
    );
}

/// Every wanted file has its content, or the reason why it has none; other files have neither.
#[test]
fn what_can_not_be_read_says_why() {
    let repository = Repository::new();
    let workflow = |name: &str| format!(".github/workflows/{name}.yml");
    repository.write(&workflow("large"), vec![b'#'; 2 << 20]);
    repository.write(&workflow("limit"), vec![b'#'; 1 << 20]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", repository.path().join(workflow("link"))).unwrap();
    repository.commit("hostile");
    let checkout = repository.open();
    let head = checkout.head().unwrap().unwrap();
    let wants = oracle::registry::wants;
    for tree in [
        checkout.working_tree(wants).unwrap(),
        checkout.tree_of(&head, wants).unwrap(),
    ] {
        assert_eq!(why(&tree, &workflow("large")), Reason::TooLarge);
        assert_eq!(text(&tree, &workflow("limit")).len(), 1 << 20);
        #[cfg(unix)]
        assert_eq!(why(&tree, &workflow("link")), Reason::Unreadable);
        assert!(tree.files.keys().all(wants));
    }
}

#[cfg(unix)]
#[test]
fn kinds_are_those_of_git() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::new();
    repository.write("run.sh", "");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(repository.path().join("run.sh"), executable).unwrap();
    std::os::unix::fs::symlink("run.sh", repository.path().join("link")).unwrap();
    let untracked = repository.open().working_tree(|_| false).unwrap();
    repository.commit("kinds");
    let head = repository.open().head().unwrap().unwrap();
    let committed = repository.open().tree_of(&head, |_| false).unwrap();
    for tree in [untracked, committed] {
        let kind = |path: &str| tree.entries.known().unwrap()[&RepoPath::new(path).unwrap()].kind;
        assert_eq!(kind("run.sh"), EntryKind::Executable);
        assert_eq!(kind("link"), EntryKind::Symlink);
        assert_eq!(kind("src/main.rs"), EntryKind::File);
    }
}

/// Many files, so that both pipes to `git cat-file` are full at some time.
#[test]
fn hundreds_of_files_come_through() {
    let repository = Repository::new();
    for index in 0..400 {
        let workflow = format!(".github/workflows/w{index}.yml");
        repository.write(&workflow, format!("# {index}\n").repeat(500));
    }
    repository.commit("many");
    let checkout = repository.open();
    let head = checkout.head().unwrap().unwrap();
    let tree = checkout.tree_of(&head, oracle::registry::wants).unwrap();
    assert_eq!(tree.files.len(), 401);
    assert!(text(&tree, ".github/workflows/w399.yml").starts_with("# 399\n"));
}

#[test]
fn before_the_first_commit_there_is_a_working_tree() {
    let folder = tempfile::tempdir().unwrap();
    let git = Command::new("git").arg("init").arg(folder.path()).output();
    assert!(git.unwrap().status.success());
    std::fs::write(folder.path().join("README.md"), "").unwrap();
    let checkout = Checkout::open(folder.path()).unwrap();
    assert_eq!(checkout.head().unwrap(), None);
    let tree = checkout.working_tree(oracle::registry::wants).unwrap();
    assert_eq!(paths(&tree), ["README.md"]);
}

#[test]
fn a_folder_without_git_is_walked_and_has_no_revisions() {
    let folder = tempfile::tempdir().unwrap();
    let workflows = folder.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).unwrap();
    std::fs::write(workflows.join("ci.yml"), "on: push\n").unwrap();
    let checkout = Checkout::open(folder.path()).unwrap();
    let tree = checkout.working_tree(oracle::registry::wants).unwrap();
    assert_eq!(text(&tree, WORKFLOW), "on: push\n");
    let error = checkout.merge_base("main").unwrap_err();
    assert!(matches!(error, CheckoutError::NoRepository { .. }));
}

#[test]
fn what_is_no_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Checkout::open(&folder.path().join("missing")).unwrap_err();
    assert!(matches!(error, CheckoutError::Folder { .. }), "{error}");
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = Checkout::open(&folder.path().join("file")).unwrap_err();
    assert!(matches!(error, CheckoutError::NotAFolder { .. }), "{error}");
}

/// A hook that calls us has them set; the path says which repository is meant.
#[test]
fn variables_of_another_repository_mean_nothing() {
    let (ours, other) = (Repository::new(), Repository::new());
    other.write("other", "other");
    other.commit("other");
    let tests = std::env::current_exe().unwrap();
    let output = Command::new(tests)
        .args(["--exact", "beside_another_repository", "--nocapture"])
        .env("CHECKOUT_TEST", ours.path())
        .env("GIT_DIR", other.path().join(".git"))
        .env("GIT_WORK_TREE", other.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The part of the test above that runs in a process with other variables.
#[test]
fn beside_another_repository() {
    let Some(path) = std::env::var_os("CHECKOUT_TEST") else {
        return;
    };
    let checkout = Checkout::open(&Path::new(&path).join("src")).unwrap();
    let tree = checkout.working_tree(|_| false).unwrap();
    assert_eq!(paths(&tree), [WORKFLOW, ".gitignore", "src/main.rs"]);
}

/// Git would take the tag, which anybody who may push one could point at a commit of theirs.
#[test]
fn a_tag_does_not_stand_in_for_a_branch() {
    let repository = Repository::new();
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    assert!(repository.open().merge_base("origin/main").is_ok());
    repository.git(&["tag", "origin/main"]);
    let error = repository.open().merge_base("origin/main").unwrap_err();
    assert!(matches!(error, CheckoutError::Ambiguous { .. }), "{error}");
    let full = repository.open().merge_base("refs/remotes/origin/main");
    assert!(full.is_ok());
}

#[test]
fn a_repository_that_can_not_be_used_is_not_taken_for_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".git"), "gitdir: /nowhere\n").unwrap();
    let error = Checkout::open(folder.path()).unwrap_err();
    assert!(matches!(error, CheckoutError::Git { .. }), "{error}");
}
