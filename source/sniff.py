"""What kind of file some bytes are, whatever their file is called."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

_PDF_MARK_WITHIN = 1024
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
# The member that only files of a kind have.
_MEMBERS = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
_MIME_TYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_MAX_MIME_TYPE_BYTES = 100


def sniff(data: bytes) -> str | None:
    """The usual suffix of files such as `data`; None where that cannot be told, as with plain text and any archive."""
    if data.startswith(b"PK\x03\x04"):
        return _sniff_archive(data)
    if data.startswith(rb"{\rtf"):
        return ".rtf"
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return ".pdf"
    return ".html" if _WEB_PAGE.match(data[:_PDF_MARK_WITHIN]) else None


def _sniff_archive(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name, suffix in _MEMBERS.items():
                if name in archive.NameToInfo:
                    return suffix
            if "mimetype" not in archive.NameToInfo:
                return None
            with archive.open("mimetype") as file:
                return _MIME_TYPES.get(file.read(_MAX_MIME_TYPE_BYTES).strip())
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return None
