"""Written answers in the terminal: what `qa ask --write` tells before it sends anything, and how it shows the answer.

What is written stands behind `~`, what is quoted behind a bar, on every line; all other lines are the program's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.text import Text

from index.library import Library
from qa import progress, show
from qa.answer import Answer
from qa.llm.prompt import number_sentences
from qa.llm.rewrite import rewrite
from qa.llm.settings import Endpoint, endpoint_of
from qa.llm.written import NOT_ASKED, QUOTED, JudgedSentence, Written, nothing_written, write
from source.errors import EndpointError, printable

_WRITTEN_SIGN = "   ~ "
_INDENT = "     "


@dataclass(frozen=True, slots=True)
class Writer:
    """What a language model is asked for beside an answer; nothing if there is no `endpoint`."""

    endpoint: Endpoint | None
    is_written: bool
    is_strict: bool
    is_rewritten: bool

    def rewrite(self, question: str) -> str:
        """`question` in the model's words; as it was, with the reason on standard error, if none came."""
        if self.endpoint is None or not self.is_rewritten:
            return question
        try:
            with progress.waiting(show.messages(), "Rewriting the question"):
                return rewrite(self.endpoint, question)
        except EndpointError as error:
            show.show_line(show.messages(), f"{printable(str(error))} The question is searched for as it is.")
            return question

    def write(self, library: Library, answer: Answer) -> Written | None:
        """What the model writes to `answer`, all of it; None if it is not asked to."""
        if self.endpoint is None or not self.is_written:
            return None
        if not answer.answered:
            return nothing_written(self.endpoint, NOT_ASKED)
        sentences = number_sentences(library, [(one.document, one.passage) for one in answer.citations])
        with progress.waiting(show.messages(), f"Waiting for {self.endpoint.name}"):
            *_, whole = write(self.endpoint, answer.question, sentences, strict=self.is_strict)
        return whole


def writer_for(*, is_written: bool, is_strict: bool, is_rewritten: bool) -> Writer:
    """The writer that the options ask for; says on standard error what will be sent, and where.

    Raises:
        EndpointError: there is no language model to ask, or its settings make no sense.
    """
    if is_strict and not is_written:
        message = "--strict says what --write leaves out: give both"
        raise typer.BadParameter(message)
    if not (is_written or is_rewritten):
        return Writer(None, is_written=False, is_strict=False, is_rewritten=False)
    endpoint = endpoint_of(os.environ)
    if endpoint is None:
        remedy = "Set it and QA_LLM_MODEL, as docs/llm.md says; without --write and --rewrite none is needed."
        raise EndpointError("Cannot ask a language model", "QA_LLM_URL is not set", remedy)
    show.show_line(show.messages(), endpoint.notice if is_written else endpoint.question_notice)
    return Writer(endpoint, is_written=is_written, is_strict=is_strict, is_rewritten=is_rewritten)


def show_written(console: Console, written: Written) -> None:
    """The sentences with their verdicts, those of the documents that they cite, and what is missing and why."""
    if written.sentences:
        show.show_line(console, f"Written by {written.writer}, not quoted:", "bold")
    for sentence in written.sentences:
        _show_sentence(console, sentence)
    if dropped := written.dropped:
        show.show_line(console, f"{_count(dropped, 'sentence')} left out: unproven.", "bold")
    if written.problem:
        show.show_line(console, printable(written.problem), "bold")
    if written.cited:
        show.show_line(console, "Cited:", "bold")
    for cited in written.cited:
        line = Text.assemble(
            (f"[{cited.number}] ", "bold"), (printable(cited.document), "bold cyan"), f", {cited.place}"
        )
        show.show_line(console, line)
        show.show_quoted(console, Text(show.on_its_lines(cited.text)))
    show.show_line(console, f"\n{QUOTED}:", "bold")


def _show_sentence(console: Console, sentence: JudgedSentence) -> None:
    marks = "".join(f" [{number}]" for number in sentence.citations)
    show.show_behind(console, _WRITTEN_SIGN, Text.assemble(printable(sentence.text), (marks, "bold")))
    if sentence.reason:
        show.show_line(console, Text.assemble(_INDENT, ("Unproven", "bold red"), f": {printable(sentence.reason)}."))
    else:
        show.show_line(console, Text.assemble(_INDENT, ("Proven", "green"), "."))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
