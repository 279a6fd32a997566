"""What programs are told of a library: the same for Gradio's API and for the tools of language models. No Gradio."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from anyio import to_thread

from index.state import file_state
from qa.answer import hit_dict
from qa.ask import ask as ask_library
from qa.ask import search as search_library
from qa.show import document_dict
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from source.errors import DocumentError

_MOST_HITS = 100


async def ask(libraries: Libraries, library: str, question: str) -> dict[str, Any]:
    """The object that `qa ask --json` prints, without paths; raises KeyError if there is no such library."""
    librarian = await _ready_for(libraries, library, question)
    ticket = librarian.find(lambda model, chosen: ask_library(librarian.library, model, question, documents=chosen))
    answer = await asyncio.wrap_future(ticket.result)
    said: dict[str, Any] = without_paths(answer.as_dict())
    return said


async def search(libraries: Libraries, library: str, question: str, k: float) -> dict[str, Any]:
    """The object that `qa search --json` prints, without paths, of 1 to 100 passages; raises as `ask` does."""
    most = max(1, min(int(k), _MOST_HITS))
    began = time.perf_counter()
    librarian = await _ready_for(libraries, library, question)
    ticket = librarian.find(
        lambda model, chosen: search_library(librarian.library, model, question, most, documents=chosen)
    )
    hits = await asyncio.wrap_future(ticket.result)
    seconds = round(time.perf_counter() - began, 4)
    found = {"question": question, "hits": [hit_dict(hit) for hit in hits], "seconds": seconds}
    said: dict[str, Any] = without_paths(found)
    return said


def documents(libraries: Libraries, library: str) -> dict[str, Any]:
    """What `qa list --json` prints, without paths; raises KeyError if there is no such library."""
    listed = libraries.get(library).documents()
    return {"documents": [without_paths(document_dict(document, file_state(document))) for document in listed]}


def read(libraries: Libraries, library: str, sha256: str, start: int, characters: int) -> dict[str, Any]:
    """So many characters of the document with this digest, from `start`; places count code points, from 0.

    Raises:
        KeyError: there is no such library.
        DocumentError: there is no such document in it.
    """
    librarian = libraries.get(library)
    try:
        document = next(one for one in librarian.documents() if one.sha256 == sha256)
        text = librarian.library.text(document.id)
    except (StopIteration, KeyError) as error:  # it may have been removed since it was listed
        reason = "the library holds none with this digest"
        raise DocumentError("Cannot read the document", reason, "List the documents to see what there is.") from error
    piece = text[start : start + characters]
    place = {"start": min(start, len(text)), "end": min(start, len(text)) + len(piece), "length": len(text)}
    return {"document": document.name, "title": document.title, "sha256": document.sha256, **place, "text": piece}


async def _ready_for(libraries: Libraries, library: str, question: str) -> Librarian:
    librarian = await to_thread.run_sync(libraries.get, library)
    await to_thread.run_sync(librarian.check, question, ())
    return librarian


def without_paths(value: Any) -> Any:
    """`value` without what stands under "path": nobody's business elsewhere, and Gradio's client would fetch it."""
    if isinstance(value, dict):
        return {key: without_paths(one) for key, one in value.items() if key != "path"}
    return [without_paths(one) for one in value] if isinstance(value, list) else value
