"""A headless Chromium and the app on a free port, for the browser test and the screenshots. Knows no page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

APP = Path(__file__).parent.parent / "ui" / "app.py"
HOW = (
    "no Chromium found: install your system's package (`apt install chromium`), or Playwright's own "
    "(`.venv/bin/playwright install chromium`), or set CHROMIUM to the path of one"
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class NoBrowserError(RuntimeError):
    """There is none; the text says how to get one."""


def find(own: str = "") -> str:
    """The path of a Chromium: CHROMIUM, the system's, or `own` (Playwright's); NoBrowserError says how to get one."""
    given = os.environ.get("CHROMIUM", "")
    if given:
        if not Path(given).is_file():
            raise NoBrowserError(f"CHROMIUM={given} is no file: set it to the program's path, or unset it")
        return given
    found = [path for name in NAMES if (path := shutil.which(name))]
    found += [path for path in (*PLACES, own) if path and Path(path).is_file()]
    if not found:
        raise NoBrowserError(HOW)
    return found[0]


def launch(playwright: Playwright) -> Browser:
    """A headless browser with a profile of its own."""
    return playwright.chromium.launch(executable_path=find(playwright.chromium.executable_path), args=FLAGS)


@contextmanager
def app(home: Path, **environment: str) -> Iterator[str]:
    """The app on a free port with the record in `home`; its address. Ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_", "STREAMLIT_"))}
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.headless", "true", "--server.port", str(port)]
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "app.log", "w", encoding="utf-8") as log:
        running = subprocess.Popen(
            command, cwd=home, env=clean | {"INTERVIEWER_HOME": str(home)} | environment, stdout=log, stderr=subprocess.STDOUT
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}", running, home / "app.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(10)


def _wait(address: str, running: subprocess.Popen, log: Path, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and running.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start:\n{log.read_text(encoding='utf-8')}")
