"""Adding pages of the web that were asked for: each is fetched, kept as a copy, and added from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.ingest import Event, Failed, Found, Origin, Stored, add_paths_lazily
from index.library import Library
from qa.web_pages import copies_of_other_kinds, discard_page, keep_page, page_name, put_back
from source.errors import DocumentError
from source.load_options import LoadOptions
from source.web.fetch import fetch_page

if TYPE_CHECKING:
    from index.embed import Embedder


def add_pages(
    library: Library,
    load: Callable[[], Embedder],
    addresses: Sequence[str],
    options: LoadOptions,
    *,
    allow_private: bool,
) -> Iterator[Event]:
    """Save the pages at `addresses` and add them, one after the other; raises as `index.ingest.add_paths` does."""
    library.check_writable()
    yield Found(len(addresses), Counter(), 0)
    for address in addresses:
        try:
            page = fetch_page(address, allow_private=allow_private, max_bytes=options.max_bytes)
            kept = keep_page(library.folder, page)
        except DocumentError as error:
            yield Failed(Path(address), error)
            continue
        origin = Origin(page.url, page.fetched_at, page_name(page.url))
        is_stored = False
        try:
            for event in add_paths_lazily(
                library, load, [kept.path], options=options, origins={str(kept.path): origin}
            ):
                is_stored = is_stored or (isinstance(event, Stored) and event.document.path == str(kept.path))
                if not isinstance(event, Found):
                    yield event
        finally:
            if not is_stored:
                put_back(kept)
        if is_stored:
            _forget_other_kinds(library, copies_of_other_kinds(kept))


def _forget_other_kinds(library: Library, copies: Sequence[Path]) -> None:
    """Remove what the same addresses gave before, when it was of another kind."""
    known = library.documents_by_path()
    library.remove(known[str(path)].id for path in copies if str(path) in known)
    for path in copies:
        discard_page(library.folder, path)
