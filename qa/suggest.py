"""Questions to ask, found in the documents: no language model writes them.

Best are the questions that documents ask themselves, in their headings or their text, for the answer mostly stands
below. Where there are too few, a heading or a name that comes again and again makes one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.words import STOP_WORDS, content_words, stems_of
from source.document import Markup
from source.fold import fold

# Reading passages must not delay the page: a few short documents are enough to find questions in.
_DOCUMENTS_LOOKED_AT = 20
_MAX_PASSAGES_LOOKED_AT = 500
# Of the passages around a quote, those whose headings are looked at for further questions.
_NEARBY = 400

_FEWEST_WORDS, _MOST_WORDS = 4, 16
_FEWEST_HEADING_WORDS, _MOST_HEADING_WORDS = 2, 8
_QUESTION = re.compile(r"(?:^|(?<=[.!?\n])\s*)([A-Z][^.!?\n\"“”]{10,120}\?)")
_NAME = re.compile(r"\b[A-Z][a-z]+(?:\s+(?:(?:of|de|von|van)\s+)?[A-Z][a-z]+){1,3}\b")
_OFTEN = 2
# A heading that is a sentence ("Tell us how you tune a bell.") names no subject.
_SENTENCE_ENDS = ("?", ".", "!", "…", ":")
# Questions that begin so are understood only after what stands before them.
_LEANING = re.compile(
    r"(?:and|but|so|or|then|yet|what about|how about|why not|is (?:it|this|that)|was (?:it|this|that))\b", re.IGNORECASE
)


def suggest_questions(library: Library, count: int) -> list[str]:
    """Up to `count` different questions, from as many documents as there are; the best of each document first."""
    found: list[tuple[int, str]] = []
    for document in library.documents()[:_DOCUMENTS_LOOKED_AT]:
        if document.body_passages <= _MAX_PASSAGES_LOOKED_AT:
            passages = library.passages_of(document.id)
            found += enumerate(list(_questions_in(document, passages))[:count])
    found.sort(key=lambda ranked: ranked[0])
    return _different((question for _, question in found), [], count)


def follow_ups(
    library: Library, question: str, cited: Sequence[tuple[int, int]], asked: Iterable[str], count: int
) -> list[str]:
    """Up to `count` questions that lead on from `question`, none of them like it or like one that was asked before.

    `cited` are the document ids and passage numbers that were quoted, best first: what stands below them comes first.
    """
    found: list[tuple[int, str]] = []
    for document_id, at in reversed(dict(reversed(cited)).items()):
        try:
            document, passages = library.document(document_id), library.passages_of(document_id)
        except KeyError:  # removed meanwhile
            continue
        nearby = [passage for passage in passages if abs(passage.number - at) <= _NEARBY]
        following = [passage for passage in nearby if passage.number > at]
        before = [passage for passage in nearby if passage.number <= at]
        found += enumerate(_questions_in(document, [*following, *reversed(before)], by_weight=False))
    found.sort(key=lambda ranked: ranked[0])
    return _different((one for _, one in found), [question, *asked], count)


def _different(questions: Iterable[str], asked: Sequence[str], count: int) -> list[str]:
    """The first `count` of `questions` that have other words than those before them and those that were asked."""
    seen = [_telling(one) for one in asked]
    chosen: list[str] = []
    for question in questions:
        words = _telling(question)
        if not any(len(words & one) * 2 > min(len(words), len(one)) for one in seen):
            seen.append(words)
            chosen.append(question)
        if len(chosen) == count:
            break
    return chosen


def _telling(question: str) -> frozenset[str]:
    return stems_of(" ".join(content_words(question)))


def _questions_in(
    document: DocumentRecord, passages: Sequence[StoredPassage], *, by_weight: bool = True
) -> Iterator[str]:
    """Questions of a document: those it asks in headings, then in its text, then those made of headings and names.

    By weight, those with the most telling words come first of their kind; they are understood without surroundings.
    """
    markup: Markup = "markdown" if document.format == "markdown" else "none"
    headings = [fold(passage.text, markup) for passage in passages if passage.role == "heading"]
    asked = [heading for heading in headings if heading.endswith("?") and not _LEANING.match(heading)]
    yield from sorted(asked, key=lambda one: -len(content_words(one))) if by_weight else asked
    bodies = [fold(passage.text, markup) for passage in passages if passage.role == "body"]
    for body in bodies:
        for question in _QUESTION.findall(body):
            if _FEWEST_WORDS <= len(question.split()) <= _MOST_WORDS and _stands_alone(question):
                yield question
    for heading in headings:
        if not heading.endswith(_SENTENCE_ENDS) and heading != document.title and _is_telling(heading):
            yield f"What do the documents say about ‘{heading}’?"  # double marks ask for a phrase
    names = Counter(name for body in bodies for name in _NAME.findall(body))
    for name, times in sorted(names.items(), key=lambda pair: (-pair[1], pair[0])):
        if times >= _OFTEN and name.split()[0].lower() not in STOP_WORDS:
            yield f"What is said about {name}?"


def _stands_alone(question: str) -> bool:
    return len(content_words(question)) > 1 and not _LEANING.match(question)


def _is_telling(heading: str) -> bool:
    words = heading.split()
    is_short = _FEWEST_HEADING_WORDS <= len(words) <= _MOST_HEADING_WORDS
    return is_short and len(content_words(heading)) > 1 and not any(word[0].isdigit() for word in words)
