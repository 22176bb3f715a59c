//! SSM parameters: several in one call, with what is missing and never a value in an error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::Parameter as SsmParameter;
use codes::Code;
use secrecy::SecretString;

use crate::connect::Connection;
use crate::fault::{Fault, FaultKind};

/// What one call takes.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
pub const MAX_NAMES: usize = 10;

/// Reads parameters.
#[derive(Debug, Clone)]
pub struct Parameters {
    client: Client,
    region: String,
}

/// A parameter as it is now.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its value, decrypted.
    pub value: SecretString,
    /// Which of its values this is: counts up from 1 with every change.
    pub version: u64,
}

/// What a reading found.
#[derive(Debug, Clone)]
pub struct ParameterSet {
    region: String,
    /// The parameters that are there, by name.
    pub found: BTreeMap<String, Parameter>,
    /// The names of those that are not.
    pub missing: BTreeSet<String>,
}

impl ParameterSet {
    /// What a reading of this region found.
    pub fn new(
        region: &str,
        found: BTreeMap<String, Parameter>,
        missing: BTreeSet<String>,
    ) -> Self {
        Self {
            region: region.to_owned(),
            found,
            missing,
        }
    }

    /// The parameter of this name, or the error that says it is not there.
    pub fn require(&self, name: &str) -> Result<&Parameter, ParameterError> {
        self.found.get(name).ok_or_else(|| {
            let names = [name.to_owned()];
            ParameterError::new(&names, &self.region, ParameterErrorKind::NotFound)
        })
    }
}

/// Parameters could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{} in {region}: {kind}", names.join(", "))]
pub struct ParameterError {
    /// Their names.
    pub names: Vec<String>,
    /// Where they were looked for.
    pub region: String,
    /// Why not.
    pub kind: ParameterErrorKind,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why parameters could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterErrorKind {
    /// There is no such parameter in this region.
    NotFound,
    /// The role lacks `ssm:GetParameters`, or `kms:Decrypt` on the parameters' key.
    Denied,
    /// The key that a value was encrypted with is gone, disabled or another.
    Undecryptable,
    /// The request or the answer is not as it must be.
    Malformed,
    /// Asked too often: SSM's limit is shared by the whole account and region.
    Throttled,
    /// No answer, or one that says "later".
    Network,
}

impl ParameterError {
    /// These parameters could not be read.
    pub fn new(names: &[String], region: &str, kind: ParameterErrorKind) -> Self {
        Self {
            names: names.to_vec(),
            region: region.to_owned(),
            kind,
            source: None,
        }
    }

    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self.kind {
            ParameterErrorKind::NotFound => codes::PARAMETER_NOT_FOUND,
            ParameterErrorKind::Denied => codes::PARAMETER_DENIED,
            ParameterErrorKind::Undecryptable => codes::PARAMETER_UNDECRYPTABLE,
            ParameterErrorKind::Malformed => codes::PARAMETER_MALFORMED,
            ParameterErrorKind::Throttled => codes::PARAMETER_THROTTLED,
            ParameterErrorKind::Network => codes::PARAMETER_UNREACHABLE,
        }
    }
}

impl fmt::Display for ParameterErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "there is no such parameter",
            Self::Denied => "access is denied",
            Self::Undecryptable => "the value can't be decrypted",
            Self::Malformed => "the request or the answer is malformed",
            Self::Throttled => "asked too often",
            Self::Network => "the service is not available",
        })
    }
}

impl Parameters {
    /// The parameters of the connection's account and region.
    pub fn new(connection: &Connection) -> Self {
        let mut config = aws_sdk_ssm::config::Builder::from(connection.config());
        if let Some(observer) = connection.observer() {
            config.push_interceptor(observer);
        }
        Self {
            client: Client::from_conf(config.build()),
            region: connection.region().to_owned(),
        }
    }

    /// Reads up to [`MAX_NAMES`] parameters in one call; names given twice are asked for once.
    /// A name that is not there is no error but in [`ParameterSet::missing`].
    pub async fn read(&self, names: &[String]) -> Result<ParameterSet, ParameterError> {
        let asked: BTreeSet<String> = names.iter().cloned().collect();
        if asked.len() > MAX_NAMES {
            let reason = format!("{} names; one call takes {MAX_NAMES}", asked.len());
            return Err(self.failed(&asked, ParameterErrorKind::Malformed, reason));
        }
        let answer = self
            .client
            .get_parameters()
            .set_names(Some(asked.iter().cloned().collect()))
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| {
                let fault = Fault::of(&error);
                self.failed(&asked, kind(&fault), fault)
            })?;
        let mut found = BTreeMap::new();
        for parameter in answer.parameters.unwrap_or_default() {
            let (name, parameter) = understand(parameter)
                .map_err(|reason| self.failed(&asked, ParameterErrorKind::Malformed, reason))?;
            found.insert(name, parameter);
        }
        let missing: BTreeSet<String> = answer
            .invalid_parameters
            .unwrap_or_default()
            .into_iter()
            .collect();
        if let Some(unanswered) = asked
            .iter()
            .find(|name| !found.contains_key(*name) && !missing.contains(*name))
        {
            let reason = format!("the answer says nothing of {unanswered}");
            return Err(self.failed(&asked, ParameterErrorKind::Malformed, reason));
        }
        Ok(ParameterSet {
            region: self.region.clone(),
            found,
            missing,
        })
    }

    fn failed(
        &self,
        names: &BTreeSet<String>,
        kind: ParameterErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> ParameterError {
        ParameterError {
            names: names.iter().cloned().collect(),
            region: self.region.clone(),
            kind,
            source: Some(source.into()),
        }
    }
}

fn understand(parameter: SsmParameter) -> Result<(String, Parameter), String> {
    let name = parameter.name.ok_or("a parameter has no name")?;
    let value = parameter
        .value
        .ok_or_else(|| format!("{name} has no value"))?;
    let version = u64::try_from(parameter.version)
        .map_err(|_| format!("{name} has the version {}", parameter.version))?;
    let value = SecretString::from(value);
    Ok((name, Parameter { value, version }))
}

fn kind(fault: &Fault) -> ParameterErrorKind {
    match (fault.code.as_deref(), fault.kind) {
        // SSM says so when KMS does not let it use the key, or there is none.
        (Some("InvalidKeyId"), _) => ParameterErrorKind::Undecryptable,
        (Some(code), FaultKind::Refused) if code.starts_with("KMS") => {
            ParameterErrorKind::Undecryptable
        }
        (_, FaultKind::Throttled) => ParameterErrorKind::Throttled,
        (_, FaultKind::Unavailable) => ParameterErrorKind::Network,
        (_, FaultKind::Denied) => ParameterErrorKind::Denied,
        (_, FaultKind::Refused | FaultKind::TooLarge) => ParameterErrorKind::Malformed,
    }
}
