"""Nothing in the tests reaches another machine, and a test that tried would fail."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.network_block.loopback_only import LOG_VARIABLE, is_here

# Reserved for documentation (RFC 5737, RFC 2606): nobody is there, even if the block failed.
ELSEWHERE = "192.0.2.1"
ELSEWHERE_BY_NAME = "example.invalid"
REFUSED = "must not reach the network"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log for the attempts of this test only, which would fail it otherwise."""
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))
    return tmp_path / "log"


def test_connections_to_other_machines_are_refused_and_noted(log: Path) -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match=REFUSED):
        client.connect((ELSEWHERE, 80))
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(RuntimeError, match=REFUSED):
        client.sendto(b"", (ELSEWHERE, 53))
    with pytest.raises(RuntimeError, match=REFUSED):
        socket.getaddrinfo(ELSEWHERE_BY_NAME, 80)
    assert log.read_text(encoding="utf-8").splitlines() == [
        f"socket.connect '{ELSEWHERE}'",
        f"socket.sendto '{ELSEWHERE}'",
        f"socket.getaddrinfo '{ELSEWHERE_BY_NAME}'",
    ]


def test_child_processes_are_refused_too(log: Path) -> None:
    code = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80), timeout=1)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "NetworkBlockedError: tests must not reach the network" in child.stderr
    assert log.read_text(encoding="utf-8") == f"socket.getaddrinfo '{ELSEWHERE}'\n"


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"heard")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(5) == b"heard"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        (b"localhost", True),
        ("0.0.0.0", True),
        (None, True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("1.1.1.1", False),
        ("2001:db8::1", False),
        ("huggingface.co", False),
    ],
)
def test_only_this_machine_is_here(host: object, expected: bool) -> None:
    assert is_here(host) is expected
