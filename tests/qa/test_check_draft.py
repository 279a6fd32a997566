"""What a draft quotes without quotation marks: paragraphs set as quotes in Word, HTML and Markdown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from qa.check_draft import Draft, make_draft
from source.load import make_document

QUOTE = "The bell of Dunmouth was cast by Jonas Trell."
MORE = "It weighs 640 kilograms."


def docx_of(*paragraphs: tuple[str, str]) -> bytes:
    """A Word document of paragraphs with their styles."""
    import docx

    document = docx.Document()
    for words, style in paragraphs:
        document.add_paragraph(words, style=style)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def draft_of(name: str, data: bytes) -> Draft:
    return make_draft(make_document(Path(name), data), data)


def quoted(draft: Draft) -> list[tuple[str, str]]:
    """What is quoted, with what is said of where it comes from."""
    return [(one.span.of(draft.text), one.source) for one in draft.quotations]


@pytest.mark.parametrize("style", ["Quote", "Intense Quote"])
def test_paragraphs_in_the_styles_for_quotes_are_block_quotes(style: str) -> None:
    data = docx_of(("They say:", "Normal"), (QUOTE, style), (MORE, "Normal"), (f"“{MORE}”", style))
    assert quoted(draft_of("draft.docx", data)) == [(QUOTE, ""), (MORE, "")]


def test_quotes_in_a_row_are_one_and_its_last_line_says_where_it_comes_from() -> None:
    data = docx_of((QUOTE, "Quote"), (MORE, "Quote"), ("— Anna Berg, bells.txt", "Quote"))
    assert quoted(draft_of("draft.docx", data)) == [(f"{QUOTE}\n\n{MORE}", "Anna Berg, bells.txt")]


def test_a_style_that_is_based_on_that_for_quotes_is_one() -> None:
    import docx
    from docx.enum.style import WD_STYLE_TYPE

    document = docx.Document()
    style = document.styles.add_style("House quotation", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Quote"]
    document.add_paragraph(QUOTE, style="House quotation")
    document.add_paragraph(MORE)
    written = io.BytesIO()
    document.save(written)
    assert quoted(draft_of("draft.docx", written.getvalue())) == [(QUOTE, "")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", f"<p>They say:</p><blockquote><p>{QUOTE}</p></blockquote><p>And <q>{MORE}</q> too.</p>"),
        ("a.html", f"<p>x</p><blockquote>“{QUOTE}”</blockquote><p><blockquote>{MORE}</blockquote>"),
        ("a.md", f"They say:\n\n> {QUOTE}\n\nAnd\n\n> “{MORE}”\n"),
        ("a.txt", f"They say:\n\n> {QUOTE}\n\nAnd\n\n>> {MORE}\n"),
    ],
)
def test_block_quotes_of_pages_and_text(name: str, text: str) -> None:
    assert quoted(draft_of(name, text.encode())) == [(QUOTE, ""), (MORE, "")]


def test_a_page_may_name_the_source_below_its_quote() -> None:
    page = f"<blockquote><p>{QUOTE}</p><footer>— Anna Berg, minutes.txt</footer></blockquote><p>So it is.</p>"
    assert quoted(draft_of("a.html", page.encode())) == [(QUOTE, "Anna Berg, minutes.txt")]
