"""Conversations as files: what was quoted stands in them, and nothing in it can be more than text."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.conversations import Conversation, StoredTurn
from qa.export import export_conversation
from qa.transcript import Quote, Reply, Searched

QUOTE = Quote(
    document_id=2,
    document="harbour-bells.txt",
    format="text",
    sha256="ab" * 32,
    passage=13,
    place="paragraph 13, line 26",
    headings=("The Bells", "Describe the oldest."),
    start=100,
    end=132,
    text="It was cast in 1687 by J. Trell.",
    marks=((115, 119),),
    before="",
    after="",
    is_cut_before=False,
    is_cut_after=False,
    sureness=0.84,
)
REPLY = Reply(
    question="Who cast it?",
    answered=True,
    score=0.85,
    quotes=(QUOTE,),
    missing_words=(),
    follow_ups=(),
    searched=Searched(5, 5, "MiniLM", "0.1.0"),
    seconds=0.1,
)
HEAD = Conversation("c1", "Bells", "2026-01-02T03:04:05+00:00")
HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/x.png)",
        "# not a heading",
        "- no list",
        "1. no list",
        "```\nno code",
        "&lt;b&gt; &copy;",
        "| a | b |\n|---|---|",
        "**no** _em_ ~~no~~ `no`",
        "<!-- gone -->",
        "a\\\nb",
        "===",
    ]
)


def turn(reply: Reply | None, question: str = "Who cast it?") -> StoredTurn:
    return StoredTurn(1, question, "2026-01-02T03:04:05+00:00", reply.as_json() if reply else "", 1)


def test_each_format_says_question_quote_place_and_digest() -> None:
    for suffix in ("md", "json", "html"):
        exported = export_conversation(HEAD, [turn(REPLY)], suffix)
        plain = html.unescape(re.sub(r"</?mark>|\\(?=\W)", "", exported))
        for words in ("Who cast it?", QUOTE.text, "harbour-bells.txt", "paragraph 13, line 26", QUOTE.sha256):
            assert words in plain


def test_pages_say_what_was_searched_for_instead_of_a_question() -> None:
    completed = replace(REPLY, question="Who cast the oldest bell?")
    for suffix in ("md", "html"):
        plain = html.unescape(export_conversation(HEAD, [turn(completed)], suffix)).replace("\\", "")
        assert "Searched for: Who cast the oldest bell?" in plain
        assert "Searched for:" not in export_conversation(HEAD, [turn(replace(REPLY, question="Who cast it?"))], suffix)


def test_json_holds_the_whole_reply() -> None:
    [asked] = json.loads(export_conversation(HEAD, [turn(REPLY)], "json"))["turns"]
    assert asked["rating"] == 1
    assert asked["answer"] == json.loads(REPLY.as_json())


def test_a_question_without_an_answer_and_a_refusal_are_told_apart() -> None:
    refusal = replace(REPLY, answered=False, missing_words=("zebras",))
    exported = export_conversation(HEAD, [turn(None), turn(refusal)], "md")
    assert "No answer was waited for." in exported
    assert "Not found in the documents. The nearest passages:" in exported
    assert "Words in no document: zebras" in exported
    assert "zebras" not in export_conversation(HEAD, [turn(replace(REPLY, missing_words=("zebras",)))], "md")


@given(st.lists(HOSTILE, min_size=1, max_size=3).map("\n".join))
def test_markdown_says_a_quote_as_text(words: str) -> None:
    quote = replace(QUOTE, text=words, document=words, end=QUOTE.start + len(words), marks=())
    exported = export_conversation(HEAD, [turn(replace(REPLY, quotes=(quote,)), words)], "md")
    shown = MarkdownIt("js-default").render(exported)
    tags = set(re.findall(r"</?([a-z0-9]+)", shown))
    assert tags <= {"h1", "h2", "p", "blockquote", "ol", "ul", "li", "strong", "code", "br"}
    quoted = re.search(r"<blockquote>(.*?)</blockquote>", shown, re.DOTALL)
    assert quoted is not None
    as_text = html.unescape(re.sub(r"<[^>]+>", "", quoted[1]))
    assert "".join(as_text.split()) == "".join(words.split())


@given(st.lists(HOSTILE, min_size=1, max_size=3).map("\n".join))
def test_html_has_no_element_of_foreign_text(words: str) -> None:
    quote = replace(QUOTE, text=words, document=words, headings=(words,), end=QUOTE.start + len(words), marks=())
    exported = export_conversation(replace(HEAD, title=words), [turn(replace(REPLY, quotes=(quote,)), words)], "html")
    assert not re.search(r"<(script|img|a|iframe|svg|link)\b", exported)
    assert "default-src 'none'" in exported
    shown = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", exported, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]) == words


def test_each_format_says_what_was_searched_for_and_where_quotes_differ() -> None:
    told = (
        "Searched for “harbour” (you wrote “harbuor”).",
        "Your documents differ: quote 1 says “1687”, quote 2 “<b>”.",
    )
    reply = replace(REPLY, corrections=told[:1], differences=told[1:])
    exported = {suffix: export_conversation(HEAD, [turn(reply)], suffix) for suffix in ("md", "html", "json")}
    assert all(html.escape(one) in exported["html"] for one in told)
    assert "<b>" not in exported["html"]
    rendered = MarkdownIt().render(exported["md"])
    assert all(f"<p>{html.escape(one)}</p>" in rendered for one in told)
    [asked] = json.loads(exported["json"])["turns"]
    assert (asked["answer"]["corrections"], asked["answer"]["differences"]) == ([told[0]], [told[1]])
