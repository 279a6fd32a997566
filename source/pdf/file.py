"""Opens PDF files; what PDFium cannot open is told in words. Its forms and scripts are never started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from source.errors import LoadError

NOT_WHOLE = ("it is not a whole PDF file", "Get it once more, or save it again, and add it again.")
_LOCKED = ("it is locked with a password", "Give it with --password, or save it without one, and add it again.")
_WRONG_PASSWORD = ("the password is wrong", "Give the right one with --password, or save it without one.")
_UNKNOWN_LOCK = ("it is locked in a way that is not known", "Save it without a lock and add it again.")
_FILE_MARK = b"%PDF-"
_FILE_MARK_WITHIN = 1024


@contextmanager
def open_pdf(data: bytes, password: str) -> Iterator[Any]:
    """The `pypdfium2.PdfDocument` of a file; `password` is not looked at if the file opens without one.

    Raises:
        LoadError: it is damaged or locked.
    """
    import pypdfium2
    from pypdfium2 import raw

    if _FILE_MARK not in data[:_FILE_MARK_WITHIN]:
        raise LoadError(*NOT_WHOLE)
    # Bytes of a command line that are no text are no password of a PDF.
    sayable = password.encode("utf-8", "replace").decode("utf-8")
    try:
        document = pypdfium2.PdfDocument(data, password=sayable or None)
    except pypdfium2.PdfiumError as error:
        match error.err_code:
            case raw.FPDF_ERR_PASSWORD:
                reason = _WRONG_PASSWORD if password else _LOCKED
            case raw.FPDF_ERR_SECURITY:
                reason = _UNKNOWN_LOCK
            case _:
                reason = NOT_WHOLE
        raise LoadError(*reason) from error
    with document:
        yield document
