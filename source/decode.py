"""Bytes to text, strictly: the encoding is known, declared or detected, and nothing is replaced or dropped."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from source.errors import LoadError

_BYTE_ORDER_MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECTION_SAMPLE_BYTES = 200_000
# Western text fits several code pages without a sign of trouble. Windows-1252 is by far the most used of them, so only
# enough text in a language that needs another, with no letter that this language lacks, speaks against it.
_MAX_WESTERN_SHARE = 0.4
_FEW_LETTERS = 12
_ALPHABETS = {
    "Croatian": "čćđšž",
    "Czech": "áčďéěíňóřšťúůýž",
    "Hungarian": "áéíóöőúüű",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Polish": "ąćęłńóśźż",
    "Romanian": "ăâîşșţț",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Slovene": "čšž",
    "Turkish": "âçğıîöşüû",
}
# Those that files are found in; the others of the detector's make rubbish of damaged files. UTF-16 and its kin were
# looked for by surer signs: any few bytes make some Chinese word.
_CODE_PAGES = re.compile(
    r"cp(125\d|437|85[028]|86[26]|874|932|949|950)|iso8859_\d+|koi8_[rut]|mac_(roman|cyrillic|latin2)|tis_620"
    r"|gb\w+|big5\w*|euc_\w+|shift_jis\w*|johab|hz|iso2022\w+"
)
_SYMBOL_IN_WORD = re.compile(r"[a-z][¡-¬®-¶¸-¿×÷][a-z]")
# Text has line ends, tabs and form feeds, and now and then an escape; more control characters than this is binary.
_MAX_CONTROL_SHARE = 0.02
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_MULTI_BYTE_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class NotTextError(LoadError):
    """The bytes are not text in any encoding that can be told."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the Python codec it was decoded with; encoding it again gives the same bytes, but for a BOM."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """The text of `data`.

    Tried in order: a byte order mark, UTF-8, UTF-16 without a mark, then detection by charset-normalizer.

    Raises:
        NotTextError: `data` is binary, broken UTF-8, or in no encoding that can be told.
    """
    decoded = _decode(data)
    if "\0" in decoded.text:  # SQLite's functions see the end of a text there
        raise _not_text()
    return decoded


def _decode(data: bytes) -> Decoded:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data, encoding)
    utf16 = _utf16_without_mark(data)
    if utf16:
        return _decode_as(data, utf16)
    if len(_CONTROL.findall(data)) > _MAX_CONTROL_SHARE * len(data):
        raise _not_text()
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(data, error)
    return _decode_as(data, _detect(data))


def _not_text() -> NotTextError:
    return NotTextError("it is not text but binary data", "Give it the suffix of its format and add it again.")


def _decode_as(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        reason = f"it is marked as {encoding} but byte {error.start:,} does not fit"
        raise NotTextError(reason, "Save it again as UTF-8.") from error


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16's byte order if half of the bytes say so: text in Latin letters has a zero in every pair."""
    sample = data[:4096]
    if len(data) % 2 or not sample:
        return None
    pairs = len(sample) / 2
    if sample[1::2].count(0) > 0.7 * pairs and sample[0::2].count(0) < 0.05 * pairs:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * pairs and sample[1::2].count(0) < 0.05 * pairs:
        return "utf-16-be"
    return None


def _refuse_broken_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Raise if `data` is UTF-8 with damage: reading it as another encoding would make rubbish of its letters."""
    without_good = _MULTI_BYTE_UTF8.sub(b"", data)
    good_bytes = len(data) - len(without_good)
    bad_bytes = sum(byte >= 0x80 for byte in without_good)
    if good_bytes > 2 * bad_bytes:
        line = data.count(b"\n", 0, error.start) + 1
        broken = "1 broken byte" if bad_bytes == 1 else f"{bad_bytes:,} broken bytes"
        reason = f"it is UTF-8 with {broken}, the first in line {line:,}"
        raise NotTextError(reason, "Repair it, or save it again as UTF-8.")


def _detect(data: bytes) -> str:
    """The most plausible codec that decodes all of `data`."""
    sample = data[:_DETECTION_SAMPLE_BYTES]
    best = from_bytes(sample).best()
    names = [best.encoding, *best.could_be_from_charset] if best else []
    needs_another = (
        best is not None and best.encoding.startswith(("cp125", "iso")) and _is_written_in(best.language, str(best))
    )
    if "cp1252" in names or _looks_western(sample, at_most=_FEW_LETTERS if needs_another else len(sample)):
        names.insert(0, "cp1252")
    for name in names:
        if _CODE_PAGES.fullmatch(name) and _decodes(data, name):
            return name
    raise NotTextError("its encoding cannot be told", "Save it again as UTF-8.")


def _is_written_in(language: str, text: str) -> bool:
    letters = {letter for letter in text.lower() if letter.isalpha() and not letter.isascii()}
    return letters <= set(_ALPHABETS.get(language, ""))


def _looks_western(sample: bytes, *, at_most: int) -> bool:
    """True for ASCII with a few other letters, `at_most` in all, in it, and no symbol within a word."""
    high_bytes = sum(byte >= 0x80 for byte in sample)
    is_sprinkled = high_bytes <= max(1, min(at_most, _MAX_WESTERN_SHARE * len(sample)))
    return is_sprinkled and _SYMBOL_IN_WORD.search(sample.decode("cp1252", "ignore")) is None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
