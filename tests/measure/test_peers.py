"""What the peers are put through, with a peer of known answers in a process of its own; the figures by hand."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from qa.evaluate import GoldQuestion
from tests.measure.datasets import Paragraph
from tests.measure.peer_scripts.loop import Asked, Built, Passage, Task, task_of
from tests.measure.peers import table_of
from tests.measure.peers_install import Environment, PeerError, last_line, size_of
from tests.measure.peers_run import (
    Figures,
    Indexed,
    ask,
    figures_of,
    hit_rate,
    index,
    mean_reciprocal_rank,
    rank_of,
)

HERE = Environment(sys.executable, "", "3", seconds=10.0, size_bytes=200_000_000)
PARAGRAPHS = (
    Paragraph("a", "", "the bell was cast by Trell"),
    Paragraph("b", "", "the quay was built"),
    Paragraph("c", "", "the tide turned"),
)


def asks(question: str, *documents: str) -> GoldQuestion:
    return GoldQuestion(question, frozenset(documents), None, None)


def indexed(folder: Path, *paragraphs: Paragraph) -> Indexed:
    return index(HERE, "tests.fake_peer", folder, paragraphs or PARAGRAPHS, folder)


def test_a_peer_is_ranked_by_what_it_names(tmp_path: Path) -> None:
    first, second, none = (
        asks("who cast the bell", "a"),
        asks("the quay and the tide", "c"),
        asks("who sank it", "b"),
    )
    peer = indexed(tmp_path)
    rounds = [([first, none], ask(peer, [first, none])), ([second], ask(peer, [second]))]
    assert [asked.ranked for _, asked in rounds] == [(("a", "b", "c"), ()), (("b", "c", "a"),)]
    figures = figures_of(peer, rounds)
    assert figures.mrr == pytest.approx((1 + 0 + 1 / 2) / 3)
    assert figures.hit_at_5 == pytest.approx(2 / 3)
    assert figures.asked.first_s == min(asked.first_s for _, asked in rounds)
    assert figures.asked.seconds == rounds[0][1].seconds + rounds[1][1].seconds


def test_its_times_and_memory_are_those_of_its_own_processes(tmp_path: Path) -> None:
    peer = indexed(tmp_path)
    asked = ask(peer, [asks("who cast the bell", "a")])
    assert peer.index_bytes == len(
        '{"a": "the bell was cast by Trell", "b": "the quay was built", "c": "the tide turned"}'
    )
    assert len(asked.seconds) == 1
    assert 0 < asked.seconds[0] < asked.first_s
    # That of an interpreter, whatever this process has had before it started it.
    assert 5e6 < asked.memory_bytes < 100e6
    assert 5e6 < peer.built.memory_bytes < 100e6


def test_a_peer_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"^fake_peer cannot build: ValueError: these passages ask for an error$"):
        indexed(tmp_path, Paragraph("a", "", "raise"))


def test_a_peer_that_tried_to_reach_another_machine_is_found_out_though_it_went_on(tmp_path: Path) -> None:
    sentence = r"^fake_peer tried to reach another machine: socket\.getaddrinfo 'example\.org'$"
    with pytest.raises(PeerError, match=sentence):
        ask(indexed(tmp_path), [asks("please reach out", "a")])


def test_ranks_by_hand() -> None:
    gold = asks("?", "x", "y")
    assert [rank_of(gold, ranked) for ranked in (["x"], ["a", "y", "x"], ["a"], [])] == [1, 2, None, None]
    ranks = [1, 2, None, 10, 11]
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 2 + 0 + 1 / 10 + 0) / 5)
    assert hit_rate(ranks, 5) == pytest.approx(2 / 5)


def test_a_task_comes_back_from_its_text() -> None:
    task = Task("model", "folder", (Passage("a", "“ﬁ”"),), ("Wer?", ""), 10)
    assert task_of(task.as_json()) == task


def test_the_table_gives_times_and_sizes_as_multiples_of_the_first() -> None:
    ours = Figures(
        HERE,
        Built(loading_s=2.0, indexing_s=4.0, memory_bytes=300_000_000),
        Asked(first_s=1.0, seconds=(0.010, 0.020, 0.030), ranked=(), memory_bytes=100_000_000),
        index_bytes=2_000_000,
        mrr=0.975,
        hit_at_5=0.995,
    )
    slow = Asked(first_s=5.0, seconds=(0.100, 0.200, 0.300), ranked=(), memory_bytes=250_000_000)
    other = replace(ours, asked=slow, index_bytes=1_000_000, mrr=0.9)
    printed = io.StringIO()
    Console(file=printed, width=160).print(table_of({"Ours": ours, "Other": other}, "Title"))
    rows = {
        cells[0]: cells[1:]
        for line in printed.getvalue().splitlines()
        if (cells := [cell.strip() for cell in line.strip("│").split("│")])
    }
    assert rows["a question, p50, ms"] == ["20.0", "200.0 (10.0x)"]
    assert rows["a question, p95, ms"] == ["29.0", "290.0 (10.0x)"]
    assert rows["first answer of a new process, s"] == ["1.0", "5.0 (5.0x)"]
    assert rows["most memory while asking, MB"] == ["100", "250 (2.5x)"]
    assert rows["index on the disk, MB"] == ["2.00", "1.00 (0.5x)"]
    assert rows["installed, MB"] == ["200", "200 (1.0x)"]
    assert rows["MRR@10 of passages"] == ["0.975", "0.900"]


def test_sizes_and_last_lines(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "in" / "b").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert size_of(tmp_path) == 8
    assert last_line("Traceback\nValueError: no\n\n  \n") == "ValueError: no"
    assert last_line(" \n") == "it says nothing"
