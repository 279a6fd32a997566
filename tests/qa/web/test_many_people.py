"""Many at once: nobody gets an error, all are answered in turn, and an upload does not stop them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gradio_client import Client

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from tests.conftest import DEMO_DOCUMENTS
from tests.qa.web.conftest import serving
from tests.qa.web.test_asking import QUESTION, QUOTED

PEOPLE = 25


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
