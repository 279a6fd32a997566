"""Answers over real HTTP: from a server that does as it should, and from those that do not."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from itertools import repeat

import pytest

from qa.llm.prompt import NumberedSentence
from qa.llm.settings import Endpoint, Limits
from qa.llm.written import JudgedSentence, Written, read_written, write
from tests.qa.llm_server import (
    DONE,
    TOOL,
    Answer,
    LlmServer,
    Request,
    body_of,
    calling_tool,
    cut_off,
    delta,
    dripping,
    endless,
    events,
    serve_llm,
    silent_after,
    streaming,
    whole,
)

GOOD = "Jonas Trell cast the oldest bell in 1687 [1]. It weighs 640 kilograms [2]."
BOTH = (
    JudgedSentence("Jonas Trell cast the oldest bell in 1687.", (1,), ""),
    JudgedSentence("It weighs 640 kilograms.", (2,), ""),
)
FIRST = BOTH[:1]
SOON = Limits(total_s=0.8, idle_s=0.3)
MANY_LETTERS = Limits(max_chars=200)


def steps(server: LlmServer, sentences: list[NumberedSentence], limits: Limits | None = None) -> list[Written]:
    return list(write(server.endpoint(limits), "Who cast the oldest bell?", sentences, strict=False))


def last(answer: Answer, sentences: list[NumberedSentence], limits: Limits | None = None) -> Written:
    with serve_llm(answer) as server:
        return steps(server, sentences, limits)[-1]


def test_an_answer_grows_sentence_by_sentence_with_verdicts_and_what_is_cited(
    sentences: list[NumberedSentence],
) -> None:
    with serve_llm(streaming(f"{GOOD} It was repaired.")) as server:
        growing = steps(server, sentences)
    third = JudgedSentence("It was repaired.", (), "it cites nothing")
    assert [one.sentences for one in growing] == [FIRST, BOTH, (*BOTH, third)]
    whole_answer = growing[-1]
    assert (whole_answer.writer, whole_answer.problem) == (f"test-model at 127.0.0.1:{server.port}", "")
    assert [(one.number, one.text, one.place) for one in whole_answer.cited] == [
        (1, "The oldest bell of Dunmouth was cast by Jonas Trell in 1687.", "paragraph 1, line 1"),
        (2, "It weighs 640 kilograms and hangs “above the fish market” [7].", "paragraph 1, line 1"),
    ]
    assert read_written(json.loads(json.dumps(asdict(whole_answer)))) == whole_answer


def test_the_request_holds_model_question_and_sentences_and_no_tools(sentences: list[NumberedSentence]) -> None:
    with serve_llm(streaming(GOOD)) as server:
        steps(server, sentences)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert (request.headers["authorization"], request.headers["user-agent"]) == ("Bearer secret", "quoted-answers")
    assert set(request.body) == {"model", "messages", "stream"}
    assert (request.body["model"], request.body["stream"]) == ("test-model", True)
    lines = request.body["messages"][1]["content"].splitlines()
    assert lines[0] == lines[-3]
    assert lines[1] == "[1] The oldest bell of Dunmouth was cast by Jonas Trell in 1687."
    assert lines[2] == "[2] It weighs 640 kilograms and hangs “above the fish market” (7)."
    assert lines[-1] == "Question: Who cast the oldest bell?"


def test_without_a_key_none_is_sent(sentences: list[NumberedSentence]) -> None:
    with serve_llm(streaming(GOOD)) as server:
        known = server.endpoint()
        list(write(Endpoint(known.url, known.model, "", known.limits), "Who?", sentences, strict=False))
    assert "authorization" not in server.requests[0].headers


def test_no_proxy_of_the_environment_is_used(
    sentences: list[NumberedSentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_llm(streaming("It rang [1].")) as proxy, serve_llm(streaming(GOOD)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert steps(server, sentences)[-1].sentences == BOTH
    assert proxy.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        whole(GOOD),
        events(lambda: [delta(GOOD, finish="stop")]),  # ends without [DONE]
        events(lambda: [delta(GOOD), DONE]),
        events(lambda: [delta(reasoning_content="Is it [4]?"), delta(reasoning="Hm."), delta(GOOD), DONE]),
        events(lambda: [b"event: message\r\n", delta(GOOD).replace(b"\n", b"\r\n"), b"id: 3\n", DONE]),
        streaming(f"<think>The moon [9].</think>{GOOD}"),
        whole(GOOD, reasoning_content="Hm. " * 50_000),
    ],
    ids=["whole", "no DONE", "no finish", "thinking", "other fields", "think tag", "whole, on one long line"],
)
def test_servers_may_answer_in_several_forms(sentences: list[NumberedSentence], answer: Answer) -> None:
    found = last(answer, sentences)
    assert (found.sentences, found.problem) == (BOTH, "")


def test_unproven_sentences_are_marked_and_with_strict_left_out(sentences: list[NumberedSentence]) -> None:
    invented = "It was “cast by Anna Weber” [1]. It hangs “over the fish market” [2]."
    text = f"{GOOD} {invented} It rang [99]. The moon is cheese."
    with serve_llm(streaming(text)) as server:
        marked = steps(server, sentences)[-1]
        (*_, strict) = write(server.endpoint(), "Who?", sentences, strict=True)
    assert marked.sentences[:2] == BOTH
    reasons = [one.reason.partition(":")[0] for one in marked.sentences[2:]]
    assert reasons == [
        "the quotation “cast by Anna Weber” is altered",
        "the quotation “over the fish market” is altered",
        "there is no sentence [99]",
        "it cites nothing",
    ]
    assert (strict.sentences, strict.dropped, [one.number for one in strict.cited]) == (BOTH, 4, [1, 2])
    assert [one["verdict"] for one in marked.as_dict()["sentences"]] == ["proven"] * 2 + ["unproven"] * 4


@pytest.mark.parametrize(("count", "told"), [(60, ""), (61, "Only the first 60 sentences of the answer are looked at")])
def test_of_an_answer_without_end_so_many_sentences_are_looked_at(
    sentences: list[NumberedSentence], count: int, told: str
) -> None:
    found = last(streaming(" ".join(f"The oldest bell weighs {one} kilograms [1]." for one in range(count))), sentences)
    assert [one.text for one in found.sentences] == [f"The oldest bell weighs {one} kilograms." for one in range(60)]
    assert found.problem.partition(" and shown")[0] == told


def test_a_model_that_declines_has_written_nothing(sentences: list[NumberedSentence]) -> None:
    found = last(streaming("The sentences do not answer this."), sentences)
    assert (found.sentences, found.problem) == ((), "The language model found no answer in the passages.")
    assert last(streaming(" \n"), sentences).problem == "The language model wrote nothing."


HALF = f"{GOOD} It was ca"


def greeting(handler: BaseHTTPRequestHandler, _: Request) -> None:
    """What a mail server says first."""
    handler.wfile.write(b"220 mail ready\r\n")


def silent_header(handler: BaseHTTPRequestHandler, _: Request) -> None:
    """Begins to answer, a letter now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for letter in repeat(b"a"):
        handler.wfile.write(letter)
        handler.wfile.flush()
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("answer", "limits", "reason"),
    [
        (cut_off(HALF), None, "it broke off in the middle. Ask again."),
        (silent_after(HALF, 5), SOON, "no word came for 0.3 seconds."),
        (
            events(lambda: [delta(HALF), *repeat(b": ping\n\n", 10)]),
            None,
            "it broke off in the middle.",
        ),
        (
            events(lambda: [delta(HALF), delta(finish="length"), DONE]),
            None,
            "its server cut it off at a length of its own.",
        ),
        (whole(HALF, finish="length"), None, "its server cut it off at a length of its own."),
        (
            events(lambda: [delta(HALF), b'data: {"error": {"message": "out of memory"}}\n\n']),
            None,
            "its server says: out of memory. Ask again.",
        ),
        (streaming(f"{HALF}{'a' * 300}"), MANY_LETTERS, "it did not end within 200 characters."),
        (whole(f"{HALF}{'a' * 300}"), MANY_LETTERS, "it did not end within 200 characters."),
    ],
    ids=["cut off", "silent", "broken off", "length", "whole, length", "error", "too long", "whole, too long"],
)
def test_of_an_answer_that_does_not_end_the_whole_sentences_are_kept(
    sentences: list[NumberedSentence], answer: Answer, limits: Limits | None, reason: str
) -> None:
    found = last(answer, sentences, limits)
    assert found.sentences == BOTH
    assert found.problem.startswith("No whole answer came from test-model at 127.0.0.1:")
    assert reason in found.problem


@pytest.mark.parametrize(
    ("answer", "limits", "reason"),
    [
        (silent_after("", 5), SOON, "no word came for 0.3 seconds. Ask again, raise QA_LLM_TIMEOUT"),
        (dripping(b": ping\n\n", 0.02), SOON, "no word came for 0.3 seconds. Ask again"),
        (dripping(delta(reasoning_content="Hm"), 0.02), SOON, "it took longer than 0.8 seconds. Ask again, raise"),
        (silent_header, SOON, "it took longer than 0.8 seconds."),
        (
            endless(b"data:" + b" " * 100 + b'{"choices": []}\n\n'),
            Limits(max_bytes=100_000),
            "it sent more than 0.1 MB",
        ),
        (whole(GOOD, reasoning_content="Hm. " * 30_000), Limits(max_json_bytes=100_000), "it sent more than 0.1 MB"),
        (body_of(b"busy", "text/plain", 429), None, "it is asked too much, or your quota is used up (status 429)."),
        (body_of(b"oh", "text/plain", 500), None, "its server has failed (status 500)."),
        (body_of(b"oh", "text/plain", 503), None, "its server has failed (status 503)."),
        (body_of(b"no", "text/plain", 401), None, "it does not accept the key (status 401). Set QA_LLM_KEY."),
        (
            body_of(b"no \x1b[31mmodel\n", "text/plain", 404),
            None,
            "there is no such address or model: no \\x1b[31mmodel.",
        ),
        (
            body_of(b"no: secret" + b" secret" * 30, "text/plain", 400),
            None,
            "it refuses the request (status 400): no: …",
        ),
        (
            body_of(b'{"error": "secret is no key"}', "application/json"),
            None,
            "its server says: … is no key. Ask again.",
        ),
        (body_of(b"no", "text/plain", 400), None, "it refuses the request (status 400): no. Check QA_LLM_MODEL."),
    ],
    ids="silent pings thinks headers endless long-json 429 500 503 401 404 key-in-refusal key-in-reply 400".split(),
)
def test_a_server_that_gives_no_answer_is_told_of_in_words(
    sentences: list[NumberedSentence], answer: Answer, limits: Limits | None, reason: str
) -> None:
    found = last(answer, sentences, limits)
    assert found.sentences == ()
    assert found.problem.startswith("No whole answer came from test-model at 127.0.0.1:")
    assert f": {reason}" in found.problem
    assert "secret" not in found.problem


def test_half_a_character_in_a_reply_is_replaced_so_that_the_answer_can_be_kept(
    sentences: list[NumberedSentence],
) -> None:
    data = rb'{"choices": [{"message": {"content": "Trell \ud83d cast \ud83d\ude00 it [1]."}}]}'
    found = last(body_of(data, "application/json"), sentences)
    assert [one.text for one in found.sentences] == ["Trell \ufffd cast \U0001f600 it."]
    assert json.dumps(found.as_dict(), ensure_ascii=False).encode()


def choices(choice: object) -> Answer:
    return body_of(json.dumps({"choices": choice}).encode(), "application/json")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (events(lambda: [delta(GOOD), b"data: {oops\n\n"]), "it is no JSON"),
        (events(lambda: [delta(GOOD), b"data: \xff\xfe\n\n"]), "it is no JSON"),
        (body_of(b"[" * 5000, "application/json"), "it is no JSON"),
        (events(lambda: [delta(GOOD), b"data: 7\n\n"]), "it has not the form of a chat completion"),
        (choices(None), "it has not the form of a chat completion"),
        (choices({"a": 1}), "it has not the form of a chat completion"),
        (choices([7]), "it has not the form of a chat completion"),
        (choices([{"message": "hello"}]), "it has not the form of a chat completion"),
        (choices([{"message": {"content": [{"type": "image_url"}]}}]), "it holds something else than text"),
        (body_of(b"<html>", "text/html"), "it is of the kind 'text/html', not a chat completion"),
        (endless(b"data: " + b"a" * 5000), "a line of it has more than 65,536 bytes"),
        (calling_tool(GOOD), "it asks for a tool to be called, and none ever is"),
        (calling_tool(), "it asks for a tool to be called, and none ever is"),
        (whole(GOOD, tool_calls=[TOOL]), "it asks for a tool to be called, and none ever is"),
        (whole(GOOD, function_call=TOOL["function"]), "it asks for a tool to be called, and none ever is"),
        (whole(GOOD, finish="tool_calls"), "it asks for a tool to be called, and none ever is"),
    ],
)
def test_of_a_reply_that_makes_no_sense_nothing_is_kept(
    sentences: list[NumberedSentence], answer: Answer, reason: str
) -> None:
    found = last(answer, sentences)
    assert (found.sentences, found.cited) == ((), ())
    assert found.problem.startswith("What came from test-model at 127.0.0.1:")
    assert f" is not used: {reason}. " in found.problem


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(sentences: list[NumberedSentence], status: int) -> None:
    with serve_llm(streaming(GOOD)) as other:
        there = f"http://127.0.0.1:{other.port}/v1/chat/completions"
        found = last(body_of(b"", "text/plain", status, Location=there), sentences)
    assert found.problem.endswith(f": it redirects to {there}, where nothing is sent. Set QA_LLM_URL to what is meant.")
    assert other.requests == []


def test_a_server_that_is_not_there_is_told_of(sentences: list[NumberedSentence]) -> None:
    with serve_llm(streaming(GOOD)) as server:
        pass
    found = steps(server, sentences)[-1]
    assert found.problem.endswith(
        "its server cannot be reached, or not securely. Check QA_LLM_URL, and that its server runs."
    )


def test_a_server_that_does_not_speak_http_is_told_of(sentences: list[NumberedSentence]) -> None:
    found = last(greeting, sentences)
    assert found.problem.endswith("its server broke off, or does not speak HTTP. Ask again later.")
