"""The whiteboard in a real browser: it draws while one types, keeps what was typed elsewhere, and reads an attached picture."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from evals.fake_server import FakeServer
from interviewer.record.archive import Archive
from tests.chromium import NoBrowserError, app, launch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LINES = "client -> gateway -> ranker\nfeature store -> ranker: 20 ms"
BOX = '[data-testid="stChatInputTextArea"]'
BOARD = '[class*="st-key-board-text"] textarea'
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            opened = launch(playwright)
        except NoBrowserError as error:
            pytest.fail(str(error), pytrace=False)
        yield opened
        opened.close()


def begin(browser, address: str, size: str = "desk"):
    """A page in the room of a new interview, and the interview's id."""
    page = browser.new_context(viewport=SIZES[size]).new_page()
    page.goto(address)
    page.get_by_role("button", name="Start").first.click()
    page.locator(".stChatMessage").first.wait_for()
    page.locator(f"{BOX}:not([disabled])").wait_for()
    return page, re.search(r"interview=(\w+)", page.url)[1]


def send(page) -> None:
    """Enter, again and again: while a file is on its way up, the box does not send."""
    for _ in range(20):
        page.locator(BOX).press("Enter")
        page.wait_for_timeout(300)
        if not page.get_by_text("board.png").count():
            return


@pytest.mark.parametrize("size", SIZES)
def test_the_board_draws_while_one_types_and_adds_to_what_stands_in_the_box(tmp_path, browser, size):
    with app(tmp_path) as address:
        page, ident = begin(browser, address, size)
        page.locator(BOX).fill("I would build it so:")
        page.get_by_role("button", name="Whiteboard").click()
        page.locator(BOARD).press_sequentially(LINES, delay=5)
        page.locator(".st-key-board svg").get_by_text("feature store").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(BOX).bounding_box()["y"] + 20 < SIZES[size]["height"]
        page.get_by_role("button", name="Add to my answer").click()
        page.locator(BOARD).wait_for(state="detached")
        page.wait_for_function(f"document.querySelector('{BOX}').value.includes('feature store')")
        assert page.locator(BOX).input_value() == f"I would build it so:\n\n{LINES}\n"
        page.locator(BOX).press("Enter")
        page.locator(".stChatMessage svg").get_by_text("gateway").wait_for()
        page.locator(".stChatMessage").nth(2).wait_for()
        said = [t.text for t in Archive(tmp_path / "record.db").turns(ident) if t.role == "candidate"]
    assert [text.strip() for text in said] == [f"I would build it so:\n\n{LINES}"]


def test_an_attached_picture_is_read_onto_the_board_and_is_no_answer(tmp_path, browser):
    sketch = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(sketch, "PNG")
    with FakeServer(LINES) as server:
        eyes = {"INTERVIEWER_MODEL_EYES": "openai:fake", "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        with app(tmp_path, **eyes) as address:
            page, ident = begin(browser, address)
            page.locator('[data-testid="stChatInput"] input[type=file]').set_input_files(
                {"name": "board.png", "mimeType": "image/png", "buffer": sketch.getvalue()}
            )
            page.locator(BOX).fill("Here is my sketch")
            page.get_by_text("board.png").wait_for()
            send(page)
            page.locator(".st-key-board svg").get_by_text("feature store").wait_for()
            assert page.locator(BOARD).input_value() == LINES.replace("-> gateway ->", "-> gateway\ngateway ->")
            assert page.get_by_text("mend it").is_visible() and page.locator(BOX).input_value() == "Here is my sketch"
            assert len(Archive(tmp_path / "record.db").turns(ident)) == 1
            page.reload()
            page.locator(f"{BOX}:not([disabled])").wait_for()
            assert len(Archive(tmp_path / "record.db").turns(ident)) == 1 and len(server.requests) == 1
