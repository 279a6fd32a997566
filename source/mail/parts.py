"""The parts of an e-mail message: which of them are its text and which are attachments, and what their bytes are."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from io import BytesIO

from source.decode import decode
from source.errors import LoadError

Part = Message

# What every message has some of (RFC 5322, 3.6); text that happens to begin like a header has none.
_USUAL_HEADERS = ("from", "to", "cc", "bcc", "date", "subject", "message-id", "received", "sender", "return-path")
_WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,60})?\?([bq])\?([^?\r\n]*)\?=", re.IGNORECASE)
# What WHATWG's Encoding Standard has mail programs mean by the names of smaller sets.
_MEANT = {
    "big5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
# Python knows more, some of which decode anything to rubbish.
_CHARSET = re.compile(
    r"(?:ascii|big5|cp|euc|gb|hz|ibm|iso-?8859|iso-2022|koi8|ks_c|latin|mac|shift|sjis|tis|us-ascii|utf|windows)[a-z0-9_-]*\Z"
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_BLANKS = b" \t\r\n\0\xef\xbb\xbf"


def parse_message(data: bytes) -> Part:
    """The message that `data` is.

    Its headers are left as they stand: the library's newer policy, which reads them, stumbles over damaged ones.

    Raises:
        LoadError: `data` is no message, or is encrypted.
    """
    try:
        message = message_from_bytes(data.lstrip(_BLANKS), policy=compat32)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise LoadError("its parts cannot be told apart", "Save it anew in a mail program and add it again.") from error
    if not any(name in message for name in _USUAL_HEADERS):
        reason = "it is not an e-mail: it has none of its headers"
        raise LoadError(reason, "Give it the suffix of its format and add it again.")
    if message.get_content_type() in _SEALED:
        raise LoadError("it is encrypted or sealed", "Open it in a mail program, save what it says, and add that.")
    return message


def is_leaf(part: Part) -> bool:
    """True unless there are parts in it that belong to the same message."""
    return not part.is_multipart() or part.get_content_maintype() == "message"


def children(part: Part) -> list[Part]:
    """The parts directly in a part, or the message in an attached one; none of what holds text or a file."""
    return [one for one in part.get_payload() if isinstance(one, Message)] if part.is_multipart() else []


def is_text(part: Part) -> bool:
    """True for a part that a mail program shows as the message itself."""
    is_shown = part.get_content_type() in {"text/plain", "text/html"} and not part.is_multipart()
    return is_shown and part.get_content_disposition() != "attachment" and not filename(part)


def header(part: Part, name: str) -> str:
    """The header `name` on one line, decoded; empty if there is none."""
    return _header_text(_raw_header(part, name))


def _raw_header(part: Part, name: str) -> str:
    """As it stands: asked for in the usual way, bytes that are not ASCII would be lost."""
    return next((str(value) for key, value in part.raw_items() if key.lower() == name.lower()), "")


def _header_text(written: str) -> str:
    return " ".join(_decode_words(_decode_raw(written)).replace("\0", "").split())


def _decode_raw(written: str) -> str:
    """Bytes that no header may hold, and that the library keeps as lone surrogates, as text."""
    if written.isascii():
        return written
    data = written.encode("utf-8", "surrogateescape")
    try:
        return decode(data).text
    except LoadError:
        return data.decode("utf-8", "backslashreplace")


def _decode_words(written: str) -> str:
    """The encoded words of RFC 2047 as text, and what is between them; one that cannot be decoded stays as it is."""
    pieces: list[str] = []
    run: list[re.Match[str]] = []  # neighbours in one charset: a character may be divided between them
    end = 0
    for word in _WORD.finditer(written):
        gap = written[end : word.start()]
        is_joined = bool(run) and not gap.strip()
        if not is_joined or word[1].lower() != run[0][1].lower():
            pieces.append(_decode_run(run))
            run = []
            pieces.append("" if is_joined else gap)
        run.append(word)
        end = word.end()
    return "".join([*pieces, _decode_run(run), written[end:]])


def _decode_run(run: list[re.Match[str]]) -> str:
    if not run:
        return ""
    try:
        data = b"".join(_word_bytes(word[2], word[3]) for word in run)
        return decode_text(data, run[0][1])
    except (LoadError, ValueError):
        return " ".join(word[0] for word in run)


def _word_bytes(encoding: str, written: str) -> bytes:
    if encoding in "bB":
        return binascii.a2b_base64(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4))
    return binascii.a2b_qp(written.replace("_", " ").encode(), header=True)


def decode_text(data: bytes, charset: str) -> str:
    """`data` as the text it is in `charset`, or, where it does not fit that or none is named, as is detected.

    Raises:
        LoadError: it is no text in any encoding that can be told.
    """
    name = charset.lower().removeprefix("x-")
    name = _MEANT.get(name, name)
    if _CHARSET.match(name) and "ascii" not in name:
        try:
            return data.decode(codecs.lookup(name).name)
        except (LookupError, UnicodeError):
            pass
    return decode(data).text


def text_of(part: Part) -> str:
    """The text of a part with LF at the ends of its lines, as mail's CR LF is meant.

    Raises:
        LoadError: it is no text in any encoding that can be told.
    """
    charset = part.get_param("charset", "")
    data = content(part)
    text = decode_text(data, charset if isinstance(charset, str) else str(charset[-1])) if data else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def content(part: Part) -> bytes:
    """The bytes of a leaf, without what they were wrapped in for the way; of a message within, all of it."""
    if part.is_multipart():
        return _inner_message(part)
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _inner_message(part: Part) -> bytes:
    """The message as it was attached, or the reports that a bounce consists of."""
    data = b"\n".join(_flatten(inner) for inner in children(part))
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":  # forbidden, yet some wrap it so
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            return data
    return data


def _flatten(message: Part) -> bytes:
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, maxheaderlen=0, policy=compat32).flatten(message)
    return written.getvalue()


def filename(part: Part) -> str:
    """The name that the sender gave to a part; empty if there is none, or it cannot be read."""
    bare = Message()
    for name in ("Content-Disposition", "Content-Type"):
        bare[name] = _decode_raw(_raw_header(part, name))
    try:
        return _header_text(bare.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def leaves(message: Part) -> Iterator[Part]:
    """The parts of a message that hold no others of it, in order."""
    stack = [message]
    while stack:
        part = stack.pop()
        if is_leaf(part):
            yield part
        else:
            stack += reversed(children(part))
