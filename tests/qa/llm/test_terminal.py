"""`qa ask --write`, `--strict` and `--rewrite`: what is printed, and that nothing is sent without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command import Command
from tests.qa.llm_server import LlmServer, body_of, calling_tool, serve_llm, streaming

QUESTION = "Who cast the oldest bell?"
QUOTE = "That is No. 2, which was cast in 1687 by a founder called Jonas Trell."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LlmServer]:
    """A model that writes a true sentence and a false one; the environment names it."""
    with serve_llm(lambda handler, request: streaming(_both(request["messages"]))(handler, request)) as served:
        for name, value in served.variables.items():
            monkeypatch.setenv(name, value)
        yield served


def _both(messages: list[dict[str, str]]) -> str:
    number = next(line for line in messages[-1]["content"].splitlines() if QUOTE in line).split("]")[0] + "]"
    return f"A founder called Jonas Trell cast No. 2 in 1687 {number}. Mallory melted it {number}."


def test_without_an_address_nothing_changes_and_to_ask_for_more_is_an_error(demo_qa: Command) -> None:
    assert demo_qa("ask", QUESTION).errors == ""
    for option in ("--write", "--rewrite"):
        result = demo_qa("ask", QUESTION, option)
        assert (result.status, result.output) == (1, "")
        assert result.errors == (
            "Cannot ask a language model: QA_LLM_URL is not set. Set it and QA_LLM_MODEL, as docs/llm.md says; "
            "without --write and --rewrite none is needed.\n"
        )
    result = demo_qa("ask", QUESTION, "--strict")
    assert result.status == 2
    assert "--strict says what --write leaves out: give both" in result.errors


def test_with_an_address_alone_nothing_is_sent(demo_qa: Command, server: LlmServer) -> None:
    result = demo_qa("ask", QUESTION)
    assert (result.errors, server.requests) == ("", [])
    assert "written" not in demo_qa("ask", QUESTION, "--json").value


def test_what_is_written_stands_apart_from_what_is_quoted(demo_qa: Command, server: LlmServer) -> None:
    result = demo_qa("ask", QUESTION, "--write")
    name = f"test-model at 127.0.0.1:{server.port}"
    assert result.errors == f"The question and the passages found, nothing else, are sent to {name}, on this machine.\n"
    lines = result.output.splitlines()
    mark = lines[1].split()[-1]
    assert lines[: lines.index("Quoted, without a language model:") + 4] == [
        f"Written by {name}, not quoted:",
        f"   ~ A founder called Jonas Trell cast No. 2 in 1687. {mark}",
        "     Proven.",
        f"   ~ Mallory melted it. {mark}",
        f"     Unproven: the word mallory does not stand in {mark}.",
        "Cited:",
        f"{mark} harbour-bells.txt, paragraph 13, line 26",
        f"   │ {QUOTE}",
        "",
        "Quoted, without a language model:",
        "1  harbour-bells.txt, paragraph 13, line 26",
        "   The Bells of Port Ellery › Describe the oldest of them.",
        f"   │ {QUOTE}",
    ]


def test_strict_leaves_out_what_is_unproven_and_says_so(demo_qa: Command, server: LlmServer) -> None:
    result = demo_qa("ask", QUESTION, "--write", "--strict")
    assert "Mallory" not in result.output
    assert "1 sentence left out: unproven." in result.output.splitlines()
    value = demo_qa("ask", QUESTION, "--write", "--strict", "--json").value
    assert [one["verdict"] for one in value["written"]["sentences"]] == ["proven"]
    assert (value["written"]["dropped"], value["written"]["problem"]) == (1, "")


def test_json_has_the_written_answer_with_verdicts_and_places(demo_qa: Command, server: LlmServer) -> None:
    plain = demo_qa("ask", QUESTION, "--json").value
    value = demo_qa("ask", QUESTION, "--write", "--json").value
    written = value.pop("written")
    assert value | {"seconds": 0} == plain | {"seconds": 0}
    proven, unproven = written["sentences"]
    assert (proven["verdict"], proven["reason"], unproven["verdict"]) == ("proven", "", "unproven")
    (cited,) = written["cited"]
    first = plain["citations"][0]
    assert cited == {
        "number": proven["citations"][0],
        "place": "paragraph 13, line 26",
        **{key: first[key] for key in ("quote", "document", "sha256", "start", "end")},
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (body_of(b"", "text/plain", 500), "its server has failed (status 500). Ask again later."),
        (calling_tool(), "it asks for a tool to be called, and none ever is."),
    ],
)
def test_where_the_model_fails_the_quotes_stand_and_the_reason_is_told(
    demo_qa: Command, server: LlmServer, answer: object, said: str
) -> None:
    plain = demo_qa("ask", QUESTION).output.splitlines()[:-1]
    server.answer = answer  # type: ignore[assignment]
    result = demo_qa("ask", QUESTION, "--write")
    assert result.status == 0
    assert said in result.output.splitlines()[0]
    assert result.output.splitlines()[3:-1] == plain


def test_no_model_is_asked_to_write_from_passages_that_do_not_answer(demo_qa: Command, server: LlmServer) -> None:
    result = demo_qa("ask", "Which quasar inhales marmalade?", "--write")
    lines = result.output.splitlines()
    assert lines[0] == "Your documents do not answer this, so the language model was not asked."
    assert "Your documents do not answer this." in lines
    assert server.requests == []


def test_a_rewritten_question_is_shown_and_searched_for(demo_qa: Command, server: LlmServer) -> None:
    server.answer = streaming("Which founder cast the oldest bell?")
    asked = "Who made that old thing?"
    result = demo_qa("ask", asked, "--rewrite")
    assert result.output.splitlines()[0] == "Searched for: Which founder cast the oldest bell?"
    assert QUOTE in result.output
    assert result.errors.startswith("The question, nothing else, is sent to test-model at ")
    assert [message["content"] for message in server.requests[0].body["messages"]][1:] == [asked]
    value = demo_qa("ask", asked, "--rewrite", "--json").value
    assert (value["asked"], value["question"]) == (asked, "Which founder cast the oldest bell?")


def test_a_question_that_cannot_be_rewritten_is_searched_for_as_it_is(demo_qa: Command, server: LlmServer) -> None:
    server.answer = body_of(b"", "text/plain", 429)
    result = demo_qa("ask", QUESTION, "--rewrite")
    assert result.output.splitlines()[2] == f"   │ {QUOTE}"
    assert result.errors.splitlines()[1].endswith("Ask again later. The question is searched for as it is.")


def test_settings_that_make_no_sense_keep_the_page_from_being_served(
    qa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_LLM_URL", "http://127.0.0.1:11434/v1")
    result = qa("serve", "--port", "0")
    assert (result.status, result.output) == (1, "")
    assert result.errors.startswith("Cannot ask a language model: QA_LLM_URL is set, QA_LLM_MODEL is not.")
