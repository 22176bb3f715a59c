//! The Lambda function that takes GitHub's deliveries in.

use runtime::functions::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::functions::webhook::run().await
}
