"""Starting and stopping."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from qa.web.server import listen
from source.errors import ServerError

_SERVE = """
import sys
from pathlib import Path
from index.library import Library
from qa.web.server import serve
with Library(Path(sys.argv[1])) as library:
    serve(library, port=int(sys.argv[2]))
print("ended well")
"""


def free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_it_says_where_it_is_answers_at_once_and_ends_on_an_interrupt(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", _SERVE, str(tmp_path), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == f"Quoted Answers is at http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as reply:
            assert reply.status == 200
        asked = time.monotonic()
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=60)
    assert (child.returncode, output) == (0, "ended well\n")
    assert "Traceback" not in errors
    assert time.monotonic() - asked < 45  # a model that is still loading is waited for


def test_a_port_in_use_is_told_with_the_remedy() -> None:
    with listen("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ServerError) as raised:
            listen("127.0.0.1", port)
    sentence = f"Cannot start at http://127.0.0.1:{port}: the port is in use. Choose another with --port."
    assert str(raised.value) == sentence
