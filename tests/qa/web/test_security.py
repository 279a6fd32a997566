"""Who may ask, and what a browser may do with the reply."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from index.library import Library
from qa.web.address import Address
from qa.web.security import body_refusal, is_own_host, refusal
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import Tab, serving

HERE = "127.0.0.1:7860"


@pytest.mark.parametrize(
    ("host", "listening_at", "is_own"),
    [
        ("127.0.0.1:7860", "127.0.0.1", True),
        ("localhost:7860", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("[::1]:7860", "::1", True),
        ("127.0.0.1:7860", "localhost", True),
        ("evil.example:7860", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("192.168.1.5:7860", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("192.168.1.5:7860", "0.0.0.0", True),  # an IP address cannot be pointed elsewhere
        ("evil.example", "0.0.0.0", False),
        ("qa.home.example:80", "qa.home.example", True),
    ],
)
def test_a_host_is_own_only_if_no_one_else_can_have_that_name(host: str, listening_at: str, is_own: bool) -> None:
    assert is_own_host(host, listening_at) is is_own


@pytest.mark.parametrize(
    ("method", "headers", "is_refused"),
    [
        ("GET", {}, False),
        ("POST", {}, False),  # a program on this machine
        ("POST", {"origin": f"http://{HERE}", "sec-fetch-site": "same-origin"}, False),
        ("POST", {"origin": "http://evil.example"}, True),
        ("POST", {"origin": "http://localhost:3000", "sec-fetch-site": "same-site"}, True),
        ("POST", {"origin": "null"}, True),
        ("GET", {"origin": "http://evil.example", "sec-fetch-mode": "cors", "sec-fetch-site": "cross-site"}, True),
        ("GET", {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}, False),  # a link to the page
        ("POST", {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}, True),
        ("GET", {"sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site"}, True),  # an image elsewhere
    ],
)
def test_only_the_page_itself_may_ask(method: str, headers: dict[str, str], is_refused: bool) -> None:
    assert bool(refusal(method, {"host": HERE, **headers}, "127.0.0.1")) is is_refused


def reply_to(address: str, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    reply = connection.getresponse()
    body = reply.read().decode()
    connection.close()
    return reply.status, reply.headers, body


def test_the_server_refuses_foreign_hosts_and_origins(site: str) -> None:
    assert reply_to(site, "/", Host="evil.example")[0] == 403
    assert reply_to(site, "/view/1/1/0-0", Host="evil.example")[0] == 403
    assert reply_to(site, "/gradio_api/queue/join", "POST", Origin="http://evil.example")[0] == 403
    assert reply_to(site, "/gradio_api/upload", "POST", Origin="http://evil.example")[0] == 403
    assert reply_to(site, "/library/upload?name=x.txt", "PUT", Origin="http://evil.example")[0] == 403
    assert reply_to(site, "/library/remove", "POST", Origin="http://evil.example")[0] == 403
    assert reply_to(site, "/conversations", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors")[0] == 403
    assert reply_to(site, "/config", Origin="http://localhost:3000")[0] == 403
    assert reply_to(site, "/", Origin=site)[0] == 200


def test_nobody_can_say_to_be_a_user(site: str) -> None:
    """Even where nobody signs in, what is kept for users is theirs."""
    asked = json.dumps({"conversation": "x"})
    assert sent(site, "/conversations/rename", asked)[0] == 404
    assert reply_to(site, "/libraries", X_Qa_User="ann")[2].count("Sign out") == 0


def test_every_script_of_the_page_has_the_nonce_of_its_reply(site: str) -> None:
    nonces = set()
    for _ in range(2):
        status, headers, body = reply_to(site, "/")
        assert status == 200
        [nonce] = re.findall(
            r"script-src 'self' 'nonce-([\w-]{22})' 'unsafe-eval';", headers["Content-Security-Policy"]
        )
        scripts = re.findall(r"<script[^>]*>", body)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_other_replies_allow_no_script_and_are_not_guessed_at(site: str) -> None:
    _, headers, _ = reply_to(site, "/view/1/1/0-0")
    assert "nonce" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_no_interface_is_documented_or_recorded(site: str) -> None:
    assert {reply_to(site, path)[0] for path in ("/docs", "/redoc", "/openapi.json")} == {404}
    assert '"run_history":false' in reply_to(site, "/")[2].replace(" ", "")


def number_of(address: str, event: str) -> int:
    """Gradio's number for `event` ("submit")."""
    dependencies = json.loads(reply_to(address, "/config")[2])["dependencies"]
    numbers = (one["id"] for one in dependencies if [target[1] for target in one["targets"]] == [event])
    return int(next(numbers))


def sent(address: str, path: str, body: str, kind: str = "application/json") -> tuple[int, str]:
    """The answer to a request that no page has sent."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("POST", path, body, {"Content-Type": kind})
    reply = connection.getresponse()
    answer = reply.status, reply.read().decode()
    connection.close()
    return answer


def outcome(address: str, event: str, inputs: list[Any], event_data: object = None) -> dict[str, Any]:
    """What Gradio says in the end to a request for `event` that no page has sent."""
    session = secrets.token_hex(8)
    asked = {"data": inputs, "fn_index": number_of(address, event), "session_hash": session, "event_data": event_data}
    assert sent(address, "/gradio_api/queue/join", json.dumps(asked))[0] == 200
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", f"/gradio_api/queue/data?session_hash={session}")
    messages = [json.loads(line[6:]) for line in connection.getresponse() if line.startswith(b"data: ")]
    connection.close()
    return next(message for message in messages if message["msg"] == "process_completed")


def file_at(path: object) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def said(part: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [part], "metadata": None, "options": None}


@pytest.mark.parametrize("path", ["queue/join", "run/add", "api/add", "call/add", "call/v2/add"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_nothing_is_fetched_or_read_for_a_request(
    site: str, shown_library: Library, tmp_path: Path, path: str, kind: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The key is under the blue pot.", encoding="utf-8")
    before = shown_library.documents()
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0)
        here = f"127.0.0.1:{elsewhere.getsockname()[1]}/secret.txt"
        for named in (f"http://{here}", f"https://{here}", f"ftp://{here}", "https://example.com/x.txt", str(secret)):
            for event, inputs in (
                ("submit", [file_at(named), ""]),
                ("submit", ["Where is the key?", [said({"type": "file", "file": file_at(named)})]]),
            ):
                asked = {"data": inputs, "fn_index": number_of(site, event), "session_hash": "no-page"}
                status, answer = sent(site, f"/gradio_api/{path}", json.dumps(asked), kind)
                assert (status, answer) == (403, "Refused: this request names a file that was not uploaded here.\n")
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert shown_library.documents() == before


def test_no_part_of_a_page_is_built_for_a_request(site: str, tmp_path: Path) -> None:
    options = {"avatar_images": [str(tmp_path), None]}
    part = {"type": "component", "component": "chatbot", "value": [], "constructor_args": options, "props": {}}
    body = json.dumps({"data": ["Why?", [said(part)]], "fn_index": 0, "session_hash": "no-page"})
    status, answer = sent(site, "/gradio_api/queue/join", body)
    assert (status, answer) == (403, "Refused: this request holds something other than text and uploaded files.\n")


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """A folder with an upload, and with a link out of it."""
    folder = tmp_path / "uploads"
    (folder / "a1").mkdir(parents=True)
    (folder / "a1" / "ferry.txt").touch()
    (folder / "out").symlink_to(tmp_path)
    (folder / "circle").symlink_to(folder / "circle")
    return folder


@pytest.mark.parametrize("as_written", ["{}/a1/ferry.txt", "{}/a1/../a1/ferry.txt"])
def test_an_upload_may_be_named(uploads: Path, as_written: str) -> None:
    assert body_refusal(json.dumps({"data": [[file_at(as_written.format(uploads))]]}).encode(), uploads) == ""


@pytest.mark.parametrize(
    "as_written",
    [
        *("{}", "{}/../x.txt", "{}/out/x.txt", "{}/circle/x", "{}-2/x.txt", "{}/a1/http://x", "x.txt", "~/x", ""),
        *("\0", "\ud800", "file:///etc/passwd", "data:text/plain,x", None, 3, ["x"]),
    ],
)
def test_nothing_else_may_be_named(uploads: Path, as_written: object) -> None:
    path = as_written.format(uploads) if isinstance(as_written, str) else as_written
    for holder in ({"path": path}, [file_at(path)], {"data": [[{"file": file_at(path)}]]}):
        for encoding in ("utf-8", "utf-16", "utf-32"):
            assert "was not uploaded here" in body_refusal(json.dumps(holder).encode(encoding), uploads)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", ""),
        (b'{"data": ["path", "http://x", {"component_id": 3}], "event_data": {"document": "1"}}', ""),
        (b"path=x", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not JSON"),
        (b" " * (32 * 2**20) + b"1", "too long"),
    ],
)
def test_a_body_that_cannot_be_looked_through_is_refused(tmp_path: Path, body: bytes, reason: str) -> None:
    refused = body_refusal(body, tmp_path)
    assert reason in refused
    assert bool(refused) is bool(reason)


@pytest.mark.parametrize("document", ["x", "", "-1", "999", str(2**70), 2**70, 1.5, None, ["1"], {"1": 1}])
def test_removing_a_document_that_cannot_be_there_changes_nothing(
    site: str, shown_library: Library, document: object
) -> None:
    before = shown_library.documents()
    for body in ({"document": document}, {"other": document}, [document], None):
        assert sent(site, "/library/remove", json.dumps(body)) == (200, "")
    assert shown_library.documents() == before


@pytest.mark.parametrize("context", ["", "x", "[]", "null", '{"left_out": "x", "conversation": {"a": 1}}', "[" * 9000])
def test_a_question_with_a_context_that_makes_no_sense_is_told_who_may_ask(site: str, context: str) -> None:
    ended = outcome(site, "submit", ["Who cast the oldest bell?", context])
    assert ended["success"]
    assert "This browser is not known here" in json.dumps(ended["output"]["data"])


def test_a_proxy_s_host_name_lets_no_other_site_in(library: Library) -> None:
    """On a host name other than localhost, Gradio tells each origin that its pages may read and send with cookies."""
    public = Address("", "http://archive.example")
    with serving(library, lambda _: WordEmbedder(), proxied_at=public) as address:
        for method in ("GET", "POST", "OPTIONS"):
            asked = {"Host": "archive.example", "Access_Control_Request_Method": "POST"}
            status, headers, _ = reply_to(address, "/gradio_api/queue/join", method, Origin="http://evil", **asked)
            assert status == 403
            assert not [name for name in headers if name.lower().startswith("access-control-")]
        assert reply_to(address, "/config", Host="archive.example", Origin=public.origin)[0] == 200


def test_gradio_keeps_nothing_for_a_session_that_another_could_name(site: str) -> None:
    """Its `gr.State` belongs to whoever sends the number of the session, whoever has signed in."""
    kinds = {one["type"] for one in json.loads(reply_to(site, "/config")[2])["components"]}
    assert "html" in kinds
    assert not kinds & {"state", "browserstate", "deeplinkbutton"}


def test_an_event_of_the_page_opens_no_conversation_of_another(tab: Tab) -> None:
    """That an event is private hides it, and no more: a program can send it, with any number in it."""
    tab.ask("Who cast the oldest bell?")
    expect(tab.page.locator(".conversations a").first).to_be_visible()
    conversation = tab.page.url.rpartition("=")[2]
    context = json.dumps({"c": conversation, "conversation": conversation})
    for event, inputs, data in (
        ("load", [context], None),
        ("stop", [context], None),
        ("reopen", [], {"c": conversation}),
    ):
        ended = json.dumps(outcome(tab.address, event, inputs, data))
        assert "There is no such conversation here." in ended
        assert "Who cast" not in ended
