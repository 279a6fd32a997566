"""Decoding: what was written is what is read, in the encoding that is named, or the reader is told why not."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.decode import NotTextError, decode
from tests.strategies import characters, texts

# Two sentences in each of the languages that Windows-1252 was made for.
WESTERN = {
    "Danish": "Klokken blev støbt i året 1687. Den hænger på den nordlige mole, hvor den melder højvandet – “altid”.",
    "Dutch": "De klok werd in 1687 gegoten. Zij hangt op de noordelijke pier; één keer per getij luidt zij, à € 5.",
    "English": "The bell was cast in 1687 – it hangs on the north pier. Nobody’s sure who paid £5 for it at the café.",
    "Finnish": "Kello valettiin vuonna 1687. Se riippuu pohjoisella laiturilla, missä se ilmoittaa – päivää ennen.",
    "French": "La cloche a été coulée en 1687. Elle pend sur la jetée nord, où elle annonce la marée : c’est son cœur.",
    "German": "Die Glocke wurde 1687 gegossen. Sie hängt über der nördlichen Mole und „kündigt“ größere Fluten an.",
    "Italian": "La campana fu fusa nel 1687. È appesa al molo nord, dove annuncia la marea più alta: perché no?",
    "Norwegian": "Klokken ble støpt i 1687. Den henger på den nordre moloen, der den varsler høyvann – så å si.",
    "Portuguese": "O sino foi fundido em 1687. Está no cais norte, onde anuncia a maré; a decisão não é de São João.",
    "Spanish": "La campana se fundió en 1687. Cuelga del muelle norte, donde anuncia la marea. ¿Quién la pagó, señor?",
    "Swedish": "Klockan göts år 1687. Den hänger på den norra vågbrytaren, där den förkunnar tidvattnet för hela ön.",
}
OTHERS = {
    "cp1250": "Příliš žluťoučký kůň úpěl ďábelské ódy. Zvon byl odlit v roce 1687 a visí na severním molu.",
    "cp1251": "Колокол был отлит в 1687 году и висит на северном молу, где он объявляет прилив.",
    "koi8_r": "Колокол был отлит в 1687 году и висит на северном молу, где он объявляет прилив.",
    "cp1253": "Η καμπάνα χύθηκε το 1687 και κρέμεται στη βόρεια προβλήτα, όπου αναγγέλλει την παλίρροια.",
    "cp932": "その鐘は1687年に鋳造され、北の防波堤に掛かっている。潮の変わり目を告げる鐘である。",
    "gb18030": "这口钟铸于一六八七年，挂在北码头上，用来报告潮水的涨落。没有人知道是谁付的钱。",
}


@given(texts.filter(lambda text: not text.startswith("\ufeff")))
def test_utf_8_is_read_as_it_was_written(text: str) -> None:
    if len([one for one in text if one < " " and one not in "\t\n\v\f\r"]) == 0 and "\x7f" not in text:
        assert decode(text.encode("utf-8")).text == text


@given(texts, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_a_byte_order_mark_says_how_to_read_what_follows(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)
    assert decode(decoded.text.encode(decoded.encoding)) == decoded


@given(st.text(characters, min_size=1))
def test_big_endian_marks_are_known_too(text: str) -> None:
    assert decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be")).text == text
    assert decode(codecs.BOM_UTF32_BE + text.encode("utf-32-be")).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", WESTERN.values(), ids=WESTERN)
def test_utf_16_without_a_mark_is_known_by_its_zeros(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("text", WESTERN.values(), ids=WESTERN)
def test_windows_1252_is_known_in_its_languages(text: str, times: int) -> None:
    decoded = decode((text * times).encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (text * times, "cp1252")


@given(st.sampled_from(sorted(WESTERN.values())), st.data())
def test_a_few_words_in_windows_1252_are_enough(text: str, data: st.DataObject) -> None:
    words = text.split()
    start = data.draw(st.integers(0, len(words) - 4))
    some = " ".join(words[start : data.draw(st.integers(start + 4, len(words)))])
    assert decode(some.encode("cp1252")).text == some


@pytest.mark.parametrize("word", ["café", "Größe", "“Yes”", "5 °C", "naïve", "£5", "€ 100"])
def test_a_word_or_two_is_never_taken_for_chinese(word: str) -> None:
    assert decode(word.encode("cp1252")).text == word


@pytest.mark.parametrize(("encoding", "text"), OTHERS.items())
def test_other_code_pages_are_known_by_their_language(encoding: str, text: str) -> None:
    decoded = decode((text * 3).encode(encoding))
    assert (decoded.text, decoded.encoding) == (text * 3, encoding)


@given(st.binary())
def test_any_bytes_are_text_that_can_be_stored_or_refused_with_a_reason(data: bytes) -> None:
    try:
        decoded = decode(data)
    except NotTextError as error:
        said = f"{error.reason}. {error.remedy}"
        assert re.fullmatch(r"it.+\. .+\.", said)
    else:
        assert decoded.text.encode("utf-8").decode("utf-8") == decoded.text
        assert "\0" not in decoded.text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "it is not text but binary data"),
        (b"A text with one \0 in it, which C takes for its end" * 3, "it is not text but binary data"),
        ("Läuten\n".encode() * 50 + b"\xe4\n", "it is UTF-8 with 1 broken byte, the first in line 51"),
        (codecs.BOM_UTF8 + b"caf\xe9", "it is marked as utf-8-sig but byte 3 does not fit"),
        (codecs.BOM_UTF16_LE + b"a\0b", "it is marked as utf-16 but byte 4 does not fit"),
        (bytes(range(128, 256)), "its encoding cannot be told"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotTextError) as caught:
        decode(data)
    assert caught.value.reason == reason
