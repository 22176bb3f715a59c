//! The page: a pull request's checks, as GitHub shows them.

use std::fmt::Write as _;

use super::markdown::{self, escape};
use crate::view::{AnnotationLevel, AnnotationView, CheckState, CheckView, PullRequestView};

/// The whole document, with the check of this index open. `fixable` offers to push the fix.
pub(super) fn render(view: &PullRequestView, open: usize, offer: Offer) -> String {
    let check = view.checks.get(open);
    let waiting = check.is_none_or(|check| check.state == CheckState::InProgress);
    // A page that waits for a result asks again by itself; a finished one is left alone.
    let refresh = if waiting {
        "<meta http-equiv=\"refresh\" content=\"1\">\n"
    } else {
        ""
    };
    let title = format!(
        "{} · Pull request #{} · {}",
        escape(&view.title),
        view.number,
        escape(&view.repository)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{refresh}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"icon\" href=\"data:,\">\n\
         </head>\n<body>\n{}<main class=\"columns\">\n{}{}</main>\n{}</body>\n</html>\n",
        header(view),
        checks_list(view, open),
        check.map_or_else(nothing_yet, check_article),
        footer(offer),
    )
}

/// Whether the page offers to push the commit that puts the sample right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    PushFix,
    Nothing,
}

fn header(view: &PullRequestView) -> String {
    let PullRequestView {
        repository,
        number,
        title,
        author,
        base,
        branch,
        sha,
        checks: _,
    } = view;
    format!(
        "<header>\n<p class=\"repository\">{}</p>\n<h1>{} <span class=\"number\">#{number}</span>\
         </h1>\n<p class=\"about\"><span class=\"open\">Open</span> <strong>{}</strong> wants to \
         merge into <code>{}</code> from <code>{}</code> at <code>{}</code></p>\n</header>\n",
        escape(repository),
        escape(title),
        escape(author),
        escape(base),
        escape(branch),
        escape(sha.get(..7).unwrap_or(sha)),
    )
}

fn checks_list(view: &PullRequestView, open: usize) -> String {
    let mut items = String::new();
    for (index, check) in view.checks.iter().enumerate() {
        let current = if index == open {
            " aria-current=\"page\""
        } else {
            ""
        };
        // Writing to a `String` can't fail.
        let _ = writeln!(
            items,
            "<li><a href=\"/?check={index}\"{current}>{} <span>{}<small>{}</small></span></a></li>",
            icon(check.state),
            escape(&check.name),
            escape(&check.app),
        );
    }
    format!("<nav aria-label=\"Checks\">\n<h2>Checks</h2>\n<ul>\n{items}</ul>\n</nav>\n")
}

fn nothing_yet() -> String {
    "<article><p class=\"waiting\" role=\"status\">No check run has been created yet.</p></article>\n"
        .to_owned()
}

fn check_article(check: &CheckView) -> String {
    let took = check.took_seconds.map(took).unwrap_or_default();
    let mut text = format!(
        "<article aria-labelledby=\"check\">\n<div class=\"check-head {}\">\n{}\n<div><h2 \
         id=\"check\">{}</h2><p role=\"status\">{}{took}</p></div>\n</div>\n",
        class(check.state),
        icon(check.state),
        escape(&check.name),
        check.state.words(),
    );
    if !check.title.is_empty() {
        let _ = write!(
            text,
            "<div class=\"output\">\n<h3 class=\"title\">{}</h3>\n<div class=\"markdown\">{}</div>\n</div>\n",
            escape(&check.title),
            markdown::render(&check.summary)
        );
    }
    if !check.annotations.is_empty() {
        let count = check.annotations.len();
        let plural = if count == 1 { "" } else { "s" };
        let _ = write!(
            text,
            "<section aria-labelledby=\"annotations\">\n<h3 id=\"annotations\">Annotations <span \
             class=\"count\">{count} annotation{plural}</span></h3>\n"
        );
        text.extend(check.annotations.iter().map(annotation));
        text.push_str("</section>\n");
    }
    text.push_str("</article>\n");
    text
}

fn took(seconds: u64) -> String {
    match seconds {
        0 => " in less than a second".to_owned(),
        1 => " in 1 second".to_owned(),
        _ => format!(" in {seconds} seconds"),
    }
}

fn annotation(annotation: &AnnotationView) -> String {
    let (class, word) = match annotation.level {
        AnnotationLevel::Failure => ("failure", "Error"),
        AnnotationLevel::Warning => ("warning", "Warning"),
        AnnotationLevel::Notice => ("notice", "Notice"),
    };
    let mut lines = String::new();
    for (line, number) in annotation.lines.iter().zip(annotation.start_line..) {
        let _ = write!(
            lines,
            "<tr><th scope=\"row\">{number}</th><td>{}</td></tr>",
            escape(line)
        );
    }
    let snippet = if lines.is_empty() {
        String::new()
    } else {
        format!("<div class=\"snippet\"><table><tbody>{lines}</tbody></table></div>\n")
    };
    format!(
        "<div class=\"annotation {class}\">\n<p class=\"place\"><span class=\"level\">{word}</span> \
         <code>{}</code></p>\n{snippet}<h4>{}</h4>\n<pre>{}</pre>\n</div>\n",
        escape(&annotation.place()),
        escape(&annotation.title),
        escape(&annotation.message),
    )
}

fn footer(offer: Offer) -> String {
    let button = match offer {
        Offer::PushFix => {
            "<form method=\"post\" action=\"/fix\"><button>Push the fix to this pull \
             request</button></form>\n"
        }
        Offer::Nothing => "",
    };
    format!(
        "<footer>\n{button}<p>A sandbox GitHub in the memory of <code>phase-mirror serve \
         --sandbox</code>, on this machine only. Nothing here reached github.com.</p>\n</footer>\n"
    )
}

fn class(state: CheckState) -> &'static str {
    match state {
        CheckState::InProgress => "progress",
        CheckState::Success => "success",
        CheckState::Failure => "failure",
        CheckState::ActionRequired => "warning",
        CheckState::Neutral | CheckState::Cancelled | CheckState::Other => "neutral",
    }
}

/// A round sign whose shape tells the state, and words for those who don't see it.
fn icon(state: CheckState) -> String {
    let shape = match state {
        CheckState::InProgress => "<circle cx=\"8\" cy=\"8\" r=\"3\"/>",
        CheckState::Success => "<path d=\"m4.7 8.3 2.2 2.2 4.4-4.8\"/>",
        CheckState::Failure => "<path d=\"m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2\"/>",
        CheckState::ActionRequired => "<path d=\"M8 4.2v4.6m0 2.2v.6\"/>",
        CheckState::Neutral | CheckState::Cancelled | CheckState::Other => "<path d=\"M5 8h6\"/>",
    };
    format!(
        "<svg class=\"icon {}\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" role=\"img\" \
         aria-label=\"{}\"><circle class=\"disc\" cx=\"8\" cy=\"8\" r=\"8\"/>{shape}</svg>",
        class(state),
        state.words(),
    )
}
