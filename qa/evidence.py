"""Reading evidence files: the questions, verdicts and quotes of an exported conversation or answer, as it shows them.

Nothing of it is believed here; `qa.verify` holds the quotes against the documents. What the page shows is what is
read, not data that is hidden beside it.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from qa.looked_at import without_adding
from source.errors import DocumentError, printable
from source.load import read_bytes
from source.load_options import LoadOptions


@dataclass(frozen=True, slots=True)
class EvidenceQuote:
    """A quote as a file gives it: `text` is said to be `[start, end)` of the document.

    `before` and `after` are what the file shows around it; `digests` are those that the file gives for the name.
    """

    document: str
    digests: tuple[str, ...]
    text: str
    start: int
    end: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """A question with its quotes; of a refusal, those that came nearest. `searched` is what it was completed to."""

    question: str
    searched: str
    answered: bool
    quotes: tuple[EvidenceQuote, ...]


_EXPORT_AGAIN = "Export it again, as JSON, HTML or Markdown."
# What some shells write when a program's output is sent into a file.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_evidence(path: Path, options: LoadOptions) -> list[EvidenceQuote]:
    """The quotes of an exported conversation or answer; otherwise as `read_answers`."""
    return [quote for answer in read_answers(path, options) for quote in answer.quotes]


def read_answers(path: Path, options: LoadOptions) -> list[SavedAnswer]:
    """The answers in an exported conversation or answer: JSON, HTML or Markdown; not those nobody waited for.

    Raises:
        DocumentError: it cannot be read, or is no export.
    """
    thing = f"Cannot take answers from {printable(str(path))}"
    with without_adding():
        data = read_bytes(path, options.max_bytes)
    if not data.strip():
        raise DocumentError(thing, "it is empty", _EXPORT_AGAIN)
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
        if path.suffix.lower() == ".json":
            return list(_json_answers(json.loads(text)))
        return _html_answers(text) if path.suffix.lower() in {".html", ".htm"} else _markdown_answers(text)
    except _OtherOutputError as error:
        remedy = "Give what qa ask --json prints without --all, or a conversation that was exported."
        raise DocumentError(thing, f"it is what {error} prints, passages and no answer", remedy) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = "it is no conversation or answer that was exported"
        raise DocumentError(thing, reason, _EXPORT_AGAIN) from error


# JSON

# What our own commands print that is no answer, by the field that it has.
_OTHER_OUTPUTS = {"topic": "qa ask --all --json", "hits": "qa search --json"}


class _OtherOutputError(Exception):
    """It is what another of our commands prints, which the message names."""


def _json_answers(value: Any) -> Iterator[SavedAnswer]:
    """Those of a conversation, of one reply, or of what `qa ask --json` prints."""
    if not isinstance(value, dict):
        raise TypeError(value)
    if "turns" in value:
        for turn in value["turns"]:
            if turn["answer"] is not None:
                for answer in _json_answers(turn["answer"]):
                    asked = _string(turn.get("question", answer.question))
                    yield SavedAnswer(asked, answer.searched, answer.answered, answer.quotes)
        return
    for field, command in _OTHER_OUTPUTS.items():
        if field in value and not value.keys() & {"quotes", "citations"}:
            raise _OtherOutputError(command)
    searched = _string(value.get("question", ""))
    asked = _string(value.get("asked", searched))
    if "quotes" in value:
        quotes = [
            _json_quote(one, _string(one["text"]), _string(one["before"]), _string(one["after"]))
            for one in value["quotes"]
        ]
        is_answered = value.get("answered", True) is True
    else:
        quotes = [_json_quote(one, _string(one["quote"])) for one in [*value["citations"], *value["nearest"]]]
        is_answered = bool(value["citations"])
    yield SavedAnswer(asked, searched, is_answered, tuple(quotes))


def _json_quote(values: Mapping[str, Any], text: str, before: str = "", after: str = "") -> EvidenceQuote:
    start, end = values["start"], values["end"]
    if type(start) is not int or type(end) is not int:
        raise TypeError(start)
    return EvidenceQuote(_string(values["document"]), (_string(values["sha256"]),), text, start, end, before, after)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


# HTML


class _Section:
    """A question of an exported page and what is shown below it."""

    def __init__(self, *, is_refused: bool) -> None:
        self.question = ""
        self.is_refused = is_refused
        self.quotes: list[tuple[str, str, str]] = []  # text, document, the line below


class _ExportReader(HTMLParser):
    """Collects the questions and quotes of an exported page as it shows them, and the digests listed below."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[_Section] = []
        self.digests: list[tuple[str, str]] = []
        self.shown = 0  # quotes, whether or not they have a line below
        self._texts = dict.fromkeys(("blockquote", "code", "h2", "li", "p", "strong"), "")
        self._inside: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self.sections.append(_Section(is_refused=("class", "refused") in attrs))
        elif tag in self._texts and (tag != "p" or ("class", "meta") in attrs):
            self._inside.add(tag)
            self._texts[tag] = ""
            self.shown += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._inside:
            return
        self._inside.remove(tag)
        if tag == "li":
            self.digests.append((self._texts["li"].rsplit(": SHA-256 ", 1)[0], self._texts["code"]))
        elif tag == "h2" and self.sections and not self.sections[-1].quotes:
            self.sections[-1].question = self._texts["h2"]
        elif tag == "p":
            self.sections = self.sections or [_Section(is_refused=False)]
            self.sections[-1].quotes.append((self._texts["blockquote"], self._texts["strong"], self._texts["p"]))

    def handle_data(self, data: str) -> None:
        for tag in self._inside:
            self._texts[tag] += data


# Exports hold no comment and no "<" but that of a tag. Of what is never closed, `html.parser` takes time by its square.
_UNCLOSED = re.compile(r"<(?!(?:/?[a-z]|!doctype )[^<>]*>)", re.IGNORECASE)


# The end of an export in which nobody waited for an answer: nothing is quoted.
_UNANSWERED_PAGE = re.compile(r"<footer><h2>Documents quoted</h2><ul></ul>\s*<p>Each quote is cut out of its document,")


def _html_answers(html: str) -> list[SavedAnswer]:
    if found := _UNCLOSED.search(html):
        raise ValueError(html[found.start() :][:20])
    reader = _ExportReader()
    reader.feed(html)
    reader.close()
    answers = []
    for section in reader.sections:
        quotes = tuple(_html_quote(*one, reader.digests) for one in section.quotes)
        if quotes or section.is_refused:
            answers.append(SavedAnswer(section.question, "", not section.is_refused, quotes))
    is_export = bool(answers) or _UNANSWERED_PAGE.search(html) is not None
    count = sum(len(answer.quotes) for answer in answers)
    if not is_export or (reader.shown, html.count("<blockquote")) != (count, count):
        raise ValueError(html[:20])
    return answers


def _html_quote(text: str, document: str, below: str, listed: Sequence[tuple[str, str]]) -> EvidenceQuote:
    return EvidenceQuote(document, _digests(document, listed), text, *_place(below))


_PLACE = re.compile(r"characters ([\d,]+) to ([\d,]+)")


def _place(below: str) -> tuple[int, int]:
    """The last "characters 1,200 to 1,260": a heading may say so, too, before it."""
    places = _PLACE.findall(below)
    if not places:
        raise ValueError(below)
    return _figure(places[-1][0]), _figure(places[-1][1])


def _figure(written: str) -> int:
    return int(written.replace(",", ""))


def _digests(document: str, listed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """All digests that are listed for a name: two documents may have the same."""
    return tuple(digest for name, digest in listed if name == document)


# Markdown

_QUESTION = re.compile(r"(?m)^## (?P<question>[^\n]*)$")
_REFUSED = "Not found in the documents."
# Each line is read in one way only and from the first of its quote on: a hostile file takes no longer than another.
_QUOTED_LINES = re.compile(
    r"(?m)(?<=\n\n)((?:^>[^\n]*\n)++)\n\d+\\\. \*\*(?P<document>[^\n]+?)\*\*, (?P<below>[^\n]*)$"
)
_SHOWN_QUOTE = re.compile(r"(?m)(?:^>[^\n]*(?:\n|\Z))+")
_DIGEST_LINE = re.compile(r"(?m)^- (?P<document>[^\n]+): SHA-256 `(?P<digest>[^`\n]*)`$")
# An export in which nobody waited for an answer.
_UNANSWERED = re.compile(r"# [^\n]*+\n\s*+(?:## [^\n]*+\n\s*+No answer was waited for\.\s*+)*+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def _markdown_answers(text: str) -> list[SavedAnswer]:
    listed = [(_unescaped(one["document"]), one["digest"]) for one in _DIGEST_LINE.finditer(text)]
    headings = list(_QUESTION.finditer(text))
    starts = [0, *(heading.start() for heading in headings)]
    ends = [*starts[1:], len(text)]
    answers = []
    for heading, start, end in zip([None, *headings], starts, ends, strict=True):
        section = text[start:end]
        quotes = tuple(_markdown_quote(found, listed) for found in _QUOTED_LINES.finditer(section))
        is_refused = re.search(rf"(?m)^{re.escape(_REFUSED)}", section) is not None
        if quotes or is_refused:
            question = _unescaped(heading["question"]) if heading else ""
            answers.append(SavedAnswer(question, "", not is_refused, quotes))
    count = sum(len(answer.quotes) for answer in answers)
    shown = len(_SHOWN_QUOTE.findall(text)), len(re.findall(r"(?m)^\d+\\\. ", text))
    if shown != (count, count) or not (answers or _UNANSWERED.fullmatch(text)):
        raise ValueError(text[:20])
    return answers


def _markdown_quote(found: re.Match[str], listed: Sequence[tuple[str, str]]) -> EvidenceQuote:
    lines = [_unescaped(line.removeprefix(">").removeprefix(" ")) for line in found[1][:-1].split("\n")]
    document = _unescaped(found["document"])
    return EvidenceQuote(document, _digests(document, listed), "\n".join(lines), *_place(found["below"]))


def _unescaped(words: str) -> str:
    return _ESCAPED.sub(r"\1", words)
