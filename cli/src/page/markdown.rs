//! Markdown to HTML, for text that strangers wrote.
//!
//! Raw HTML is shown as text, but for `<details>` and `<summary>`, which Check Runs use, and
//! comments, which are dropped. Links lead to the web or nowhere; images become their text.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Renders Markdown as HTML that may stand in a page.
pub(super) fn render(markdown: &str) -> String {
    let parser = Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    );
    let mut depth = Vec::new();
    let events = parser.filter_map(|event| safe(event, &mut depth));
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// The event as it may be rendered. `kept` remembers of each open link whether it was kept.
fn safe<'a>(event: Event<'a>, kept: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(html) => Some(Event::Html(known_tags(&html).into())),
        Event::InlineHtml(html) => Some(Event::InlineHtml(known_tags(&html).into())),
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let fine = leads_to_the_web(dest_url);
            kept.push(fine);
            fine.then_some(event)
        }
        Event::End(TagEnd::Link) => kept.pop().unwrap_or(false).then_some(event),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            // Without ids and classes of the author's choosing.
            level,
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        other => Some(other),
    }
}

fn leads_to_the_web(url: &CowStr<'_>) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

const KNOWN: [&str; 4] = ["<details>", "</details>", "<summary>", "</summary>"];

fn known_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&escape(&rest[..open]));
        rest = &rest[open..];
        if let Some(tag) = KNOWN.iter().find(|tag| rest.starts_with(**tag)) {
            out.push_str(tag);
            rest = &rest[tag.len()..];
        } else if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
        } else {
            out.push_str("&lt;");
            rest = &rest[1..];
        }
    }
    out.push_str(&escape(rest));
    out
}

/// Text as HTML, also in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(markdown: &str, expected: &Expect) {
        expected.assert_eq(&render(markdown));
    }

    #[test]
    fn details_fold_and_their_markdown_is_rendered() {
        check(
            "<details>\n<summary>Already there (1)</summary>\n\n- `x`\n\n</details>\n<!-- mark -->\n",
            &expect![[r#"
                <details>
                <summary>Already there (1)</summary>
                <ul>
                <li><code>x</code></li>
                </ul>
                </details>

            "#]],
        );
    }

    #[test]
    fn other_html_is_shown_as_text() {
        check(
            "<script>alert(1)</script>\n\na <img src=x onerror=alert(1)> b <details open onclick=x>\n",
            &expect![[r#"
                &lt;script&gt;alert(1)&lt;/script&gt;
                <p>a &lt;img src=x onerror=alert(1)&gt; b &lt;details open onclick=x&gt;</p>
            "#]],
        );
    }

    #[test]
    fn links_lead_to_the_web_and_images_are_their_text() {
        check(
            "[a](javascript:alert(1)) [b](https://docs.github.com/?a=1&b=\"2\") ![c](https://x.example/c.png)",
            &expect![[r#"
                <p>a <a href="https://docs.github.com/?a=1&amp;b=%222%22">b</a> c</p>
            "#]],
        );
    }
}
