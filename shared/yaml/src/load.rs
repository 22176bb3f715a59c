//! Events of the YAML parser into a [`Tree`], within limits.

use std::borrow::Cow;
use std::collections::BTreeSet;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use crate::error::{MAX_DEPTH, MAX_NODES, MAX_SCALAR_BYTES};
use crate::tree::{Content, Entry, Slot, Tree};
use crate::{ParseError, ParseErrorKind as Kind, Position, Source, Span, keys, scalar};

/// Something that YAML allows and GitHub refuses a file for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: RefusalKind,
}

/// The kinds of [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalKind {
    /// A tag that is none of the core schema's, as written.
    Tag(String),
    /// An integer that 32 bits don't hold.
    LargeInteger,
    /// The merge key `<<`: aliases are expanded, but nothing is merged.
    MergeKey,
}

/// Reads the one document of a text, of which `lines` is the index. `what` says in errors what
/// the document should be ("a workflow"). What GitHub would refuse the file for although it is
/// YAML is added to `refusals`.
pub fn load<'source>(
    text: &'source str,
    lines: &Source,
    what: &str,
    refusals: &mut Vec<Refusal>,
) -> Result<Tree<'source>, ParseError> {
    let mut loader = Loader {
        lines,
        nodes: Vec::new(),
        weights: Vec::new(),
        open: Vec::new(),
        anchors: Vec::new(),
        root: None,
        spent: Weight::default(),
        refusals,
    };
    let mut last = Position { line: 1, column: 1 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(&error))?;
        let span = Span {
            start: position(span.start),
            end: position(span.end),
        };
        last = span.start;
        loader.event(event, span)?;
    }
    let Some(root) = loader.root else {
        let message = format!("expected {what}, found nothing but blanks and comments");
        return Err(ParseError::new(Kind::Empty, last, message));
    };
    Ok(Tree {
        nodes: loader.nodes,
        root,
    })
}

fn syntax(error: &ScanError) -> ParseError {
    let message = format!("expected YAML, found an error: {}", error.info());
    ParseError::new(Kind::Syntax, position(*error.marker()), message)
}

fn position(marker: Marker) -> Position {
    // Files are far shorter than u32::MAX (`text`).
    let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Position {
        line: narrow(marker.line()).max(1),
        column: narrow(marker.col()).saturating_add(1),
    }
}

/// What a node takes of the budgets, aliases below it expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    nodes: usize,
    scalar_bytes: usize,
    /// Mappings and sequences on the longest way down, itself included.
    height: usize,
}

/// A mapping or sequence whose end is still to come.
struct Open<'source> {
    start: Span,
    anchor: usize,
    weight: Weight,
    content: Growing<'source>,
}

enum Growing<'source> {
    Sequence(Vec<Slot>),
    Mapping {
        entries: Vec<Entry<'source>>,
        key: Option<(Cow<'source, str>, Span)>,
        /// Lower-case keys, kept only once a mapping is too long to compare with each.
        seen: BTreeSet<String>,
    },
}

struct Loader<'source, 'context> {
    lines: &'context Source,
    nodes: Vec<Content<'source>>,
    weights: Vec<Weight>,
    open: Vec<Open<'source>>,
    /// Nodes by the parser's anchor id; `None` while the anchored node is open.
    anchors: Vec<Option<usize>>,
    root: Option<Slot>,
    spent: Weight,
    refusals: &'context mut Vec<Refusal>,
}

impl<'source> Loader<'source, '_> {
    fn event(&mut self, event: Event<'source>, span: Span) -> Result<(), ParseError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), span)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::SequenceStart(anchor, _) => {
                self.start(Growing::Sequence(Vec::new()), anchor, span)
            }
            Event::MappingStart(anchor, _) => {
                let mapping = Growing::Mapping {
                    entries: Vec::new(),
                    key: None,
                    seen: BTreeSet::new(),
                };
                self.start(mapping, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::DocumentStart(_) if self.root.is_some() => Err(ParseError::new(
                Kind::SeveralDocuments,
                span.start,
                "expected the end of the file, found a second YAML document",
            )),
            Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'source, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), ParseError> {
        let weight = Weight {
            nodes: 1,
            scalar_bytes: text.len(),
            height: 0,
        };
        self.spend(weight, span)?;
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.without_blank_end(span),
            _ => span,
        };
        let content = self.resolve(text, style, tag, span);
        let index = self.push(content, weight, anchor);
        self.place(Slot { index, span }, weight)
    }

    /// The parser lets a block scalar reach to whatever comes next; its end for a reader is
    /// that of its last line with something on it.
    fn without_blank_end(&self, span: Span) -> Span {
        let mut end = span.end;
        let mut column = usize::try_from(end.column).unwrap_or(usize::MAX);
        while end.line > span.start.line {
            let line = self.lines.line(end.line).unwrap_or_default();
            if line
                .chars()
                .take(column.saturating_sub(1))
                .any(|next| !next.is_whitespace())
            {
                break;
            }
            end.line -= 1;
            column = usize::MAX;
            let length = self
                .lines
                .line(end.line)
                .map_or(0, |line| line.chars().count());
            end.column = u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1);
        }
        Span {
            start: span.start,
            end,
        }
    }

    fn resolve(
        &mut self,
        text: Cow<'source, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Content<'source> {
        let plain = style == ScalarStyle::Plain;
        match tag.map(|tag| (tag, core_type(tag))) {
            Some((_, Some("str"))) => return Content::String(text),
            Some((_, Some("bool" | "int" | "float" | "null"))) if plain => {}
            Some((tag, _)) => {
                self.refuse(span, RefusalKind::Tag(tag.to_string()));
                return Content::String(text);
            }
            None if !plain => return Content::String(text),
            None => {}
        }
        scalar::resolve(text).unwrap_or_else(|| {
            self.refuse(span, RefusalKind::LargeInteger);
            Content::Null
        })
    }

    fn refuse(&mut self, span: Span, kind: RefusalKind) {
        self.refusals.push(Refusal { span, kind });
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ParseError> {
        let Some(index) = self.anchors.get(anchor).copied().flatten() else {
            let message = "expected an alias of a finished node, found one inside its own anchor";
            return Err(ParseError::new(Kind::Syntax, span.start, message));
        };
        let weight = self.weights[index];
        self.spend(weight, span)?;
        if self.open.len() + weight.height > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.place(Slot { index, span }, weight)
    }

    fn start(
        &mut self,
        content: Growing<'source>,
        anchor: usize,
        span: Span,
    ) -> Result<(), ParseError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        let weight = Weight {
            nodes: 1,
            scalar_bytes: 0,
            height: 1,
        };
        self.spend(weight, span)?;
        self.open.push(Open {
            start: span,
            anchor,
            weight,
            content,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), ParseError> {
        // The parser never ends what it did not start.
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let (content, last) = match open.content {
            Growing::Sequence(items) => {
                let last = items.last().map(|item| item.span.end);
                (Content::Sequence(items), last)
            }
            Growing::Mapping { entries, .. } => {
                let last = entries
                    .last()
                    .map(|entry| entry.value.span.end.max(entry.key_span.end));
                (Content::Mapping(entries), last)
            }
        };
        // A flow collection ends with its bracket; a block one ends with its last entry, while
        // its end event stands where the next thing begins.
        let bracket = (end.start < end.end).then_some(end.end);
        let span = Span {
            start: open.start.start,
            end: bracket
                .or(last)
                .unwrap_or(open.start.end)
                .max(open.start.start),
        };
        let index = self.push(content, open.weight, open.anchor);
        self.place(Slot { index, span }, open.weight)
    }

    fn push(&mut self, content: Content<'source>, weight: Weight, anchor: usize) -> usize {
        let index = self.nodes.len();
        self.nodes.push(content);
        self.weights.push(weight);
        // The parser counts anchors from 1; 0 is "none".
        if anchor > 0 {
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, None);
            }
            self.anchors[anchor] = Some(index);
        }
        index
    }

    /// Puts a finished node where it belongs: into the innermost open collection, or at the root.
    fn place(&mut self, slot: Slot, weight: Weight) -> Result<(), ParseError> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(slot);
            return Ok(());
        };
        open.weight.nodes += weight.nodes;
        open.weight.scalar_bytes += weight.scalar_bytes;
        open.weight.height = open.weight.height.max(weight.height + 1);
        match &mut open.content {
            Growing::Sequence(items) => items.push(slot),
            Growing::Mapping { entries, key, seen } => {
                if let Some((key, key_span)) = key.take() {
                    entries.push(Entry {
                        key,
                        key_span,
                        value: slot,
                    });
                } else {
                    let text = keys::text(&self.nodes[slot.index], slot.span)?;
                    keys::check_new(&text, slot.span, entries, seen)?;
                    *key = Some((text, slot.span));
                    self.check_merge(slot);
                }
            }
        }
        Ok(())
    }

    /// GitHub expands aliases but knows no merge keys.
    fn check_merge(&mut self, key: Slot) {
        if matches!(&self.nodes[key.index], Content::String(text) if text == "<<") {
            self.refuse(key.span, RefusalKind::MergeKey);
        }
    }

    fn spend(&mut self, weight: Weight, span: Span) -> Result<(), ParseError> {
        self.spent.nodes += weight.nodes;
        self.spent.scalar_bytes += weight.scalar_bytes;
        let message = if self.spent.nodes > MAX_NODES {
            format!("expected at most {MAX_NODES} YAML nodes with aliases expanded, found more")
        } else if self.spent.scalar_bytes > MAX_SCALAR_BYTES {
            format!(
                "expected at most {MAX_SCALAR_BYTES} bytes of text with aliases expanded, found more"
            )
        } else {
            return Ok(());
        };
        Err(ParseError::new(Kind::TooManyNodes, span.start, message))
    }
}

/// The type that a tag of YAML's core schema names, written `!!str` or in full.
fn core_type(tag: &Tag) -> Option<&str> {
    const CORE: &str = "tag:yaml.org,2002:";
    if tag.handle == CORE {
        return Some(&tag.suffix);
    }
    tag.suffix.strip_prefix(CORE)
}

fn too_deep(span: Span) -> ParseError {
    let message = format!("expected at most {MAX_DEPTH} levels of nesting, found more");
    ParseError::new(Kind::TooDeep, span.start, message)
}
