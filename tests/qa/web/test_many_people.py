"""Many at once: nobody gets an error, all are answered in turn, and an upload does not stop them."""

from __future__ import annotations

import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, serving
from tests.qa.web.test_asking import QUESTION, QUOTED

PEOPLE = 25
BELL = "Who cast the oldest bell?"


def test_twenty_five_people_are_answered_while_documents_are_added(
    library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    list(add_paths(library, embedder, [DEMO_DOCUMENTS]))
    for number in range(20):
        words = " ".join(f"Sentence {one} of report {number} tells of ropes." for one in range(200))
        (tmp_path / f"report-{number}.txt").write_text(words, encoding="utf-8")
    with serving(library, lambda _: embedder) as address, ThreadPoolExecutor(PEOPLE) as people:
        expected = Client(address, verbose=False, analytics_enabled=False).predict(QUESTION, api_name="/ask")
        begin = threading.Barrier(PEOPLE + 1)

        def ask(_: int) -> Any:
            client = Client(address, verbose=False, analytics_enabled=False)
            begin.wait(120)
            return client.predict(QUESTION, api_name="/ask")

        answers = people.map(ask, range(PEOPLE))
        begin.wait(120)
        stored = [event for event in add_paths(library, embedder, [tmp_path]) if hasattr(event, "outcome")]
        assert all(QUOTED in answer["citations"][0]["quote"] for answer in [expected, *answers])
    assert len(stored) == 20


def test_who_would_wait_too_long_is_told_and_keeps_the_question(library: Library, new_tab: OpenTab) -> None:
    put_text(library, WordEmbedder(), "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    model: Future[Embedder] = Future()
    with serving(library, lambda _: model.result(60), most_waiting=1) as address:
        first, second = new_tab(address), new_tab(address)
        for tab in (first, second):
            tab.open()
            tab.box.fill(BELL)
        first.box.press("Enter")
        first.page.locator("#conversation .waiting").wait_for()
        second.box.press("Enter")
        sentence = "Cannot answer this question now: 1 question is waiting already. Ask again in a minute."
        expect(second.page.locator("#notice [role=alert]")).to_have_text(sentence)
        expect(second.box).to_have_value(BELL)
        expect(second.page.locator(".question")).to_have_count(0)
        with pytest.raises(AppError, match=re.escape(sentence)):
            Client(address, verbose=False, analytics_enabled=False).predict(BELL, api_name="/ask")
        model.set_result(WordEmbedder())
        first.page.locator(".answer").wait_for()
        second.box.press("Enter")
        second.page.locator(".answer").wait_for()
        expect(second.page.locator(".question")).to_have_count(1)
