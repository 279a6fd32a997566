"""A conversation as a file: Markdown, JSON, or one HTML page that needs nothing else.

Each says where every quote stands and which digest the document had, so that anyone who has the document can look.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from itertools import pairwise
from typing import Any

from index.conversations import Conversation, StoredTurn
from qa.llm.written import QUOTED, CitedSentence, JudgedSentence, Written
from qa.transcript import Quote, Reply, read_reply
from source.errors import printable
from source.lines import LINE_END

FORMATS = {"md": "text/markdown; charset=utf-8", "json": "application/json", "html": "text/html; charset=utf-8"}
"""The suffixes that a conversation can be exported with, and the media type of each."""

_NO_ANSWER = "No answer was waited for."
_SEARCHED = "Searched for:"
_NOT_FOUND = "Not found in the documents. The nearest passages:"
_MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_[]<>#|~$&"})
# Where a line begins, these make a list or a heading.
_MARKDOWN_BEGINNING = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-+=.)])")


def export_conversation(conversation: Conversation, turns: Sequence[StoredTurn], suffix: str) -> str:
    """The whole conversation in the format of `suffix`, one of `FORMATS`."""
    replies = [(turn, _reply(turn)) for turn in turns]
    match suffix:
        case "md":
            return _markdown(conversation, replies)
        case "html":
            return _html(conversation, replies)
        case _:
            return _json(conversation, replies)


def _reply(turn: StoredTurn) -> Reply | None:
    try:
        return read_reply(turn.answer)
    except ValueError:
        return None


Turns = Sequence[tuple[StoredTurn, Reply | None]]


def _json(conversation: Conversation, turns: Turns) -> str:
    values: dict[str, Any] = {
        "title": conversation.title,
        "changed_at": conversation.changed_at,
        "turns": [
            {
                "question": turn.question,
                "asked_at": turn.asked_at,
                "rating": turn.rating,
                "answer": asdict(reply) if reply else None,
            }
            for turn, reply in turns
        ],
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _markdown(conversation: Conversation, turns: Turns) -> str:
    lines = [f"# {_plain(conversation.title)}", ""]
    for turn, reply in turns:
        lines += [f"## {_plain(turn.question)}", ""]
        if reply is None:
            lines += [_NO_ANSWER, ""]
            continue
        lines += [_plain(f"{_SEARCHED} {reply.question}"), ""] if reply.question != turn.question else []
        lines += _written_in_markdown(reply.written) if reply.written else []
        lines += [] if reply.answered else [_NOT_FOUND, ""]
        for number, quote in enumerate(reply.quotes, 1):
            lines += [f"> {_plain(line)}" for line in LINE_END.split(quote.text)]
            lines += [
                "",
                f"{number}\\. **{_plain(quote.document)}**, {_plain(_place(quote))}, {_characters(quote)}",
                "",
            ]
        lines += [line for told in (*reply.corrections, *reply.differences) for line in (_plain(told), "")]
        if reply.missing_words and not reply.answered:
            lines += [f"Words in no document: {_plain(', '.join(reply.missing_words))}", ""]
    lines += _documents_in_markdown(turns)
    lines += [f"{_plain(made)}\n" for made in _makings(turns)]
    return "\n".join(lines)


def _written_in_markdown(written: Written) -> list[str]:
    """Without block quotes and numbered lines, which are the documents' own."""
    rows = [f"- {_plain(printable(_told(sentence)))}" for sentence in written.sentences]
    cited = [f"- {_plain(_cited(one))}" for one in written.cited]
    problem = [_plain(written.problem), ""] if written.problem else []
    return [f"{_plain(_writer(written))}:", "", *rows, "", *problem, *cited, "", f"{QUOTED}:", ""]


def _writer(written: Written) -> str:
    return f"Written by {written.writer}, not quoted"


def _told(sentence: JudgedSentence) -> str:
    marks = "".join(f" [{number}]" for number in sentence.citations)
    return f"{sentence.text}{marks} ({sentence.verdict}{': ' if sentence.reason else ''}{sentence.reason})"


def _cited(cited: CitedSentence) -> str:
    words = " ".join(cited.text.split())
    return f"[{cited.number}] “{words}” {cited.document}, {cited.place}"


def _documents_in_markdown(turns: Turns) -> list[str]:
    rows = [f"- {_plain(name)}: SHA-256 `{digest}`" for name, digest in _documents(turns)]
    return ["## Documents quoted", "", *rows, ""] if rows else []


def _plain(words: str) -> str:
    """`words` as Markdown that says nothing but them, on one line."""
    line = " ".join(words.split("\n")).replace("\r", " ").translate(_MARKDOWN_SIGNS)
    return _MARKDOWN_BEGINNING.sub(r"\1\\\2", line)


def _characters(quote: Quote) -> str:
    return f"characters {quote.start:,} to {quote.end:,}"


def _makings(turns: Turns) -> list[str]:
    """What made the answers: each version of program, model and library once, in order."""
    searched = (reply.searched for _, reply in turns if reply)
    return list(
        dict.fromkeys(
            f"Made by Quoted Answers {one.program} with the model {one.model}, library generation {one.generation}."
            for one in searched
        )
    )


def _place(quote: Quote) -> str:
    path = " › ".join(quote.headings)
    return f"{quote.place} ({path})" if path else quote.place


def _documents(turns: Turns) -> list[tuple[str, str]]:
    """Name and digest of each document that was quoted, once, in the order of the quotes."""
    quotes = (quote for _, reply in turns if reply for quote in reply.quotes)
    return list(dict.fromkeys((quote.document, quote.sha256) for quote in quotes))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ max-width: 46rem; margin: 3rem auto; padding: 0 1.2rem; font: 16px/1.6 system-ui, sans-serif; color: #17212b; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; }} h2 {{ margin-top: 2.6rem; font-size: 1.1rem; }}
blockquote {{ margin: 1.2rem 0 .3rem; padding-left: 1rem; border-left: 3px solid #e3c14a; font-family: Georgia, serif;
white-space: pre-wrap; }}
mark {{ background: #ffe27a; color: #3b2f00; }} .refused blockquote {{ border-color: #566370; }}
.refused mark {{ background: #dde3e9; color: inherit; }} .meta, footer {{ font-size: .85rem; color: #566370; }}
.around {{ color: #566370; }} .written {{ padding: .4rem 1rem; border: 1px dashed #8a96a1; }}
.unproven {{ color: #b3261e; }} .cited {{ font-size: .85rem; color: #566370; }} code {{ overflow-wrap: anywhere; }}
</style></head><body><h1 dir="auto">{title}</h1>{turns}<footer><h2>Documents quoted</h2><ul>{documents}</ul>
{makings}<p>Each quote is cut out of its document, at the place named; the digest tells whether a file is
that document.</p></footer></body></html>
"""


def _html(conversation: Conversation, turns: Turns) -> str:
    documents = "".join(
        f'<li><span dir="auto">{escape(name)}</span>: SHA-256 <code>{digest}</code></li>'
        for name, digest in _documents(turns)
    )
    shown = "".join(_turn_html(turn, reply) for turn, reply in turns)
    makings = "".join(f"<p>{escape(made)}</p>" for made in _makings(turns))
    return _PAGE.format(title=escape(conversation.title), turns=shown, documents=documents, makings=makings)


def _turn_html(turn: StoredTurn, reply: Reply | None) -> str:
    question = f'<h2 dir="auto">{escape(turn.question)}</h2>'
    if reply is None:
        return f"<section>{question}<p>{_NO_ANSWER}</p></section>"
    if reply.question != turn.question:
        question += f'<p class="meta" dir="auto">{_SEARCHED} {escape(reply.question)}</p>'
    quotes = "".join(_quote_html(number, quote) for number, quote in enumerate(reply.quotes, 1))
    written = _written_html(reply.written) if reply.written else ""
    refused, verdict = ("", "") if reply.answered else (' class="refused"', f"<p>{_NOT_FOUND}</p>")
    told = "".join(f'<p dir="auto">{escape(one)}</p>' for one in (*reply.corrections, *reply.differences))
    return f"<section{refused}>{question}{written}{verdict}{quotes}{told}</section>"


def _written_html(written: Written) -> str:
    sentences = "".join(
        f'<p class="{one.verdict}" dir="auto">{escape(printable(_told(one)))}</p>' for one in written.sentences
    )
    problem = f'<p dir="auto">{escape(written.problem)}</p>' if written.problem else ""
    cited = "".join(f'<p class="cited" dir="auto">{escape(_cited(one))}</p>' for one in written.cited)
    return f'<div class="written"><p>{escape(_writer(written))}:</p>{sentences}{problem}{cited}</div><p>{QUOTED}:</p>'


def _quote_html(number: int, quote: Quote) -> str:
    edges = sorted({quote.start, quote.end, *(edge for mark in quote.marks for edge in mark)})
    pieces = []
    for start, end in pairwise(edges):
        piece = escape(quote.text[start - quote.start : end - quote.start])
        is_marked = any(first <= start and end <= last for first, last in quote.marks)
        pieces.append(f"<mark>{piece}</mark>" if is_marked else piece)
    place = f"{number}. <strong>{escape(quote.document)}</strong>, {escape(_place(quote))}"
    return (
        f'<blockquote dir="auto">{"".join(pieces)}</blockquote><p class="meta" dir="auto">{place}, '
        f"{_characters(quote)}, {round(100 * quote.sureness)} of 100 sure</p>"
    )
