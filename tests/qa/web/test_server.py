"""Starting and stopping."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from qa.web.server import listen
from source.errors import ServerError

_SERVE = """
import sys
from pathlib import Path
from index.library import Library
from qa.web.address import read_address
from qa.web.server import serve
with Library(Path(sys.argv[1])) as library:
    serve(library, port=int(sys.argv[2]), address=read_address(sys.argv[3]), has_tools=bool(sys.argv[3]))
print("ended well")
"""


def free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", ["Quoted Answers is at {}\n"]),
        (
            "/qa",
            [
                "Quoted Answers is at {}/qa\n",
                "A proxy has to pass on to {}\n",
                "Its tools for language models (MCP) are at {}/qa/mcp\n",
            ],
        ),
    ],
)
def test_it_says_where_it_is_answers_at_once_and_ends_on_an_interrupt(
    tmp_path: Path, path: str, told: list[str]
) -> None:
    port = free_port()
    command = [sys.executable, "-c", _SERVE, str(tmp_path), str(port), path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stdout is not None
        for line in told:
            assert child.stdout.readline() == line.format(f"http://127.0.0.1:{port}")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}/", timeout=10) as reply:
            assert reply.status == 200
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=120)  # a model that is still loading is waited for
    assert (child.returncode, output) == (0, "ended well\n")
    assert "Traceback" not in errors


def test_a_port_in_use_is_told_with_the_remedy() -> None:
    with listen("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ServerError) as raised:
            listen("127.0.0.1", port)
    sentence = f"Cannot start at http://127.0.0.1:{port}: the port is in use. Choose another with --port."
    assert str(raised.value) == sentence
