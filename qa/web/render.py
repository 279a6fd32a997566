"""The conversation, the library list and notices as HTML; foreign text gets in by `qa.web.markup` only.

What is shown in Gradio's Chatbot keeps no `data-*` or `aria-*` attributes: its sanitiser removes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from index.ingest import Failed, Stored
from index.records import DocumentRecord
from qa.answer import Answer, Citation, place
from qa.web.markup import join, marked, name, text, wrapping
from source.document import Span
from source.errors import DocumentError, QuotedAnswersError

# As much of a passage as is shown on either side of a quote from it.
_AROUND_CHARS = 110
_MARK = Markup("<mark>")

WELCOME = Markup(
    '<div class="start"><h2>Ask your documents</h2><p>Every answer is a quotation, word for word, with its place in '
    "the source. If your documents do not say, you are told so.</p>{}</div>"
)
_ADD_SOME = Markup("<p><strong>The library is empty.</strong> Add documents to begin.</p>")
HINT = Markup("<kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> adds a line, <kbd>/</kbd> comes back here.")
LOADING = "Loading the language model…"
READING = "Reading your documents…"


def welcome(*, is_empty: bool) -> Markup:
    """What stands where the conversation will be."""
    return WELCOME.format(_ADD_SOME if is_empty else "")


def question_bubble(question: str) -> Markup:
    """A question as it was asked."""
    return Markup('<div class="question" dir="auto">{}</div>').format(text(question))


def waiting(words: str) -> Markup:
    """What is shown in place of an answer that is not there yet."""
    return Markup('<div class="waiting" role="status"><span class="dots"></span>{}</div>').format(text(words))


def notice(message: str) -> Markup:
    """A failure, told beside the question box."""
    return Markup('<p class="notice" role="alert" dir="auto">{}</p>').format(text(message))


def failure(error: QuotedAnswersError) -> Markup:
    """An expected failure, told beside the question box."""
    return notice(str(error))


# Answers


def answer_html(answer: Answer) -> Markup:
    """An answer: its best quote set as a quotation, the others as cards; or that there is none."""
    if not answer.answered:
        return _refusal(answer)
    first, *others = answer.citations
    count = len(others)
    title = f"{count} more {'passage' if count == 1 else 'passages'} quoted" if others else "1 passage quoted"
    return Markup('<div class="answer">{lead}{box}{copied}</div>').format(
        lead=_lead(first), box=_box(title, others, 2, can_copy=True), copied=_copied(answer)
    )


def _refusal(answer: Answer) -> Markup:
    words = join(Markup("<span class='word'>{}</span> ").format(text(word)) for word in answer.missing_words)
    missing = Markup('<p class="missing">Words in no document: {}</p>').format(words) if words else Markup("")
    box = _box("Nearest passages, too weak to answer from", answer.nearest, 1, can_copy=False)
    return Markup(
        '<div class="answer refusal"><div class="verdict"><h3>Not found in your documents</h3><p>None of them answers '
        "this. Ask in other words, or add a document that covers it.</p>{missing}</div>{box}</div>"
    ).format(missing=missing, box=box if answer.nearest else "")


def _lead(citation: Citation) -> Markup:
    quote = marked(citation.quote, citation.span.start, _in_order(citation.answering), _MARK)
    return Markup(
        '<figure class="lead"><blockquote class="quote {wrap}" dir="auto">{quote}</blockquote>'
        '<figcaption><a class="cite" href="{href}" title="Show this passage in {document}">'
        '<span class="sr">Source </span>1</a>{source}</figcaption></figure>'
    ).format(
        wrap=wrapping(citation.quote),
        quote=quote,
        href=fragment(citation),
        document=name(citation.document.name),
        source=_source(citation),
    )


def _box(title: str, citations: Sequence[Citation], first_number: int, *, can_copy: bool) -> Markup:
    copy = Markup('<button class="copy" type="button">Copy answer</button>') if can_copy else Markup("")
    cards = join(_card(number, citation) for number, citation in enumerate(citations, first_number))
    return Markup('<div class="cards"><div class="cards-head"><h3>{title}</h3>{copy}</div>{cards}</div>').format(
        title=title, copy=copy, cards=cards
    )


def _card(number: int, citation: Citation) -> Markup:
    passage, span = citation.passage, citation.span
    start = _word_start(passage.text, max(0, span.start - passage.span.start - _AROUND_CHARS))
    end = _word_end(passage.text, min(len(passage.text), span.end - passage.span.start + _AROUND_CHARS))
    quote_start, quote_end = span.start - passage.span.start, span.end - passage.span.start
    quote = marked(citation.quote, span.start, _in_order(citation.answering), _MARK)
    return Markup(
        '<a class="card" href="{href}"><span class="card-head"><span class="badge"><span class="sr">Source </span>'
        '{number}</span>{source}</span><span class="passage {wrap}" dir="auto">{cut_before}'
        '<span class="around">{before}</span><span class="quote">{quote}</span>'
        '<span class="around">{after}</span>{cut_after}</span></a>'
    ).format(
        href=fragment(citation),
        number=number,
        source=_source(citation),
        wrap=wrapping(passage.text),
        cut_before=Markup('<span class="around">… </span>') if start else "",
        before=text(passage.text[start:quote_start]),
        quote=quote,
        after=text(passage.text[quote_end:end]),
        cut_after=Markup('<span class="around"> …</span>') if end < len(passage.text) else "",
    )


def _source(citation: Citation) -> Markup:
    """Where a quote is from: document, place and heading path."""
    location = citation.location
    path = Markup('<span class="path" dir="auto">{}</span>').format(text(" › ".join(location.headings)))
    return Markup(
        '<span class="source"><span class="document">{document}</span> <span class="place">{place}</span>{path}</span>'
    ).format(
        document=name(citation.document.name), place=place(location), path=path if location.headings else Markup("")
    )


def fragment(citation: Citation) -> str:
    """The address of a quote in the page: `#s/<document id>/<passage number>/<start>-<end>`."""
    span = citation.span
    return f"#s/{citation.document.id}/{citation.passage.number}/{span.start}-{span.end}"


def _copied(answer: Answer) -> Markup:
    """The answer as plain text for the clipboard, not shown."""
    quotes = [
        f"“{citation.quote}”\n— {citation.document.name}, {place(citation.location)}" for citation in answer.citations
    ]
    return Markup('<div class="copied" hidden>{}</div>').format(text("\n\n".join([answer.question, *quotes])))


def _in_order(spans: Sequence[Span]) -> list[Span]:
    """The spans from first to last, those that touch or overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _word_start(passage: str, start: int) -> int:
    """The first word that begins at or after `start`; 0 stays 0."""
    if start == 0:
        return 0
    while start < len(passage) and not passage[start - 1].isspace():
        start += 1
    return start


def _word_end(passage: str, end: int) -> int:
    """The end of the last word that ends at or before `end`; the end of the passage stays."""
    if end == len(passage):
        return end
    while end > 0 and not passage[end].isspace():
        end -= 1
    return end


# The library


def document_list(documents: Sequence[DocumentRecord]) -> Markup:
    """The documents of the library, each with a link that shows it and a way to remove it."""
    rows = join(_document_row(document) for document in documents)
    count = f"{len(documents):,}" if documents else ""
    return Markup(
        '<div class="list-head"><h2>Documents</h2><span class="count">{count}</span></div><ul class="documents">{rows}'
        "</ul>"
    ).format(count=count, rows=rows)


def _document_row(document: DocumentRecord) -> Markup:
    passages = f"{document.body_passages:,} {'passage' if document.body_passages == 1 else 'passages'}"
    return Markup(
        '<li><a class="open" href="#s/{id}/1/0-0" title="{path}"><span class="document" dir="auto">{name}</span>'
        '<span class="meta">{format} · {passages}</span></a>'
        '<details class="remove"><summary title="Remove {name}"><span class="bin"></span>'
        '<span class="sr">Remove {name}</span></summary>'
        '<button type="button" value="{id}">Remove<span class="sr"> {name} from the library</span></button></details>'
        "</li>"
    ).format(
        id=document.id,
        path=name(document.path),
        name=name(document.name),
        format=format_label(document.format),
        passages=passages,
    )


def format_label(file_format: str) -> str:
    """The name of a format as people write it: Text, Markdown, HTML."""
    is_acronym = len(file_format) <= 4 and file_format != "text"
    return file_format.upper() if is_acronym else file_format.capitalize()


def outcomes(events: Sequence[Stored | Failed], *, status: str) -> Markup:
    """What became of each of the files that were added; `status` says what is still being done, if anything is."""
    failed = sum(isinstance(event, Failed) for event in events)
    counts = {"added": len(events) - failed, "not added": failed}
    summary = ", ".join(f"{count} {said}" for said, count in counts.items() if count)
    rows = join(_outcome_row(event) for event in events)
    head = waiting(status) if status else Markup("")
    if not events:
        return head
    return Markup('{head}<details class="outcomes" open><summary>{summary}</summary><ul>{rows}</ul></details>').format(
        head=head, summary=summary, rows=rows
    )


def _outcome_row(event: Stored | Failed) -> Markup:
    if isinstance(event, Stored):
        said = "was there already" if event.outcome == "unchanged" else event.outcome
        return Markup(
            '<li class="done" dir="auto"><span class="document">{name}</span> <span class="meta">{said}</span></li>'
        ).format(name=name(event.document.name), said=said)
    return Markup(
        '<li class="failed" dir="auto"><span class="document">{name}</span> <span class="reason">{reason}</span></li>'
    ).format(name=name(event.path.name), reason=text(reason_of(event.error)))


def reason_of(error: DocumentError) -> str:
    """Reason and remedy as sentences, without the path, which the page shows in its own way."""
    return f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}"
