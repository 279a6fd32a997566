"""What a language model wrote, as HTML: never in the manner of a quotation, each sentence with chips and verdict.

What it writes is foreign text like that of a document: it becomes characters, never markup, links or pictures.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from qa.llm.settings import Endpoint
from qa.llm.written import QUOTED, CitedSentence, JudgedSentence, Written
from qa.web.markup import join, name, wrapping
from qa.web.markup import text as escaped

_WAITING = "Waiting for the language model…"
_COMPLETED = "Follow-ups are sent completed."


def switches(endpoint: Endpoint) -> Markup:
    """The switches below the question box; each says what is sent where."""
    switch = Markup('<div class="{}-switch"><label><input type="checkbox"> {}</label> <span>{}</span></div>')
    rewrite_notice = f"{endpoint.question_notice} {_COMPLETED}"
    return switch.format("rewrite", "Rewrite the question first", rewrite_notice) + switch.format(
        "write", "Write an answer, too", endpoint.notice
    )


def written_html(written: Written) -> Markup:
    """The sentences with their chips, then those of the documents that they cite; or why there are none."""
    cited = {one.number: one for one in written.cited}
    sentences = join(_sentence(one, cited) for one in written.sentences)
    is_waiting = not (sentences or written.problem or written.dropped)
    told = _WAITING if is_waiting else written.problem
    return Markup(
        '<section class="written"><h2>Written by {writer}, not quoted</h2>{sentences}{problem}</section>{cited}'
        '<h2 class="quoted-head">{quoted}</h2>'
    ).format(
        writer=name(written.writer),
        quoted=QUOTED,
        sentences=sentences,
        problem=Markup('<p class="written-problem" role="status" dir="auto">{}</p>').format(name(told)) if told else "",
        cited=_cited(written) if cited else "",
    )


def _sentence(sentence: JudgedSentence, cited: Mapping[int, CitedSentence]) -> Markup:
    chips = join(_chip(number, cited) for number in sentence.citations)
    verdict = Markup('<span class="verdict-tag">Unproven: {}</span>').format(name(sentence.reason))
    return Markup('<p class="written-sentence {verdict}"><bdi>{text}</bdi> {chips}{why}</p>').format(
        verdict=sentence.verdict,
        text=name(sentence.text),
        chips=chips,
        why=verdict if sentence.reason else Markup('<span class="verdict-tag">Proven</span>'),
    )


def _chip(number: int, cited: Mapping[int, CitedSentence]) -> Markup:
    if number not in cited:
        return Markup('<span class="chip none">[{}]</span> ').format(number)
    one = cited[number]
    return Markup('<a class="chip" href="{href}" title="{title}">[{number}]</a> ').format(
        href=one.fragment, title=f"Show sentence {number} in {one.document}", number=number
    )


def _cited(written: Written) -> Markup:
    cards = join(map(_card, written.cited))
    return Markup('<div class="cards cited"><div class="cards-head"><h2>Cited above</h2></div>{}</div>').format(cards)


def _card(cited: CitedSentence) -> Markup:
    return Markup(
        '<div class="card"><div class="card-head"><a class="badge" href="{href}" title="Show this sentence">'
        '<span class="sr">Sentence </span>[{number}]</a><span class="where"><span class="document" dir="auto">'
        '{document}</span> {place}</span></div><p class="passage {wrap}" dir="auto">{text}</p></div>'
    ).format(
        href=cited.fragment,
        number=cited.number,
        document=name(cited.document),
        place=cited.place,
        wrap=wrapping(cited.text),
        text=escaped(cited.text),
    )
