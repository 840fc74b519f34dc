"""Telegram's HTML: what it reads out of it, where it stops, and what becomes of it on the page."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.botapi.entities import parse_html, utf16_length
from demo.botapi.errors import Refused
from demo.botapi.texts import formatted_text
from demo.web.html import to_html


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("😀<i>林</i>", "😀林", [entity("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("&lt;b&gt; &amp; &quot; &#26519; &#x6797;", '<b> & " 林 林', []),
        ("&nbsp; &foo &;", "&nbsp; &foo &;", []),
        ("<b></b>x", "x", []),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', "x", [entity("text_link", 0, 1, url="https://e.org/?a=1&b=2")]),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1, language="py")]),
        ('<code class="language-py">x</code>', "x", [entity("code", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("<B>x</>", "x", [entity("bold", 0, 1)]),
        (
            '<tg-time unix="5" format="wDT">x</tg-time>',
            "x",
            [entity("date_time", 0, 1, unix_time=5, date_time_format="wDT")],
        ),
    ],
)
def test_html_is_read(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    formatted = parse_html(source)
    assert (formatted.text, formatted.entities) == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x$>y</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_broken_html_is_refused(source: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(source)
    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: can't parse entities: {why}")


@given(st.text())
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(f"<b>{escaped}</b>").text == text


@given(st.text(alphabet="<>/ab=\"'&;# \n😀", max_size=40))
def test_any_html_is_read_or_refused(source: str) -> None:
    try:
        formatted = parse_html(source)
    except Refused:
        return
    length = utf16_length(formatted.text)
    assert all(0 <= some["offset"] < some["offset"] + some["length"] <= length for some in formatted.entities)


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start abc", [entity("bot_command", 0, 6)]),
        ("see https://e.org/x.", [entity("url", 4, 15)]),
        ("hi @tillkeeper", [entity("mention", 3, 11)]),
        ("a/b 1/2", []),
    ],
)
def test_plain_text_is_marked_up_as_a_client_would(text: str, entities: list[dict[str, Any]]) -> None:
    assert formatted_text(text, "", None).entities == entities


def test_space_at_the_ends_and_marks_of_direction_are_taken_out() -> None:
    formatted = formatted_text("  \u202ea\x07<b>b</b>\r\n ", "HTML", None)
    assert (formatted.text, formatted.entities) == ("a b", [entity("bold", 2, 1)])


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>a&lt;script&gt;</b>\n&amp;", "<b>a&lt;script&gt;</b>\n&amp;"),
        ("<b>a<i>😀b</i></b>c", "<b>a<i>😀b</i></b>c"),
        ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
        ('<a href="https://e.org/?q=%22&quot;">x</a>', '<a href="https://e.org/?q=%22&quot;">x</a>'),
        ("https://e.org", '<a href="https://e.org">https://e.org</a>'),
        ("<pre>a\nb</pre>", "<pre>a\nb</pre>"),
    ],
)
def test_the_page_gets_safe_html(source: str, html: str) -> None:
    formatted = formatted_text(source, "HTML", None)
    assert to_html(formatted.text, formatted.entities) == html


def test_crossing_entities_and_a_link_to_a_script_do_no_harm() -> None:
    crossing = [entity("bold", 0, 2), entity("italic", 1, 2)]
    assert to_html("abc", crossing) == "<b>a<i>b</i></b>c"
    assert to_html("x", [entity("text_link", 0, 1, url="javascript:alert(1)")]) == "x"
