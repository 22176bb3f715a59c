//! YAML into a tree of nodes with places, aliases expanded.
//!
//! The tree is an arena: an alias is one more slot for a node that is there already, so that
//! expansion costs no memory, and dropping a deep tree recurses nowhere.

use std::borrow::Cow;

use crate::{Span, Value};

/// A YAML document.
#[derive(Debug)]
pub struct Tree<'source> {
    pub(crate) nodes: Vec<Content<'source>>,
    pub(crate) root: Slot,
}

impl Tree<'_> {
    /// The document's own node.
    pub fn root(&self) -> Node<'_> {
        Node {
            tree: self,
            slot: self.root,
        }
    }
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum Content<'source> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'source, str>),
    Sequence(Vec<Slot>),
    Mapping(Vec<Entry<'source>>),
}

/// A node at the place where it stands or, for an alias, where the alias stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) index: usize,
    pub(crate) span: Span,
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Entry<'source> {
    pub(crate) key: Cow<'source, str>,
    pub(crate) key_span: Span,
    pub(crate) value: Slot,
}

/// A node to read from.
#[derive(Debug, Clone, Copy)]
pub struct Node<'tree> {
    tree: &'tree Tree<'tree>,
    slot: Slot,
}

/// A node's content to read from.
#[derive(Debug, Clone)]
pub enum View<'tree> {
    /// `null`, `~`, or no value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Text.
    String(&'tree str),
    /// A list.
    Sequence(Items<'tree>),
    /// Keys and values.
    Mapping(Pairs<'tree>),
}

/// A key of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Key<'tree> {
    /// The key, whatever scalar it was.
    pub text: &'tree str,
    /// Where it is written.
    pub span: Span,
}

impl<'tree> Node<'tree> {
    /// Where the node is written; for an alias, where the alias is.
    pub fn span(self) -> Span {
        self.slot.span
    }

    /// The node's content.
    pub fn view(self) -> View<'tree> {
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
    pub fn found(self) -> &'static str {
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
    pub fn to_value(self) -> Value {
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
#[derive(Debug, Clone)]
pub struct Items<'tree> {
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
#[derive(Debug, Clone)]
pub struct Pairs<'tree> {
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
