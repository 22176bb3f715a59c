//! A request on its way to its handler, and the handler's answer.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::page::Page;
use super::query;
use super::refusal::Refusal;
use super::route::Parameters;
use crate::git::{ObjectId, ObjectStore};
use crate::state::{AccessToken, AppId, State};

/// Who was let in.
#[derive(Debug, Clone)]
pub(crate) enum Viewer {
    /// Nobody in particular.
    Anybody,
    /// An App.
    App(AppId),
    /// An installation.
    Installation(AccessToken),
}

/// A request that was let in.
pub(crate) struct Request<'a> {
    /// All there is.
    pub(crate) state: &'a mut State,
    /// Who asks.
    pub(crate) viewer: Viewer,
    /// The repository of the path; 0 where the path has none.
    pub(crate) repository: u64,
    /// The values of the template's placeholders.
    pub(crate) parameters: Parameters,
    /// As asked for.
    pub(crate) path: &'a str,
    /// Without its question mark.
    pub(crate) query: &'a str,
    /// As sent.
    pub(crate) body: &'a [u8],
}

impl Request<'_> {
    /// The App that calls, itself or through an installation.
    pub(crate) fn app(&self) -> AppId {
        match &self.viewer {
            Viewer::App(app) => *app,
            // No route that anybody may use asks for it.
            Viewer::Anybody => AppId(0),
            Viewer::Installation(token) => self.state.installations[&token.installation].app,
        }
    }

    /// The token that was shown.
    pub(crate) fn token(&self) -> Result<&AccessToken, Refusal> {
        match &self.viewer {
            Viewer::Installation(token) => Ok(token),
            Viewer::App(_) | Viewer::Anybody => Err(Refusal::bad_credentials()),
        }
    }

    /// The objects of the path's repository.
    pub(crate) fn objects(&self) -> &ObjectStore {
        self.state.objects(self.repository)
    }

    /// A placeholder's value.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.value(name)
    }

    /// A placeholder's value as a number; not a number is not found.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.parameter(name)
            .parse()
            .map_err(|_| Refusal::not_found())
    }

    /// A placeholder's value as an object id; anything else is not found.
    pub(crate) fn object_id(&self, name: &str) -> Result<ObjectId, Refusal> {
        self.parameter(name)
            .parse()
            .map_err(|_| Refusal::not_found())
    }

    /// A value of the query.
    pub(crate) fn asked(&self, name: &str) -> Option<String> {
        let mut pairs = query::pairs(self.query).into_iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The body as JSON of some shape; an empty body is an empty object.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = if self.body.is_empty() {
            b"{}"
        } else {
            self.body
        };
        let value: Value =
            serde_json::from_slice(body).map_err(|_| Refusal::new(400, "Problems parsing JSON"))?;
        serde_json::from_value(value).map_err(|error| Refusal::invalid_request(&error.to_string()))
    }

    /// A page of a list, as an array.
    pub(crate) fn page(&self, items: Vec<Value>) -> Reply {
        let (items, link) = self.cut(items);
        Reply::ok(Value::Array(items)).with_link(link)
    }

    /// A page of a list, in an object with its length.
    pub(crate) fn counted_page(&self, name: &str, items: Vec<Value>) -> Reply {
        let total = items.len();
        let (items, link) = self.cut(items);
        let json = serde_json::json!({"total_count": total, name: items});
        Reply::ok(json).with_link(link)
    }

    fn cut(&self, items: Vec<Value>) -> (Vec<Value>, Option<String>) {
        let page = Page::asked(self.query);
        let url = format!("{}{}", self.state.base_url, self.path);
        let link = page.link(&url, self.query, items.len());
        (page.of(items), link)
    }
}

/// What a handler answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// The status code.
    pub(crate) status: u16,
    /// The body.
    pub(crate) json: Value,
    /// More headers.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// 200.
    pub(crate) fn ok(json: Value) -> Self {
        Self {
            status: 200,
            json,
            headers: Vec::new(),
        }
    }

    /// 201.
    pub(crate) fn created(json: Value) -> Self {
        Self {
            status: 201,
            ..Self::ok(json)
        }
    }

    fn with_link(mut self, link: Option<String>) -> Self {
        self.headers.extend(link.map(|link| ("link", link)));
        self
    }
}
