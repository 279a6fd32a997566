"""Characters of RTF: bytes of many code pages, and escapes of many kinds."""

from __future__ import annotations

import pytest

from source.rtf.blocks import load_rtf
from tests.rtfs import rtf


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"caf\'e9 \'93so\'94 \'80", "café “so” €"),
        (rb"{\f1 \'cf\'f0\'e8\'e2\'e5\'f2} \'e9", "Привет é"),
        (rb"{\f4 \'b3\'f3d\'9f}", "łódź"),
        (rb"{\f3 \'93\'fa\'96\'7b\'8c\'ea}", "日本語"),
        (rb"{\f3 \'83A\'83C}", "アイ"),
        (rb"{\f2 abc\'b3}", "αβχ≥"),
        (rb"{\f2 \u-4000?}", "\uf060"),
        (rb"{\f2 \u-3999?}", "α"),
        (rb"\u1046?\u1077?x", "Жеx"),
        (rb"\u1046\'3f\u1077\'3f x", "Же x"),
        (rb"\uc0\u1046\u1077 x", "Жеx"),
        (rb"\uc2\u1046\'3f\'3f\u1077??x", "Жеx"),
        (rb"{\uc2\u1046 ab}\u1077 ab", "Жеb"),
        (rb"\uc1\u1046{\b x}", "Жx"),
        (rb"\u1046\emdash x", "Жx"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"a\u-10179?b", "ab"),
        (rb"a\u0?b\'00c", "abc"),
        (rb"\{a\}\\b\_c\-d\~e", "{a}\\b\u2011c\u00add\u00a0e"),
        (rb"\lquote a\rquote  \ldblquote b\rdblquote\endash\emdash\bullet", "‘a’ “b”–—•"),
        (rb"\par a{\v hidden {\b too}}b{\deleted gone}{\revised new}\v no\v0 c\v no\plain d", "abnewcd"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x.org"}{\fldrslt {\ul link}}}', "link"),
        (rb"a{\pict\pngblip 89504e47}{\*\shppict{\pict\bin5 }}}}}}}b", "ab"),
        (rb"a{\object{\*\objdata 0105}{\result shown}}b", "ashownb"),
        (rb"a{\*\bkmkstart x}{\*\bkmkend x}{\*\annotation no{\b no}}{\xe\v index}b", "ab"),
        (rb"{\*\unknown no {\b no}}a{\unknown yes}", "ayes"),
        (rb"{\upr{gone}{\*\ud{\u1046?}}}", "Ж"),
        (rb"{\mmath{\*\moMathPara{\*\moMath{\mr x=1}}}{\mmathPict no}}", "x=1"),
    ],
)
def test_characters_by_hand(body: bytes, text: str) -> None:
    assert load_rtf(rtf(body)).text == text


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1251 ", rb"\'cf\'f0", "Пр"),
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset1 A;}}\f0 ", rb"\'cf\'f0", "Пр"),
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl\f0\fcharset0 A;\f1\fcharset204 B;}\f0 ", rb"\'e9{\f1 \'e9}", "éй"),
        (rb"{\rtf1\ansi\ansicpg65001 ", "Größe".encode(), "Größe"),
        (rb"{\rtf1\ansi\ansicpg932 ", rb"\'93\'fa", "日"),
        (rb"{\rtf1\mac ", rb"\'8e", "é"),
        (rb"{\rtf1\pc ", rb"\'82", "é"),
        (rb"{\rtf1\ansi\ansicpg99999 ", rb"\'e9", "é"),
        (rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204\cpg1253 A;}}\f0 ", rb"\'e1", "α"),
        (rb"{\rtf1\ansi\deff3{\fonttbl{\f3\fcharset161 A;}}", rb"\'e1", "α"),
        (rb"{\rtf1\ansi\ansicpg65001 ", rb"\'e9t\'e9", "été"),
        (rb"{\rtf1\ansi ", rb"a\'81b", "a\x81b"),
    ],
)
def test_bytes_are_in_the_code_page_of_their_font_or_document(head: bytes, body: bytes, text: str) -> None:
    assert load_rtf(head + body + b"}").text == text
