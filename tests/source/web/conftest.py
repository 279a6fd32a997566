"""A web server on this machine, for all tests of fetching."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web_server import WebServer, serve


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serve() as running:
        yield running
