"""The libraries that the page can show: the one it was started for, and those of the user's data folder by name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from index.library import DATABASE_NAME, Library
from index.model import DEFAULT_MODEL
from qa.folders import DEFAULT_LIBRARY, library_folder
from qa.llm.settings import Endpoint
from qa.web.librarian import Librarian
from qa.web.line import MOST_WAITING
from source.errors import LibraryError, printable

if TYPE_CHECKING:
    from index.embed import Embedder

Load = Callable[[Library], "Embedder"]
"""Loads the model for a library; it takes seconds."""

_MAX_NAME_CHARS = 80


class Libraries:
    """Libraries by name, opened when they are first needed; that of no name is `served`, which is open already.

    A model that several libraries were made with is loaded once. `endpoint` is the language model that may write. In
    each library, `most_waiting` questions may wait at once.
    """

    def __init__(
        self,
        served: Library,
        load: Load,
        *,
        undo_s: float,
        endpoint: Endpoint | None = None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.endpoint = endpoint
        self._load = load
        self._undo_s = undo_s
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._loader = ThreadPoolExecutor(1, "model")
        self._models: dict[str, Future[Embedder]] = {}
        self._open = {"": self._librarian(served)}

    @property
    def served(self) -> Librarian:
        """The library that the page was started for."""
        return self._open[""]

    def names(self) -> list[str]:
        """The names of the others, in order."""
        shelf = library_folder(DEFAULT_LIBRARY).parent
        served = self.served.library.folder.resolve()
        try:
            folders = [folder for folder in shelf.iterdir() if (folder / DATABASE_NAME).is_file()]
        except OSError:  # there is none yet
            return []
        return sorted(folder.name for folder in folders if folder.resolve() != served)

    def get(self, name: str) -> Librarian:
        """The library of this name.

        Raises:
            KeyError: there is none.
            LibraryError: it cannot be opened.
        """
        with self._lock:
            if name not in self._open:
                if name not in self.names():
                    raise KeyError(name)
                self._open[name] = self._librarian(Library(library_folder(name)))
            return self._open[name]

    def make(self, name: str) -> str:
        """Make an empty library of this name; the name, as it is from now on.

        Raises:
            LibraryError: the name cannot be one, or is taken.
        """
        name = " ".join(name.split())
        thing = f"Cannot make the library “{printable(name)}”"
        if "/" in name or "\\" in name or len(name) > _MAX_NAME_CHARS or name in {"", ".", ".."}:
            reason = f"a name has 1 to {_MAX_NAME_CHARS} letters, digits, blanks, dots and dashes only"
            raise LibraryError(thing, reason, "Choose another.")
        folder = library_folder(name)
        if (folder / DATABASE_NAME).exists():
            raise LibraryError(thing, "there is one of this name already", "Choose another.")
        Library(folder).close()
        return name

    def close(self) -> None:
        """Close all but the served one's own file, which whoever opened it closes."""
        self._loader.shutdown(wait=True, cancel_futures=True)
        for name, librarian in self._open.items():
            librarian.close()
            if name:
                librarian.library.close()

    def _librarian(self, library: Library) -> Librarian:
        model = self._model_for(library)
        return Librarian(library, model, undo_s=self._undo_s, most_waiting=self._most_waiting)

    def _model_for(self, library: Library) -> Future[Embedder]:
        made_with = library.model
        key = made_with.name if made_with else DEFAULT_MODEL
        if key not in self._models:
            self._models[key] = self._loader.submit(self._load, library)
        return self._models[key]
