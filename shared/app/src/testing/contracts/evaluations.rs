//! The contract of [`Evaluations`].

use std::sync::Arc;

use oracle::RepoPath;

use super::head;
use crate::check::{Annotation, AnnotationLevel, CheckOutput, Conclusion};
use crate::event::Head;
use crate::ports::{Evaluations, StoredEvaluation};

/// Runs the contract on an empty store.
pub async fn evaluations(store: Arc<dyn Evaluations>) {
    an_unknown_generation_has_none(&*store).await;
    what_is_put_is_loaded_to_the_byte(&*store).await;
    generations_and_heads_are_apart(&*store).await;
    the_first_stands(&*store).await;
    of_many_at_once_everybody_gets_the_same(store).await;
}

fn evaluation(title: &str) -> StoredEvaluation {
    StoredEvaluation {
        reports: Vec::new(),
        output: CheckOutput {
            conclusion: Conclusion::Neutral,
            title: title.to_owned(),
            summary: "| a | b |\r\n\u{202e}ü\u{1f980}'\"\\".to_owned(),
            annotations: (1..=120).map(annotation).collect(),
        },
    }
}

fn annotation(line: u32) -> Annotation {
    Annotation {
        path: RepoPath::new(".github/workflows/ci.yml").expect("a path"),
        start_line: line,
        end_line: line + 1,
        level: AnnotationLevel::Warning,
        title: format!("line {line}"),
        message: "x".repeat(1_000),
    }
}

async fn an_unknown_generation_has_none(store: &dyn Evaluations) {
    let found = store.load(&head(1), 1).await.expect("answered");
    assert_eq!(found, None, "an unknown generation has no evaluation");
}

async fn what_is_put_is_loaded_to_the_byte(store: &dyn Evaluations) {
    let put = store.put(&head(2), 1, &evaluation("a")).await;
    assert_eq!(put.expect("stored"), evaluation("a"));
    let found = store.load(&head(2), 1).await.expect("answered");
    assert_eq!(
        found,
        Some(evaluation("a")),
        "what is put is loaded to the byte"
    );
}

async fn generations_and_heads_are_apart(store: &dyn Evaluations) {
    let elsewhere = Head {
        repository_id: 2,
        ..head(3)
    };
    let keys = [(&head(3), 1), (&head(3), 2), (&elsewhere, 1), (&head(4), 1)];
    for (place, (head, generation)) in keys.iter().enumerate() {
        let title = place.to_string();
        let put = store.put(head, *generation, &evaluation(&title)).await;
        assert_eq!(put.expect("stored").output.title, title);
    }
    for (place, (head, generation)) in keys.iter().enumerate() {
        let found = store.load(head, *generation).await.expect("answered");
        assert_eq!(
            found.map(|evaluation| evaluation.output.title),
            Some(place.to_string()),
            "generations, commits and repositories are apart"
        );
    }
}

async fn the_first_stands(store: &dyn Evaluations) {
    store
        .put(&head(5), 1, &evaluation("first"))
        .await
        .expect("stored");
    let second = store.put(&head(5), 1, &evaluation("second")).await;
    assert_eq!(
        second.expect("answered"),
        evaluation("first"),
        "the first stands and is returned to whoever comes later"
    );
}

async fn of_many_at_once_everybody_gets_the_same(store: Arc<dyn Evaluations>) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let put = store
                .put(&head(6), 1, &evaluation(&number.to_string()))
                .await;
            put.expect("stored").output.title
        });
    }
    let mut titles = tasks.join_all().await;
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 1, "of many at once everybody gets the same");
    let found = store.load(&head(6), 1).await.expect("answered");
    assert_eq!(found.map(|e| e.output.title), titles.pop());
}
