"""Whether a sentence that a language model wrote stands in what it cites: proven, or why not.

Proven is a sentence
- that cites, and cites only sentences that were sent;
- whose quotations stand in the cited sentences, as `qa check` has it;
- whose numbers stand there with their units, beside the same words;
- whose names stand there, as they are written;
- all of whose other words stand there or in the headings above in some form, but for words that only join (articles,
  prepositions, pronouns, forms of "be", "have" and "do");
- that leaves out no negation or condition of a clause that it is taken from, and adds none.

No model decides it. What remains possible is a sentence that joins the right words in a wrong way; hence the quotes
beside it. A sentence that says the same in other words is unproven: nothing can prove a paraphrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from qa.check import PROVEN, Checker
from qa.check_cuts import Limit, limited_clauses
from qa.check_draft import Draft
from qa.check_fragments import find_places
from qa.check_numbers import NumberFinder, Wanted
from qa.check_quotations import Quotation, find_quotations
from qa.check_sources import Source, Sources, make_source
from qa.check_values import find_values
from qa.llm.prompt import NumberedSentence
from qa.llm.sentences import WrittenSentence
from qa.words import STOP_WORDS, stem, words_of
from source.document import Span

# Stop words that change what is said: how much, when, how sure.
_TELLING = frozenset(
    "above after again all any because before below both can could down each few just more most off once only other "
    "out over same should under until up very will would".split()
)
_JOINING = STOP_WORDS - _TELLING
_LIMITING = STOP_WORDS | {"not", "no", "never", "nicht"}
_FIRST_VOWEL_SIGN = "\u0900"
_SIGNS = ".,;:!?“”\"'()।"
_SHORT_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)
_CANNOT = re.compile(r"\bcannot\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*\.?")
_POSSESSIVE = re.compile(r"['’]s?\Z")
# Of the telling words of a clause, the share that makes another one say the same thing.
_SAME_CLAUSE = 0.5
_MAX_SHOWN_CHARS = 60
# What an honest sentence never has, and what costs most to look at: a reply is not to keep the processor busy.
_MAX_CHARS, _MAX_CITED, _MAX_QUOTATIONS = 1_500, 30, 8


class Prover:
    """Holds sentences against the numbered `sentences` that were sent."""

    def __init__(self, sentences: Sequence[NumberedSentence]) -> None:
        self._numbered = {sentence.number: sentence for sentence in sentences}
        self._problem = lru_cache(maxsize=1000)(self._look)

    def problem(self, written: WrittenSentence) -> str:
        """Why `written` is not proven; empty if it is."""
        return self._problem(written)

    def _look(self, written: WrittenSentence) -> str:
        if not written.numbers:
            return "it cites nothing"
        if missing := [number for number in written.numbers if number not in self._numbered]:
            return f"there is no sentence {_marks(missing)}"
        if too_much := _too_much(written):
            return too_much
        cited = _Cited([self._numbered[number] for number in written.numbers])
        if not _says_something(written.text):
            return "it says nothing that could be held against what it cites"
        where = _marks(written.numbers)
        quotations = tuple(find_quotations(written.text))
        own_words = _without_short_forms(_without(written.text, [one.outer for one in quotations]))
        problems = chain(
            _quotation_problems(written.text, quotations, cited),
            _number_problems(own_words, cited, where),
            _name_problems(own_words, cited, where),
            _word_problems(own_words, cited, where),
            _limit_problems(_without_short_forms(written.text), cited, where),
        )
        return next(problems, "")


def _too_much(written: WrittenSentence) -> str:
    """Why so much is not looked at; empty if it is."""
    if len(written.text) > _MAX_CHARS:
        return f"it has more than the {_MAX_CHARS:,} characters that are looked at"
    if len(written.numbers) > _MAX_CITED:
        return f"it cites more than the {_MAX_CITED} sentences that are looked at"
    if len(find_quotations(written.text)) > _MAX_QUOTATIONS:
        return f"it quotes more than the {_MAX_QUOTATIONS} times that are looked at"
    return ""


def _without_short_forms(text: str) -> str:
    """With "not" for "n't", so that it stands where "not" does."""
    return _CANNOT.sub("can not", _SHORT_NOT.sub(" not", text))


class _Cited:
    """The sentences that one written sentence cites, ready to be looked into."""

    def __init__(self, sentences: Sequence[NumberedSentence]) -> None:
        self.sentences = sentences
        self.texts = [_without_short_forms(sentence.words) for sentence in sentences]
        self.text = "\n".join(self.texts)
        self.words = [words_of(text) for text in self.texts]
        headings = [words_of(heading) for sentence in sentences for heading in sentence.passage.headings]
        self.stems = frozenset(stem(word) for words in [*self.words, *headings] for word in words)
        self.forms = frozenset(_POSSESSIVE.sub("", token.rstrip(".")) for token in _TOKEN.findall(self.text))
        self.values = [value for text in self.texts for value in find_values(text)]

    def sources(self) -> Sources:
        """The passages of the sentences, as `qa check` searches documents."""
        passages = {one.passage.id: (one.document, one.passage) for one in self.sentences}
        found = [make_source(id_, doc.name, doc.title, one.text, doc.format) for id_, (doc, one) in passages.items()]
        return Sources(found, lambda *_: [(one.id, Span(0, len(one.text))) for one in found])

    def sentences_alone(self) -> Sources:
        """The sentences without what stands around them, each as a document."""
        found = [Source(number, "", "", text, text) for number, text in enumerate(self.texts)]
        return Sources(found, lambda *_: [(one.id, Span(0, len(one.text))) for one in found])

    def holds(self, source: Source, place: Span) -> bool:
        """True if the `place` of a passage lies in cited sentences of it, which may be several in a row."""
        spans = sorted(
            Span(one.span.start - one.passage.span.start, one.span.end - one.passage.span.start)
            for one in self.sentences
            if one.passage.id == source.id
        )
        joined: list[Span] = []
        for span in spans:
            if joined and not source.text[joined[-1].end : span.start].strip():
                joined[-1] = Span(joined[-1].start, span.end)
            else:
                joined.append(span)
        return any(span.start <= place.start and place.end <= span.end for span in joined)


def _quotation_problems(text: str, quotations: tuple[Quotation, ...], cited: _Cited) -> Iterator[str]:
    if not quotations:
        return
    sources = cited.sources()
    findings = list(Checker(sources, Draft(text, text, quotations)).quotations())
    for quotation, finding in zip(quotations, findings, strict=True):
        shown = f"the quotation “{_shown(quotation.span.of(text))}”"
        if finding.verdict not in PROVEN:
            said = finding.verdict.replace("_", " ")
            yield f"{shown} is {said}" + (f": {finding.difference}" if finding.difference else "")
        elif not _stands_in_cited(quotation, text, sources, cited):
            yield f"{shown} does not stand in what it cites"


def _stands_in_cited(quotation: Quotation, text: str, sources: Sources, cited: _Cited) -> bool:
    places = find_places(sources, quotation.words(text))
    return any(not place.problem and cited.holds(place.source, place.span) for place in places)


def _number_problems(text: str, cited: _Cited, where: str) -> Iterator[str]:
    finder: NumberFinder | None = None
    for value in find_values(text):
        if not any(value.agrees(other) for other in cited.values):
            yield f"the number {value.span.of(text)} does not stand in {where}"
            continue
        finder = finder or NumberFinder(cited.sentences_alone())
        near = finder.find(Wanted(text, Span(0, len(text)), value), frozenset())
        if near and not near.agrees:
            yield f"where it says {value.span.of(text)}, {where} says {near.written}"


def _name_problems(text: str, cited: _Cited, where: str) -> Iterator[str]:
    """Words with a capital that do not stand so in what is cited, and those that do not stand together there."""
    for run in _capitalized_runs(text, cited):
        strange = next((token for token in run if token not in cited.forms), "")
        if strange:
            yield f"the name {_shown(strange)} does not stand in {where}"
        elif len(run) > 1 and not _stand_together(run, cited):
            yield f"the name {_shown(' '.join(run))} does not stand in {where}"


def _capitalized_runs(text: str, cited: _Cited) -> Iterator[list[str]]:
    """Words with a capital side by side; the first of a sentence is one only if it stands so in what is cited."""
    run: list[str] = []
    end = -1
    for found in _TOKEN.finditer(text):
        token = _POSSESSIVE.sub("", found[0].rstrip("."))
        is_first = not any(one.isalnum() for one in text[: found.start()])
        is_name = _is_like_a_name(token) and not (is_first and token not in cited.forms)
        if run and not (is_name and text[end : found.start()] == " "):
            yield run
            run = []
        if is_name:
            run.append(token)
            end = found.end() if not found[0].endswith(("'s", "’s")) else -1
    if run:
        yield run


def _is_like_a_name(token: str) -> bool:
    """True for "Trell" and "WHO", not for "Who"."""
    is_acronym = len(token) > 1 and token.isupper()
    return token[0].isupper() and (is_acronym or token.lower() not in _JOINING)


def _stand_together(run: Sequence[str], cited: _Cited) -> bool:
    wanted = words_of(" ".join(run))
    return any(
        words[start : start + len(wanted)] == wanted
        for words in cited.words
        for start in range(len(words) - len(wanted) + 1)
    )


def _word_problems(text: str, cited: _Cited, where: str) -> Iterator[str]:
    for word in words_of(_without(text, [value.span for value in find_values(text)])):
        if word not in _JOINING and stem(word) not in cited.stems:
            yield f"the word {_shown(word)} does not stand in {where}"
    for word in text.split():
        if _has_vowel_signs(word) and word.strip(_SIGNS) not in cited.text:
            yield f"the word {_shown(word.strip(_SIGNS))} does not stand in {where}"


def _says_something(text: str) -> bool:
    return any(word not in _JOINING for word in words_of(text))


def _has_vowel_signs(word: str) -> bool:
    """True for a word of a script whose vowels are marks on letters, which no stem of a word has."""
    return any(one >= _FIRST_VOWEL_SIGN and unicodedata.category(one)[0] == "M" for one in word)


def _without(text: str, spans: Sequence[Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


def _limit_problems(text: str, cited: _Cited, where: str) -> Iterator[str]:
    """Negations and conditions that one side has and the other has not, in clauses that say the same."""
    ours = limited_clauses(text)
    theirs = [limit for one in cited.texts for limit in limited_clauses(one)]
    told = [limit for limit in theirs if _is_told(limit, _telling_stems(text))]
    for limit in told:
        is_one_of_more = _count(limit, told) > _count(limit, ours)
        if is_one_of_more or not any(_is_same(limit, one) for one in ours):
            yield f"it leaves out “{_shown(limit.word)}” of {where}"
    for limit in ours:
        is_one_of_more = _count(limit, ours) > _count(limit, theirs)
        if is_one_of_more or not any(_is_same(limit, one) for one in theirs):
            yield f"“{_shown(limit.word)}” does not stand so in {where}"


def _is_told(limit: Limit, told: frozenset[str]) -> bool:
    """True if words that tell so much are taken from what is negated or limited."""
    return any(_is_mostly_in(_telling_stems(clause), told) for clause in (limit.clause, limit.limited))


def _count(limit: Limit, others: Sequence[Limit]) -> int:
    """How many of the same kind there are."""
    return sum(one.denies == limit.denies for one in others)


def _is_same(one: Limit, other: Limit) -> bool:
    """True if both negate, or both limit, clauses that say mostly the same."""
    first, second = _telling_stems(one.clause), _telling_stems(other.clause)
    is_about_same = first == second or _is_mostly_in(first, second) or _is_mostly_in(second, first)
    return one.denies == other.denies and is_about_same


def _telling_stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text) if word not in _LIMITING)


def _is_mostly_in(clause: frozenset[str], other: frozenset[str]) -> bool:
    return bool(clause) and len(clause & other) >= _SAME_CLAUSE * len(clause)


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _shown(words: str) -> str:
    return words if len(words) <= _MAX_SHOWN_CHARS else words[:_MAX_SHOWN_CHARS] + "…"
