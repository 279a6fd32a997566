"""Documents and questions in six languages, with models that read them all, and with the default one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from index.model import find_model
from index.sentence_model import SentenceModel, may_find_accelerator
from qa.ask import ask, read
from qa.cli import main
from qa.confidence import TRAINED_THRESHOLD
from qa.folders import load_model
from qa.question import prepare_question
from qa.retrieve import retrieve
from qa.web.librarian import Librarian
from qa.web.render import answer_html
from tests.bilingual_model import Shape, save_model
from tests.command import Command, command_here
from tests.qa.web.test_intake import ready

DOCUMENTS = {
    "bells.txt": "The bell was cast in 1687.\n\nIt is rung at noon and at dusk.\n",
    "wal.txt": "Die Fischer waren still.\n\nDer Wal wurde 1902 auf der Insel gesehen.\n",
    "qiao.txt": "市场在七点开门。\n\n这座桥于1933年倒塌。没有人受伤。\n",
    "cha.txt": "お茶は山で育つ。雨が多い。\n\n灯台は1911年に建てられた。\n",
    "wat.txt": "คนในหมู่บ้านดีใจมาก\n\nวัดถูกทาสีในปี 1850\n",
    "khubz.txt": "الطريق طويل.\n\nالخبز يخبز في السوق. الناس يحبونه.\n",
}
QUOTES = {
    "bells.txt": "The bell was cast in 1687.",
    "wal.txt": "Der Wal wurde 1902 auf der Insel gesehen.",
    "qiao.txt": "这座桥于1933年倒塌。",
    "cha.txt": "灯台は1911年に建てられた。",
    "wat.txt": "วัดถูกทาสีในปี 1850",
    "khubz.txt": "الخبز يخبز في السوق.",
}
ACROSS = {
    "bells.txt": ["Wann wurde die Glocke gegossen?", "钟是什么时候铸造的？", "鐘はいつ鋳造された？", "متى صب الجرس؟"],
    "wal.txt": ["Where was the whale seen?", "鲸鱼在哪里看见的？", "クジラはどこで見られた？", "วาฬเห็นที่ไหน"],
    "qiao.txt": ["When did the bridge collapsed?", "Wann ist die Brücke eingestürzt?", "متى انهار الجسر؟"],
    "cha.txt": ["When was the lighthouse built?", "Wann wurde der Leuchtturm gebaut?", "ประภาคารสร้างเมื่อไร"],
    "wat.txt": ["When was the temple painted?", "Wann wurde der Tempel bemalt?", "寺庙是什么时候绘的？"],
    "khubz.txt": ["Where is bread baked?", "Wo wird das Brot gebacken?", "面包在哪里烤？", "パンはどこで焼く？"],
}
"""Questions in other languages than the document that answers them: no word is shared."""
WITHIN = {
    "wal.txt": "Wo wurde der Wal gesehen?",
    "qiao.txt": "桥是什么时候倒塌的？",
    "cha.txt": "灯台はいつ建てられた？",
    "wat.txt": "วัดถูกทาสีเมื่อไร",
    "khubz.txt": "أين يخبز الخبز؟",
}
UNANSWERED = [
    "Where was the queen born?",
    "Wo wurde die Königin geboren?",
    "女王在哪里出生？",
    "王妃はどこで生まれた？",
    "ราชินีเกิดที่ไหน",
    "أين ولدت الملكة؟",
]
SHAPES = {
    "a window of 128": Shape("xlm-roberta", 48),
    "a window of 512, converted": Shape("bert", 96, 512),
    "a window of 12": Shape("xlm-roberta", 48, 12),
    "prompts": Shape("xlm-roberta", 40, query="query: ", passage="passage: "),
    "word vectors alone": Shape("static", 64),
}
ENGLISH_ONLY = (
    "The model all-MiniLM-L6-v2 reads English only: passages were looked for mainly by the words of your question."
)


@dataclass(frozen=True, slots=True)
class Made:
    """A library that `qa add --model` made of `DOCUMENTS`, and the model."""

    shape: Shape
    model: Path
    library: Path
    embedder: Embedder


def write_documents(folder: Path) -> Path:
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=[*SHAPES.values()], ids=[*SHAPES])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("multilingual")
    model = save_model(folder / "saved", request.param)
    documents = write_documents(folder / "documents")
    with pytest.raises(SystemExit) as ended:
        main(["--library", f"{folder}/library", "add", str(documents), "--model", str(model)])
    assert not ended.value.code
    return Made(request.param, model, folder / "library", Embedder(find_model(str(model))))


@pytest.fixture
def multilingual_qa(made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("QA_LIBRARY", str(made.library))
    return command_here(capsys, lambda *_: made.embedder)


@pytest.fixture(scope="module")
def english_folder(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the same documents, made with the default model."""
    folder = tmp_path_factory.mktemp("english")
    with Library(folder / "library") as library:
        failures = [
            event
            for event in add_paths(library, embedder, [write_documents(folder / "documents")])
            if hasattr(event, "error")
        ]
    assert failures == []
    return folder / "library"


@pytest.fixture
def english_qa(
    english_folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("QA_LIBRARY", str(english_folder))
    return command_here(capsys, lambda *_: embedder)


@pytest.mark.parametrize("document", ACROSS)
def test_a_question_is_answered_by_a_document_in_another_language(multilingual_qa: Command, document: str) -> None:
    """By vectors alone, with a quote that stands in the file at the place that is named."""
    text = DOCUMENTS[document]
    for question in ACROSS[document]:
        found = multilingual_qa("search", "--json", "--", question).value["hits"]
        answer = multilingual_qa("ask", "--json", "--", question).value
        assert (found[0]["document"], found[0]["keyword_score"]) == (document, 0), question
        best = answer["citations"][0]
        assert (best["document"], best["quote"].startswith(QUOTES[document])) == (document, True), question
        for quote in answer["citations"]:
            stands_in = DOCUMENTS[quote["document"]]
            assert stands_in[quote["start"] : quote["end"]] == quote["quote"]
        first, last = best["location"]["lines"]
        assert QUOTES[document] in "\n".join(text.split("\n")[first - 1 : last])
        assert "notice" not in answer


def test_what_no_document_says_is_refused_in_any_language(multilingual_qa: Command) -> None:
    for question in UNANSWERED:
        answer = multilingual_qa("ask", "--json", "--", question).value
        assert (answer["answered"], answer["citations"]) == (False, []), question


@pytest.mark.parametrize(
    ("word", "document"), [("倒塌", "qiao.txt"), ("灯台", "cha.txt"), ("ทาสี", "wat.txt"), ("السوق", "khubz.txt")]
)
def test_keywords_are_found_where_they_stand(multilingual_qa: Command, word: str, document: str) -> None:
    """Also within a run of letters without a blank; in no other passage."""
    hits = multilingual_qa("search", "--json", word).value["hits"]
    assert [hit["document"] for hit in hits if hit["keyword_score"]] == [document]
    assert word in next(hit["passage"]["text"] for hit in hits if hit["keyword_score"])


def test_the_model_is_named_with_its_dimension(made: Made, multilingual_qa: Command) -> None:
    named = multilingual_qa("stats", "--json").value["model"]
    assert (named["name"], named["dimension"]) == (str(made.model), made.shape.dimension)
    pooled_late = made.shape.encoder != "static" and not made.shape.query
    assert named["pooling"] == ("late" if pooled_late else "single")
    assert f"{made.model} ({made.shape.dimension} dimensions" in multilingual_qa("stats").output
    assert made.embedder.is_converted == (made.shape.encoder == "bert" and not may_find_accelerator())


def test_a_script_that_the_model_has_no_word_of_is_told(made: Made, multilingual_qa: Command) -> None:
    answer = multilingual_qa("ask", "--json", "როდის ჩამოასხეს ზარი?").value
    assert answer["notice"] == (
        f"The model {made.model} does not know this script: "
        "passages were looked for mainly by the words of your question."
    )


def test_a_fact_behind_the_window_is_found(made: Made) -> None:
    """In the last of many sentences, and at the end of a long one."""
    filler, fact = "Der Markt öffnet und die Königin sah den Berg.", "Das Brot wurde auf der Insel gebacken."
    [vectors] = made.embedder.embed_passages([[filler] * 80 + [fact]])
    [[long]] = made.embedder.embed_passages([["Markt Königin " * 300 + fact]])
    [[without]] = made.embedder.embed_passages([["Markt Königin " * 300]])
    question = made.embedder.embed_question("Where was the bread baked?")
    assert max(vectors[:-1] @ question) < vectors[-1] @ question - 0.2
    assert long @ question > without @ question + 0.001


def test_a_model_that_wants_words_before_a_text_is_given_them(tmp_path: Path) -> None:
    """Others for a question than for a sentence of a document, as its own library puts them."""
    folder = save_model(tmp_path, Shape("xlm-roberta", 16, query="query: ", passage="passage: "))
    embedder, model = Embedder(find_model(str(folder))), SentenceTransformer(str(folder), local_files_only=True)
    question, sentence = model.encode(
        ["query: Wo ist die Insel?", "passage: 灯台は山で育つ。"], prompt="", normalize_embeddings=True
    )
    np.testing.assert_allclose(embedder.embed_question("Wo ist die Insel?"), question, atol=1e-5)
    [[embedded]] = embedder.embed_passages([["灯台は山で育つ。"]])
    np.testing.assert_allclose(embedded, sentence, atol=1e-5)


@pytest.mark.parametrize(
    "sentence", ["这座桥于1933年倒塌" * 60, "Markt Königin " * 100, "วัดถูกทาสี" * 50, "abcdefgh" * 40]
)
def test_no_part_of_a_long_sentence_is_longer_than_the_window(tmp_path: Path, sentence: str) -> None:
    """With its prompt, as the model's own tokenizer counts: also where a part begins within a word."""
    folder = save_model(tmp_path, Shape("xlm-roberta", 16, 24, "query: ", "passage: "))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    parts = SentenceModel(find_model(str(folder))).fit_window(sentence)
    assert "".join(parts) == sentence
    assert max(len(tokenizer(f"passage: {part}")["input_ids"]) for part in parts) <= 24


def test_a_model_that_says_nothing_of_its_window_reads_as_far_as_it_has_places(tmp_path: Path) -> None:
    """XLM-RoBERTa has two places fewer than its configuration says."""
    folder = save_model(tmp_path, Shape("xlm-roberta", 16, 24))
    said = folder / "tokenizer_config.json"
    said.write_text(json.dumps({**json.loads(said.read_text()), "model_max_length": 10**30}))
    model = SentenceModel(find_model(str(folder)))
    assert model.window == 24
    assert model.embed_question("Der Markt öffnet. " * 100).shape == (16,)


def test_an_english_model_says_so_and_finds_other_languages_by_their_words(english_qa: Command) -> None:
    for document, question in WITHIN.items():
        answer = english_qa("ask", "--json", "--", question).value
        hits = english_qa("search", "--json", "--", question).value["hits"]
        assert answer["notice"] == ENGLISH_ONLY, question
        assert (hits[0]["document"], hits[0]["keyword_score"] > 0) == (document, True), question
        assert ENGLISH_ONLY in english_qa("ask", "--", question).output.splitlines()
    for question in ("When was the bell cast?", "What did Los Angeles and El Paso build?", "bell 1687"):
        assert "notice" not in english_qa("ask", "--json", question).value


def test_passages_are_not_read_again_for_a_question_that_the_model_cannot_read(
    english_folder: Path, embedder: Embedder
) -> None:
    with Library(english_folder) as library:
        for question, legible in (("王后在哪里出生？", False), ("Wo wurde die Königin geboren?", True)):
            prepared = prepare_question(library, embedder, question)
            found = retrieve(library, prepared, 10)
            assert prepared.legible is legible
            assert bool(read(found, prepared, embedder).reread) is legible
            assert ask(library, embedder, question).threshold == TRAINED_THRESHOLD


@pytest.fixture
def librarian(english_folder: Path, embedder: Embedder) -> Iterator[Librarian]:
    with Library(english_folder) as library:
        opened = Librarian(library, ready(embedder))
        yield opened
        opened.close()


def test_the_page_says_that_the_model_reads_english_only(librarian: Librarian) -> None:
    for question in WITHIN.values():
        reply = librarian.ask(question, lambda _: None).result.result(60)
        assert f'<p class="corrected" dir="auto">{ENGLISH_ONLY}</p>' in answer_html(reply, 1, 0)
    reply = librarian.ask("When was the bell cast?", lambda _: None).result.result(60)
    assert "reads English only" not in answer_html(reply, 1, 0)


def test_a_library_changes_from_the_default_model_to_one_that_reads_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `qa` does it by itself: another model is refused until the library is embedded again with it."""
    monkeypatch.setenv("QA_LIBRARY", str(tmp_path / "library"))
    qa = command_here(capsys, load_model)
    documents, model = write_documents(tmp_path / "documents"), save_model(tmp_path, Shape("static", 64))
    question = ACROSS["wat.txt"][1]
    assert qa("add", documents).status == 0
    assert qa("ask", "--json", question).value["answered"] is False
    assert qa("add", documents, "--model", model).status == 1
    assert f"with {model}." in qa("reindex", "--model", model).output
    answer = qa("ask", "--json", question).value
    assert answer["citations"][0]["quote"] == QUOTES["wat.txt"]
