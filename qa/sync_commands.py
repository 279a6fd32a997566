"""The commands that keep a library in step with a folder: sync, once, and watch, for as long as it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.ingest import Event, Failed, Removed, Stored
from index.library import Library
from index.sync import check_folder, sync_folder
from qa import folders, progress, show
from qa.gaps import describe_gaps
from qa.options import (
    DEFAULT_MAX_MB,
    INTERRUPTED,
    LibraryOption,
    MaxMbOption,
    ModelOption,
    OcrOption,
    PasswordOption,
    Session,
    load_model,
    load_options,
    read_path,
    session_of,
)
from source.errors import DocumentError, LibraryError, QuotedAnswersError, printable
from source.load import absolute
from source.load_options import LoadOptions
from source.watch import FolderState, watch_folder

if TYPE_CHECKING:
    from index.embed import Embedder

# A library that another process writes to, or an empty folder, is tried again after this time.
_RETRY_S = 30.0
# Erasing writes the whole library anew: too much to do for each file that is saved.
_ERASE_EVERY_S = 3_600.0

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", parser=read_path, hidden=True)]


def sync(
    context: typer.Context,
    folder: FolderArgument,
    *,
    empty: Annotated[
        bool, typer.Option("--empty", help="Remove all documents from the folder if there is no file in it any more.")
    ] = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    password: PasswordOption = "",
    ocr_languages: OcrOption = "",
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Make the library hold what is in a folder: add, replace and remove documents.

    A document is removed when its file is gone; one whose file cannot be read stays as it was. Documents from
    elsewhere stay. Nothing of a renamed file is embedded again.

    \b
    Examples:
      qa sync ~/articles
      qa sync ~/articles --library articles
    """
    tally = progress.Tally()
    session = session_of(context, library)
    try:
        with folders.open_library(session.library) as opened:
            options = load_options(max_mb, password, ocr_languages)
            synced = _Synced(session, opened, model, absolute(folder.expanduser()), options)
            progress.follow(show.messages(), synced.events(may_empty=empty), tally)
            progress.erase_removed(show.messages(), opened)
            elsewhere = synced.count_elsewhere()
    except KeyboardInterrupt:
        show.show_line(show.messages(), "Interrupted. What was done is kept; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        show.show_lines(show.output(), tally.lines())
    if elsewhere:
        show.show_line(show.output(), f"Documents from elsewhere, which stay: {elsewhere:,}.")
    if tally.has_failures:
        raise typer.Exit(1)


def watch(
    context: typer.Context,
    folder: FolderArgument,
    *,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    password: PasswordOption = "",
    ocr_languages: OcrOption = "",
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Keep the library in step with a folder, as files change, until Ctrl-C.

    What happens is as with qa sync, and each change is told on a line. If the folder goes away, as a disk does, its
    documents stay.

    \b
    Examples:
      qa watch ~/articles
    """
    session = session_of(context, library)
    with folders.open_library(session.library) as opened:
        options = load_options(max_mb, password, ocr_languages)
        synced = _Synced(session, opened, model, absolute(folder.expanduser()), options)
        check_folder(synced.folder)
        try:
            _Watch(synced).run()
        except KeyboardInterrupt:
            show.show_line(show.messages(), "Stopped.")


class _Synced:
    """A folder and the library that is kept in step with it, with the model loaded once it is needed."""

    def __init__(
        self, session: Session, library: Library, model: str | None, folder: Path, options: LoadOptions
    ) -> None:
        self.library = library
        self.folder = folder
        self._session = session
        self._model = model
        self._options = options
        self._embedder: Embedder | None = None
        if model:  # even if there is nothing to embed, to see that it fits
            library.check_model(self._load().identity)

    def _load(self) -> Embedder:
        if self._embedder is None or self._embedder.identity != (self.library.model or self._embedder.identity):
            self._embedder = load_model(self._session, self.library, self._model)
        return self._embedder

    def events(self, *, may_empty: bool = False) -> Iterator[Event]:
        """As `index.sync.sync_folder`."""
        return sync_folder(self.library, self._load, self.folder, may_empty=may_empty, options=self._options)

    def count_elsewhere(self) -> int:
        """How many documents in the library are not from the folder."""
        with self.library.snapshot():
            return len(self.library.documents()) - len(self.library.documents_under(self.folder))


class _Watch:
    """Syncs a folder whenever it has changed, and tells each thing once."""

    def __init__(self, synced: _Synced) -> None:
        self._synced = synced
        self._is_away = False
        self._is_due = False
        self._has_synced = False
        self._not_before = -math.inf
        self._erase_at = math.inf
        self._told: set[str] = set()

    def run(self) -> None:
        """Until KeyboardInterrupt."""
        for state in watch_folder(self._synced.folder, ignored=self._synced.library.folder):
            self._note(state)
            if self._is_due and not self._is_away and time.monotonic() >= self._not_before:
                self._sync()
            if time.monotonic() >= self._erase_at:
                self._erase()

    def _erase(self) -> None:
        self._erase_at = math.inf
        try:
            self._synced.library.erase_removed()
        except LibraryError as error:
            self._tell_error(error, self._told)
            self._erase_at = time.monotonic() + _ERASE_EVERY_S

    def _note(self, state: FolderState) -> None:
        self._is_due = self._is_due or state == "changed"
        if (state == "away") != self._is_away:
            self._is_away = state == "away"
            what = "away; its documents stay" if self._is_away else "back"
            show.show_line(show.messages(), f"{printable(str(self._synced.folder))} is {what}.")

    def _sync(self) -> None:
        """Sync once; what fails for a while is tried again later, and told of again only if it is told differently."""
        told: set[str] = set()
        try:
            if self._has_synced:
                self._tell_events(told)
            else:
                self._follow_events(told)
            self._is_due = False
        except (DocumentError, LibraryError) as error:
            self._tell_error(error, told)
            self._not_before = time.monotonic() + _RETRY_S
        self._told = told

    def _follow_events(self, told: set[str]) -> None:
        tally = progress.Tally()
        progress.follow(show.messages(), self._noted(told), tally)
        show.show_lines(show.output(), tally.lines())
        self._has_synced = True
        show.show_line(show.messages(), f"Watching {printable(str(self._synced.folder))}; Ctrl-C ends it.")

    def _noted(self, told: set[str]) -> Iterator[Event]:
        for event in self._synced.events():
            if isinstance(event, Failed):
                told.add(str(event.error))
            self._note_remains(event)
            yield event

    def _tell_events(self, told: set[str]) -> None:
        for event in self._synced.events():
            self._note_remains(event)
            match event:
                case Failed():
                    self._tell_error(event.error, told)
                case Stored(path, "added" | "updated" as outcome):
                    gaps = f": {describe_gaps(event.gaps)}" if event.gaps else ""
                    show.show_line(show.output(), f"{outcome.capitalize()} {printable(str(path))}{gaps}.")
                case Removed(path):
                    show.show_line(show.output(), f"Removed {printable(str(path))}.")
                case _:
                    pass

    def _note_remains(self, event: Event) -> None:
        if isinstance(event, Removed) or (isinstance(event, Stored) and event.outcome == "updated"):
            self._erase_at = min(self._erase_at, time.monotonic() + _ERASE_EVERY_S)

    def _tell_error(self, error: QuotedAnswersError, told: set[str]) -> None:
        if str(error) not in self._told:
            show.show_line(show.messages(), printable(str(error)), "red")
        told.add(str(error))
