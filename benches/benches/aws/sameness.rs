//! What is compared must be the same request: each operation's is held against the one by hand
//! before anything is timed.

use std::ops::RangeFrom;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use crate::direct::Prepared;
use crate::operation::{Operation, Subject};
use crate::site::Site;

/// Headers that say what is to be done; the others are about the connection or the time.
const HEADERS: [&str; 4] = ["x-amz-target", "content-type", "if-none-match", "if-match"];

/// What no two requests share: tokens by which a repeated one is known.
const TOKENS: [&str; 2] = ["ClientRequestToken", ":owner"];

#[derive(Debug, PartialEq)]
struct Request {
    method: String,
    uri: String,
    headers: Vec<Option<String>>,
    body: Value,
}

/// Keeps the requests that were made. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observer(Arc<Mutex<Vec<Request>>>);

impl Observer {
    fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Observer {
    fn name(&self) -> &'static str {
        "observer"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let header = |name| request.headers().get(name).map(str::to_owned);
        let mut body = match request.body().bytes() {
            None | Some([]) => Value::Null,
            Some(bytes) => serde_json::from_slice(bytes)?,
        };
        without_tokens(&mut body);
        self.0.lock().expect("not poisoned").push(Request {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers: HEADERS.map(header).to_vec(),
            body,
        });
        Ok(())
    }
}

fn without_tokens(body: &mut Value) {
    let Value::Object(members) = body else { return };
    for token in TOKENS {
        members.remove(token);
    }
    for (_, member) in members {
        without_tokens(member);
    }
}

/// Panics with both where an operation's request is another than the one by hand.
pub(crate) async fn assert_same_requests(site: &Site, keys: &mut RangeFrom<u64>) {
    let observer = Observer::default();
    let (ports, direct) = (site.ports(Some(&observer)), site.direct(Some(&observer)));
    for operation in Operation::ALL {
        let subject = Subject::new(keys.next().expect("enough numbers"));
        ports.prepare(operation, &subject).await;
        observer.take();
        let done = ports.call(operation, &subject).await;
        done.expect("the emulator does it");
        let ours = observer.take();
        // The port may have used the subject up, so that this is refused: what was asked counts.
        let prepared = Prepared::new(operation, &subject);
        let _ = direct.call(operation, &prepared).await;
        let theirs = observer.take();
        assert_eq!(ours.len(), 1, "{} is one request", operation.name());
        assert_eq!(ours, theirs, "{} by hand", operation.name());
    }
}
