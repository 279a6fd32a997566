"""HTTPS: certificates are checked, and against the name that was asked for."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetching import ARTICLE, SAVE_INSTEAD, Names, fetch, refusal
from tests.web_server import WebServer, serve


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for pages.example, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("certificates")
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=Test"
    names = "subjectAltName=DNS:pages.example"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([openssl, *command.split(), "-addext", names, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
def secure(certificates: Path) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")
    with serve(context=context) as running:
        running.put("/", ARTICLE)
        yield running


HERE = Names(pages=["127.0.0.1"], other=["127.0.0.1"])


def test_a_certificate_of_nobody_known_is_refused(secure: WebServer) -> None:
    url = secure.url("/", "pages.example", "https")
    assert refusal(url, HERE) == f"{url}: its certificate is not valid (self-signed certificate). {SAVE_INSTEAD}"
    assert secure.requests == []


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    secure: WebServer, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "certificate.pem"))
    assert fetch(secure.url("/", "pages.example", "https"), HERE).data == ARTICLE
    for host in ("other.example", "127.0.0.1"):
        url = secure.url("/", host, "https")
        assert refusal(url, HERE).startswith(f"{url}: its certificate is not valid (")
    assert len(secure.requests) == 1


def test_a_server_without_encryption_is_told(server: WebServer) -> None:
    url = server.url("/", scheme="https")
    assert refusal(url) == f"{url}: no secure connection to its server can be made. {SAVE_INSTEAD}"
