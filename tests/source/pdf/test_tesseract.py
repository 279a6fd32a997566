"""Tesseract's words are read from pixels alone; what it doubts and what it lacks is told apart."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from source.errors import LoadError
from source.patience import Patience
from source.pdf.tesseract import ReadLine, ReadWord, Tesseract, find_tesseract
from tests.pdfs import need_tesseract, without_tesseract

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
BLANK = np.full((40, 60), 255, np.uint8)


def fake_tesseract(folder: Path, script: str) -> Path:
    """A program of that name that does what `script` says."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def printing(folder: Path, *rows: str) -> Tesseract:
    """A Tesseract that reads the same table in every picture."""
    (folder / "table").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    program = fake_tesseract(folder, f"/bin/cat > /dev/null; /bin/cat {folder / 'table'}")
    return Tesseract(str(program), "eng", finds_turns=True)


def picture_of(words: str) -> NDArray[np.uint8]:
    image = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(image).text((40, 60), words, 0, ImageFont.load_default(48))
    return np.asarray(image)


def test_the_table_of_tesseract_becomes_lines_by_hand(tmp_path: Path) -> None:
    tesseract = printing(
        tmp_path,
        "1\t1\t0\t0\t0\t0\t0\t0\t60\t40\t-1\t",
        "4\t1\t2\t1\t1\t0\t5\t6\t40\t10\t-1\t",
        "5\t1\t2\t1\t1\t1\t5\t7\t10\t8\t96.5\tThe",
        '5\t1\t2\t1\t1\t2\t20\t6\t25\t10\t91\t"bell"',
        "4\t1\t3\t1\t1\t0\t5\t20\t40\t10\t-1\t",
        "5\t1\t3\t1\t1\t1\t5\t20\t40\t10\t50\t ",
        "4\t1\t3\t2\t1\t0\t5\t30\t40\t9\t-1\t",
        "5\t1\t3\t2\t1\t1\t5\t30\t40\t9\t50\trang",
    )
    assert tesseract.read(BLANK, 300) == [
        ReadLine((ReadWord("The", 96.5, 5, 7, 15, 15), ReadWord('"bell"', 91, 20, 6, 45, 16)), ("2", "1"), 6, 16),
        ReadLine((ReadWord("rang", 50, 5, 30, 45, 39),), ("3", "2"), 30, 39),
    ]


@pytest.mark.parametrize(
    ("confidence", "text", "is_kept"),
    [(29, "|~", False), (29, "12", False), (29, "be11", True), (0, "x", True), (30, "|~", True), (30, "12", True)],
)
def test_words_that_are_doubted_stay_if_they_have_letters(
    tmp_path: Path, confidence: int, text: str, is_kept: bool
) -> None:
    rows = ("4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t", f"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t{confidence}\t{text}")
    lines = printing(tmp_path, *rows).read(BLANK, 300)
    assert lines is not None
    found = [word.text for line in lines for word in line.words]
    assert found == ([text] if is_kept else [])


def test_a_page_that_tesseract_fails_on_is_told_from_one_without_words(tmp_path: Path) -> None:
    tesseract = Tesseract(str(fake_tesseract(tmp_path, "echo broken; exit 1")), "eng", finds_turns=True)
    assert tesseract.read(BLANK, 300) is None
    assert tesseract.find_turn(BLANK, 300) == 0


def test_a_tesseract_that_works_for_ever_is_ended_by_its_processor_time(tmp_path: Path) -> None:
    program = fake_tesseract(tmp_path, "while :; do :; done")
    patience = Patience(processor_s=0.2, clock_s=1000)
    assert Tesseract(str(program), "eng", finds_turns=True, patience=patience).read(BLANK, 300) is None


def test_a_tesseract_that_waits_for_ever_is_ended_by_the_clock(tmp_path: Path) -> None:
    program = fake_tesseract(tmp_path, "exec /bin/sleep 500")
    patience = Patience(processor_s=1000, clock_s=0.5)
    assert Tesseract(str(program), "eng", finds_turns=True, patience=patience).read(BLANK, 300) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processor time")
def test_a_tesseract_that_waits_for_the_processor_is_left_alone(tmp_path: Path) -> None:
    """It sleeps twice as long as it may work, before and after it has taken a picture that no pipe holds at once."""
    program = fake_tesseract(tmp_path, f"/bin/sleep 1.2; /bin/cat > /dev/null; /bin/sleep 1.2; printf '{HEAD}\\n'")
    patience = Patience(processor_s=0.5, clock_s=1000)
    tesseract = Tesseract(str(program), "eng", finds_turns=True, patience=patience)
    assert tesseract.read(np.full((1000, 1000), 255, np.uint8), 300) == []


def test_tesseract_gets_pixels_on_its_input_and_one_core(tmp_path: Path) -> None:
    given = tmp_path / "given"
    program = fake_tesseract(tmp_path, f'echo "$@ $OMP_THREAD_LIMIT" > {given}; /bin/cat >> {given}')
    Tesseract(str(program), "deu+eng", finds_turns=False).read(BLANK, 300)
    arguments, _, picture = given.read_bytes().partition(b"\n")
    assert arguments == b"stdin stdout --dpi 300 -l deu+eng --psm 3 tsv 1"
    assert picture == b"P5 60 40 255\n" + BLANK.tobytes()


def listing(folder: Path, monkeypatch: pytest.MonkeyPatch, *languages: str) -> str:
    lines = "\n".join(["List of available languages:", *languages])
    monkeypatch.setenv("PATH", str(folder))
    return str(fake_tesseract(folder, f"/bin/cat <<'.'\n{lines}\n."))


def test_all_languages_are_expected_but_for_what_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = listing(tmp_path, monkeypatch, "deu", "eng", "equ", "osd", "script/Latin")
    assert find_tesseract("") == Tesseract(program, "deu+eng", finds_turns=True)
    assert find_tesseract("eng") == Tesseract(program, "eng", finds_turns=True)
    assert find_tesseract("eng+deu") == Tesseract(program, "eng+deu", finds_turns=True)


def test_a_language_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing(tmp_path, monkeypatch, "deu", "eng")
    with pytest.raises(LoadError) as caught:
        find_tesseract("deu+xyz+--help")
    assert caught.value.reason == "tesseract has no language 'xyz, --help'"
    assert caught.value.remedy == "Install it, or name others with --ocr-languages. It has: deu, eng."


def test_without_tesseract_there_is_none() -> None:
    with without_tesseract():
        assert find_tesseract("xyz") is None


def test_without_any_language_tesseract_is_of_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing(tmp_path, monkeypatch, "osd")
    assert find_tesseract("") is None


def test_the_real_tesseract_reads_a_line() -> None:
    need_tesseract()
    tesseract = find_tesseract("eng")
    assert tesseract is not None
    lines = tesseract.read(picture_of("The bell rang in 1687."), 300)
    assert lines is not None
    [line] = lines
    assert [word.text for word in line.words] == ["The", "bell", "rang", "in", "1687."]
    assert all(word.confidence > 60 for word in line.words)
    assert all(40 <= word.left < word.right <= 700 and 50 <= word.top < word.bottom <= 130 for word in line.words)
    assert tesseract.read(np.full((100, 100), 255, np.uint8), 300) == []
