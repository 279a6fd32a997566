"""Question sets in SQuAD's format, and libraries made of their paragraphs, a document for each."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.embed import Embedder
from index.ingest import Failed, add_paths
from index.library import Library
from qa.evaluate import GoldQuestion
from source.document import Span

ROOT = Path(__file__).parents[2]
SHARED_DATA = Path(os.environ.get("QA_SHARED_DATA", ROOT.parent / "shared" / "data"))
"""Where the development data is; it is no part of this repository."""

_WORK = ROOT / ".cache" / "measure"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph and its article's title; `name` is that of the document made of it."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Paragraphs, and questions that one of them answers."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[GoldQuestion, ...]

    def without(self, names: Iterable[str]) -> QuestionSet:
        """The set with these paragraphs taken away, and their questions now answered by none."""
        gone = set(names)
        questions = (
            GoldQuestion(one.question, frozenset(), None, None) if one.documents & gone else one
            for one in self.questions
        )
        return QuestionSet(tuple(one for one in self.paragraphs if one.name not in gone), tuple(questions))

    def unambiguous(self) -> QuestionSet:
        """The set with only those questions whose answer stands once in its paragraph.

        Of an answer that stands there more often, SQuAD 1.1 train may name a place where it answers nothing.
        """
        texts = {one.name: one.text for one in self.paragraphs}
        kept = tuple(
            one
            for one in self.questions
            if one.span and all(texts[name].count(one.span.of(texts[name])) == 1 for name in one.documents)
        )
        return QuestionSet(self.paragraphs, kept)

    def of_articles(self, titles: Collection[str], *, inside: bool) -> QuestionSet:
        """The paragraphs and questions of these articles, or those of all others."""
        kept = tuple(one for one in self.paragraphs if (one.title in titles) == inside)
        names = {one.name for one in kept}
        return QuestionSet(kept, tuple(one for one in self.questions if one.documents & names))

    def sample(self, seed: int, articles: int, paragraphs: int) -> QuestionSet:
        """Some paragraphs of some articles, with their questions, always the same for one seed."""
        generator = random.Random(seed)
        titles = sorted({one.title for one in self.paragraphs})
        chosen: list[Paragraph] = []
        for title in generator.sample(titles, articles):
            of_title = [one for one in self.paragraphs if one.title == title]
            chosen += generator.sample(of_title, min(paragraphs, len(of_title)))
        names = {one.name for one in chosen}
        kept = tuple(one for one in self.questions if one.documents & names)
        return QuestionSet(tuple(sorted(chosen, key=lambda one: one.name)), kept)


def load_squad(path: Path) -> QuestionSet:
    """A file in SQuAD's format; questions marked impossible, and those of no words, are left out."""
    paragraphs, asked = _read_squad(path)
    return QuestionSet(paragraphs, tuple(gold for _, gold in asked if gold.answerable))


def load_squad_with_impossible(path: Path) -> QuestionSet:
    """As `load_squad`, with those marked impossible: nothing in the library answers them."""
    paragraphs, asked = _read_squad(path)
    return QuestionSet(paragraphs, tuple(gold for _, gold in asked))


def load_disflqa(squad: Path, disfluent: Path) -> tuple[QuestionSet, QuestionSet]:
    """The fluent questions of SQuAD 2.0 that are answered, and the same as they were spoken (Gupta et al. 2021)."""
    paragraphs, asked = _read_squad(squad)
    spoken: dict[str, dict[str, str]] = json.loads(disfluent.read_bytes())
    pairs = [(gold, spoken[id_]["disfluent"]) for id_, gold in asked if id_ in spoken and gold.answerable]
    return (
        QuestionSet(paragraphs, tuple(gold for gold, _ in pairs)),
        QuestionSet(paragraphs, tuple(replace(gold, question=text) for gold, text in pairs)),
    )


def load_policyqa(path: Path) -> list[QuestionSet]:
    """PolicyQA (Ahmad et al. 2020): a set for each website, a question once with all paragraphs that answer it."""
    whole = load_squad(path)
    sets = []
    for title in dict.fromkeys(paragraph.title for paragraph in whole.paragraphs):
        paragraphs = tuple(paragraph for paragraph in whole.paragraphs if paragraph.title == title)
        names = {paragraph.name for paragraph in paragraphs}
        documents: dict[str, frozenset[str]] = {}
        for gold in whole.questions:
            if gold.documents <= names:
                documents[gold.question] = documents.get(gold.question, frozenset()) | gold.documents
        questions = tuple(GoldQuestion(text, answering, None, None) for text, answering in documents.items())
        sets.append(QuestionSet(paragraphs, questions))
    return sets


def _read_squad(path: Path) -> tuple[tuple[Paragraph, ...], list[tuple[str, GoldQuestion]]]:
    """The paragraphs, and the ids and questions, without those of no words; a few share an id."""
    data = path.read_bytes()
    articles = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)["data"]
    paragraphs: list[Paragraph] = []
    questions: list[tuple[str, GoldQuestion]] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            name = f"{len(paragraphs):05d}.txt"
            paragraphs.append(Paragraph(name, article.get("title", ""), paragraph["context"]))
            worded = (asked for asked in paragraph["qas"] if len(asked["question"].strip()) >= 5)
            questions += [(asked["id"], _gold(asked, name)) for asked in worded]
    return tuple(paragraphs), questions


def _gold(asked: dict[str, Any], name: str) -> GoldQuestion:
    if asked.get("is_impossible"):
        return GoldQuestion(asked["question"], frozenset(), None, None)
    answer = asked["answers"][0]
    span = Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
    return GoldQuestion(asked["question"], frozenset([name]), span, None)


@dataclass(frozen=True, slots=True)
class Selection:
    """A question of SelQA, the sentences that may answer it, and the numbers, from 0, of those that do."""

    question: str
    sentences: tuple[str, ...]
    answering: frozenset[int]


def load_selections(path: Path) -> list[Selection]:
    """SelQA's answer sentence selection (Jurczyk et al. 2016) as it is."""
    rows = json.loads(path.read_bytes())
    return [Selection(row["question"], tuple(row["candidates"]), frozenset(row["answers"])) for row in rows]


def load_selqa(path: Path) -> QuestionSet:
    """SelQA's answer sentence selection (Jurczyk et al. 2016): a paragraph for each section, of its sentences."""
    paragraphs: dict[tuple[str, ...], Paragraph] = {}
    questions: list[GoldQuestion] = []
    for asked in json.loads(path.read_bytes()):
        sentences = tuple(asked["candidates"])
        name = f"{len(paragraphs):05d}.txt"
        paragraph = paragraphs.setdefault(sentences, Paragraph(name, asked["article"], " ".join(sentences)))
        answering = asked["answers"][0]
        start = sum(len(sentence) + 1 for sentence in sentences[:answering])
        span = Span(start, start + len(sentences[answering]))
        questions.append(GoldQuestion(asked["question"], frozenset([paragraph.name]), span, None))
    return QuestionSet(tuple(paragraphs.values()), tuple(questions))


def half_of(paragraphs: Sequence[Paragraph]) -> list[str]:
    """The names of a fixed half of the paragraphs, chosen by their digest."""
    return [one.name for one in paragraphs if hashlib.sha256(one.name.encode()).digest()[0] % 2]


def build_paragraph_library(name: str, paragraphs: Sequence[Paragraph], embedder: Embedder) -> Library:
    """A new library of these paragraphs, each a plain text file."""
    texts = _WORK / name / "texts"
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir(parents=True)
    for paragraph in paragraphs:
        (texts / paragraph.name).write_bytes(paragraph.text.encode())
    return build_library(name, texts, embedder)


def build_library(name: str, documents: Path, embedder: Embedder) -> Library:
    """A new library of the documents in a folder."""
    folder = _WORK / name / "library"
    shutil.rmtree(folder, ignore_errors=True)
    library = Library(folder)
    for event in add_paths(library, embedder, [documents]):
        if isinstance(event, Failed):
            raise event.error
    return library
