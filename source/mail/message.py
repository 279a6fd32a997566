"""E-mail messages: who wrote to whom, when and about what, and then what; attachments are files of their own.

Of the headers, those that people know a message by are text; the others are for machines. Signatures are furniture;
what is quoted of earlier mail stays body, as someone may ask for it. Nothing outside the message is fetched.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import replace

from source.blocks import TextBuilder, whole_sentences
from source.document import Block, Extraction, Sentence, Span
from source.errors import LoadError
from source.fold import fold
from source.load_options import LoadOptions
from source.mail.body import read_body
from source.mail.parts import Part, children, content, filename, header, is_text, leaves, parse_message
from source.member import LostMember, Member, NameBook, safe_name

_HEADERS = ("From", "To", "Cc", "Date")
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/rtf": ".rtf",
}
_UNKNOWN = ".bin"
_SUFFIX = re.compile(r"\.\w{1,8}\Z")
# They vouch for the message and say nothing.
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})


def load_eml(data: bytes) -> Extraction:
    """The subject as heading, the headers as a row each, and the text of a message.

    Raises:
        LoadError: `data` is no message, is encrypted, or its text is in no encoding that can be told.
    """
    if not data.strip():
        return Extraction("", (), "", "", text_is_file=False, markup="none")
    message = parse_message(data)
    subject = header(message, "Subject")
    builder = TextBuilder()
    builder.add(subject, "heading", 1)
    _add_headers(builder, message)
    text, blocks = builder.text(), builder.blocks
    try:
        for body in read_body(message):
            start = len(text) + 2 if text else 0
            blocks += [_moved(block, start) for block in body.blocks]
            text = f"{text}\n\n{body.text}" if text else body.text
    except RecursionError as error:
        raise _too_deep() from error
    return Extraction(text, tuple(blocks), fold(subject, "none"), "", text_is_file=False, markup="none")


def attachments(data: bytes, options: LoadOptions) -> Iterator[Member | LostMember]:
    """The files in a message, with a name each; a message in it is one of them, and pictures in its text are not.

    Raises:
        LoadError: `data` is no message, or is encrypted.
    """
    del options  # a message has no lock that a password opens
    if not data.strip():
        return
    message = parse_message(data)
    names = NameBook()
    found = [part for part in leaves(message) if part is not message or part.get_content_maintype() != "text"]
    for number, part in enumerate((part for part in found if _is_attachment(part)), 1):
        name = names.enter(_name(part, number))
        try:
            member = Member(name, content(part))
        except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
            error = LoadError("it cannot be taken out of its message", "Save it in a mail program and add it.")
            yield LostMember(name, error)
        else:
            yield member


def _add_headers(builder: TextBuilder, message: Part) -> None:
    named = ((name, header(message, name)) for name in _HEADERS)
    lines = [f"{name}: {value}" for name, value in named if value]
    text = "\n".join(lines)
    sentences: list[Sentence] = []
    start = 0
    for line in lines:
        sentences += whole_sentences(text, Span(start, start + len(line)), fold(line, "none"))
        start += len(line) + 1
    if sentences:
        builder.add_sentences(text, "body", sentences)


def _moved(block: Block, by: int) -> Block:
    sentences = (replace(one, span=_moved_span(one.span, by)) for one in block.sentences)
    return replace(block, span=_moved_span(block.span, by), sentences=tuple(sentences))


def _moved_span(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _is_attachment(part: Part) -> bool:
    if is_text(part) or part.get_content_type() in _SIGNATURES:
        return False
    return part.get_content_maintype() != "image" or part.get_content_disposition() == "attachment"


def _name(part: Part, number: int) -> str:
    """The sender's name for it in one part, with a suffix; else its number."""
    kind = part.get_content_type()
    suffix = _SUFFIXES.get(kind) or mimetypes.MimeTypes().guess_extension(kind) or _UNKNOWN
    subjects = [header(inner, "Subject") for inner in children(part)] if kind == "message/rfc822" else []
    named = safe_name((filename(part) or "".join(subjects)).replace("/", "_").replace("\\", "_")).lstrip(".")
    if not named:
        return f"attachment {number}{suffix}"
    has_suffix = _SUFFIX.search(named) and (kind != "message/rfc822" or named.lower().endswith(suffix))
    return named if has_suffix else named + suffix


def _too_deep() -> LoadError:
    return LoadError("its parts lie too deep in each other", "Save it anew in a mail program and add it again.")
