//! YAML into a tree of nodes with places, aliases expanded.
//!
//! The tree is an arena: an alias is one more slot for a node that is there already, so that
//! expansion costs no memory, and dropping a deep tree recurses nowhere.

mod keys;
mod load;
mod scalar;

use std::borrow::Cow;

pub(crate) use load::load;

use crate::{Span, Value};

/// A YAML document.
#[derive(Debug)]
pub(crate) struct Tree<'source> {
    nodes: Vec<Content<'source>>,
    root: Slot,
}

impl Tree<'_> {
    pub(crate) fn root(&self) -> Node<'_> {
        Node {
            tree: self,
            slot: self.root,
        }
    }
}

/// What a node holds.
#[derive(Debug)]
enum Content<'source> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'source, str>),
    Sequence(Vec<Slot>),
    Mapping(Vec<Entry<'source>>),
}

/// A node at the place where it stands or, for an alias, where the alias stands.
#[derive(Debug, Clone, Copy)]
struct Slot {
    index: usize,
    span: Span,
}

/// A key with its value.
#[derive(Debug)]
struct Entry<'source> {
    key: Cow<'source, str>,
    key_span: Span,
    value: Slot,
}

/// A node to read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'tree> {
    tree: &'tree Tree<'tree>,
    slot: Slot,
}

/// A node's content to read from.
pub(crate) enum View<'tree> {
    Null,
    Bool(bool),
    Number(f64),
    String(&'tree str),
    Sequence(Items<'tree>),
    Mapping(Pairs<'tree>),
}

/// A key of a mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'tree> {
    pub(crate) text: &'tree str,
    pub(crate) span: Span,
}

impl<'tree> Node<'tree> {
    pub(crate) fn span(self) -> Span {
        self.slot.span
    }

    pub(crate) fn view(self) -> View<'tree> {
        match &self.tree.nodes[self.slot.index] {
            Content::Null => View::Null,
            Content::Bool(value) => View::Bool(*value),
            Content::Number(value) => View::Number(*value),
            Content::String(value) => View::String(value),
            Content::Sequence(slots) => View::Sequence(Items {
                tree: self.tree,
                slots: slots.iter(),
            }),
            Content::Mapping(entries) => View::Mapping(Pairs {
                tree: self.tree,
                entries: entries.iter(),
            }),
        }
    }

    /// The node in words, for "expected …, found …".
    pub(crate) fn found(self) -> &'static str {
        match &self.tree.nodes[self.slot.index] {
            Content::Null => "nothing",
            Content::Bool(_) => "a boolean",
            Content::Number(_) => "a number",
            Content::String(_) => "a string",
            Content::Sequence(_) => "a sequence",
            Content::Mapping(_) => "a mapping",
        }
    }

    /// The node as a value. Recursion ends at [`crate::MAX_DEPTH`], to which the loader holds
    /// every tree.
    pub(crate) fn to_value(self) -> Value {
        match self.view() {
            View::Null => Value::Null,
            View::Bool(value) => Value::Bool(value),
            View::Number(value) => Value::Number(value),
            View::String(value) => Value::String(value.to_owned()),
            View::Sequence(items) => Value::Sequence(items.map(Node::to_value).collect()),
            View::Mapping(pairs) => Value::Mapping(
                pairs
                    .map(|(key, value)| (key.text.to_owned(), value.to_value()))
                    .collect(),
            ),
        }
    }
}

/// The items of a sequence.
pub(crate) struct Items<'tree> {
    tree: &'tree Tree<'tree>,
    slots: std::slice::Iter<'tree, Slot>,
}

impl<'tree> Iterator for Items<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Self::Item> {
        let slot = *self.slots.next()?;
        Some(Node {
            tree: self.tree,
            slot,
        })
    }
}

/// The keys and values of a mapping, in the order of the file.
pub(crate) struct Pairs<'tree> {
    tree: &'tree Tree<'tree>,
    entries: std::slice::Iter<'tree, Entry<'tree>>,
}

impl<'tree> Iterator for Pairs<'tree> {
    type Item = (Key<'tree>, Node<'tree>);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        let key = Key {
            text: &entry.key,
            span: entry.key_span,
        };
        let value = Node {
            tree: self.tree,
            slot: entry.value,
        };
        Some((key, value))
    }
}
