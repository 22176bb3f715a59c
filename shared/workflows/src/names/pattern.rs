//! A check's name as far as it is known.

use std::fmt;

/// A check's name: exact text, or text with parts that only a run decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamePattern {
    segments: Vec<Segment>,
    why_unknown: Option<String>,
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// This text.
    Literal(String),
    /// Any text, maybe none.
    Any,
}

/// Whether a name is what a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It can't be.
    No,
    /// It may be: only a run decides.
    Maybe,
    /// It is exactly that.
    Yes,
}

/// Names longer than this many UTF-16 units are cut; GitHub's `JobNameBuilder`.
const MAX_UTF16_UNITS: usize = 100;

/// What a cut name ends with.
const ELLIPSIS: &str = "...";

impl NamePattern {
    /// Whether a check of this name is what the pattern stands for. Names are compared with
    /// regard to case, as GitHub does.
    pub fn matches(&self, name: &str) -> Match {
        let may_be = self.fits(name) || self.may_be_cut_to(name);
        match (may_be, self.exact().is_some()) {
            (false, _) => Match::No,
            (true, true) => Match::Yes,
            (true, false) => Match::Maybe,
        }
    }

    fn fits(&self, name: &str) -> bool {
        let mut rest = name;
        let mut after_wildcard = false;
        let last = self.segments.len().saturating_sub(1);
        for (index, segment) in self.segments.iter().enumerate() {
            let Segment::Literal(text) = segment else {
                after_wildcard = true;
                continue;
            };
            rest = if !after_wildcard {
                let Some(rest) = rest.strip_prefix(text.as_str()) else {
                    return false;
                };
                rest
            } else if index == last {
                return rest.ends_with(text.as_str());
            } else {
                let Some((_, rest)) = rest.split_once(text.as_str()) else {
                    return false;
                };
                rest
            };
            after_wildcard = false;
        }
        after_wildcard || rest.is_empty()
    }

    /// An uncertain name may turn out too long and be cut: then only what comes before the first
    /// unknown part can tell.
    fn may_be_cut_to(&self, name: &str) -> bool {
        let Some(kept) = name.strip_suffix(ELLIPSIS) else {
            return false;
        };
        let start = match self.segments.first() {
            Some(Segment::Literal(start)) => start.as_str(),
            Some(Segment::Any) | None => "",
        };
        self.exact().is_none()
            && name.encode_utf16().count() >= MAX_UTF16_UNITS
            && (kept.starts_with(start) || start.starts_with(kept))
    }

    /// The parts. Two literals never stand side by side, nor two wildcards.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The name, where it is known to the last character and certain.
    pub fn exact(&self) -> Option<&str> {
        match (self.segments.as_slice(), &self.why_unknown) {
            ([Segment::Literal(text)], None) => Some(text),
            _ => None,
        }
    }

    /// Why the name is not certain, as a clause: "`matrix` is `${{ fromJSON(…) }}`".
    pub fn why_unknown(&self) -> Option<&str> {
        self.why_unknown.as_deref()
    }
}

impl NamePattern {
    /// A name that is certain.
    pub(crate) fn literal(text: impl Into<String>) -> Self {
        let mut name = Self::default();
        name.push(Segment::Literal(text.into()));
        name
    }

    /// Adds a part at the end.
    pub(crate) fn push(&mut self, segment: Segment) {
        match (self.segments.last_mut(), segment) {
            (_, Segment::Literal(text)) if text.is_empty() => {}
            (Some(Segment::Literal(last)), Segment::Literal(text)) => last.push_str(&text),
            (Some(Segment::Any), Segment::Any) => {}
            (_, segment) => self.segments.push(segment),
        }
    }

    /// Adds a wildcard at the end, and why it is one.
    pub(crate) fn push_unknown(&mut self, why: String) {
        self.push(Segment::Any);
        self.doubt(why);
    }

    /// Makes the name uncertain; the first reason stays.
    pub(crate) fn doubt(&mut self, why: String) {
        self.why_unknown.get_or_insert(why);
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// `caller / callee`.
    pub(crate) fn calling(&self, callee: &Self) -> Self {
        let mut name = self.clone();
        name.push(Segment::Literal(" / ".to_owned()));
        for segment in &callee.segments {
            name.push(segment.clone());
        }
        if let Some(why) = &callee.why_unknown {
            name.doubt(why.clone());
        }
        name
    }

    /// Whether a name is known and too long.
    pub(crate) fn is_too_long(&self) -> bool {
        let text = self.exact().unwrap_or_default();
        text.encode_utf16().count() > MAX_UTF16_UNITS
    }

    /// Cuts a name that is too long as GitHub does: to 97 UTF-16 units and `...`.
    pub(crate) fn cut(mut self) -> Self {
        if let [Segment::Literal(text)] = self.segments.as_mut_slice() {
            let units: Vec<u16> = text.encode_utf16().collect();
            if units.len() > MAX_UTF16_UNITS {
                *text = String::from_utf16_lossy(&units[..MAX_UTF16_UNITS - ELLIPSIS.len()]);
                text.push_str(ELLIPSIS);
            }
        }
        self
    }
}

/// The name with `*` for what is unknown.
impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => formatter.write_str(text)?,
                Segment::Any => formatter.write_str("*")?,
            }
        }
        Ok(())
    }
}
