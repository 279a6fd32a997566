"""What programs may ask of the page: endpoints with names, in the manner of Gradio, that answer with JSON.

    from gradio_client import Client

    client = Client("http://127.0.0.1:7860")
    client.predict("Who cast the oldest bell?", api_name="/ask")

Each takes the name of a library last; without one, it is the library that the page was started for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from index.ingest import Failed, Stored
from qa.web import programs
from qa.web.intake import add_uploads
from qa.web.libraries import Libraries
from qa.web.replies import NO_LIBRARY
from source.errors import QuotedAnswersError


def offer_api(libraries: Libraries) -> None:
    """Add the endpoints to the `gr.Blocks` that is being built."""
    for endpoint in (*_questions(libraries), *_documents(libraries)):
        api(endpoint, api_name=endpoint.__name__, concurrency_limit=None)


@contextmanager
def _told() -> Iterator[None]:
    """What went wrong, in the words that a client gets."""
    try:
        yield
    except KeyError as error:
        raise gr.Error(NO_LIBRARY, print_exception=False) from error
    except QuotedAnswersError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _questions(libraries: Libraries) -> list[Callable[..., Any]]:
    async def ask(question: str, library: str = "") -> dict[str, Any]:
        """Answer a question with verbatim quotes and where each stands, or say that the documents do not answer.

        The object that `qa ask --json` prints, without paths: "answered", "score", "citations" with "quote",
        "document" and "location", or, without an answer, "nearest" and "missing_words".
        """
        with _told():
            return await programs.ask(libraries, library, question)

    async def search(question: str, k: float = 10, library: str = "") -> dict[str, Any]:
        """Find the k passages nearest to a question, with their scores; what `qa search --json` prints."""
        with _told():
            return await programs.search(libraries, library, question, k)

    return [ask, search]


def _documents(libraries: Libraries) -> list[Callable[..., Any]]:
    def documents(library: str = "") -> dict[str, Any]:
        """List the documents of a library, with their passages and whether their files have changed."""
        with _told():
            return programs.documents(libraries, library)

    def add(file: gr.FileData, library: str = "") -> dict[str, Any]:
        """Add a file to a library: what became of it, and of each file in it if it is an archive."""
        upload = Path(file.path if isinstance(file, gr.FileData) else file["path"])
        with _told():
            librarian = libraries.get(library)
            events = add_uploads(librarian.library, librarian.model.result(), [upload])
            outcomes = [_outcome(event) for _, event in events if isinstance(event, Stored | Failed)]
        return {"outcomes": outcomes}

    def remove(sha256: str, library: str = "") -> dict[str, Any]:
        """Remove the documents with this digest from a library, at once; the names of those removed."""
        with _told():
            librarian = libraries.get(library)
            removed = [document for document in librarian.documents() if document.sha256 == sha256]
            for document in removed:
                librarian.remove_now(document)
        return {"removed": [document.name for document in removed]}

    return [documents, add, remove]


def _outcome(event: Stored | Failed) -> dict[str, Any]:
    if isinstance(event, Failed):
        error = event.error
        return {"name": event.path.name, "outcome": "failed", "reason": error.reason, "remedy": error.remedy}
    document = event.document
    return {
        "name": document.name,
        "outcome": event.outcome,
        "sha256": document.sha256,
        "passages": document.body_passages,
    }
