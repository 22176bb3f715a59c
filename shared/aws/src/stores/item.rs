//! Reading items of DynamoDB: each attribute is checked, and what is not as we write it is
//! told by the attribute's name, never its value.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::names::TTL_ATTRIBUTE;

/// The attribute with the version of an item's format.
pub(super) const FORMAT: &str = "v";

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the attribute `{attribute}` {problem}")]
pub(super) struct Misread {
    attribute: &'static str,
    problem: String,
}

/// An item whose format is one that this program knows.
#[derive(Debug)]
pub(super) struct Item(HashMap<String, AttributeValue>);

impl Item {
    /// Takes an item of exactly this format.
    pub(super) fn of_format(
        attributes: HashMap<String, AttributeValue>,
        format: u32,
    ) -> Result<Self, Misread> {
        let item = Self(attributes);
        let found: u32 = item.number(FORMAT)?;
        if found == format {
            Ok(item)
        } else {
            Err(misread(
                FORMAT,
                format!("is {found}; this program knows only {format}"),
            ))
        }
    }

    /// Whether there is such an attribute.
    pub(super) fn has(&self, attribute: &'static str) -> bool {
        self.0.contains_key(attribute)
    }

    /// A string.
    pub(super) fn text(&self, attribute: &'static str) -> Result<&str, Misread> {
        match self.0.get(attribute) {
            Some(AttributeValue::S(text)) => Ok(text),
            Some(_) => Err(misread(attribute, "is not a string")),
            None => Err(misread(attribute, "is missing")),
        }
    }

    /// A whole number.
    pub(super) fn number<T: FromStr>(&self, attribute: &'static str) -> Result<T, Misread> {
        match self.0.get(attribute) {
            Some(AttributeValue::N(digits)) => digits
                .parse()
                .map_err(|_| misread(attribute, "is not a number of the kind that stands there")),
            Some(_) => Err(misread(attribute, "is not a number")),
            None => Err(misread(attribute, "is missing")),
        }
    }

    /// A time.
    pub(super) fn instant(&self, attribute: &'static str) -> Result<Timestamp, Misread> {
        Timestamp::from_nanosecond(self.number(attribute)?)
            .map_err(|_| misread(attribute, "is no time"))
    }

    /// A value that checks itself when it is made from text.
    pub(super) fn checked<T>(&self, attribute: &'static str) -> Result<T, Misread>
    where
        T: TryFrom<String>,
    {
        T::try_from(self.text(attribute)?.to_owned())
            .map_err(|_| misread(attribute, "is not valid"))
    }

    /// A value kept as a word.
    pub(super) fn word<T>(
        &self,
        attribute: &'static str,
        of_word: fn(&str) -> Option<T>,
    ) -> Result<T, Misread> {
        of_word(self.text(attribute)?)
            .ok_or_else(|| misread(attribute, "is none of the words that stand there"))
    }

    /// A value kept as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, attribute: &'static str) -> Result<T, Misread> {
        serde_json::from_str(self.text(attribute)?).map_err(|error| {
            // The position only: the message may quote the text.
            misread(
                attribute,
                format!(
                    "is not the JSON that stands there (line {}, column {})",
                    error.line(),
                    error.column()
                ),
            )
        })
    }

    /// Whether its time is over, whether or not DynamoDB has removed it.
    pub(super) fn is_over(&self, now: Timestamp) -> Result<bool, Misread> {
        let expires_at: i64 = self.number(TTL_ATTRIBUTE)?;
        Ok(expires_at <= now.as_second())
    }
}

fn misread(attribute: &'static str, problem: impl Into<String>) -> Misread {
    Misread {
        attribute,
        problem: problem.into(),
    }
}
