"""What a draft says of where its words come from: documents that it names, markers such as [1], and references.

A document is named by its file's name, by its title, or by an author and a year that its name or first lines hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from qa.check_fold import MASK
from qa.check_sources import Source
from qa.words import words_of
from source.document import Span
from source.sentences import split_sentences

MARKER = re.compile(
    r"\[(?P<notes>(?:\^[\w-]{1,12}|\d{1,3})(?:\s?[,;–-]\s?\^?\d{1,3})*)\](?![(:])"
    r"|\((?P<author>[^\W\d_a-z][^()\d]{0,80}?),?\s+(?P<year>(?:1[5-9]|20)\d\d)[a-z]?(?:[,:;]\s?[^()]{0,40})?\)"
    r"|(?<=[^\W\d]|[.,;!?”’)\"])(?P<raised>[¹²³⁴⁵⁶⁷⁸⁹⁰]+)"
)
"""A citation marker: [1], [^note], [1, 2], (Author 2020), (Author & Other, 2020, p. 3), or a raised number."""

REFERENCE = re.compile(
    r"(?m)^[ \t]{0,3}(?:\[\^?(?P<bracketed>[\w-]{1,12})\]:?|(?P<raised>[¹²³⁴⁵⁶⁷⁸⁹⁰]+))[ \t]+(?P<text>[^\r\n]+)"
)
"""A line of a list of references, or a footnote."""

_NUMBERED = re.compile(r"(?m)^[ \t]{0,3}(?P<number>\d{1,3})[.)][ \t]+(?P<text>[^\r\n]+)")
_REFERENCES_HEADING = re.compile(
    r"(?im)^[#*_ \t\d.]*(?:references|sources|bibliography|notes|literature|works cited|quellen|literatur)[*_: \t]*$"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FIRST_CHARS = 400
_MIN_TITLE_WORDS = 2
_ENDING = {".", "!", "?"}
_BEHIND_SENTENCE = re.compile(rf"\s*(?:\([^()\n]{{1,120}}\)|{MARKER.pattern})")
# As far as a sentence reaches before a quotation and after it.
_BEFORE_CHARS, _AFTER_CHARS = 1000, 120


@dataclass(frozen=True)
class Said:
    """The documents of a library as a draft may name them."""

    draft: str
    sources: tuple[Source, ...]

    def documents_for_block(self, outer: Span, source: str) -> frozenset[int]:
        """The documents that the line below a block quote names, or the sentence with a colon above it; often none."""
        before = self.draft[: outer.start].rstrip()
        paragraph = max(before.rfind("\n\n") + 1, 0)
        sentences = split_sentences(self.draft, Span(paragraph, len(before))) if before.endswith(":") else []
        introduction = sentences[-1].of(self.draft) if sentences else ""
        found = self._named(f"{introduction} {source}")
        for words in (introduction, source):
            for marker in MARKER.finditer(words):
                found |= self._marked(marker)
        return frozenset(found)

    def documents_for(self, outer: Span) -> frozenset[int]:
        """The documents that the draft names in the sentence in which `outer` stands; often none."""
        sentences = self._sentences_around(outer)
        beside = self.draft[sentences.start : outer.start] + " " + self.draft[outer.end : sentences.end]
        found = self._named(beside)
        for marker in MARKER.finditer(self.draft, outer.end, sentences.end):
            found |= self._marked(marker)
        return frozenset(found)

    def documents_for_number(self, number: Span, sentence: Span) -> frozenset[int]:
        """The documents that the draft names in the `sentence` of a number, or in brackets or a marker behind it."""
        behind = _BEHIND_SENTENCE.match(self.draft, sentence.end)
        end = behind.end() if behind else sentence.end
        found = self._named(self.draft[sentence.start : number.start] + " " + self.draft[number.end : end])
        for marker in MARKER.finditer(self.draft, number.end, end):
            found |= self._marked(marker)
        return frozenset(found)

    def of_markers(self, markers: Span) -> frozenset[int]:
        """The documents that the markers in this span lead to."""
        found = [self._marked(marker) for marker in MARKER.finditer(self.draft, markers.start, markers.end)]
        return frozenset().union(*found)

    def _sentences_around(self, outer: Span) -> Span:
        """From the start of the sentence in which `outer` begins to the end of the one in which it ends."""
        start = max(self.draft.rfind("\n\n", 0, outer.start) + 1, outer.start - _BEFORE_CHARS, 0)
        limit = self.draft.find("\n\n", outer.end)
        limit = min(len(self.draft) if limit < 0 else limit, outer.end + _AFTER_CHARS)
        before = split_sentences(self.draft, Span(start, outer.start))
        start = before[-1].start if before else start
        after = split_sentences(self.draft, Span(outer.end, limit)) if outer.end < limit else []
        is_ended_behind = self.draft[outer.end : outer.end + 1] in _ENDING
        end = outer.end + 1 if is_ended_behind else outer.end
        is_ended = is_ended_behind or self.draft[end - 2 : end - 1] in _ENDING
        if is_ended and after and not self._begins_with_marker(end) and self._begins_sentence(end):
            return Span(start, end)
        return Span(start, after[0].end if after else outer.end)

    def _begins_with_marker(self, at: int) -> bool:
        return re.compile(rf"\s*(?:\(|{MARKER.pattern})").match(self.draft, at) is not None

    def _begins_sentence(self, at: int) -> bool:
        return re.compile(r"\s+[^\W\d_a-z]").match(self.draft, at) is not None

    def _named(self, words: str) -> set[int]:
        said = words_of(words.replace(MASK, ""))
        lengths, names = self._names
        found: set[int] = set()
        for length in lengths:
            for start in range(len(said) - length + 1):
                found |= names.get(" ".join(said[start : start + length]), frozenset())
        return found

    @cached_property
    def _names(self) -> tuple[list[int], dict[str, set[int]]]:
        """What documents can be called: the words of the file's name, with and without suffix, and its title.

        How many words a name can have, and by name the documents.
        """
        found: dict[str, set[int]] = {}
        lengths: set[int] = set()
        for source in self.sources:
            stem = source.name.rsplit(".", 1)[0]
            names = [words_of(source.name), words_of(stem), words_of(source.title)]
            for name in [names[0], *(one for one in names[1:] if len(one) >= _MIN_TITLE_WORDS)]:
                if name:
                    found.setdefault(" ".join(name), set()).add(source.id)
                    lengths.add(len(name))
        return sorted(lengths), found

    def _marked(self, marker: re.Match[str]) -> set[int]:
        if marker["author"]:
            return self._written_by(marker["author"], marker["year"])
        if marker["raised"]:
            return self._named(self._references.get(marker["raised"].translate(_RAISED), ""))
        notes = re.findall(r"[\w-]+", marker["notes"])
        return set().union(*(self._named(self._references.get(note, "")) for note in notes))

    def _written_by(self, author: str, year: str) -> set[int]:
        surnames = [word for word in re.findall(r"[^\W\d_]{2,}", author) if word[0].isupper()]
        if not surnames:
            return set()
        return {id_ for id_, words in self._first_words if surnames[0].lower() in words and year in words}

    @cached_property
    def _first_words(self) -> list[tuple[int, frozenset[str]]]:
        """The words of each document's name, title and beginning."""
        return [
            (one.id, frozenset(words_of(f"{one.name} {one.title} {one.text[:_FIRST_CHARS]}"))) for one in self.sources
        ]

    @cached_property
    def _references(self) -> dict[str, str]:
        """What the draft's list of references or its footnotes say, by number or name."""
        found = {
            one["bracketed"] or one["raised"].translate(_RAISED): one["text"] for one in REFERENCE.finditer(self.draft)
        }
        if heading := _REFERENCES_HEADING.search(self.draft):
            for one in _NUMBERED.finditer(self.draft, heading.end()):
                found.setdefault(one["number"], one["text"])
        return found
