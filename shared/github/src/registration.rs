//! The App's own registration at GitHub, asked for as the App itself: what it may, what it hears of,
//! where it is installed, and how its webhook fares.
//!
//! <https://docs.github.com/en/rest/apps>

use std::collections::BTreeMap;

use app::event::DeliveryId;
use app::ports::{HookDeliveries, HookDelivery};
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::GitHub;
use crate::endpoint::{APP, Endpoint, HOOK, HOOK_DELIVERIES, INSTALLATIONS, REDELIVER};
use crate::error;
use crate::transport::Answer;

/// A permission of the App's, in the words of GitHub's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// `checks`, `contents` …
    pub name: &'static str,
    /// `read` or `write`.
    pub access: &'static str,
    /// What is lost without it.
    pub without: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
}

const fn required(name: &'static str, access: &'static str, without: &'static str) -> Permission {
    Permission {
        name,
        access,
        without,
        required: true,
    }
}

const fn optional(name: &'static str, without: &'static str) -> Permission {
    Permission {
        name,
        access: "read",
        without,
        required: false,
    }
}

/// Every permission that the App can use; `docs/serve.md` lists the same.
pub const PERMISSIONS: [Permission; 7] = [
    required("checks", "write", "no check can be written"),
    required("contents", "read", "nothing can be read"),
    required("pull_requests", "read", "nothing can be judged"),
    optional(
        "statuses",
        "what recent pull requests reported is not looked at",
    ),
    optional("actions", "disabled workflows can't be told"),
    optional(
        "administration",
        "whether Actions is switched off can't be told",
    ),
    optional(
        "merge_queues",
        "a merge queue that requires the check waits for it in vain",
    ),
];

/// Every webhook event that the App has to subscribe to, and whether nothing works without it.
/// GitHub sends `installation`, `installation_repositories`, and events of the App's own checks
/// without.
pub const EVENTS: [(&str, bool); 4] = [
    ("pull_request", true),
    ("merge_group", false),
    ("push", false),
    ("repository", false),
];

/// What was granted, by permission: `read`, `write` or `admin`.
pub type Granted = BTreeMap<String, String>;

/// The App, as GitHub knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registration {
    /// Its name.
    pub name: String,
    /// Its page, below which it is installed (`/installations/new`).
    pub html_url: String,
    /// What it asks of those who install it.
    pub permissions: Granted,
    /// The events that it is subscribed to.
    pub events: Vec<String>,
}

/// A place where the App is installed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Installed {
    /// Its id.
    pub id: u64,
    /// Who installed it.
    pub account: Account,
    /// What they have granted so far.
    pub permissions: Granted,
    /// Since when it is suspended, if it is.
    pub suspended_at: Option<Timestamp>,
    /// Where its owner changes it.
    pub html_url: String,
}

/// An organisation or a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Their name.
    pub login: String,
}

/// The App's webhook; its secret is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hook {
    /// Where it is sent; empty where it is not.
    #[serde(default)]
    pub url: String,
    /// `json` or `form`.
    #[serde(default)]
    pub content_type: String,
    /// Whether certificates are not looked at: `"1"` or `1`.
    #[serde(default)]
    insecure_ssl: serde_json::Value,
}

impl Hook {
    /// Whether GitHub does not look at certificates.
    pub fn is_insecure(&self) -> bool {
        self.insecure_ssl == "1" || self.insecure_ssl == 1
    }
}

/// One attempt at a delivery, as GitHub lists it.
#[derive(Deserialize)]
struct DeliveryItem {
    id: u64,
    guid: String,
    delivered_at: Timestamp,
    event: String,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    redelivery: bool,
    /// 0 where there was no answer.
    status_code: u16,
}

impl DeliveryItem {
    /// `None` where its id is none of GitHub's form, which no delivery of ours can have.
    fn delivery(self) -> Option<HookDelivery> {
        Some(HookDelivery {
            id: self.id,
            guid: DeliveryId::new(&self.guid)?,
            event: self.event,
            action: self.action,
            at: self.delivered_at,
            status: Some(self.status_code).filter(|status| *status != 0),
            is_redelivery: self.redelivery,
        })
    }
}

/// What GitHub answered, and what time it was there.
#[derive(Debug)]
pub struct Dated<T> {
    /// The answer.
    pub answer: Result<T, GitHubError>,
    /// The answer's `Date`; `None` where there was no answer.
    pub date: Option<Timestamp>,
}

impl GitHub {
    /// The App itself. A refusal has a date, too: a clock that is wrong is the usual reason for one.
    pub async fn registration(&self) -> Dated<Registration> {
        self.as_app(APP, "").await
    }

    /// Where the App is installed; the first hundred.
    pub async fn installations(&self) -> Result<Vec<Installed>, GitHubError> {
        self.as_app(INSTALLATIONS, "?per_page=100").await.answer
    }

    /// The App's webhook; `None` where it has none.
    pub async fn hook(&self) -> Result<Option<Hook>, GitHubError> {
        match self.as_app::<Hook>(HOOK, "").await.answer {
            Ok(hook) => Ok(Some(hook).filter(|hook| !hook.url.is_empty())),
            Err(error) if error.kind == GitHubErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The latest deliveries of the App's webhook, at most a hundred, the latest first.
    pub async fn latest_deliveries(&self) -> Result<Vec<HookDelivery>, GitHubError> {
        let (latest, _) = self.delivered(None).await?;
        Ok(latest)
    }

    /// A page of deliveries, the latest first, and where the next page begins.
    async fn delivered(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<HookDelivery>, Option<String>), GitHubError> {
        let mut path = format!("{}?per_page=100", HOOK_DELIVERIES.path(&[]));
        if let Some(cursor) = cursor {
            path = format!("{path}&cursor={cursor}");
        }
        let answer = self.api.send_as_app(HOOK_DELIVERIES, &path).await?;
        let answer = error::accepted(HOOK_DELIVERIES, answer, self.api.now())?;
        let items: Vec<DeliveryItem> = error::json(HOOK_DELIVERIES, &answer)?;
        let items = items.into_iter().filter_map(DeliveryItem::delivery);
        Ok((items.collect(), next_cursor(&answer)))
    }

    async fn as_app<T: DeserializeOwned>(&self, endpoint: Endpoint, query: &str) -> Dated<T> {
        let path = format!("{}{query}", endpoint.path(&[]));
        let answer = match self.api.send_as_app(endpoint, &path).await {
            Ok(answer) => answer,
            Err(error) => {
                return Dated {
                    answer: Err(error),
                    date: None,
                };
            }
        };
        let date = error::date(&answer);
        let answer = error::accepted(endpoint, answer, self.api.now());
        Dated {
            answer: answer.and_then(|answer| error::json(endpoint, &answer)),
            date,
        }
    }
}

/// How many pages are followed at most: a busy App is sent some ten thousand events in three days.
const MOST_PAGES: usize = 500;

/// How many deliveries are listed at most.
pub const MOST_DELIVERIES: usize = 100 * MOST_PAGES;

/// Pages of deliveries, put together.
struct Listed {
    since: Timestamp,
    all: Vec<HookDelivery>,
    pages: usize,
}

impl Listed {
    fn since(since: Timestamp) -> Self {
        Self {
            since,
            all: Vec::new(),
            pages: 0,
        }
    }

    /// Adds a page; gives where the next one that is wanted begins.
    fn add(&mut self, page: Vec<HookDelivery>, next: Option<String>) -> Option<String> {
        let since = self.since;
        let is_last = page.iter().any(|one| one.at < since);
        self.all
            .extend(page.into_iter().filter(|one| one.at >= since));
        self.pages += 1;
        let next = next.filter(|_| !is_last)?;
        if self.pages == MOST_PAGES {
            tracing::warn!(
                deliveries = self.all.len(),
                "GitHub has sent more than is listed; the oldest are left out"
            );
            return None;
        }
        Some(next)
    }
}

#[async_trait]
impl HookDeliveries for GitHub {
    async fn sent_since(&self, since: Timestamp) -> Result<Vec<HookDelivery>, GitHubError> {
        let mut listed = Listed::since(since);
        let mut cursor = None;
        loop {
            let (page, next) = self.delivered(cursor.as_deref()).await?;
            cursor = listed.add(page, next);
            if cursor.is_none() {
                return Ok(listed.all);
            }
        }
    }

    async fn redeliver(&self, id: u64) -> Result<(), GitHubError> {
        let path = REDELIVER.path(&[&id.to_string()]);
        let answer = self.api.send_as_app(REDELIVER, &path).await?;
        error::accepted(REDELIVER, answer, self.api.now()).map(drop)
    }
}

/// The `cursor` of the page, as it stands in an address, that a `Link` header names as the next
/// (<https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>).
fn next_cursor(answer: &Answer) -> Option<String> {
    let link = answer.headers.get(http::header::LINK)?.to_str().ok()?;
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = next.split(['<', '>']).nth(1)?;
    let (_, query) = url.split_once('?')?;
    let mut pairs = query.split('&');
    let cursor = pairs.find_map(|pair| pair.strip_prefix("cursor="))?;
    Some(cursor.to_owned())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn sent(id: u64, second: i64) -> HookDelivery {
        HookDelivery {
            id,
            guid: DeliveryId::new("1").unwrap(),
            event: "push".to_owned(),
            action: None,
            at: Timestamp::from_second(second).unwrap(),
            status: None,
            is_redelivery: false,
        }
    }

    #[test]
    fn of_more_than_can_be_listed_the_latest_are() {
        let mut listed = Listed::since(Timestamp::UNIX_EPOCH);
        for page in 1..MOST_PAGES {
            let next = listed.add(vec![sent(1, 1)], Some(page.to_string()));
            assert_eq!(next, Some(page.to_string()));
        }
        assert_eq!(listed.add(vec![sent(2, 1)], Some("more".to_owned())), None);
        assert_eq!(listed.all.len(), MOST_PAGES);
    }

    #[test]
    fn what_is_too_old_ends_the_list_and_is_not_in_it() {
        let mut listed = Listed::since(Timestamp::UNIX_EPOCH);
        let page = vec![sent(2, 0), sent(1, -1)];
        assert_eq!(listed.add(page, Some("more".to_owned())), None);
        assert_eq!(listed.all, [sent(2, 0)]);
        let mut listed = Listed::since(Timestamp::UNIX_EPOCH);
        assert_eq!(listed.add(vec![sent(1, 0)], None), None, "there is no more");
        assert_eq!(listed.all.len(), 1);
    }

    #[test]
    fn the_next_page_begins_where_github_says() {
        let cursor = |link: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("link", link.parse().unwrap());
            next_cursor(&Answer {
                status: StatusCode::OK,
                headers,
                body: Bytes::new(),
            })
        };
        let page = "https://api.github.com/app/hook/deliveries?per_page=100";
        assert_eq!(
            cursor(&format!("<{page}&cursor=v1_12%2B%3D>; rel=\"next\"")),
            Some("v1_12%2B%3D".to_owned())
        );
        assert_eq!(cursor(&format!("<{page}&cursor=1>; rel=\"prev\"")), None);
        assert_eq!(cursor("nonsense"), None);
    }
}
