"""A language model's server on this machine that answers as a test wants: well, badly, or whatever it is told to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any

from qa.llm.settings import Endpoint, Limits, endpoint_of

Request = dict[str, Any]
Answer = Callable[[BaseHTTPRequestHandler, Request], None]
_STREAM = "text/event-stream; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: Request

    @property
    def prompt(self) -> str:
        """All that the model reads."""
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass
class LlmServer:
    """Answers every request as `answer` does; `requests` are those that came."""

    port: int
    answer: Answer
    requests: list[Received] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that names this server."""
        return {"QA_LLM_URL": f"http://127.0.0.1:{self.port}/v1", "QA_LLM_MODEL": "test-model", "QA_LLM_KEY": "secret"}

    def endpoint(self, limits: Limits | None = None) -> Endpoint:
        """The server as the program knows it."""
        found = endpoint_of(self.variables)
        assert found is not None
        return found if limits is None else Endpoint(found.url, found.model, found.key, limits)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what the tests are about."""


@contextmanager
def serve_llm(answer: Answer) -> Iterator[LlmServer]:
    """A server at a free port of this machine, until the end of the block."""
    known: list[LlmServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server = known[0]
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.requests.append(Received(self.path, headers, body))
            server.answer(self, body)

        def do_GET(self) -> None:
            known[0].requests.append(Received(self.path, {}, {"messages": []}))
            self.send_error(405)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with _QuietServer(("127.0.0.1", 0), Handler) as listener:
        known.append(LlmServer(listener.server_address[1], answer))
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield known[0]
        finally:
            listener.shutdown()
            thread.join()


# Answers


def body_of(data: bytes, content_type: str, status: int = 200, **headers: str) -> Answer:
    """A whole body, whatever it is."""

    def answer(handler: BaseHTTPRequestHandler, _: Request) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def events(data: Callable[[], Iterable[bytes]]) -> Answer:
    """Lines of an event stream, as they come."""

    def answer(handler: BaseHTTPRequestHandler, _: Request) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", _STREAM)
        handler.end_headers()
        for line in data():
            handler.wfile.write(line)
            handler.wfile.flush()

    return answer


def delta(content: str | None = None, finish: str | None = None, **others: Any) -> bytes:
    """One event with a piece of text, as OpenAI writes it."""
    said = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": said | others, "finish_reason": finish}
    return _event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "test-model", "choices": [choice]})


def _event(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
COUNTED = _event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}})


def pieces_of(text: str) -> list[str]:
    """`text` in pieces of a few characters, as models write."""
    return [text[start : start + 5] for start in range(0, len(text), 5)]


def streaming(text: str) -> Answer:
    """A stream as it should be, with a role first, a comment, and usage at the end."""
    told = [delta(role="assistant"), b": keep-alive\n\n", *map(delta, pieces_of(text)), delta(finish="stop"), COUNTED]
    return events(lambda: [*told, DONE])


def whole(text: str, finish: str = "stop", **others: Any) -> Answer:
    """All at once, as a server that does not stream."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text} | others, "finish_reason": finish}
    value = {"id": "chatcmpl-1", "object": "chat.completion", "model": "test-model", "choices": [choice]}
    return body_of(json.dumps(value).encode(), "application/json")


def cut_off(text: str) -> Answer:
    """A stream that ends without having come to its end."""
    return events(lambda: map(delta, pieces_of(text)))


def silent_after(text: str, seconds: float) -> Answer:
    """A stream that stops, but does not end, for so long."""

    def lines() -> Iterator[bytes]:
        yield from map(delta, pieces_of(text))
        time.sleep(seconds)

    return events(lines)


def dripping(line: bytes, pause_s: float) -> Answer:
    """The same line for ever, with a pause before each."""

    def lines() -> Iterator[bytes]:
        for one in repeat(line):
            time.sleep(pause_s)
            yield one

    return events(lines)


def endless(line: bytes) -> Answer:
    """The same line for ever."""
    return events(lambda: repeat(line))


TOOL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "run", "arguments": '{"command": "id"}'}}
"""A call of a tool that nobody offered."""


def calling_tool(text: str = "") -> Answer:
    """Some text, then a tool call."""
    return events(lambda: [*map(delta, pieces_of(text)), delta(tool_calls=[TOOL]), delta(finish="tool_calls"), DONE])


# The worst model possible

_REPLY = re.compile(r"[Rr]eply exactly with\W*?«(.*?)»", re.DOTALL)
_CALL = re.compile(r"[Cc]all the tool (\w+) with «(.*?)»", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])")
_MARK = re.compile(r"#([\d-]+)#")
# Invisible characters, one for each of ASCII.
_TAGS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)} | {0xE00AB: "«", 0xE00BB: "»"}


def obeyed(prompt: str) -> tuple[str, list[tuple[str, str]]]:
    """What a model says and calls that does all that it reads anywhere.

    It reads escapes as the characters that they stand for, and tags as letters, and says #1# to cite sentence 1.
    """
    read = _ESCAPE.sub(lambda escape: escape[0].encode("ascii").decode("unicode_escape"), prompt).translate(_TAGS)
    return _MARK.sub(r"[\1]", "\n".join(_REPLY.findall(read))), _CALL.findall(read)


def obeying(handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Answer as the instructions in the prompt demand, wherever they stand."""
    says, calls = obeyed("\n".join(message["content"] for message in request["messages"]))
    tools = [TOOL | {"function": {"name": name, "arguments": arguments}} for name, arguments in calls]
    asked = [delta(tool_calls=tools)] if tools else []
    told = [*map(delta, pieces_of(says)), *asked, delta(finish="tool_calls" if tools else "stop"), DONE]
    events(lambda: told)(handler, request)
