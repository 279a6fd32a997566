"""What a language model does for the page: it rewrites a question or writes beside the quotes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from anyio import to_thread

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.llm.prompt import number_sentences
from qa.llm.rewrite import rewrite
from qa.llm.settings import Endpoint
from qa.llm.written import NOT_ASKED, Written, nothing_written, write
from qa.transcript import Reply
from qa.web.librarian import Librarian
from source.errors import EndpointError

_GONE = "The documents that were quoted are gone, so the language model was not asked."
_AS_IT_IS = "The question was searched for as it is."
_WAITING = Written("", (), (), 0, "")


async def rewritten(librarian: Librarian, endpoint: Endpoint, question: str) -> tuple[str, str]:
    """What to search for instead of `question`, and an empty reason; `question` and the reason, if nothing came."""
    free = librarian.writing
    try:
        words = await to_thread.run_sync(rewrite, endpoint, question, abandon_on_cancel=True, limiter=free)
    except EndpointError as error:
        return question, f"{error} {_AS_IT_IS}"
    return words, ""


async def written_replies(librarian: Librarian, endpoint: Endpoint, turn: int, reply: Reply) -> AsyncIterator[Reply]:
    """`reply` with what is written, growing; the last one is kept as the answer of `turn`.

    Given up at any moment, it leaves the reply that was kept before.
    """
    yield replace(reply, written=replace(_WAITING, writer=endpoint.name))
    growing = _write(librarian.library, endpoint, reply)
    whole = reply
    while written := await to_thread.run_sync(next, growing, None, abandon_on_cancel=True, limiter=librarian.writing):
        whole = replace(reply, written=written)
        yield whole
    await to_thread.run_sync(librarian.conversations.answer, turn, whole.as_json())


def _write(library: Library, endpoint: Endpoint, reply: Reply) -> Iterator[Written]:
    if not reply.answered:
        yield nothing_written(endpoint, NOT_ASKED)
        return
    passages = list(_passages(library, reply))
    if not passages:
        yield nothing_written(endpoint, _GONE)
        return
    yield from write(endpoint, reply.question, number_sentences(library, passages), strict=False)


def _passages(library: Library, reply: Reply) -> Iterator[tuple[DocumentRecord, StoredPassage]]:
    """The passages that were quoted, as far as they are still there."""
    with library.snapshot():
        for quote in reply.quotes:
            try:
                document = library.document(quote.document_id)
            except KeyError:
                continue
            passages = {passage.number: passage for passage in library.passages_of(document.id)}
            passage = passages.get(quote.passage)
            if document.sha256 == quote.sha256 and passage:
                yield document, passage
