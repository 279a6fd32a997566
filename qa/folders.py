"""Where libraries live, and opening one with the model it was made with."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from index.library import DATABASE_NAME, Library
from index.model import DEFAULT_MODEL, find_model
from source.errors import LibraryError, printable

if TYPE_CHECKING:
    from index.embed import Embedder

DEFAULT_LIBRARY = "default"
AS_PUBLISHED_VARIABLE = "QA_MODEL_AS_PUBLISHED"
"""Where it is set, models are used as they were published, and no faster copies of them."""
_NAME = re.compile(r"[\w][\w .-]*\Z")


def library_folder(name_or_folder: str) -> Path:
    """The folder of a library: a plain name is one in the user's data folder, anything with a slash is a path.

    Raises:
        LibraryError: it is neither.
    """
    if "/" in name_or_folder or "\\" in name_or_folder or name_or_folder in {".", ".."}:
        return Path(name_or_folder).expanduser()
    if not _NAME.match(name_or_folder):
        raise LibraryError(
            f"Cannot open the library {printable(name_or_folder)!r}",
            "a name has letters, digits, blanks, dots and dashes only",
            "Choose another with --library.",
        )
    return platformdirs.user_data_path("quoted-answers", appauthor=False) / "libraries" / name_or_folder


def open_library(name_or_folder: str = DEFAULT_LIBRARY) -> Library:
    """The library of this name or in this folder, made if it is not there yet."""
    folder = library_folder(name_or_folder)
    _refuse_file(folder)
    return Library(folder)


def open_existing_library(name_or_folder: str = DEFAULT_LIBRARY) -> Library:
    """The library of this name or in this folder; nothing is made.

    Raises:
        LibraryError: there is none, or it cannot be opened.
    """
    folder = library_folder(name_or_folder)
    try:
        is_there = (folder / DATABASE_NAME).is_file()
    except OSError:
        is_there = True  # opening it will say why it cannot be opened
    if not is_there:
        _refuse_file(folder)
        raise LibraryError(
            f"Cannot open the library in {printable(str(folder))}",
            "there is none yet",
            f"Add documents to it first: {add_command(name_or_folder)}.",
        )
    return Library(folder)


def _refuse_file(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if folder.is_file():
            thing = f"Cannot open the library in {printable(str(folder))}"
            raise LibraryError(thing, "it is a file", "Name a folder with --library.")


def add_command(name_or_folder: str) -> str:
    """What to type to add documents to this library."""
    option = "" if name_or_folder == DEFAULT_LIBRARY else f" --library {shlex.quote(printable(name_or_folder))}"
    return f"qa add{option} PATH"


def load_model(library: Library, name: str | None = None) -> Embedder:
    """The model called `name`, or the one `library` was made with, or the default one."""
    from index.embed import Embedder

    made_with = library.model
    files = find_model(name or (made_with.name if made_with else DEFAULT_MODEL))
    return Embedder(files, as_published=bool(os.environ.get(AS_PUBLISHED_VARIABLE)))
