"""What programs ask of the page, with Gradio's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from index.embed import Embedder
from index.library import Library
from qa.ask import ask, search
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import serving
from tests.qa.web.test_asking import QUESTION, UNANSWERABLE


def client_of(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def client(site: str) -> Client:
    return client_of(site)


@pytest.fixture
def own_client(library: Library) -> Iterator[Client]:
    """For a library that is empty at first."""
    with serving(library, lambda _: WordEmbedder()) as address:
        yield client_of(address)


def comparable(said: Any) -> Any:
    """All that was said but times and paths."""
    if isinstance(said, dict):
        return {key: comparable(value) for key, value in said.items() if key not in {"seconds", "path"}}
    return [comparable(one) for one in said] if isinstance(said, list) else said


@pytest.mark.parametrize("question", [QUESTION, UNANSWERABLE])
def test_ask_says_what_the_command_prints(
    client: Client, shown_library: Library, embedder: Embedder, question: str
) -> None:
    said = client.predict(question, api_name="/ask")
    assert comparable(said) == comparable(ask(shown_library, embedder, question).as_dict())
    assert '"path"' not in json.dumps(said)


def test_search_gives_the_best_passages_in_order(client: Client, shown_library: Library, embedder: Embedder) -> None:
    said = client.predict(QUESTION, 3, api_name="/search")
    hits = search(shown_library, embedder, QUESTION, 3)
    assert [hit["passage"]["text"] for hit in said["hits"]] == [hit.passage.text for hit in hits]


def test_documents_are_listed_added_and_removed(own_client: Client, library: Library, tmp_path: Path) -> None:
    file = tmp_path / "bells.txt"
    file.write_text("The oldest bell was cast by Jonas Trell.", encoding="utf-8")
    assert own_client.predict(api_name="/documents") == {"documents": []}
    [outcome] = own_client.predict(handle_file(file), api_name="/add")["outcomes"]
    assert (outcome["name"], outcome["outcome"], outcome["passages"]) == ("bells.txt", "added", 1)
    [listed] = own_client.predict(api_name="/documents")["documents"]
    assert (listed["name"], listed["state"], listed["sha256"]) == ("bells.txt", "current", outcome["sha256"])
    assert own_client.predict("Who cast it?", api_name="/search")["hits"][0]["document"] == "bells.txt"
    assert own_client.predict("0" * 64, api_name="/remove") == {"removed": []}
    assert own_client.predict(outcome["sha256"], api_name="/remove") == {"removed": ["bells.txt"]}
    assert library.documents() == []
    (tmp_path / "x.xyz").write_text("?", encoding="utf-8")
    [failed] = own_client.predict(handle_file(tmp_path / "x.xyz"), api_name="/add")["outcomes"]
    assert failed["outcome"] == "failed"
    assert failed["remedy"]


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ((" ?! ",), "there is no word in it"),
        (("a" * 10_001,), "more than 10,000"),
        (("Why?", "../other"), "There is no library of this name."),
    ],
)
def test_what_goes_wrong_is_told_in_words(client: Client, inputs: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(*inputs, api_name="/ask")


def test_an_empty_library_is_told(own_client: Client) -> None:
    with pytest.raises(AppError, match=re.escape("the library is empty. Add documents to it first.")):
        own_client.predict("Why?", api_name="/ask")


def test_nothing_else_is_offered(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {"/ask", "/search", "/documents", "/add", "/remove"}
