//! The Lambda function that brings Check Runs to what pull requests call for.

use runtime::functions::{Error, QueueName};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::functions::worker::run(QueueName::PullRequest).await
}
