"""What the commands share: their options, and the library and model that these name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from index.library import Library
from qa import folders, progress, show
from source.errors import LibraryError, printable
from source.load_options import DEFAULT_MAX_BYTES, LoadOptions

if TYPE_CHECKING:
    from index.embed import Embedder

INTERRUPTED = 130
"""The exit status of what was ended by SIGINT, as shells report it."""

_BYTES_PER_MB = 1_000_000
DEFAULT_MAX_MB = DEFAULT_MAX_BYTES // _BYTES_PER_MB

LoadModel = Callable[[Library, str | None], "Embedder"]
"""Loads the model of this name, or that of the library, as `qa.folders.load_model` does."""


def read_name(written: str) -> str:
    """What was written; raises `typer.BadParameter` if that is nothing, as of a shell's variable that is not set."""
    if not written:
        message = "it is empty"
        raise typer.BadParameter(message)
    return written


def read_path(written: str) -> Path:
    """The path that was written; raises `typer.BadParameter` if that is nothing, which would be the current folder."""
    if not written:
        message = "it is empty. For the current folder, write a dot."
        raise typer.BadParameter(message)
    return Path(written)


LibraryOption = Annotated[
    str | None,
    typer.Option("--library", metavar="NAME|DIR", help="The library: a name, or a folder (written with a slash)."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        parser=read_name,
        help="The embedding model: a folder, or a name in the Hugging Face cache.",
    ),
]
OriginalsOption = Annotated[
    Path | None,
    typer.Option("--originals", metavar="FOLDER", parser=read_path, help="Look in these files, not in the library."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MaxMbOption = Annotated[
    int, typer.Option("--max-mb", min=1, metavar="N", help="Refuse files of more than N megabytes.")
]
PasswordOption = Annotated[
    str,
    typer.Option("--password", envvar="QA_PASSWORD", metavar="WORD", help="Open files that are locked with it."),
]
OcrOption = Annotated[
    str,
    typer.Option(
        "--ocr-languages",
        metavar="CODES",
        help="Read scans as text in these languages, such as deu+eng (needs Tesseract).",
    ),
]
QuestionArgument = Annotated[str, typer.Argument(metavar="QUESTION", hidden=True)]


@dataclass(frozen=True, slots=True)
class Session:
    """What is known before the command: the library named so far, and how a model is loaded."""

    library: str
    load_model: LoadModel


def load_options(max_mb: int, password: str, ocr_languages: str) -> LoadOptions:
    """How files are loaded, by what was given on the command line."""
    return LoadOptions(max_mb * _BYTES_PER_MB, password, ocr_languages)


def session_of(context: typer.Context, library: str | None) -> Session:
    """The session of a command, with the `library` that was named after it, if one was."""
    session = cast("Session", context.obj)
    return Session(session.library if library is None else library, session.load_model)


def open_filled(session: Session) -> Library:
    """The session's library.

    Raises:
        LibraryError: there is none, or no document is in it.
    """
    library = folders.open_existing_library(session.library)
    if not library.is_empty():
        return library
    library.close()
    raise LibraryError(
        f"Cannot search the library in {printable(str(library.folder))}",
        "it is empty",
        f"Add documents to it first: {folders.add_command(session.library)}.",
    )


def load_model(session: Session, library: Library, name: str | None = None) -> Embedder:
    """The model called `name`, or that of `library`, with a sign that this takes a moment."""
    with progress.waiting(show.messages(), "Loading the model"):
        return load_quietly(session, library, name)


def load_quietly(session: Session, library: Library, name: str | None = None) -> Embedder:
    """The same without the sign."""
    embedder = session.load_model(library, name)
    if embedder.notice:
        show.show_line(show.messages(), embedder.notice)
    return embedder
