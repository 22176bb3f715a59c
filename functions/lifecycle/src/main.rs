//! The Lambda function that works on what concerns repositories and installations as a whole.

use runtime::functions::{Error, QueueName};

#[tokio::main]
async fn main() -> Result<(), Error> {
    runtime::functions::worker::run(QueueName::Lifecycle).await
}
