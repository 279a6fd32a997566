"""A peer of known answers: passages that share words with a question, those that share most first."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path

from tests.measure.peer_scripts.loop import Passage, run


class WordCounter:
    """Names each passage twice, and raises and reaches out where the texts ask for it."""

    def __init__(self, model: str, folder: str) -> None:
        assert Path(model).is_dir()
        self._file = Path(folder) / "index.json"

    def build(self, passages: tuple[Passage, ...]) -> None:
        if any("raise" in passage.text for passage in passages):
            raise ValueError("these passages ask for an error")
        self._file.write_text(json.dumps({passage.name: passage.text for passage in passages}), encoding="ascii")

    def load(self) -> None:
        self._texts: dict[str, str] = json.loads(self._file.read_bytes())

    def ask(self, question: str, k: int) -> list[str]:
        if "reach out" in question:
            with contextlib.suppress(RuntimeError):  # as libraries do with statistics that they cannot send
                socket.getaddrinfo("example.org", 443)
        shared = {name: len(set(question.split()) & set(text.split())) for name, text in self._texts.items()}
        found = sorted((name for name in shared if shared[name]), key=lambda name: (-shared[name], name))
        return [name for name in found[:k] for _ in range(2)]


if __name__ == "__main__":
    run(WordCounter)
