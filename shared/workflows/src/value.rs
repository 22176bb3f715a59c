//! Values as GitHub Actions knows them: what YAML scalars mean, and what expressions yield.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or no value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number; Actions has only doubles.
    Number(f64),
    /// Text. Where it comes from a file it may hold `${{ … }}`, not yet evaluated.
    String(String),
    /// A list.
    Sequence(Vec<Value>),
    /// Keys and values in the order of the file.
    Mapping(Vec<(String, Value)>),
}
