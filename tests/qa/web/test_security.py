"""Who may ask, and what a browser may do with the reply."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from index.library import Library
from qa.web.security import is_own_host, refusal

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
    assert reply_to(site, "/config", Origin="http://localhost:3000")[0] == 403
    assert reply_to(site, "/", Origin=site)[0] == 200


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


def outcome(address: str, event: str, inputs: list[Any]) -> dict[str, Any]:
    """What Gradio says in the end to a request for `event` ("upload") that no page has sent."""
    dependencies = json.loads(reply_to(address, "/config")[2])["dependencies"]
    number = next(one["id"] for one in dependencies if [target[1] for target in one["targets"]] == [event])
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    asked = json.dumps({"data": inputs, "fn_index": number, "session_hash": f"no-page-{event}"})
    connection.request("POST", "/gradio_api/queue/join", asked, {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.request("GET", f"/gradio_api/queue/data?session_hash=no-page-{event}")
    messages = [json.loads(line[6:]) for line in connection.getresponse() if line.startswith(b"data: ")]
    connection.close()
    return next(message for message in messages if message["msg"] == "process_completed")


def test_a_file_that_was_not_uploaded_cannot_be_had(site: str, shown_library: Library, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The key is under the blue pot.", encoding="utf-8")
    file = {"path": str(tmp_path / "secret.txt"), "meta": {"_type": "gradio.FileData"}}
    said = {"role": "user", "content": [{"type": "file", "file": file}], "metadata": None, "options": None}
    before = shown_library.documents()
    assert not outcome(site, "upload", [[file]])["success"]
    assert not outcome(site, "submit", ["Where is the key?", [said]])["success"]
    assert shown_library.documents() == before
