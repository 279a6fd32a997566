"""The proof behind a quote: its file is read again, and compared with what was stored of it."""

from __future__ import annotations

from markupsafe import Markup

from index.library import Library
from index.records import DocumentRecord
from index.state import FileState, file_state
from qa.web.markup import text
from qa.web.viewer import GONE, Place

_VERDICTS: dict[FileState, tuple[str, str]] = {
    "current": ("Verified", "The file was read again just now and is the same to the last byte: it says this, here."),
    "changed": (
        "Changed since",
        "The file has changed since it was added. Shown is what it said then; add it again to see what it says now.",
    ),
    "missing": ("File gone", "The file is not where it was any more. What is shown is what it said when it was added."),
    "unreadable": (
        "Not readable",
        "The file is there but cannot be read now. What is shown is what it said when added.",
    ),
}


def proof_html(library: Library, document_id: int, asked: Place) -> Markup:
    """A badge: whether the file still has the bytes that it was added with, and the place lies in its text.

    Raises:
        KeyError: there is no such document; its argument says so in a sentence.
    """
    try:
        document = library.document(document_id)
        is_inside = 0 <= asked.start <= asked.end <= len(library.text(document_id))
    except KeyError as error:
        raise KeyError(GONE) from error
    state = file_state(document) if is_inside else "changed"
    return _badge(document, state)


def _badge(document: DocumentRecord, state: FileState) -> Markup:
    verdict, sentence = _VERDICTS[state]
    return Markup(
        '<details class="proof {state}"><summary>{verdict}</summary><div class="proof-words"><p>{sentence}</p>'
        "<p>SHA-256 <code>{digest}</code></p><p>Added {added}</p></div></details>"
    ).format(
        state=state,
        verdict=verdict,
        sentence=sentence,
        digest=document.sha256,
        added=text(document.added_at.replace("T", " ").replace("+00:00", " UTC")),
    )
