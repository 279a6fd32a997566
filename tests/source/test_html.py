"""HTML: what a reader sees is the text, all of it, once and in order; what only machines see is not."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.decode import NotTextError
from source.document import Extraction
from source.html import load_html
from source.split import split_passages
from tests.checks import check_passages
from tests.strategies import htmls

SEEN = "p div h2 section blockquote span b a nav aside figure pre ul dl article em label math".split()
UNSEEN = "script style template noscript svg".split()

Tree = str | tuple[str, list["Tree"]]
"""A word, or an element with what stands in it."""

trees = st.recursive(
    st.just("word"),
    lambda inner: st.tuples(
        st.sampled_from([*SEEN, *UNSEEN, "table", "li", "span hidden", "!--"]), st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


def load(html: str) -> Extraction:
    return load_html(codecs.BOM_UTF8 + html.encode("utf-8"))


def write(tree: Tree, words: Iterator[str], *, is_seen: bool, seen: list[str]) -> str:
    """`tree` as HTML, its words numbered; those that a reader sees are noted in `seen`."""
    if isinstance(tree, str):
        word = next(words)
        if is_seen:
            seen.append(word)
        return f" {word} "
    tag, children = tree
    inside_seen = is_seen and tag in [*SEEN, "table", "li"]
    only_words = tag in {*UNSEEN, "!--", "math", "span hidden"}  # a paragraph would end the span
    inner = "".join(
        write(child, words, is_seen=inside_seen, seen=seen)
        for child in children
        if isinstance(child, str) or not only_words
    )
    match tag:
        case "!--":
            return f"<!--{inner}-->"
        case "table":
            return f"<table><tr><td>{inner}</td></tr></table>"
        case "li":
            return f"<ul><li>{inner}</ul>"
        case _:
            return f"<{tag}>{inner}</{tag.split()[0]}>"


@given(htmls)
def test_all_of_any_page_is_in_passages(html: str) -> None:
    check_passages(load(html))


@given(st.lists(trees, max_size=6))
def test_a_reader_s_words_are_the_text_once_and_in_order(forest: list[Tree]) -> None:
    words = (f"word{number}x" for number in range(1000))
    seen: list[str] = []
    html = "".join(write(tree, words, is_seen=True, seen=seen) for tree in forest)
    assert re.findall(r"word\d+x", load(f"<body>{html}").text) == seen


@given(st.lists(trees, max_size=6))
def test_words_of_different_elements_do_not_run_together(forest: list[Tree]) -> None:
    words = (f"word{number}x" for number in range(1000))
    html = "".join(write(tree, words, is_seen=True, seen=[]) for tree in forest)
    folded = [sentence.folded for passage in split_passages(load(f"<body>{html}")) for sentence in passage.sentences]
    assert not re.search(r"x\w", " ".join(folded))


TWO_HEADERS = "<table><tr><th rowspan=2>Who<th colspan=2>Weight<tr><th>in<th>out"


def blocks_of(html: str) -> list[tuple[str, str]]:
    extraction = load(html)
    return [(block.role, block.span.of(extraction.text)) for block in extraction.blocks]


def folded_of(html: str) -> list[str]:
    return [sentence.folded for passage in split_passages(load(html)) for sentence in passage.sentences]


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("text in body<p>and <b>a</b>\n p", [("body", "text in body"), ("body", "and a p")]),
        (
            "<p>One.<br>Same.<br><br>Two.<p>&nbsp;<p>3&nbsp;m",
            [("body", "One.\nSame."), ("body", "Two."), ("body", "3\u00a0m")],
        ),
        ("<div>a<div>b</div>c</div><span>d</span>", [("body", "a"), ("body", "b"), ("body", "c"), ("body", "d")]),
        ("<h1>A</h1><h3>B</h3>c", [("heading", "A"), ("heading", "B"), ("body", "c")]),
        ("<pre>a  b\n   c</pre>", [("body", "a  b\n   c")]),
        (
            "<p>a <span hidden>x</span><i style='Display : none'>y</i> b<p hidden>z",
            [("body", "a b"), ("furniture", "z")],
        ),
        (
            "<main>the text of it<nav>a</nav></main><p>b</p><h2>c</h2>",
            [("body", "the text of it"), ("furniture", "a"), ("furniture", "b"), ("heading", "c")],
        ),
        ("<main></main><p>all there is", [("body", "all there is")]),
        (
            "<form><h1>A</h1><p>b</form><form>c<select><option>d</select></form>",
            [("heading", "A"), ("body", "b"), ("furniture", "c"), ("furniture", "d")],
        ),
        ("<p>Pay <select><option>now</select> or later", [("body", "Pay"), ("furniture", "now"), ("body", "or later")]),
        ("<figure>a<figcaption>b</figcaption></figure>", [("body", "a"), ("furniture", "b")]),
        ("<ul>one<li>two<ul><li>three</ul>four</ul>", [("body", "one\ntwo\nthree\nfour")]),
        ("<ol><li><p>one<li><p>two</ol>", [("body", "one"), ("body", "two")]),
        (
            "<p>E = <math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup><annotation>tex</annotation></math>.",
            [("body", "E = mc2.")],
        ),
        ("a<svg><text>b</text></svg><!-- c --><object>d</object> e<template>f</template>", [("body", "a e")]),
        ("<td>no table<tr>at all", [("body", "no tableat all")]),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", [("body", "漢")]),
    ],
)
def test_blocks_and_their_roles_by_hand(html: str, blocks: list[tuple[str, str]]) -> None:
    assert blocks_of(html) == blocks


@pytest.mark.parametrize(
    ("html", "folded"),
    [
        (
            "<table><tr><th>Day<th>Keeper<tr><th>Monday<td>Log book<tr><td><td>Rest</table>",
            ["Day; Keeper", "Day: Monday; Keeper: Log book", "Keeper: Rest"],
        ),
        (
            f"{TWO_HEADERS}<tr><td rowspan=2>Ann<td>1<td>2<tr><td>3<td>4</table>",
            [
                "Who; Weight; Weight",
                "Who; in; out",
                "Who: Ann; Weight in: 1; Weight out: 2",
                "Who: Ann; Weight in: 3; Weight out: 4",
            ],
        ),
        ("<table><caption>Table 1</caption><tr><td><p>one<p>two<td>3</table>", ["Table 1", "one two; 3"]),
        (
            "<table><tr><th colspan=2>A<tr><td>b<td colspan=x>c<td colspan=0 rowspan=0>d</table>",
            ["A; A", "A: b; A: c; d"],
        ),
        (
            "<dl><dt>Abaft<dd>Toward the stern<dt>Abeam<dd>At right angles</dl>",
            ["Abaft", "Toward the stern", "Abeam", "At right angles"],
        ),
        ("<ul><li>Two. Sentences.<li>A <b>third</b></ul>", ["Two.", "Sentences.", "A third"]),
    ],
)
def test_rows_and_items_by_hand(html: str, folded: list[str]) -> None:
    assert folded_of(html) == folded


def test_a_table_for_layout_is_read_as_the_text_in_it() -> None:
    long = "A sentence of prose in a cell. " * 20
    assert blocks_of(f"<table><tr><td>Menu<td>{long}</table>") == [("body", "Menu"), ("body", long.strip())]
    assert blocks_of("<table><tr><td>a<table><tr><td>b</table></table>") == [("body", "a"), ("body", "b")]


LINKS = "<ul>{}</ul>"


@pytest.mark.parametrize(
    ("html", "role"),
    [
        (f"{LINKS}<h1>Title</h1><p>Text.", "furniture"),
        (f"<h1>Title</h1><p>Text.{LINKS}", "body"),
        (f"<main><p>Text.{LINKS}</main>", "body"),
        (f"<p>Text.<nav>{LINKS}</nav>", "furniture"),
    ],
)
def test_a_list_of_links_is_a_menu_only_above_the_text_or_where_the_page_says_so(html: str, role: str) -> None:
    links = "<li><a href='/a'>Paris</a><li><a href='/b'>London</a>"
    assert (role, "Paris\nLondon") in blocks_of(html.replace("{}", links))


@pytest.mark.parametrize(
    "links",
    [
        "<li><a href='#1'>1. Bells</a><li><a href='#2'>2. Ropes</a>",
        "<li><a href=/>Home</a><li><a href=/c>Contact us</a>",
    ],
)
def test_a_table_of_contents_and_a_list_of_pages_are_menus(links: str) -> None:
    assert blocks_of(f"<p>Text.<ul>{links}</ul><p>More.")[1][0] == "furniture"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ('<meta charset="windows-1251"><p>Колокол'.encode("cp1251"), "Колокол", "cp1251"),
        ("<meta http-equiv=x content='text/html; charset=Shift_JIS'><p>鐘".encode("shift_jis"), "鐘", "shift_jis"),
        ('<meta charset="iso-8859-1"><p>5 € “café”'.encode("cp1252"), "5 € “café”", "cp1252"),
        ('<meta charset="windows-1252"><p>Läuten'.encode(), "Läuten", "utf-8"),
        ('<meta charset="utf-16"><p>café au lait'.encode("cp1252"), "café au lait", "cp1252"),
        ('<meta charset="undefined"><p>café au lait'.encode("cp1252"), "café au lait", "cp1252"),
        (b'<meta charset="unicode_escape"><p>caf\xe9 au lait \\ud800', "café au lait \\ud800", "cp1252"),
        (b'<meta charset="utf-7"><p>+2AA-', "+2AA-", "utf-8"),
        ("<meta charset=utf-8><p>Läuten".encode("utf-16"), "Läuten", "utf-16"),
        ('<meta charset="no-such-thing"><p>Läuten'.encode(), "Läuten", "utf-8"),
    ],
)
def test_a_page_is_decoded_as_it_says_where_that_can_be_true(data: bytes, text: str, encoding: str) -> None:
    extraction = load_html(data)
    assert (extraction.text, extraction.encoding) == (text, encoding)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(NotTextError):
        load_html(bytes(range(256)) * 10)


def test_the_title_is_the_page_s_or_its_first_heading_s() -> None:
    assert load("<title>The\n Handbook &mdash; A</title><h1>B</h1>").title == "The Handbook - A"
    assert load("<p>x<h1>The <i>B</i></h1>y").title == "The B"
    assert load("<p>x").title == ""


@pytest.mark.parametrize(
    "unit", ["<div>", "<ul><li>a", "<ul><li>", "<table><tr><td>", "<b>x", "<p>x<br>", "<dl><dt>", "<blockquote>"]
)
def test_a_page_nested_ten_thousand_deep_is_read_to_the_bottom(unit: str) -> None:
    extraction = load(unit * 10_000 + "<p>the bottom")
    check_passages(extraction)
    assert extraction.text.endswith("the bottom")


@pytest.mark.parametrize("attribute", ['epub:type="footnote"', 'role="doc-footnote"', 'epub:type="x rearnote"'])
def test_an_aside_that_is_a_note_is_part_of_the_text(attribute: str) -> None:
    extraction = load(
        f"<p>It was cast in 1687.</p><aside {attribute}><p>By hand.</p></aside><aside><p>Ads.</p></aside>"
    )
    assert [(block.span.of(extraction.text), block.role) for block in extraction.blocks] == [
        ("It was cast in 1687.", "body"),
        ("By hand.", "body"),
        ("Ads.", "furniture"),
    ]
