"""Takes the pictures of the page that README.md shows, and a tour of 20 seconds, with a real browser."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.measure.datasets import ROOT

QUESTION = "Why did nobody react to the humidity alarm in Gallery 4?"
UNANSWERABLE = "How many zebras may park beside the xylophone?"
DRAFT = """The alarm “went to a telephone number that had been given up in 2021”, and nobody saw that “the humidity \
fell to 93 per cent when a pump failed”.

The loans office has 2.6 posts. “The moon is made of green cheese”, it is said.
"""
PICTURES = ROOT / "docs" / "pictures"
_WAIT_S = 120
_TOUR_WIDTH = 1080
_QUALITY = 82


def free_port() -> int:
    """A port on this machine that nothing listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(address: str) -> None:
    """Return once the page answers."""
    for _ in range(_WAIT_S):
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(1)
        else:
            return
    sys.exit(f"{address} does not answer")


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium, as Debian and Ubuntu install it."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )


@dataclass
class Visitor:
    """Someone who uses the page, and remembers how it looked."""

    page: Page
    frames: list[tuple[Image.Image, int]] = field(default_factory=list)

    def look(self, seconds: float, settle_ms: int = 700) -> None:
        """Remember the page as it is now, to be shown for so long."""
        self.page.mouse.move(1, 1)
        self.page.wait_for_timeout(settle_ms)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        height = round(picture.height * _TOUR_WIDTH / picture.width)
        small = picture.resize((_TOUR_WIDTH, height), Image.Resampling.LANCZOS)
        self.frames.append((small, round(1000 * seconds)))

    def save(self, name: str) -> None:
        """Save what is seen now as a picture."""
        self.page.mouse.move(1, 1)
        self.page.wait_for_timeout(700)
        self.page.screenshot(path=PICTURES / name)

    def ask(self, question: str) -> None:
        """Ask, and wait for the answer."""
        before = self.page.locator(".answer").count()
        self.page.locator("#ask textarea").fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(".answer").nth(before).wait_for(timeout=_WAIT_S * 1000)

    def check_draft(self) -> None:
        """Paste the draft, and wait for what is found of it."""
        self.page.locator(".check-draft").click()
        self.page.locator(".draft-text").fill(DRAFT)
        self.page.locator(".draft-check").click()
        self.page.wait_for_selector(".draft-summary", timeout=_WAIT_S * 1000)


@contextmanager
def visitor(browser: Browser, address: str, *, is_dark: bool = False, is_phone: bool = False) -> Iterator[Visitor]:
    """A new visitor, on a wide screen or a phone, whose page can be used."""
    size = {"width": 390, "height": 844} if is_phone else {"width": 1440, "height": 900}
    context = browser.new_context(viewport=size, color_scheme="dark" if is_dark else "light")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#conversation .example", timeout=_WAIT_S * 1000)
    page.wait_for_function("window.qaTrigger && window.qaContext")
    yield Visitor(page)
    context.close()


def take_pictures(browser: Browser, address: str) -> None:
    """Save the pictures: an answer with its source, in the light, in the dark and on a phone, and a checked draft."""
    for name, is_dark, is_phone in (("page", False, False), ("dark", True, False), ("phone", False, True)):
        with visitor(browser, address, is_dark=is_dark, is_phone=is_phone) as one:
            one.ask(QUESTION)
            one.page.locator("a.cite").first.click()
            one.page.wait_for_selector("#hit")
            one.save(f"{name}.png")
    with visitor(browser, address) as one:
        one.check_draft()
        one.save("draft.png")


def take_tour(browser: Browser, address: str) -> None:
    """Save the tour as one animated picture: ask, see the proof, be refused, check a draft."""
    with visitor(browser, address) as one:
        one.look(2.5)
        one.page.locator("#ask textarea").fill(QUESTION)
        one.look(1.5)
        one.ask(QUESTION)
        one.look(3.5)
        one.page.locator("a.cite").first.click()
        one.page.wait_for_selector(".proof")
        one.look(3.5)
        one.page.keyboard.press("Escape")
        one.ask(UNANSWERABLE)
        one.look(3)
        one.check_draft()
        one.look(3)
        one.page.locator(".ruling .badge").nth(1).click()
        one.page.wait_for_selector(".proof")
        one.look(3)
    (first, duration), *others = one.frames
    first.save(
        PICTURES / "tour.webp",
        save_all=True,
        append_images=[frame for frame, _ in others],
        duration=[duration, *(one for _, one in others)],
        loop=0,
        quality=_QUALITY,
        method=6,
    )


def main() -> None:
    """Serve the demo library on a free port, take the pictures, and stop."""
    library = ["--library", str(ROOT / ".cache" / "pictures" / "demo") + "/"]
    qa = [sys.executable, "-m", "qa", *library]
    subprocess.run([*qa, "add", "--demo"], check=True)
    port = free_port()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([*qa, "serve", "--port", str(port)]) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            take_pictures(browser, f"http://127.0.0.1:{port}/")
            take_tour(browser, f"http://127.0.0.1:{port}/")
        finally:
            browser.close()
            server.terminate()


if __name__ == "__main__":
    main()
