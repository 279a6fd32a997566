"""Fetching from a real server on this machine; names are looked up in a small table, so that nothing leaves it."""

from __future__ import annotations

import socket

import pytest

from source.errors import DocumentError
from source.web.address import LookUp
from source.web.fetch import FetchedPage, fetch_page

ARTICLE = b"<!doctype html><title>Bells</title><p>The bell of Port Ellery was cast in 1687.</p>"
SAVE_INSTEAD = "Open it in a browser, save it there and add the file."


class Names:
    """A table of host names; `asked` are those that were looked up."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        label = host.partition(".")[0]
        if label not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses[label]


NO_NAMES = Names()


def fetch(url: str, names: LookUp = NO_NAMES, max_bytes: int = 1_000_000, timeout_s: float = 20) -> FetchedPage:
    return fetch_page(url, allow_private=True, max_bytes=max_bytes, timeout_s=timeout_s, find=names)


def refusal(
    url: str,
    names: LookUp = NO_NAMES,
    *,
    allow_private: bool = True,
    max_bytes: int = 1_000_000,
    timeout_s: float = 20,
) -> str:
    """What is wrong with the page at `url`, without the words that all refusals begin with."""
    with pytest.raises(DocumentError) as caught:
        fetch_page(url, allow_private=allow_private, max_bytes=max_bytes, timeout_s=timeout_s, find=names)
    assert str(caught.value).startswith("Cannot save ")
    return str(caught.value).removeprefix("Cannot save ")
