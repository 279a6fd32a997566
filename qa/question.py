"""A question as it is searched for: its words with how much each tells, and its vector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from index.embed import Embedder
from index.library import Library
from index.vectors import Vectors
from index.words import rejoin_words
from qa.abbreviations import Expansion, expand, other_forms, telling_words, with_long_forms
from qa.rarity import rarity
from qa.spelling import Correction, correct, with_corrections
from qa.words import COMMON_WORDS, content_words, foreign_stop_words, stem, words_of
from source.errors import QuestionError
from source.fold import fold

MAX_QUESTION_CHARS = 10_000
"""A longer question is no question; the model would read its first 200 words only."""

ILLEGIBLE_LENGTH = 0.25
"""The length of a question's vector where its script means nothing to the model: all cosines count so much less."""

# The most that a stop word of another language tells: how common it is, only English is known to say.
_SMALL_WORD = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for one state of one library.

    `text` is what is searched for: the question, folded if misspelt words were corrected in it. `content_words` are
    what keyword search looks for. `rarity` gives each stem of the question, stop words included, how much it tells
    (see `qa.rarity`), above 0; `missing_words` are those of the content words that stand in no document, in no
    form, but for very common ones, and whole where a script writes no blanks. `vector` is (dimension,) float32 of
    length 1, or of `ILLEGIBLE_LENGTH`. `corrections` are of misspelt words, and abbreviations or long forms that
    are searched for, too; a stem of these stands for all of any of its `other_forms`. `legible` is False if its
    script means nothing to the model.
    """

    text: str
    content_words: tuple[str, ...]
    missing_words: tuple[str, ...]
    rarity: dict[str, float]
    vector: Vectors
    corrections: tuple[Correction | Expansion, ...] = ()
    other_forms: dict[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    legible: bool = True

    def coverage(self, stems: frozenset[str]) -> float:
        """The part of the question's words, each weighed by its rarity, that is among `stems`: 0 to 1."""
        if self.other_forms:
            said = (one for one, forms in self.other_forms.items() if any(form <= stems for form in forms))
            stems = stems.union(said)
        found = sum(weight for one, weight in self.rarity.items() if one in stems)
        return found / sum(self.rarity.values())

    def stems_in(self, texts: Iterable[str]) -> list[frozenset[str]]:
        """Of each text the stems that make a difference to `coverage`."""
        telling = frozenset(self.rarity).union(*(form for forms in self.other_forms.values() for form in forms))
        said = [words_of(text) for text in texts]
        # Few words have these stems, and one that begins with another letter is not stemmed: that takes longest.
        first_letters = {stemmed[:1] for stemmed in telling}
        likely = [word for word in set[str]().union(*said) if word[0] in first_letters or not word.isascii()]
        stem_of = {word: stemmed for word, stemmed in zip(likely, map(stem, likely), strict=True) if stemmed in telling}
        among_these, stem_these = frozenset(stem_of).intersection, stem_of.__getitem__
        return [frozenset(map(stem_these, among_these(words))) for words in said]

    def rarity_of(self, word: str) -> float:
        """How much a word of the question tells, and 0 for any other; of several pieces (in Chinese) it is the mean."""
        stems = [stem(one) for one in words_of(word)]
        return sum(self.rarity.get(one, 0.0) for one in stems) / len(stems) if stems else 0.0


def prepare_question(library: Library, embedder: Embedder, text: str) -> Question:
    """`text` made ready for `library`.

    Raises:
        QuestionError: `text` is empty, holds no word, or is longer than `MAX_QUESTION_CHARS`.
        LibraryError: the library cannot be read, or was made with another model than `embedder`.
    """
    question = prepare_unexpanded(library, embedder, text)
    folded = fold_question(question.text)
    with library.snapshot():  # begun once for all that is looked up
        expansions = expand(library, folded)
    if not expansions:
        return question
    written_out = with_long_forms(folded, expansions)
    searched = [word for one in expansions for word in telling_words(one.searched)]
    return replace(
        question,
        content_words=tuple(dict.fromkeys((*question.content_words, *searched))),
        vector=question.vector if written_out == folded else _vector(embedder, written_out),
        corrections=(*question.corrections, *expansions),
        other_forms=other_forms(expansions),
    )


def prepare_unexpanded(library: Library, embedder: Embedder, text: str) -> Question:
    """As `prepare_question`, but no abbreviation is looked up."""
    typed = prepare_as_typed(library, embedder, text)
    corrections = correct(library, embedder, typed.missing_words)
    if not corrections:
        return typed
    mended = prepare_as_typed(library, embedder, with_corrections(fold_question(text), corrections))
    return replace(mended, corrections=corrections)


def prepare_as_typed(library: Library, embedder: Embedder, text: str) -> Question:
    """As `prepare_question`, but no word is taken for misspelt."""
    folded = fold_question(text)
    library.check_model(embedder.identity)
    with library.snapshot():
        counts = {word: library.count_passages_with(word) for word in dict.fromkeys(words_of(folded))}
        passages = library.count_passages()
    content, small = tuple(content_words(folded)), foreign_stop_words(counts)
    rarities = {word: rarity(word, count, passages) for word, count in counts.items()}
    return Question(
        text=text,
        content_words=content,
        missing_words=rejoin_words(folded, [one for one in content if not counts[one] and one not in COMMON_WORDS]),
        rarity={stem(word): min(one, _SMALL_WORD) if word in small else one for word, one in rarities.items()},
        vector=_vector(embedder, folded),
        legible=embedder.reads(folded),
    )


def _vector(embedder: Embedder, folded: str) -> Vectors:
    return embedder.embed_question(folded) * np.float32(1 if embedder.reads(folded) else ILLEGIBLE_LENGTH)


def fold_question(text: str) -> str:
    """`text` folded as documents are; raises `QuestionError` if it cannot be searched for."""
    if len(text) > MAX_QUESTION_CHARS:
        reason = f"it has {len(text):,} characters, more than {MAX_QUESTION_CHARS:,}"
        raise QuestionError("Cannot answer this question", reason, "Ask about one thing at a time.")
    folded = fold(text, "none")
    if not words_of(folded):
        raise QuestionError("Cannot answer this question", "there is no word in it", "Ask in a few words.")
    return folded
