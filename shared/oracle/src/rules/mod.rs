//! One rule, one file (or one folder where a rule has several parts).
