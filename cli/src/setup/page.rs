//! The two pages of the set-up: one that leads to GitHub, and one that GitHub leads back to. They
//! are bound to loopback, answer only to this machine's names, run no script and load nothing from
//! elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::flow::{Flow, Refused, Registered};
use crate::exit;
use crate::page::{addressed, escape, style};

/// The pages' routes.
pub(super) fn router(flow: Arc<Flow>) -> Router {
    Router::new()
        .route("/", get(begin))
        .route("/created", get(created))
        .route("/style.css", get(style))
        .layer(middleware::from_fn(secured))
        .layer(middleware::from_fn(addressed))
        .with_state(flow)
}

/// What GitHub sends the browser back with.
#[derive(serde::Deserialize)]
struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn begin(State(flow): State<Arc<Flow>>) -> Html<String> {
    let place = escape(&flow.web_url);
    document(&format!(
        "<h1>Register Phase Mirror</h1>\n\
         <p>GitHub will show what the App asks for, and ask you to confirm. Its key and its webhook \
         secret then come to this machine, and nowhere else.</p>\n\
         <form action=\"{}\" method=\"post\">\n\
         <input type=\"hidden\" name=\"manifest\" value=\"{}\">\n\
         <button>Register at {place}</button>\n</form>\n",
        escape(&flow.page),
        escape(&flow.manifest),
    ))
}

async fn created(State(flow): State<Arc<Flow>>, Query(given): Query<Given>) -> Response {
    // A browser that goes away must not take with it what GitHub gives once.
    let finish = async move { flow.finish(&given.state, &given.code).await };
    let finished = tokio::spawn(finish).await;
    match finished.unwrap_or(Err(Refused::Lost)) {
        Ok(app) => done(&app).into_response(),
        Err(refused) => {
            let (status, page) = refusal(&refused);
            (status, page).into_response()
        }
    }
}

fn done(app: &Registered) -> Html<String> {
    document(&format!(
        "<h1>{} is registered</h1>\n<p>It is stored in {}.</p>\n\
         <p><a href=\"{}\">Install it</a> on the repositories that it is for.</p>\n",
        escape(&app.name),
        escape(&app.stored.display().to_string()),
        escape(&app.install_url()),
    ))
}

fn refusal(refused: &Refused) -> (StatusCode, Html<String>) {
    let (status, what) = match refused {
        Refused::State => (
            StatusCode::FORBIDDEN,
            "This did not begin here: the state is not the one that we gave to GitHub.".to_owned(),
        ),
        Refused::Code(error) => {
            exit::warn(&format!("GitHub did not give the App: {error}"));
            (
                StatusCode::BAD_GATEWAY,
                format!(
                    "GitHub did not give the App: {error}. Its code is good for one use and one hour."
                ),
            )
        }
        Refused::Lost => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The App could not be stored; the terminal says why.".to_owned(),
        ),
    };
    let page = document(&format!(
        "<h1>Not registered</h1>\n<p>{}</p>\n<p><a href=\"/\">Begin again</a></p>\n",
        escape(&what)
    ));
    (status, page)
}

fn document(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Phase Mirror: set-up</title>\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"icon\" href=\"data:,\">\n\
         </head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    ))
}

/// Nothing may be loaded from elsewhere, framed, or kept. Where the form may lead is not said:
/// browsers hold every redirect that follows to it, and a sign-in may lead anywhere. A referrer is
/// left to the browser, since without one GitHub is told that the form comes from nowhere.
async fn secured(request: Request, next: Next) -> Response {
    let policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
                  frame-ancestors 'none'";
    let headers = [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, next.run(request).await).into_response()
}
