"""Having an answer written: whoever waits for a language model takes no thread from the rest of the page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

from anyio import to_thread

from index.embed import Embedder
from index.library import Library
from qa.transcript import Reply, Searched
from qa.web.librarian import Librarian
from qa.web.writing import written_replies
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.llm_server import LlmServer, Request, serve_llm, streaming
from tests.qa.test_verify import BELLS, quote_of

REPLY = Reply(
    "Who cast it?",
    answered=True,
    score=0.8,
    quotes=(),
    missing_words=(),
    follow_ups=(),
    searched=Searched(1, 1, "words", "0.1.0", 3),
    seconds=0.1,
)


def test_while_a_model_is_waited_for_the_threads_of_the_page_are_free(library: Library) -> None:
    document = put_text(library, WordEmbedder(), BELLS, "/documents/bells.txt")
    quote = replace(quote_of(BELLS, 0, 26), document_id=document.id, sha256=document.sha256)
    asked, may_answer = threading.Event(), threading.Event()

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        asked.set()
        may_answer.wait(30)
        streaming("The bell was cast in 1687 [1].")(handler, request)

    async def write(server: LlmServer) -> tuple[float, int, list[Reply]]:
        model: Future[Embedder] = Future()
        model.set_result(WordEmbedder())
        librarian = Librarian(library, model)
        turn = librarian.conversations.ask("me", librarian.conversations.begin("me", "Who?"), "Who?")
        replies = written_replies(librarian, server.endpoint(), turn, replace(REPLY, quotes=(quote,)))
        whole = asyncio.ensure_future(_all(replies))
        while not (asked.is_set() or whole.done()):
            await asyncio.sleep(0.01)
        taken = to_thread.current_default_thread_limiter().borrowed_tokens, librarian.writing.borrowed_tokens
        may_answer.set()
        found = await whole
        librarian.close()
        return *taken, found

    # In a thread of its own: beside a browser that Playwright drives, this one has a running loop.
    with serve_llm(answer) as server, ThreadPoolExecutor(1) as thread:
        shared, own, replies = thread.submit(lambda: asyncio.run(write(server))).result()
    assert (shared, own) == (0, 1)
    assert replies[-1].written is not None
    assert [one.verdict for one in replies[-1].written.sentences] == ["proven"]


async def _all(replies: AsyncIterator[Reply]) -> list[Reply]:
    return [reply async for reply in replies]
