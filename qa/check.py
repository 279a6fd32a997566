"""Checking a draft against a library: each quotation, number and cited sentence gets a verdict and a place.

    exact          it stands there so
    folded         it stands there but for typography; `difference` lists what was folded
    altered        the nearest words are others, or a negation, condition or number was cut off or skipped
    misattributed  it stands in another document, or is another's, than the draft says
    not_found      nothing comes near enough

No model is needed: all places of the same words are looked for, then the keyword index proposes what is near.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Literal

from qa.check_draft import Draft, cited_in, numbers_of
from qa.check_fragments import Place, find_places
from qa.check_nearest import find_nearest
from qa.check_numbers import NumberFinder, Wanted
from qa.check_quotations import Quotation
from qa.check_said import Said
from qa.check_sources import Source, Sources
from qa.check_speakers import (
    Speakers,
    is_named,
    is_same_person,
    last_name,
    name_at_start,
    speaker_beside,
    speakers_of,
)
from qa.check_values import Value
from source.document import Span

Kind = Literal["quotation", "number", "cited"]
Verdict = Literal["exact", "folded", "altered", "misattributed", "not_found"]
PROVEN: frozenset[Verdict] = frozenset({"exact", "folded"})

# Places of the same words that are looked at for one that the draft means.
_MAX_PLACES = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of the claim at `span` of a draft: `place` is where, None if nothing is near."""

    text: str
    kind: Kind
    span: Span
    verdict: Verdict
    source: Source | None
    place: Span | None
    difference: str

    @property
    def quoted(self) -> str:
        """The words of the document; empty if none are near."""
        return self.place.of(self.source.text) if self.source and self.place else ""

    def as_dict(self) -> dict[str, object]:
        """The finding as plain values, for JSON."""
        return {
            "text": self.text,
            "kind": self.kind,
            "start": self.span.start,
            "end": self.span.end,
            "verdict": self.verdict,
            "document": self.source.name if self.source else None,
            "source_start": self.place.start if self.place else None,
            "source_end": self.place.end if self.place else None,
            "difference": self.difference,
        }


def check_draft(sources: Sources, draft: Draft) -> list[Finding]:
    """A finding for each claim of `draft`, in its order."""
    checker = Checker(sources, draft)
    findings = [*checker.quotations(), *checker.numbers(), *checker.cited()]
    return sorted(findings, key=lambda one: (one.span, one.kind))


class Checker:
    """Checks one draft against `sources`."""

    def __init__(self, sources: Sources, draft: Draft) -> None:
        self._sources = sources
        self._draft = draft
        self._said = Said(draft.text, sources.all)
        self._speakers: dict[int, Speakers] = {}
        self._naming: dict[str, frozenset[int]] = {}
        self._judged: dict[tuple[str, frozenset[int], str], Finding] = {}

    def quotations(self) -> Iterator[Finding]:
        """A finding for each quotation."""
        for quotation in self._draft.quotations:
            words = quotation.words(self._draft.words)
            yield self.judge(words, quotation.span, "quotation", self._documents(quotation), self._speaker(quotation))

    def _documents(self, quotation: Quotation) -> frozenset[int]:
        if quotation.is_block:
            return self._said.documents_for_block(quotation.outer, quotation.source)
        return self._said.documents_for(quotation.outer)

    def _speaker(self, quotation: Quotation) -> str:
        if quotation.is_block:
            return name_at_start(quotation.source)
        return speaker_beside(self._draft.words, quotation.outer)

    def cited(self) -> Iterator[Finding]:
        """A finding for each sentence that ends in a citation marker."""
        for one in cited_in(self._draft):
            documents = self._said.of_markers(one.markers)
            yield self.judge(one.span.of(self._draft.words), one.span, "cited", documents, "")

    def numbers(self) -> Iterator[Finding]:
        """A finding for each number, percentage and date outside quotations."""
        for value, sentence in numbers_of(self._draft):
            documents = self._said.documents_for_number(value.span, sentence)
            yield self._judge_number(value, sentence, documents)

    def judge(self, words: str, span: Span, kind: Kind, documents: Collection[int], speaker: str) -> Finding:
        """The verdict on `words`, said to be in one of `documents`, if any, and of `speaker`, if any."""
        claim = words, frozenset(documents), speaker
        if claim not in self._judged:
            self._judged[claim] = self._judge(words, span, kind, *claim[1:])
        return replace(self._judged[claim], text=span.of(self._draft.text), kind=kind, span=span)

    def _judge(self, words: str, span: Span, kind: Kind, documents: frozenset[int], speaker: str) -> Finding:
        text = span.of(self._draft.text)
        best: tuple[tuple[int, bool, int], Place, str] | None = None
        for place in islice(find_places(self._sources, words), _MAX_PLACES):
            wrong = self._wrongly_attributed(place, documents, speaker)
            rank = (bool(place.problem) + bool(wrong), bool(wrong), len(place.folds))
            if best is None or rank < best[0]:
                best = rank, place, wrong
            if rank == (0, False, 0):
                break
        if best is None:
            return self._judge_nearest(words, text, span, kind, documents)
        _, place, wrong = best
        verdict: Verdict = "folded" if place.folds else "exact"
        if wrong:
            verdict = "misattributed"
        if place.problem:
            verdict = "altered"
        difference = place.problem or wrong or ", ".join(place.folds)
        return Finding(text, kind, span, verdict, place.source, place.span, difference)

    def _judge_nearest(self, words: str, text: str, span: Span, kind: Kind, documents: frozenset[int]) -> Finding:
        nearest = find_nearest(self._sources, words, documents)
        if nearest is None:
            return Finding(text, kind, span, "not_found", None, None, "")
        verdict: Verdict = "altered" if nearest.is_altered else "not_found"
        return Finding(text, kind, span, verdict, nearest.source, nearest.span, nearest.difference)

    def _judge_number(self, value: Value, sentence: Span, documents: frozenset[int]) -> Finding:
        words, text = self._draft.words, value.span.of(self._draft.text)
        near = self._numbers.find(Wanted(words, sentence, value), documents)
        if near is None:
            nearest = self._numbers.nearest_sentence(sentence.of(words))
            source, place = nearest or (None, None)
            difference = "the nearest passage does not hold this number" if nearest else ""
            return Finding(text, "number", value.span, "not_found", source, place, difference)
        verdict: Verdict = "exact" if near.is_written_so else "folded"
        difference = "" if near.is_written_so else f"written “{near.written}”"
        if not near.agrees:
            verdict, difference = "altered", f"[-{near.written}-] {{+{text}+}}"
        elif documents and near.source.id not in documents:
            verdict, difference = "misattributed", self._other_document(near.source, documents)
        return Finding(text, "number", value.span, verdict, near.source, near.span, difference)

    @cached_property
    def _numbers(self) -> NumberFinder:
        return NumberFinder(self._sources)

    def _wrongly_attributed(self, place: Place, documents: Collection[int], speaker: str) -> str:
        """Why the place cannot be the one that is meant; empty if it can."""
        if documents and place.source.id not in documents:
            return self._other_document(place.source, documents)
        if not speaker and len(place.pieces) == 1:
            return ""
        speakers = self._speakers_in(place.source)
        told = dict.fromkeys(filter(None, map(speakers.at, place.pieces)))
        if len(told) > 1:
            return f"it joins what {' and '.join(told)} say"
        if not speaker:
            return ""
        if speakers.only_asks(speaker, place.span):
            return f"{speaker} asks there and does not say it"
        there = next(iter(told), "")
        if there:
            return "" if is_same_person(speaker, there) else f"{there} says it, not {speaker}"
        named = self._documents_naming(speaker)
        return f"{speaker} is not named in {place.source.name}" if named and place.source.id not in named else ""

    def _other_document(self, source: Source, documents: Collection[int]) -> str:
        said = " or ".join(sorted(self._sources.by_id[id_].name for id_ in documents))
        return f"it stands in {source.name}, not in {said}"

    def _speakers_in(self, source: Source) -> Speakers:
        if source.id not in self._speakers:
            self._speakers[source.id] = speakers_of(source.words)
        return self._speakers[source.id]

    def _documents_naming(self, speaker: str) -> frozenset[int]:
        if speaker not in self._naming:
            holding = {source.id for source, _ in self._sources.places(last_name(speaker))}
            self._naming[speaker] = frozenset(
                one.id
                for one in self._sources.all
                if is_named(speaker, f"{one.name} {one.title} {one.text if one.id in holding else ''}")
            )
        return self._naming[speaker]
