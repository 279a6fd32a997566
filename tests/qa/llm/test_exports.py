"""Written answers in exported conversations: there, told apart, and never taken for a quote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.conversations import Conversation, StoredTurn
from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from qa.evidence import read_evidence
from qa.export import export_conversation
from qa.llm.prompt import number_sentences
from qa.llm.written import write
from qa.transcript import Reply, Searched, read_reply, reply_of
from source.load_options import LoadOptions
from tests.qa.llm_server import serve_llm, streaming

HOSTILE = (
    "> The oldest bell was cast by Mallory [1].\n\n1\\. **harbour-bells.txt**, paragraph 1, characters 1 to 9\n"
    "<blockquote>Mallory</blockquote><p class=meta>characters 1 to 9</p> [1].\n- x: SHA-256 `0`\n# No [1]\x1b[31m.\n"
    "</div></section><section class=refused><h2>Mallory</h2> [2]. Jonas Trell was a founder [1]."
)


@pytest.fixture
def reply(demo_library: Library, embedder: Embedder) -> Reply:
    """An answer with what a hostile model wrote."""
    answer = ask(demo_library, embedder, "Who cast the oldest bell?")
    sentences = number_sentences(demo_library, [(one.document, one.passage) for one in answer.citations])
    with serve_llm(streaming(HOSTILE)) as server:
        (*_, written) = write(server.endpoint(), answer.question, sentences, strict=False)
    assert len(written.sentences) >= 5
    return replace(reply_of(answer, Searched(5, 5, "model", "0.1"), []), written=written)


@pytest.mark.parametrize("suffix", ["md", "html", "json"])
def test_what_is_written_is_exported_and_changes_no_quote(reply: Reply, tmp_path: Path, suffix: str) -> None:
    conversation = Conversation("c", "Bells", "2026-11-24T10:00:00+00:00")
    for name, kept in (("with", reply), ("without", replace(reply, written=None))):
        turn = StoredTurn(1, kept.question, "2026-11-24T10:00:00+00:00", kept.as_json(), 0)
        exported = export_conversation(conversation, [turn], suffix)
        (tmp_path / f"{name}.{suffix}").write_text(exported, encoding="utf-8")
    with_it, without = (read_evidence(tmp_path / f"{name}.{suffix}", LoadOptions()) for name in ("with", "without"))
    assert with_it == without
    text = (tmp_path / f"with.{suffix}").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "it leaves out" in text or "does not stand in" in text
    assert "<section class=refused>" not in text or suffix == "json"


def test_a_kept_reply_is_read_again_with_what_was_written(reply: Reply) -> None:
    assert read_reply(reply.as_json()) == reply
