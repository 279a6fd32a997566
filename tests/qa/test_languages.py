"""The language of a question, by the words that say nothing in it; and which words are left."""

from __future__ import annotations

import json

import pytest

from qa.languages import language_of, stop_words
from qa.words import STOP_WORDS, content_words, words_of
from source.fold import fold
from tests.qa.conftest import DEMO_QUESTIONS

# "no", "not" and "never" in the languages that have stop words here.
DENYING = (
    "nicht kein keine nie ne pas jamais non aucun no nunca ningún sin mai nessuno não nunca nenhum niet geen nooit "
    "не нет никогда δεν όχι ποτέ لا لم لن ليس नहीं मत 不 没 没有 未 ない なし ไม่ ไม่มี"
)


def language(question: str) -> str:
    return language_of(words_of(fold(question, "none")), STOP_WORDS)


@pytest.mark.parametrize(
    ("question", "expected", "left"),
    [
        ("Wann wurde die Glocke gegossen?", "German", "glocke gegossen"),
        ("Qui a fondu la cloche de l'église ?", "French", "fondu cloche église"),
        ("¿Quién fundió la campana de la iglesia?", "Spanish", "fundió campana iglesia"),
        ("Chi ha fuso la campana della chiesa?", "Italian", "fuso campana chiesa"),
        ("Quem fundiu o sino da igreja?", "Portuguese", "fundiu sino igreja"),
        ("Wie heeft de klok van de kerk gegoten?", "Dutch", "klok kerk gegoten"),
        ("Кто отлил колокол?", "Russian", "отлил колокол"),
        ("Ποιος έχυσε την καμπάνα;", "Greek", "έχυσε καμπάνα"),
        ("من صنع الجرس؟", "Arabic", "صنع الجرس"),
        ("谁铸造了钟？", "", "谁铸 铸造 造了 了钟"),
        ("钟是什么？", "Chinese", "钟是"),
        ("鐘はいつ？", "Japanese", "鐘は はい"),
        ("ใคร หล่อ ระฆัง", "Thai", "หลอ ระฆ ะฆง"),
    ],
)
def test_a_question_is_searched_for_without_the_stop_words_of_its_language(
    question: str, expected: str, left: str
) -> None:
    assert language(question) == expected
    assert content_words(fold(question, "none")) == left.split()


@pytest.mark.parametrize(
    "question",
    [
        "What did Los Angeles and El Paso build?",
        "Who wrote Die Zauberflöte and what was in it?",
        "die cast bell",
        "Rio de Janeiro",
        "Was Ludwig van Beethoven deaf?",
        "Is Rio de Janeiro humid?",
        "Was Charles de Gaulle wounded?",
        "Was Otto von Bismarck Catholic?",
        "men of war",
        "van door handle",
        "war in Des Moines",
        "pour concrete on slab",
        "USB as a COM port",
        "bell",
    ],
)
def test_a_name_or_title_makes_no_other_language_of_english(question: str) -> None:
    assert language(question) == ""
    assert content_words(question) == [word for word in words_of(question) if word not in STOP_WORDS]


def test_no_question_on_the_demo_is_taken_for_another_language() -> None:
    questions = [json.loads(line)["question"] for line in DEMO_QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert {question: language(question) for question in questions if language(question)} == {}


def test_no_stop_word_of_any_language_denies() -> None:
    words = frozenset().union(*stop_words().values())
    assert words.isdisjoint(words_of(DENYING))
