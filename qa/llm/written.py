"""A written answer: sentences with their verdicts, and the sentences of documents that they cite.

It never stands alone: what is quoted is found without a model and shown whether or not anything was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qa.llm.client import stream_text
from qa.llm.failures import UnusableReplyError
from qa.llm.prompt import DECLINED, NumberedSentence, messages_for
from qa.llm.proof import Prover
from qa.llm.sentences import WrittenSentence, parse_growing, parse_sentences
from qa.llm.settings import Endpoint
from source.errors import EndpointError

# An answer that grows is looked through again when it has grown by this share, lest a long one take time by its square.
_LOOK_AGAIN_SHARE = 0.02
MAX_SENTENCES = 60
"""Of an answer, so many are held against what they cite; it is asked to have five."""

QUOTED = "Quoted, without a language model"
"""What stands over the quotes where something was written, too."""

NOT_ASKED = "Your documents do not answer this, so the language model was not asked."
_DECLINED = "The language model found no answer in the passages."
_EMPTY = "The language model wrote nothing."
_CUT = f"Only the first {MAX_SENTENCES} sentences of the answer are looked at and shown."


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """A sentence that was written, the numbers that it cites, and why it is not proven: nothing if it is."""

    text: str
    citations: tuple[int, ...]
    reason: str

    @property
    def verdict(self) -> Literal["proven", "unproven"]:
        """Whether it stands in what it cites."""
        return "unproven" if self.reason else "proven"


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of a document that is cited: `text` is `[start, end)` of the document with the digest `sha256`."""

    number: int
    document_id: int
    document: str
    sha256: str
    passage: int
    place: str
    start: int
    end: int
    text: str

    @property
    def fragment(self) -> str:
        """Its address in the page, as that of a quote."""
        return f"#s/{self.document_id}/{self.passage}/{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Written:
    """What `writer` wrote, as far as it came; `dropped` unproven sentences were left out.

    `problem` says why there is no more, in a sentence; it is empty if all came.
    """

    writer: str
    sentences: tuple[JudgedSentence, ...]
    cited: tuple[CitedSentence, ...]
    dropped: int
    problem: str

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values, for JSON."""
        return {
            "writer": self.writer,
            "sentences": [
                {"text": one.text, "citations": list(one.citations), "verdict": one.verdict, "reason": one.reason}
                for one in self.sentences
            ],
            "cited": [_cited_dict(one) for one in self.cited],
            "dropped": self.dropped,
            "problem": self.problem,
        }


def _cited_dict(cited: CitedSentence) -> dict[str, Any]:
    """As a citation, without the ids that mean something in one library only."""
    values = {"number": cited.number, "quote": cited.text, "document": cited.document, "sha256": cited.sha256}
    return {**values, "start": cited.start, "end": cited.end, "place": cited.place}


def read_written(values: dict[str, Any]) -> Written:
    """What `dataclasses.asdict` made of it; KeyError or TypeError if it is none."""
    return Written(
        writer=values["writer"],
        sentences=tuple(
            JudgedSentence(one["text"], tuple(one["citations"]), one["reason"]) for one in values["sentences"]
        ),
        cited=tuple(CitedSentence(**one) for one in values["cited"]),
        dropped=values["dropped"],
        problem=values["problem"],
    )


def nothing_written(endpoint: Endpoint, problem: str) -> Written:
    """No sentence, and why."""
    return Written(endpoint.name, (), (), 0, problem)


def write(
    endpoint: Endpoint, question: str, sentences: Sequence[NumberedSentence], *, strict: bool
) -> Iterator[Written]:
    """The answer of `endpoint` to `question` from `sentences`, growing sentence by sentence; the last one is all.

    If it is `strict`, unproven sentences are left out. No failure of the endpoint is raised: it is the `problem`.
    """
    judge = _Judge(endpoint, sentences, strict=strict)
    text, looked_at = "", 0
    shown: list[WrittenSentence] = []
    try:
        for piece in stream_text(endpoint, messages_for(question, sentences)):
            text += piece
            if len(text) - looked_at <= _LOOK_AGAIN_SHARE * looked_at:
                continue
            looked_at = len(text)
            if (found := parse_growing(text)) != shown:
                shown = found
                yield judge.judged(shown, "")
    except UnusableReplyError as error:
        yield judge.judged([], str(error))
    except EndpointError as error:
        yield judge.judged(parse_growing(text) if text else [], str(error))
    else:
        whole = parse_sentences(text)
        if [one.text for one in whole] == [DECLINED]:
            yield judge.judged([], _DECLINED)
        else:
            yield judge.judged(whole, "" if whole else _EMPTY)


class _Judge:
    """Gives the sentences of one answer their verdicts."""

    def __init__(self, endpoint: Endpoint, sentences: Sequence[NumberedSentence], *, strict: bool) -> None:
        self._endpoint = endpoint
        self._numbered = {sentence.number: sentence for sentence in sentences}
        self._prover = Prover(sentences)
        self._strict = strict

    def judged(self, sentences: Sequence[WrittenSentence], problem: str) -> Written:
        """The verdicts, up to so many; `problem` then says that there are more."""
        judged = [JudgedSentence(one.text, one.numbers, self._prover.problem(one)) for one in sentences[:MAX_SENTENCES]]
        if len(sentences) > MAX_SENTENCES:
            problem = f"{_CUT} {problem}".strip()
        kept = [one for one in judged if not (self._strict and one.reason)]
        numbers = dict.fromkeys(number for one in kept for number in one.citations if number in self._numbered)
        cited = tuple(_cited(self._numbered[number]) for number in numbers)
        return Written(self._endpoint.name, tuple(kept), cited, len(judged) - len(kept), problem)


def _cited(sentence: NumberedSentence) -> CitedSentence:
    return CitedSentence(
        number=sentence.number,
        document_id=sentence.document.id,
        document=sentence.document.name,
        sha256=sentence.document.sha256,
        passage=sentence.passage.number,
        place=sentence.place,
        start=sentence.span.start,
        end=sentence.span.end,
        text=sentence.text,
    )
