"""The conversation and notices as HTML; foreign text gets in by `qa.web.markup` only.

What is shown in Gradio's Chatbot keeps no `data-*` or `aria-*` attributes: its sanitiser removes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from qa.transcript import Quote, Reply
from qa.web.markup import join, marked, name, text, wrapping
from qa.web.written import written_html
from source.document import Span
from source.errors import QuotedAnswersError

_MARK = Markup("<mark>")

WELCOME = Markup(
    '<div class="start"><h2>Ask your documents</h2><p>Every answer is a quotation, word for word, with its place in '
    "the source. If your documents do not say, you are told so.</p>{}</div>"
)
_ADD_SOME = Markup("<p><strong>The library is empty.</strong> Add documents to begin.</p>")
HINT = Markup("<kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> adds a line, <kbd>/</kbd> comes back here.")
LOADING = "Loading the language model…"
READING = "Reading your documents…"
REWRITING = "Having your question rewritten…"
STOPPED = Markup(
    '<div class="answer unanswered"><p><span class="tag">Stopped</span> This question has no answer yet.</p>{}</div>'
)
_UNREADABLE = "This answer was kept by another version of the program and cannot be shown. Ask again."


def welcome(*, is_empty: bool) -> Markup:
    """What stands where the conversation will be."""
    return WELCOME.format(_ADD_SOME if is_empty else "")


def question_bubble(question: str) -> Markup:
    """A question as it was asked, with a way to change it."""
    return Markup(
        '<div class="asked"><button type="button" class="edit icon-button" title="Change this question">'
        '<span class="sr">Change this question</span></button><div class="question" dir="auto">{}</div></div>'
    ).format(text(question))


def waiting(words: str) -> Markup:
    """What is shown in place of an answer that is not there yet."""
    return Markup('<div class="waiting" role="status"><span class="dots"></span>{}</div>').format(text(words))


def place_in_line(ahead: int) -> str:
    """What is shown to a question that has to wait for others."""
    return f"{ahead:,} {'question' if ahead == 1 else 'questions'} ahead of yours…" if ahead else READING


def notice(message: str) -> Markup:
    """A failure, told beside the question box."""
    return Markup('<p class="notice" role="alert" dir="auto">{}</p>').format(text(message))


def failure(error: QuotedAnswersError) -> Markup:
    """An expected failure, told beside the question box."""
    return notice(str(error))


def state(conversation: str, *, is_running: bool) -> Markup:
    """What the script is told, not shown: which conversation this is, and whether it waits for an answer."""
    return Markup('<span class="state" data-conversation="{}" data-running="{}"></span>').format(
        conversation, "yes" if is_running else ""
    )


# Answers


def unanswered() -> Markup:
    """What stands where an answer was not waited for."""
    return STOPPED.format(_again())


def unreadable() -> Markup:
    """What stands where an answer was kept that makes no sense now."""
    return Markup('<div class="answer unanswered"><p>{}</p>{}</div>').format(_UNREADABLE, _again())


def searched_for(asked: str, searched: str) -> Markup:
    """What was searched for instead of a question, with ways to change that and do without; nothing if nothing was."""
    if asked == searched:
        return Markup("")
    return Markup(
        '<div class="searched">Searched for: <span class="searched-question" dir="auto">{}</span> '
        '<button type="button" class="change-search">Change</button> '
        '<button type="button" class="as-asked">Search for my words only</button></div>'
    ).format(text(searched))


@lru_cache(maxsize=1024)
def answer_html(reply: Reply, turn: int, rating: int) -> Markup:
    """An answer: its best quote set as a quotation, the others as cards; or that there is none."""
    body = _corrections(reply) + (_quotes(reply) if reply.answered else _refusal(reply))
    if reply.written:
        body = written_html(reply.written) + body
    return Markup('<div class="answer{refusal}">{body}{actions}{copied}</div>').format(
        refusal="" if reply.answered else " refusal", body=body, actions=_actions(turn, rating), copied=_copied(reply)
    )


def suggestions(questions: Sequence[str]) -> Markup:
    """Questions that lead on from the last answer; a click asks them."""
    if not questions:
        return Markup("")
    buttons = join(
        Markup('<button type="button" class="follow-up" dir="auto">{}</button>').format(text(question))
        for question in questions
    )
    return Markup('<div class="follow-ups"><h2 class="sr">Questions that lead on</h2>{}</div>').format(buttons)


def _quotes(reply: Reply) -> Markup:
    first, *others = reply.quotes
    count = len(others)
    title = f"{count} more {'passage' if count == 1 else 'passages'} quoted"
    return _lead(first) + _differences(reply) + (_box(title, others, 2) if others else Markup(""))


def _corrections(reply: Reply) -> Markup:
    told = (Markup('<p class="corrected" dir="auto">{}</p>').format(text(one)) for one in reply.corrections)
    return join(told)


def _differences(reply: Reply) -> Markup:
    """Where the quotes differ: said above those that differ from the first."""
    told = (Markup('<p class="differs" dir="auto">{}</p>').format(text(one)) for one in reply.differences)
    return join(told)


def _refusal(reply: Reply) -> Markup:
    words = join(Markup("<span class='word' dir='auto'>{}</span> ").format(text(word)) for word in reply.missing_words)
    missing = Markup('<p class="missing">Words in no document: {}</p>').format(words) if words else Markup("")
    verdict = Markup('<div class="verdict"><h2>Not found in your documents</h2><p>{verdict}</p>{missing}</div>').format(
        verdict=_verdict(reply), missing=missing
    )
    return verdict + (_box("Nearest passages, too weak to answer from", reply.quotes, 1) if reply.quotes else "")


def _verdict(reply: Reply) -> str:
    searched = reply.searched
    if searched.documents == searched.all_documents:
        return "None of them answers this. Ask in other words, or add a document that covers it."
    in_use = f"{searched.documents:,} of {searched.all_documents:,} documents were in use"
    return f"Only {in_use}, and none of them answers this. Ask in other words, or tick more of them."


def _lead(quote: Quote) -> Markup:
    return Markup(
        '<figure class="lead"><blockquote class="quote {wrap}" dir="auto">{quote}</blockquote>'
        '<figcaption><a class="cite" href="{href}" title="Show this passage in {document}">'
        '<span class="sr">Source </span>1</a>{source}{sure}{copy}</figcaption></figure>'
    ).format(
        wrap=wrapping(quote.text),
        quote=_marked(quote),
        href=quote.fragment,
        document=name(quote.document),
        source=_source(quote),
        sure=_sureness(quote),
        copy=_copy_quote(quote),
    )


def _box(title: str, quotes: Sequence[Quote], first_number: int) -> Markup:
    """Quotes as cards, those of one document below its name."""
    numbered = list(enumerate(quotes, first_number))
    groups = join(
        _group([*cards]) for _, cards in groupby(numbered, key=lambda pair: (pair[1].document_id, pair[1].document))
    )
    return Markup('<div class="cards"><div class="cards-head"><h2>{title}</h2></div>{groups}</div>').format(
        title=title, groups=groups
    )


def _group(numbered: Sequence[tuple[int, Quote]]) -> Markup:
    document = numbered[0][1].document
    cards = join(_card(number, quote) for number, quote in numbered)
    return Markup('<div class="group"><h3 class="document" dir="auto">{document}</h3>{cards}</div>').format(
        document=name(document), cards=cards
    )


def _card(number: int, quote: Quote) -> Markup:
    return Markup(
        '<div class="card"><div class="card-head"><a class="badge" href="{href}" title="Show this passage">'
        '<span class="sr">Source </span>{number}</a>{place}{sure}{copy}</div>'
        '<p class="passage {wrap}" dir="auto">{cut_before}<span class="around">{before}</span>'
        '<span class="quote">{quote}</span><span class="around">{after}</span>{cut_after}</p></div>'
    ).format(
        href=quote.fragment,
        number=number,
        place=_place(quote),
        sure=_sureness(quote),
        copy=_copy_quote(quote),
        wrap=wrapping(quote.before + quote.text + quote.after, begins_inside=quote.is_cut_before),
        cut_before=Markup('<span class="around">… </span>') if quote.is_cut_before else "",
        before=text(quote.before),
        quote=_marked(quote),
        after=text(quote.after),
        cut_after=Markup('<span class="around"> …</span>') if quote.is_cut_after else "",
    )


def _marked(quote: Quote) -> Markup:
    return marked(quote.text, quote.start, [Span(*mark) for mark in quote.marks], _MARK)


def _source(quote: Quote) -> Markup:
    """Where the leading quote is from: document, place and heading path."""
    return Markup('<span class="source"><span class="document" dir="auto">{document}</span> {place}</span>').format(
        document=name(quote.document), place=_place(quote)
    )


def _place(quote: Quote) -> Markup:
    path = Markup('<span class="path" dir="auto">{}</span>').format(text(" › ".join(quote.headings)))
    return Markup('<span class="where"><span class="place">{place}</span>{path}</span>').format(
        place=quote.place, path=path if quote.headings else ""
    )


def _sureness(quote: Quote) -> Markup:
    """A bar and a number from 0 to 100: the chance that the quote answers."""
    percent = round(100 * quote.sureness)
    return Markup(
        '<span class="sure" title="Chance that this passage answers: {percent} of 100"><span class="bar">'
        '<span style="width: {percent}%"></span></span><span class="sr">Chance that this answers: </span>{percent}'
        "</span>"
    ).format(percent=percent)


def _copy_quote(quote: Quote) -> Markup:
    return Markup(
        '<button type="button" class="copy icon-button" title="Copy this quote with its reference">'
        '<span class="sr">Copy this quote with its reference</span></button><span class="copied" hidden>{}</span>'
    ).format(text(reference(quote)))


def reference(quote: Quote) -> str:
    """A quote as plain text, with where it stands."""
    return f"“{quote.text}”\n— {quote.document}, {quote.place}"


def _copied(reply: Reply) -> Markup:
    """The answer as plain text for the clipboard, not shown."""
    verdict = [] if reply.answered else ["Not found in the documents. Nearest passages:"]
    words = "\n\n".join([reply.question, *verdict, *map(reference, reply.quotes)])
    return Markup('<div class="copied" hidden>{}</div>').format(text(words))


def _actions(turn: int, rating: int) -> Markup:
    return Markup(
        '<div class="actions">'
        '<button type="button" class="rate up{up}" value="{turn}" title="Helpful"><span class="sr">Helpful</span>'
        '</button><button type="button" class="rate down{down}" value="{turn}" title="Not helpful">'
        '<span class="sr">Not helpful</span></button>'
        '<button type="button" class="copy-answer">Copy answer</button>{again}</div>'
    ).format(turn=turn, up=" chosen" if rating > 0 else "", down=" chosen" if rating < 0 else "", again=_again())


def _again() -> Markup:
    return Markup('<button type="button" class="again">Ask again</button>')
