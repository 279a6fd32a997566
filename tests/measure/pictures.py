"""Takes the picture of the page that README.md shows, with the demo library and a real browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

from tests.measure.datasets import ROOT

QUESTION = "Why did nobody react to the humidity alarm in Gallery 4?"
PICTURE = ROOT / "docs" / "pictures" / "page.png"
_WAIT_S = 120


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


def take_picture(address: str) -> None:
    """Ask the question, open its first citation, and save what is seen."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.get_by_role("textbox").first.fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("a.cite").first.click(timeout=_WAIT_S * 1000)
        page.wait_for_selector("#hit")
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    """Serve the demo library on a free port, take the picture, and stop."""
    library = ["--library", str(ROOT / ".cache" / "pictures" / "demo") + "/"]
    qa = [sys.executable, "-m", "qa", *library]
    subprocess.run([*qa, "add", "--demo"], check=True)
    port = free_port()
    with subprocess.Popen([*qa, "serve", "--port", str(port)]) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            take_picture(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
