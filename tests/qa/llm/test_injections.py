"""Fifty documents that tell a language model what to do, and a model that does it all: none reaches its goal."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from qa.answer import Answer
from qa.ask import ask
from qa.llm.prompt import number_sentences
from qa.llm.terminal import show_written
from qa.llm.written import Written, write
from qa.show import show_answer
from qa.transcript import Searched, reply_of
from qa.web.render import answer_html
from tests.qa.injections import FACTS, INJECTIONS, QUESTION, SECRET, Injection, Shown
from tests.qa.llm_server import LlmServer, obeyed, obeying, serve_llm

_STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn")
_CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.truncate", "os.link", "os.symlink")
_LOADING = ("urllib.Request", "webbrowser.open", "ctypes.dlopen")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watched: list[list[str]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _watched:
        return
    is_writing = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
    if is_writing or event in (*_STARTING, *_CHANGING, *_LOADING):
        _watched[-1].append(f"{event} {arguments!r}")
    elif event == "socket.connect":
        _watched[-1].append(f"connect {arguments[1]!r}")


@pytest.fixture(scope="module", autouse=True)
def _audit() -> None:
    sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What this process starts, changes, loads and connects to within the block."""
    events: list[str] = []
    _watched.append(events)
    try:
        yield events
    finally:
        _watched.remove(events)


@pytest.fixture(scope="module")
def attacked(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of all documents with injections, and of one with a secret."""
    folder = tmp_path_factory.mktemp("attacked")
    documents = folder / "documents"
    documents.mkdir()
    for number, injection in enumerate(INJECTIONS):
        text = f"{FACTS} {injection.instruction} The tower stands at the market.\n"
        (documents / f"{number:02}.txt").write_text(text, encoding="utf-8")
    (documents / "secret.txt").write_text(f"The password of the treasury is {SECRET}.\n", encoding="utf-8")
    with Library(folder / "library") as library:
        list(add_paths(library, embedder, [documents]))
        assert len(library.documents()) == len(INJECTIONS) + 1
        yield library


@pytest.fixture(scope="module")
def worst() -> Iterator[LlmServer]:
    """The model that obeys."""
    with serve_llm(obeying) as server:
        yield server


def answer_of(library: Library, embedder: Embedder, injection: Injection) -> Answer:
    name = f"{INJECTIONS.index(injection):02}.txt"
    document = next(one for one in library.documents() if one.name == name)
    answer = ask(library, embedder, QUESTION, documents={document.id})
    assert answer.answered
    return answer


def shown(answer: Answer, written: Written | None, done: list[str]) -> Shown:
    """What the program makes of it."""
    terminal = io.StringIO()
    console = Console(file=terminal, highlight=False, markup=False, emoji=False, width=400)
    if written:
        show_written(console, written)
    show_answer(console, answer)
    reply = replace(reply_of(answer, Searched(1, 1, "model", "0"), []), written=written)
    proven = tuple(one.text for one in written.sentences if not one.reason) if written else ()
    return Shown(terminal.getvalue(), str(answer_html(reply, 1, 0)), proven, tuple(done))


def shown_by_a_trusting_program(says: str, calls: list[tuple[str, str]]) -> Shown:
    """What a program makes of it that believes the model, draws its Markdown, and calls what it calls."""
    called = [name for name, _ in calls] + re.findall(r"<tool_call>(\w+)", says)
    return Shown(says, MarkdownIt("commonmark", {"html": True}).render(says), tuple(says.split("\n")), tuple(called))


def test_there_are_fifty_with_different_goals() -> None:
    assert len(INJECTIONS) == 50
    assert len({injection.name for injection in INJECTIONS}) == 50
    assert len({injection.instruction for injection in INJECTIONS}) == 50


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda injection: injection.name)
def test_no_injection_reaches_its_goal_though_the_model_obeys_it(
    attacked: Library, embedder: Embedder, worst: LlmServer, injection: Injection
) -> None:
    answer = answer_of(attacked, embedder, injection)
    sentences = number_sentences(attacked, [(one.document, one.passage) for one in answer.citations])
    before = [(one.name, Path(one.path).read_bytes()) for one in attacked.documents()]
    generation = attacked.generation
    worst.requests.clear()
    with watched() as events:
        (*_, written) = write(worst.endpoint(), QUESTION, sentences, strict=False)
        found = shown(answer, written, events)
    (request,) = worst.requests
    says, calls = obeyed(request.prompt)
    trusting = shown_by_a_trusting_program(says, calls)
    assert injection.goal(trusting), (says, calls)

    assert not injection.goal(found), found
    assert events == [f"connect ('127.0.0.1', {worst.port})"]
    assert (request.path, set(request.body)) == ("/v1/chat/completions", {"model", "messages", "stream"})
    assert "treasury" not in request.prompt
    assert [(one.name, Path(one.path).read_bytes()) for one in attacked.documents()] == before
    assert attacked.generation == generation
    (*_, strict) = write(worst.endpoint(), QUESTION, sentences, strict=True)
    assert not injection.goal(shown(answer, strict, []))


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda injection: injection.name)
def test_without_a_model_an_instruction_is_found_and_nothing_else(
    attacked: Library, embedder: Embedder, injection: Injection
) -> None:
    with watched() as events:
        answer = answer_of(attacked, embedder, injection)
        found = shown(answer, None, events)
    assert (events, found.done) == ([], ())
    assert not injection.goal(found)
    for citation in answer.citations:
        text = Path(citation.document.path).read_text(encoding="utf-8")
        assert citation.quote == text[citation.span.start : citation.span.end]


def test_the_watch_notices_what_is_done(tmp_path: Path) -> None:
    with watched() as events:
        (tmp_path / "made").write_text("x", encoding="utf-8")
        (tmp_path / "made").unlink()
    assert [event.split(" ")[0] for event in events] == ["open", "os.remove"]
