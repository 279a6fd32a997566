"""Measures the page: its weight and speed beside Gradio's own, long documents, 25 people, and what axe-core finds."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from gradio_client import Client
from playwright.sync_api import Browser, Page, sync_playwright

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.measure.pictures import free_port, launch, wait_for
from tests.qa.web.conftest import Tab, serving
from tests.qa.web.test_accessibility import STATES, findings

QUESTION = "Why did nobody react to the humidity alarm in Gallery 4?"
_RUNS = 5
_PEOPLE = 25
_STOCK = """
import gradio, sys
gradio.ChatInterface(lambda question, history: question).launch(server_port=int(sys.argv[1]), quiet=True)
"""
_OURS_READY = "window.qaTrigger && window.qaContext && document.querySelector('.list > *')"
_STOCK_READY = "document.querySelector('textarea')"
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True, slots=True)
class Load:
    """One opening of a page: requests, bytes over the wire (ours among them), and when something and all was there."""

    requests: int
    bytes: int
    own_bytes: int
    first_paint_ms: float
    usable_ms: float


def load_page(page: Page, address: str, ready: str) -> Load:
    """Open `address` and wait until it is `ready`."""
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    devtools.on(
        "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(ready)
    usable_ms = 1000 * (time.perf_counter() - began)
    page.wait_for_timeout(1500)
    own = sum(size for id_, size in sizes.items() if "/ui/" in names.get(id_, ""))
    return Load(len(sizes), sum(sizes.values()), own, page.evaluate(_FIRST_PAINT), usable_ms)


def measure_loads(browser: Browser, name: str, address: str, ready: str) -> None:
    """Print a line for a browser that has never seen the page, and one for a browser that has."""
    cold: list[Load] = []
    warm: list[Load] = []
    for _ in range(_RUNS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        cold.append(load_page(context.new_page(), address, ready))
        warm.append(load_page(context.new_page(), address, ready))
        context.close()
    for kind, loads in (("first visit", cold), ("again", warm)):
        one = sorted(loads, key=lambda load: load.usable_ms)[len(loads) // 2]
        paint, usable = (
            statistics.median(getattr(load, field) for load in loads) for field in ("first_paint_ms", "usable_ms")
        )
        print(
            f"{name:16}{kind:13}{one.requests:9,}{one.bytes / 1000:9,.0f}{one.own_bytes / 1000:11,.0f}"
            f"{paint / 1000:15.2f}{usable / 1000:11.2f}"
        )


@contextmanager
def stock_page() -> Iterator[str]:
    """Gradio's own chat page, as it comes."""
    port = free_port()
    environment = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen([sys.executable, "-c", _STOCK, str(port)], env=os.environ | environment) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def measure_weight(browser: Browser, address: str) -> None:
    """Print the weight of our page and of Gradio's own, and when each can be used."""
    print("page            visit         requests       kB   ours, kB  first paint, s  usable, s")
    measure_loads(browser, "Quoted Answers", f"{address}/", _OURS_READY)
    with stock_page() as stock:
        measure_loads(browser, "ChatInterface", stock, _STOCK_READY)


def measure_viewer(browser: Browser) -> None:
    """Print how long the viewer takes from a click to the words, for documents of 1,000 pages and of many rows."""
    prose = "\n\n".join(
        f"Paragraph {number} of the log. {'The bell rang and was heard. ' * 18}" for number in range(5000)
    )
    rows = "\n".join(["Harbour,Bells,Founder", *(f"Harbour {number},{number},Trell" for number in range(100_000))])
    with TemporaryDirectory() as folder, Library(Path(folder) / "library") as library:
        texts = {"1,000 pages of text": ("log.txt", prose), "a sheet of 100,000 rows": ("bells.csv", rows)}
        documents = {what: put_text(library, WordEmbedder(), text, f"/{name}") for what, (name, text) in texts.items()}
        with serving(library, lambda _: WordEmbedder()) as address:
            for what, document in documents.items():
                passages = library.passages_of(document.id)
                times = []
                for number in (1, len(passages) // 2, len(passages)):
                    span = passages[number - 1].span
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    page.goto(address)
                    page.wait_for_function(_OURS_READY)
                    began = time.perf_counter()
                    page.evaluate(f"location.hash = '#s/{document.id}/{number}/{span.start}-{span.start + 12}'")
                    page.wait_for_selector("#hit")
                    times.append(time.perf_counter() - began)
                    page.close()
                shown = ", ".join(f"{one:.2f} s" for one in times)
                print(f"viewer, {what} ({len(passages):,} passages): at its beginning, middle and end {shown}")


def measure_people(address: str, add: Callable[[], None]) -> None:
    """Print how long one person waits, and many who ask at once: by themselves, and while documents are added."""
    single = statistics.median(seconds_for(client) for client in clients_of(address, _RUNS))
    print(f"one person alone waits {single:.2f} s; no errors among these {_PEOPLE} who ask at once:")
    print_waits("by themselves", wait_together(address), single)
    adding = threading.Thread(target=add)
    adding.start()
    print_waits("while documents are added", wait_together(address), single)
    adding.join()


def clients_of(address: str, count: int) -> list[Client]:
    """So many people, each with a connection of their own."""
    return [Client(address, verbose=False, analytics_enabled=False) for _ in range(count)]


def wait_together(address: str) -> list[float]:
    """How long each of many waits who ask at once; one that gets no answer fails."""
    clients = clients_of(address, _PEOPLE)
    with ThreadPoolExecutor(_PEOPLE) as people:
        return sorted(people.map(seconds_for, clients))


def print_waits(how: str, waits: list[float], single: float) -> None:
    """Print the median and the longest; one line of people, answered one after the other, explains their number."""
    print(
        f"  {how}: the median {statistics.median(waits):.2f} s, the last {waits[-1]:.2f} s, which is "
        f"{waits[-1] / single:.1f} times one alone (standing in one line explains {len(waits)})"
    )


def seconds_for(client: Client) -> float:
    """How long an answer takes; it must be one."""
    began = time.perf_counter()
    answer = client.predict(QUESTION, api_name="/ask")
    assert answer["answered"]
    return time.perf_counter() - began


def measure_access(browser: Browser, address: str) -> None:
    """Print what axe-core finds in each state of the page, light and dark, wide and narrow."""
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    count = states = 0
    for scheme in ("light", "dark"):
        for width in (1440, 390):
            for name, show in STATES.items():
                context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
                page = context.new_page()
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                tab = Tab(page, address)
                tab.open()
                show(tab)
                page.wait_for_timeout(300)
                found = findings(page, axe)
                count, states = count + len(found), states + 1
                for one in found:
                    print(f"axe-core, {name}, {scheme}, {width} px: {one}")
                context.close()
    print(f"axe-core: {count} violations (contrast among its rules) in {states} states")


def measure_demo(browser: Browser, folder: Path, chosen: set[str]) -> None:
    """Measure the page of a library of the demo documents, made in `folder`, with the real model."""
    embedder = Embedder(find_model(DEFAULT_MODEL))
    reports = folder / "reports"
    reports.mkdir()
    for number in range(20):
        words = " ".join(f"Sentence {one} of report {number} tells of ropes." for one in range(200))
        (reports / f"report-{number}.txt").write_text(words, encoding="utf-8")
    with Library(folder / "library") as library:
        list(add_paths(library, embedder, [DEMO_DOCUMENTS]))

        def add_reports() -> None:
            list(add_paths(library, embedder, [reports]))

        with serving(library, lambda _: embedder) as address:
            if "weight" in chosen:
                measure_weight(browser, address)
            if "access" in chosen:
                measure_access(browser, address)
            if "people" in chosen:
                measure_people(address, add_reports)


def main() -> None:
    """Measure what was chosen, or everything."""
    parts = ("weight", "people", "access", "viewer")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=parts, help="measure only this")
    only = parser.parse_args().only
    chosen = {only} if only else set(parts)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        if chosen - {"viewer"}:
            measure_demo(browser, Path(folder), chosen)
        if "viewer" in chosen:
            measure_viewer(browser)
        browser.close()


if __name__ == "__main__":
    main()
