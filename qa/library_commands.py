"""The commands that change or describe a library: add, list, remove, stats, reindex."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.embedding import embed_again
from index.ingest import add_paths_lazily
from index.library import Library
from index.records import DocumentRecord
from index.state import file_states, measure_library
from qa import folders, progress, show
from qa.add_pages import add_pages
from qa.copies import discard_copy
from qa.gaps import describe_coverage
from qa.options import (
    DEFAULT_MAX_MB,
    INTERRUPTED,
    JsonOption,
    LibraryOption,
    MaxMbOption,
    ModelOption,
    OcrOption,
    PasswordOption,
    Session,
    load_model,
    load_options,
    load_quietly,
    session_of,
)
from source.errors import LibraryError, printable
from source.load import absolute

if TYPE_CHECKING:
    from index.embed import Embedder

# A drive of Windows has one letter.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


def add(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", hidden=True)] = None,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Add the example documents that come with qa.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Save web pages from this machine and its network, too.")
    ] = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    password: PasswordOption = "",
    ocr_languages: OcrOption = "",
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Add files and folders to the library.

    A file that has changed takes the place of its older version; one that cannot be read is reported, and the
    others are added. Archives are read as folders, and what is attached to a message as a document of its own. Of a
    web page, named by its address, a copy is kept.

    \b
    Examples:
      qa add report.md notes.txt
      qa add ~/articles --library articles
      qa add https://example.org/article
      qa add --demo
    """
    named = [*(paths or []), *([str(_demo_documents())] if demo else [])]
    if not named:
        message = "name a file or folder, or give --demo"
        raise typer.BadParameter(message)
    if "" in named:
        message = "a path is empty; for the current folder, write a dot"
        raise typer.BadParameter(message)
    addresses = [name for name in named if _is_address(name)]
    files = [Path(name) for name in named if not _is_address(name)]
    tally = progress.Tally()
    session = session_of(context, library)
    try:
        with folders.open_library(session.library) as opened:
            options = load_options(max_mb, password, ocr_languages)
            load = cache(_loading(session, opened, model))
            pages = add_pages(opened, load, addresses, options, allow_private=allow_private) if addresses else ()
            events = add_paths_lazily(opened, load, files, options=options) if files else ()
            progress.follow(show.messages(), chain(pages, events), tally)
            progress.erase_removed(show.messages(), opened)
    except KeyboardInterrupt:
        show.show_line(show.messages(), "Interrupted. What was added is kept; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        show.show_lines(show.output(), tally.lines())
    if tally.has_failures:
        raise typer.Exit(1)


def _is_address(name: str) -> bool:
    """True for an address of any kind, of which those that are not of the web will be refused."""
    return _ADDRESS.match(name) is not None and not os.path.lexists(name)


def _loading(session: Session, library: Library, model: str | None) -> Callable[[], Embedder]:
    """What loads the model; one that was named is loaded even if there is nothing to embed, to see that it fits."""
    if not model:
        return lambda: load_quietly(session, library)
    embedder = load_model(session, library, model)
    library.check_model(embedder.identity)
    return lambda: embedder


def _demo_documents() -> Path:
    return Path(str(resources.files("qa") / "demo" / "documents"))


def list_documents(context: typer.Context, *, as_json: JsonOption = False, library: LibraryOption = None) -> None:
    """List the documents, whether their files have changed, and which of their pages could not be read.

    \b
    Examples:
      qa list
      qa list --json
    """
    with folders.open_existing_library(session_of(context, library).library) as opened:
        listed = opened.documents()
        states = file_states(listed)
        documents = [(one, states[one.id], describe_coverage(opened.parts_of(one.id))) for one in listed]
    if as_json:
        show.show_json({"documents": [show.document_dict(document, state) for document, state, _ in documents]})
    else:
        show.show_documents(show.output(), documents)


def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME", hidden=True)],
    *,
    library: LibraryOption = None,
) -> None:
    """Remove documents from the library; files stay where they are.

    NAME is the name or path of a document, as qa list shows it. If one is not known, or is the name of several
    documents, none is removed.

    \b
    Examples:
      qa remove notes.txt
      qa remove ~/articles/report.md --library articles
    """
    with folders.open_existing_library(session_of(context, library).library) as opened:
        documents = opened.documents()
        chosen = {document.id: document for document in (_find_document(documents, name) for name in names)}
        opened.remove(chosen)
        for document in chosen.values():
            discard_copy(opened.folder, Path(document.path))
            show.show_line(show.output(), f"Removed {printable(document.name)} ({printable(document.path)}).")
        progress.erase_removed(show.messages(), opened)


def _find_document(documents: Iterable[DocumentRecord], name: str) -> DocumentRecord:
    """The one document at the path `name`, or of this name."""
    path = str(absolute(Path(name).expanduser()))
    named = []
    for document in documents:
        if document.path == path:
            return document
        if document.name == name:
            named.append(document)
    if len(named) == 1:
        return named[0]
    thing = f"Cannot remove {printable(name)}"
    if not named:
        raise LibraryError(thing, "no document has this name or path", "See which there are: qa list.")
    paths = ", ".join(printable(document.path) for document in named)
    raise LibraryError(thing, f"{len(named)} documents have this name", f"Give the path of one: {paths}.")


def stats(context: typer.Context, *, as_json: JsonOption = False, library: LibraryOption = None) -> None:
    """Show how much the library holds.

    \b
    Examples:
      qa stats --json
    """
    with folders.open_existing_library(session_of(context, library).library) as opened:
        figures = measure_library(opened)
    folder = str(absolute(opened.folder))
    if as_json:
        show.show_json(show.stats_dict(folder, figures))
    else:
        show.show_stats(show.output(), folder, figures)


def reindex(context: typer.Context, *, model: ModelOption = None, library: LibraryOption = None) -> None:
    """Embed all sentences again, with the same model or another.

    Until the end the library is as it was, and stays so if this is interrupted.

    \b
    Examples:
      qa reindex
      qa reindex --model ~/models/bge-small-en-v1.5
    """
    session = session_of(context, library)
    try:
        with folders.open_existing_library(session.library) as opened:
            opened.check_writable()
            embedder = load_model(session, opened, model)
            total = opened.count_sentences()
            vectors = progress.track(show.messages(), embed_again(opened, embedder), "Embedding", total)
            opened.replace_vectors(vectors, embedder.identity)
    except KeyboardInterrupt:
        show.show_line(show.messages(), "Interrupted. The library is as it was.")
        raise typer.Exit(INTERRUPTED) from None
    show.show_line(show.output(), f"Embedded {total:,} sentences with {printable(embedder.identity.name)}.")
