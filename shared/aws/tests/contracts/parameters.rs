//! Parameters: one call, versions, what is missing.

use aws::actions::PARAMETERS;
use aws::names::ParameterName;
use aws::{Connection, ParameterErrorKind, Parameters};
use aws_sdk_ssm::types::ParameterType;
use secrecy::ExposeSecret;

use crate::actions::assert_listed;
use crate::endpoint::of_every_service;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_read_in_one_call_with_their_versions() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let ssm = aws_sdk_ssm::Client::new(&site.config);
        let name = |parameter| site.names.parameter(parameter);
        let put = async |parameter, kind, value: &str| {
            let put = ssm
                .put_parameter()
                .name(name(parameter))
                .r#type(kind)
                .value(value)
                .overwrite(true);
            put.send().await.expect("put");
        };
        put(ParameterName::AppId, ParameterType::String, "12").await;
        put(
            ParameterName::WebhookSecret,
            ParameterType::SecureString,
            "old",
        )
        .await;
        put(
            ParameterName::WebhookSecret,
            ParameterType::SecureString,
            "new",
        )
        .await;

        let connection = Connection::from(site.config.clone()).observed_by(site.recorder.clone());
        let parameters = Parameters::new(&connection);
        let read = parameters
            .read(&ParameterName::ALL.map(name))
            .await
            .expect("read");

        let secret = read
            .require(&name(ParameterName::WebhookSecret))
            .expect("there");
        assert_eq!((secret.value.expose_secret(), secret.version), ("new", 2));
        let id = read.require(&name(ParameterName::AppId)).expect("there");
        assert_eq!((id.value.expose_secret(), id.version), ("12", 1));
        let missing = [
            ParameterName::ClientId,
            ParameterName::PrivateKey,
            ParameterName::WebhookSecretPrevious,
        ];
        assert_eq!(read.missing, missing.map(name).into());
        let error = read
            .require(&name(ParameterName::PrivateKey))
            .expect_err("missing");
        assert_eq!(error.kind, ParameterErrorKind::NotFound);
        assert!(!format!("{read:?}").contains("new"), "values are not shown");

        assert_listed(&site.recorder, &site.names, &[PARAMETERS]);
        for parameter in [ParameterName::AppId, ParameterName::WebhookSecret] {
            let removed = ssm.delete_parameter().name(name(parameter)).send();
            removed.await.expect("removed");
        }
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_parameter_name_is_malformed() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let parameters = Parameters::new(&Connection::from(endpoint.config().await));
        let eleven: Vec<String> = (0..11).map(|number| format!("/a/{number}")).collect();
        let error = parameters.read(&eleven).await.expect_err("too many");
        assert_eq!(error.kind, ParameterErrorKind::Malformed, "{error:?}");
        assert!(error.to_string().starts_with("/a/0, /a/1, "), "{error}");
    }
}
