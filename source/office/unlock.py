"""Office files that are locked with a password: the file that is inside the lock."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from source.archive import LOCKED, WRONG_PASSWORD
from source.errors import LoadError
from source.office.files import DAMAGE, OLE_MARK

if TYPE_CHECKING:
    from olefile import OleFileIO

_LOCK = "EncryptionInfo"
_INSIDE = "EncryptedPackage"
# What each of the old binary formats has, what such a file is called, and what it can be saved as.
_OLD_FILES = (
    ("WordDocument", "an old Word file (.doc)", ".docx"),
    ("Workbook", "an old Excel file (.xls)", ".xlsx"),
    ("Book", "an old Excel file (.xls)", ".xlsx"),
    ("PowerPoint Document", "an old PowerPoint file (.ppt)", ".pptx"),
    ("__properties_version1.0", "an Outlook message (.msg)", ".eml"),
)


def unlock_office(data: bytes, password: str) -> bytes:
    """The .docx, .xlsx or .pptx file inside its lock; `data` itself if it has none.

    Raises:
        LoadError: `password` is empty or wrong, or `data` is damaged or in one of the old binary formats.
    """
    if not data.startswith(OLE_MARK):
        return data
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(data)) as container:
            _refuse_others(container)
    except LoadError:
        raise
    except DAMAGE as error:
        raise _not_whole() from error
    if not password:
        raise LoadError(*LOCKED)
    return _decrypt(data, password)


def _refuse_others(container: OleFileIO) -> None:
    """Raise LoadError unless a password can open it."""
    for stream, kind, suffix in _OLD_FILES:
        if container.exists(stream):
            raise LoadError(f"it is {kind}", f"Save it as {suffix} and add it again.")
    if not container.exists(_LOCK) and container.exists(_INSIDE):
        raise LoadError("it is locked by rights management", "Save it without restrictions and add it again.")
    if not container.exists(_LOCK):
        raise _not_whole()


def _decrypt(data: bytes, password: str) -> bytes:
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    inside = BytesIO()
    try:
        locked = OfficeFile(BytesIO(data))
        locked.load_key(password=password, verify_password=True)
        locked.decrypt(inside)
    except InvalidKeyError as error:
        raise LoadError(*WRONG_PASSWORD) from error
    except DecryptionError as error:
        reason = "it is locked in a way that cannot be opened here"
        raise LoadError(reason, "Save it without a password and add it again.") from error
    except (*DAMAGE, ExpatError, FileFormatError, ParseError) as error:
        raise _not_whole() from error
    return inside.getvalue()


def _not_whole() -> LoadError:
    return LoadError("it is not a whole Office file", "Get it again, or save it anew.")
