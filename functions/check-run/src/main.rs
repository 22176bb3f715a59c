//! The Lambda function that makes the re-runs that people ask for.

use runtime::functions::{Error, QueueName};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::functions::worker::run(QueueName::CheckRun).await
}
