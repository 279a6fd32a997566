"""A question in a model's words: one line, or none."""

from __future__ import annotations

import pytest

from qa.llm.rewrite import rewrite
from source.errors import EndpointError
from tests.qa.llm_server import calling_tool, serve_llm, streaming


def test_the_rewritten_question_is_one_line_and_only_the_question_is_sent() -> None:
    with serve_llm(streaming("Which founder cast\nthe oldest bell?\n")) as server:
        assert rewrite(server.endpoint(), "Who made that bell?") == "Which founder cast the oldest bell?"
    assert server.requests[0].body["messages"][1] == {"role": "user", "content": "Who made that bell?"}
    assert len(server.requests[0].body["messages"]) == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "it is not one question of up to 300 characters"),
        ("a " * 200, "it is not one question of up to 300 characters"),
        ("?!", "it is no question: there is no word in it"),
    ],
)
def test_what_is_no_question_is_refused(said: str, reason: str) -> None:
    with serve_llm(streaming(said)) as server, pytest.raises(EndpointError, match=reason):
        rewrite(server.endpoint(), "Who made that bell?")


def test_a_tool_call_is_no_question() -> None:
    with serve_llm(calling_tool("Who?")) as server, pytest.raises(EndpointError, match="none ever is"):
        rewrite(server.endpoint(), "Who made that bell?")
