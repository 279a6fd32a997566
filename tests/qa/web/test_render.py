"""Answers as HTML: what is said about the quotes, as text."""

from __future__ import annotations

import re
from dataclasses import replace

from qa.web.render import answer_html
from tests.qa.test_export import REPLY

CORRECTION = "Searched for “harbour” (you wrote “harbuor<b>”)."
DIFFERENCE = "Your documents differ: quote 1 says “1687”, quote 2 “<i>1697</i>”."


def paragraphs(html: str, kind: str) -> list[str]:
    return re.findall(rf'<p class="{kind}" dir="auto">(.*?)</p>', html)


def test_corrections_stand_above_the_quotes_and_differences_below_the_first() -> None:
    html = str(answer_html(replace(REPLY, corrections=(CORRECTION,), differences=(DIFFERENCE,)), 1, 0))
    assert paragraphs(html, "corrected") == ["Searched for “harbour” (you wrote “harbuor&lt;b&gt;”)."]
    assert paragraphs(html, "differs") == [
        "Your documents differ: quote 1 says “1687”, quote 2 “&lt;i&gt;1697&lt;/i&gt;”."
    ]
    assert html.index('class="corrected"') < html.index('class="lead"') < html.index('class="differs"')


def test_a_refusal_says_what_it_searched_for() -> None:
    html = str(answer_html(replace(REPLY, answered=False, corrections=(CORRECTION,)), 1, 0))
    assert html.index('class="corrected"') < html.index('class="verdict"')


def test_nothing_is_said_where_there_is_nothing() -> None:
    html = str(answer_html(REPLY, 1, 0))
    assert paragraphs(html, "corrected") == paragraphs(html, "differs") == []
