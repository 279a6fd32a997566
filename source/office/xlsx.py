"""XLSX: each sheet is a part and each of its rows a line, searched with the header of its table."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator

from source.archive import Archive
from source.document import Extraction
from source.errors import LoadError
from source.office.sheets import Row, extract_sheets

_NOT_WHOLE = ("it is not a whole .xlsx file", "Save it anew and add it again.")
# What reading a damaged file stumbles on.
_DAMAGE = (AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile)


def load_xlsx(data: bytes) -> Extraction:
    """The values in a workbook's cells, as they were last computed; cells of a row are divided by tabs."""
    Archive(data, ".xlsx").check()
    return extract_sheets(_sheets(data), "")


def _sheets(data: bytes) -> Iterator[tuple[str, list[Row]]]:
    """The name of each sheet and its rows from the first, without empty ones at its end."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", module="openpyxl"
            )  # of validation, styles and the like, which hold no text
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in workbook.worksheets:
            rows: list[Row] = []
            filled = 0
            sheet.reset_dimensions()  # a file may claim more cells than it has, and each would be gone through
            for values in sheet.iter_rows(values_only=True):
                row = [_words(value) for value in values]
                while row and not row[-1]:
                    row.pop()
                rows.append(row)
                filled = len(rows) if row else filled
            yield sheet.title, rows[:filled]
        workbook.close()
    except (InvalidFileException, *_DAMAGE) as error:
        raise LoadError(*_NOT_WHOLE) from error


def _words(value: object) -> str:
    """A cell's value on one line, as a reader would write it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return f"{value:.15g}"
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(" ", "minutes")
        case _:
            return " ".join(str(value).replace("\0", " ").split())
