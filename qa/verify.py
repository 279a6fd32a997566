"""Evidence files: whether each quote of an exported conversation or answer stands in its document, on any machine.

Nothing that the file says of itself is believed: a document is known by its digest alone, and its words are read from
the library or from the original. What the page shows is what is checked, not data that is hidden beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

from index.library import Library
from qa.check_fold import folds_between
from source.container import Outcome, Task
from source.document import Document
from source.errors import DocumentError, printable
from source.lines import LINE_END
from source.load import read_bytes
from source.load_options import LoadOptions
from source.walk import find_files
from source.workers import Workers

Verification = Literal["verified", "changed", "missing"]


@dataclass(frozen=True, slots=True)
class EvidenceQuote:
    """A quote as a file gives it: `start` and `end` are None where the file does not say.

    `before` and `after` are what the file shows around it; `digests` are those that the file gives for the name.
    """

    document: str
    digests: tuple[str, ...]
    text: str
    start: int | None
    end: int | None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """A document that quotes can be held against: its names, in the library or on the disk, and its text."""

    names: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one quote, and why if it is not verified."""

    quote: EvidenceQuote
    verification: Verification
    reason: str

    def as_dict(self) -> dict[str, object]:
        """The outcome as plain values, for JSON."""
        return {
            "document": self.quote.document,
            "sha256": self.quote.digests[0] if self.quote.digests else None,
            "start": self.quote.start,
            "end": self.quote.end,
            "text": self.quote.text,
            "verification": self.verification,
            "reason": self.reason,
        }


def verify_quotes(quotes: Iterable[EvidenceQuote], originals: Mapping[str, Original]) -> list[Verified]:
    """What became of each quote; `originals` are documents by their digest."""
    return [_verify(quote, originals) for quote in quotes]


def _verify(quote: EvidenceQuote, originals: Mapping[str, Original]) -> Verified:
    there = [originals[digest] for digest in quote.digests if digest in originals]
    if not there:
        reason = "no document has this digest" if quote.digests else "the file gives no digest for this document"
        return Verified(quote, "missing", reason)
    reasons = [_what_changed(quote, original) for original in there]
    return Verified(quote, "changed", reasons[0]) if all(reasons) else Verified(quote, "verified", "")


def _what_changed(quote: EvidenceQuote, original: Original) -> str:
    """Why the quote is not what the document says; empty if it is."""
    if quote.document not in original.names:
        return f"the document is called {original.names[0]}"
    if quote.start is None or quote.end is None:
        return "" if _stands_in(quote.text, original.text) else "the document does not say this"
    if not 0 <= quote.start <= quote.end <= len(original.text):
        return "there is no such place in the document"
    if not _is_same(quote.text, original.text[quote.start : quote.end]):
        return "the document says something else there"
    before = original.text[max(0, quote.start - len(quote.before)) : quote.start]
    after = original.text[quote.end : quote.end + len(quote.after)]
    return "" if (before, after) == (quote.before, quote.after) else "the document says something else around it"


def _is_same(quoted: str, text: str) -> bool:
    """True if they are the same but for line ends, which HTML and Markdown do not keep."""
    return LINE_END.sub("\n", quoted) == LINE_END.sub("\n", text)


def _stands_in(quoted: str, text: str) -> bool:
    if not quoted.strip():
        return False
    pattern = r"\s+".join(map(re.escape, quoted.split()))
    return any(folds_between(quoted, found[0]) in ((), ("white space",)) for found in re.finditer(pattern, text))


# Where the documents come from


def library_originals(library: Library, digests: Iterable[str]) -> dict[str, Original]:
    """The documents of `library` with these digests."""
    wanted = set(digests)
    found: dict[str, Original] = {}
    with library.snapshot():
        for record in library.documents():
            if record.sha256 in wanted:
                names = found[record.sha256].names if record.sha256 in found else ()
                found[record.sha256] = Original((*names, record.name), library.text(record.id))
    return found


def folder_originals(folder: Path, options: LoadOptions) -> dict[str, Original]:
    """All documents in `folder` and the archives and messages in it; what cannot be read there is none.

    Raises:
        DocumentError: there is nothing in it that can be read.
    """
    files = find_files([folder])
    if files.failures and not files.files:
        raise files.failures[0].error
    found: dict[str, Original] = {}
    with Workers() as workers:
        for outcome in _documents(workers.load(Task(path, options) for path in files.files)):
            names = found[outcome.sha256].names if outcome.sha256 in found else ()
            found[outcome.sha256] = Original((*names, outcome.name), outcome.text)
    return found


def _documents(outcomes: Iterable[Outcome | object]) -> Iterator[Document]:
    return (outcome for outcome in outcomes if isinstance(outcome, Document))


# What the files say


def read_evidence(path: Path, options: LoadOptions) -> list[EvidenceQuote]:
    """The quotes of an exported conversation or answer: JSON, HTML or Markdown.

    Raises:
        DocumentError: it cannot be read, or is no export.
    """
    thing = f"Cannot verify {printable(str(path))}"
    data = read_bytes(path, options.max_bytes)
    try:
        text = data.decode("utf-8")
        if path.suffix.lower() == ".json":
            return list(_json_quotes(json.loads(text)))
        quotes = _html_quotes(text) if path.suffix.lower() in {".html", ".htm"} else _markdown_quotes(text)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = "it is no conversation or answer that was exported"
        raise DocumentError(thing, reason, "Export it again, as JSON, HTML or Markdown.") from error
    return quotes


def _json_quotes(value: Any) -> Iterator[EvidenceQuote]:
    """Those of a conversation, of one reply, or of what `qa ask --json` prints."""
    if "turns" in value:
        for turn in value["turns"]:
            if turn["answer"] is not None:
                yield from _json_quotes(turn["answer"])
        return
    if "quotes" in value:
        for quote in value["quotes"]:
            around = (_string(quote["before"]), _string(quote["after"]))
            yield _json_quote(quote, _string(quote["text"]), *around)
        return
    for quote in [*value["citations"], *value["nearest"]]:
        yield _json_quote(quote, _string(quote["quote"]), "", "")


def _json_quote(values: Mapping[str, Any], text: str, before: str, after: str) -> EvidenceQuote:
    start, end = values["start"], values["end"]
    if type(start) is not int or type(end) is not int:
        raise TypeError(start)
    return EvidenceQuote(_string(values["document"]), (_string(values["sha256"]),), text, start, end, before, after)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


_PLACE = re.compile(r"characters ([\d,]+) to ([\d,]+)")


class _ExportReader(HTMLParser):
    """Collects the quotes of an exported page as it shows them, and the digests listed below."""

    def __init__(self) -> None:
        super().__init__()
        self.quotes: list[tuple[str, str, str]] = []  # text, document, the line below
        self.digests: list[tuple[str, str]] = []
        self._texts = dict.fromkeys(("blockquote", "p", "strong", "li", "code"), "")
        self._inside: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._texts and (tag != "p" or ("class", "meta") in attrs):
            self._inside.add(tag)
            self._texts[tag] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._inside:
            return
        self._inside.remove(tag)
        if tag == "p":
            self.quotes.append((self._texts["blockquote"], self._texts["strong"], self._texts["p"]))
        elif tag == "li":
            self.digests.append((self._texts["li"].rsplit(": SHA-256 ", 1)[0], self._texts["code"]))

    def handle_data(self, data: str) -> None:
        for tag in self._inside:
            self._texts[tag] += data


def _html_quotes(html: str) -> list[EvidenceQuote]:
    reader = _ExportReader()
    reader.feed(html)
    reader.close()
    quotes = []
    for text, document, below in reader.quotes:
        place = _place(below)
        if place is None:
            raise ValueError(below)
        quotes.append(EvidenceQuote(document, _digests(document, reader.digests), text, *place))
    if not quotes and "SHA-256" not in html and "Quoted Answers" not in html:
        raise ValueError(html[:20])
    return quotes


def _place(below: str) -> tuple[int, int] | None:
    """The last "characters 1,200 to 1,260": a heading may say so, too, before it."""
    places = _PLACE.findall(below)
    return (_figure(places[-1][0]), _figure(places[-1][1])) if places else None


def _figure(written: str) -> int:
    return int(written.replace(",", ""))


def _digests(document: str, listed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """All digests that are listed for a name: two documents may have the same."""
    return tuple(digest for name, digest in listed if name == document)


_QUOTED_LINES = re.compile(r"(?m)((?:^> ?[^\n]*\n)+)\n\d+\\\. \*\*(?P<document>[^\n]+?)\*\*, (?P<below>[^\n]*)$")
_DIGEST_LINE = re.compile(r"(?m)^- (?P<document>[^\n]+): SHA-256 `(?P<digest>[^`\n]*)`$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def _markdown_quotes(text: str) -> list[EvidenceQuote]:
    listed = [(_unescaped(one["document"]), one["digest"]) for one in _DIGEST_LINE.finditer(text)]
    quotes = []
    for found in _QUOTED_LINES.finditer(text):
        lines = [_unescaped(line.removeprefix(">").removeprefix(" ")) for line in found[1][:-1].split("\n")]
        document = _unescaped(found["document"])
        start, end = _place(found["below"]) or (None, None)
        quotes.append(EvidenceQuote(document, _digests(document, listed), "\n".join(lines), start, end))
    if len(quotes) != len(re.findall(r"(?m)^\d+\\\. ", text)) or not (quotes or text.startswith("# ")):
        raise ValueError(text[:20])
    return quotes


def _unescaped(words: str) -> str:
    return _ESCAPED.sub(r"\1", words)
