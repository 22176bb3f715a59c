//! The Lambda function that asks GitHub again for what is not done.

use runtime::functions::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::functions::redelivery::run().await
}
