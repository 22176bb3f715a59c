//! A shell script as lists of commands, as far as that is certain.
//!
//! Follows the [grammar of the POSIX shell] for simple commands joined by `|`, `&&`, `||` and
//! `;`. Whatever else there is (compound commands, here-documents, background jobs) makes the
//! whole script unreadable here: what it does is not guessed.
//!
//! [grammar of the POSIX shell]: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_10

use std::iter::Peekable;
use std::str::CharIndices;

/// Deepest nesting of substitutions that is followed.
const MAX_DEPTH: usize = 8;

/// Pipelines joined by `&&` and `||`, up to a `;` or a line's end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    /// The first pipeline, and those that follow with what joins them to the one before.
    pub(super) pipelines: Vec<(Join, Pipeline)>,
    /// The line of the script on which it ends, from 0.
    pub(super) line: usize,
}

/// How a pipeline is joined to what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// Nothing stands before it.
    First,
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
pub(super) type Pipeline = Vec<Command>;

/// A simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words without quotes; redirections are left out.
    pub(super) words: Vec<Word>,
}

/// One word of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// The text, its quotes taken away; what is substituted is left out.
    pub(super) text: String,
    /// Whether a command's output, or an expression of the workflow, goes into it.
    pub(super) is_substituted: bool,
}

/// Words that begin or belong to compound commands.
const RESERVED: [&str; 20] = [
    "!", "[[", "{", "}", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for",
    "function", "if", "select", "then", "time", "until", "while",
];

/// The lists of a script; `None` where it is not certain how a shell takes it.
pub(super) fn lists(script: &str) -> Option<Vec<List>> {
    let mut reader = Reader {
        rest: script.char_indices().peekable(),
        text: script,
        line: 0,
        lists: Vec::new(),
        list: List::default(),
        join: Join::First,
        pipeline: Vec::new(),
        command: Command::default(),
    };
    reader.read()?;
    Some(reader.lists)
}

struct Reader<'s> {
    rest: Peekable<CharIndices<'s>>,
    text: &'s str,
    line: usize,
    lists: Vec<List>,
    list: List,
    join: Join,
    pipeline: Pipeline,
    command: Command,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        while let Some(&(at, character)) = self.rest.peek() {
            match character {
                ' ' | '\t' | '\r' => {
                    self.rest.next();
                }
                '\n' => self.line_end()?,
                '#' => while self.rest.next_if(|(_, c)| *c != '\n').is_some() {},
                ';' => {
                    self.rest.next();
                    // `;;` ends a case.
                    (self.rest.peek().map(|(_, c)| *c) != Some(';')).then_some(())?;
                    self.end_list()?;
                }
                '&' | '|' => self.operator()?,
                '<' | '>' => self.redirection()?,
                '(' | ')' => return None,
                '\\' if self.text[at..].starts_with("\\\n") => self.continued_line(),
                _ => {
                    let word = self.word()?;
                    self.command.words.push(word);
                }
            }
        }
        self.end_list()
    }

    fn line_end(&mut self) -> Option<()> {
        // After `|`, `&&` and `||` the command goes on.
        let is_open = self.command.words.is_empty()
            && (!self.pipeline.is_empty() || self.join != Join::First);
        if !is_open {
            self.end_list()?;
        }
        self.rest.next();
        self.line += 1;
        Some(())
    }

    fn continued_line(&mut self) {
        self.rest.next();
        self.rest.next();
        self.line += 1;
    }

    fn operator(&mut self) -> Option<()> {
        let (at, first) = self.rest.next()?;
        let pair = self.text.get(at..at + 2).unwrap_or_default();
        match pair {
            "&&" | "||" => {
                self.rest.next();
                self.end_pipeline()?;
                self.join = if pair == "&&" { Join::And } else { Join::Or };
                Some(())
            }
            "&>" => self.redirection(),
            "|&" => {
                self.rest.next();
                self.end_command()
            }
            _ if first == '|' => self.end_command(),
            // A job in the background.
            _ => None,
        }
    }

    /// A redirection of any kind but a here-document, with its target.
    fn redirection(&mut self) -> Option<()> {
        let (at, first) = self.rest.next()?;
        let rest = &self.text[at + first.len_utf8()..];
        if rest.starts_with('(') || (first == '<' && rest.starts_with('<')) {
            return None;
        }
        // The number of a file before it is no word of the command.
        let is_number = |word: &Word| word.text.bytes().all(|b| b.is_ascii_digit());
        let is_joined = !self.text[..at].ends_with([' ', '\t']);
        if is_joined && self.command.words.last().is_some_and(is_number) {
            self.command.words.pop();
        }
        while self
            .rest
            .next_if(|(_, c)| matches!(c, '>' | '&' | '|'))
            .is_some()
        {}
        while self
            .rest
            .next_if(|(_, c)| matches!(c, ' ' | '\t'))
            .is_some()
        {}
        let target = self.word()?;
        (!target.text.is_empty() || target.is_substituted).then_some(())
    }

    /// A word, up to the next blank or operator.
    fn word(&mut self) -> Option<Word> {
        let mut word = Word::default();
        while let Some(&(at, character)) = self.rest.peek() {
            match character {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' => break,
                '(' | ')' => return None,
                '\'' => self.single_quoted(&mut word)?,
                '"' => self.double_quoted(&mut word)?,
                '\\' if self.text[at..].starts_with("\\\n") => self.continued_line(),
                '\\' => {
                    self.rest.next();
                    word.text.push(self.rest.next()?.1);
                }
                '$' | '`' => self.substitution(&mut word, 0)?,
                _ => {
                    self.rest.next();
                    word.text.push(character);
                }
            }
        }
        Some(word)
    }

    fn single_quoted(&mut self, word: &mut Word) -> Option<()> {
        self.rest.next();
        loop {
            let (at, character) = *self.rest.peek()?;
            if character == '\'' {
                self.rest.next();
                return Some(());
            }
            // GitHub puts the value in before the shell sees the quotes.
            if self.text[at..].starts_with("${{") {
                self.substitution(word, 0)?;
            } else {
                self.take(word);
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Option<()> {
        self.rest.next();
        loop {
            match self.rest.peek()?.1 {
                '"' => {
                    self.rest.next();
                    return Some(());
                }
                '\\' => {
                    self.rest.next();
                    self.take(word);
                }
                '$' | '`' => self.substitution(word, 0)?,
                _ => self.take(word),
            }
        }
    }

    fn take(&mut self, word: &mut Word) {
        if let Some((_, character)) = self.rest.next() {
            self.line += usize::from(character == '\n');
            word.text.push(character);
        }
    }

    /// `$NAME`, `${…}`, `$(…)`, `` `…` `` or `${{ … }}`.
    fn substitution(&mut self, word: &mut Word, depth: usize) -> Option<()> {
        let (at, _) = *self.rest.peek()?;
        let rest = &self.text[at..];
        let length = if rest.starts_with("${{") {
            rest.find("}}")? + 2
        } else if let Some(inner) = rest.strip_prefix("$(") {
            2 + parenthesised(inner, depth)?
        } else if rest.starts_with("${") {
            let end = rest.find('}')?;
            // What may stand in it is a grammar of its own.
            (!rest[2..end].contains(['$', '`', '"', '\'', '\\'])).then_some(end + 1)?
        } else if let Some(after) = rest.strip_prefix('`') {
            after.find('`')? + 2
        } else if rest.starts_with("$'") || rest.starts_with("$\"") {
            return None;
        } else {
            // A variable: its value is no command.
            self.take(word);
            return Some(());
        };
        word.is_substituted |= !rest.starts_with("${") || rest.starts_with("${{");
        self.line += rest[..length].matches('\n').count();
        while self.rest.next_if(|(next, _)| *next < at + length).is_some() {}
        Some(())
    }

    fn end_command(&mut self) -> Option<()> {
        let command = std::mem::take(&mut self.command);
        let first = command.words.first()?;
        (!RESERVED.contains(&first.text.as_str())).then_some(())?;
        self.pipeline.push(command);
        Some(())
    }

    fn end_pipeline(&mut self) -> Option<()> {
        self.end_command()?;
        let pipeline = std::mem::take(&mut self.pipeline);
        self.list.pipelines.push((self.join, pipeline));
        Some(())
    }

    fn end_list(&mut self) -> Option<()> {
        let is_empty = self.command.words.is_empty() && self.pipeline.is_empty();
        if is_empty && self.join == Join::First {
            return Some(());
        }
        self.end_pipeline()?;
        self.list.line = self.line;
        self.lists.push(std::mem::take(&mut self.list));
        self.join = Join::First;
        Some(())
    }
}

/// How long the text up to and with the `)` is that closes a substitution.
fn parenthesised(text: &str, depth: usize) -> Option<usize> {
    (depth < MAX_DEPTH).then_some(())?;
    let mut at = 0;
    let mut open = 1_usize;
    while let Some(character) = text[at..].chars().next() {
        match character {
            '(' => open += 1,
            ')' => {
                open -= 1;
                if open == 0 {
                    return Some(at + 1);
                }
            }
            '\'' => at += text[at + 1..].find('\'')? + 1,
            '"' => at += double_quotes(&text[at + 1..], depth)? + 1,
            '\\' => at += 1,
            // A comment could hold anything.
            '#' => return None,
            _ => {}
        }
        at += text[at..].chars().next()?.len_utf8();
    }
    None
}

/// Where the `"` stands that ends a text, the first one being passed.
fn double_quotes(text: &str, depth: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        match character {
            '"' => return Some(at),
            '\\' => at += 1,
            '$' if text[at..].starts_with("$(") => {
                at += 1 + parenthesised(&text[at + 2..], depth + 1)?;
            }
            '`' => return None,
            _ => {}
        }
        at += text[at..].chars().next()?.len_utf8();
    }
    None
}
