"""Words of any script are found again: what a text is indexed by is what a question for it is searched by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.words import divide_words, keyword_text, rejoin_words
from qa.words import stem, words_of
from source.fold import fold
from tests.documents import put_text, quotes_of
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
LATIN = st.text(st.characters(max_codepoint=0x24F), max_size=40)
ANY = st.text(st.sampled_from("今天气東京はカ한국어ไทยกำลังहिन्दीكتبالМоскваΑθήναab1 .") | st.characters(), max_size=40)


@given(LATIN)
def test_latin_letters_are_indexed_as_they_are(text: str) -> None:
    folded = fold(text, "none")
    if not any(character in folded for character in "μ"):  # the micro sign is a Greek letter
        assert keyword_text(folded) == divide_words(folded) == folded


@given(ANY)
def test_the_terms_of_a_text_are_the_stems_of_its_words(text: str) -> None:
    """But for the English stemmer, which FTS5 applies itself."""
    folded = fold(text, "none")
    again = [stem(word) for word in words_of(folded)]
    assert [stem(word) for word in words_of(divide_words(folded))] == again


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("今天天气很好，A级龙。", "今天 天天 天气 气很 很好 a 级龙"),
        ("龙", "龙"),
        ("東京タワー", "東京 京タ タワ ワー"),
        ("한국어 문장", "한국 국어 문장"),
        ("ภาษาไทย", "ภาษ าษา ษาไ าไท ไทย"),
        ("हिन्दी भाषा", "हनद भष"),
        ("العاصمة والكتاب", "عاصم والكتاب"),
        ("Москва, столицы", "москв столиц"),
        ("It is 5 µm", "it is 5 μm"),
    ],
)
def test_terms_by_hand(text: str, terms: str) -> None:
    assert [stem(word) for word in words_of(fold(text, "none"))] == terms.split()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("北京是中国的首都。", "首都"),
        ("北京是中国的首都。", "京"),
        ("東京は日本の首都です。", "日本"),
        ("서울은 한국의 수도이다.", "수도"),
        ("กรุงเทพเป็นเมืองหลวง", "เมืองหลวง"),
        ("कार्य दिल्ली में है", "दिल्ली"),
        ("القاهرة هي عاصمة مصر", "العاصمة"),
        ("Москва является столицей", "столица"),
    ],
)
def test_a_word_finds_the_passage_it_stands_in_and_no_other(library: Library, text: str, asked: str) -> None:
    put_text(library, WORDS, text, "/a.txt")
    put_text(library, WORDS, "The bell rings. 無關的句子。 كلام آخر", "/b.txt")
    assert quotes_of(library, words_of(fold(asked, "none"))) == [text]


@pytest.mark.parametrize(
    ("text", "held", "missing"),
    [
        ("工匠铸造钟", "工匠 铸造", ("钟",)),
        ("工匠铸造", "工匠 铸造", ()),
        ("恐龙 and 工匠铸造", "工匠 匠铸 铸造", ("and", "恐龙")),
        ("恐龙的骨头", "龙的", ("恐", "骨头")),
        ("恐龙和恐龙", "和恐", ("恐龙", "龙")),
        ("한국어 탑", "한국", ("어", "탑")),
        ("ภาษาไทย", "", ("ภาษาไทย",)),
        ("the bell", "bell", ("the",)),
        ("พิพิธภัณฑ์", "", ("พิพิธภัณฑ์",)),
        ("கடற்கரை எங்கே", "", ("கடற்கரை", "எங்கே")),
        ("Μουσείο bell", "bell", ("Μουσείο",)),
    ],
)
def test_pieces_are_missing_where_no_other_holds_their_letters(text: str, held: str, missing: tuple[str, ...]) -> None:
    words = [word for word in dict.fromkeys(words_of(text)) if word not in held.split()]
    assert rejoin_words(text, words) == missing


@given(ANY)
def test_rejoined_words_stand_in_their_text(text: str) -> None:
    folded = fold(text, "none")
    words = list(dict.fromkeys(words_of(folded)))
    for word in rejoin_words(folded, words):
        assert word in folded or word in words
    assert rejoin_words(folded, []) == ()


@given(ANY)
def test_each_word_of_a_text_is_asked_for_as_it_was_indexed(text: str) -> None:
    folded = fold(text, "none")
    indexed = [stem(word) for word in words_of(keyword_text(folded))]
    assert [stem(word) for word in words_of(folded)] == indexed


@pytest.mark.parametrize(
    "text", ["கோவிலின் மணிகள் புத்தகங்கள் வீடுகளில்", "लड़कियाँ मंदिर में कहानियाँ घंटियों", "كتابٌ في المدرسةِ", "της πόλης"]
)
def test_each_word_of_a_document_finds_it(tmp_path: Path, text: str) -> None:
    with Library(tmp_path / "library") as library:
        put_text(library, WORDS, f"{text}.")
        for word in words_of(fold(text, "none")):
            assert library.count_passages_with(word) == 1, word
            assert quotes_of(library, [word]) != [], word
        assert library.passages_with_phrase(text)
