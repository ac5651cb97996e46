"""The app in a real browser: a short interview to its debrief, with a reload, a second tab and hasty fingers on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.record.archive import Archive
from tests.chromium import NoBrowserError, app, launch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FIRST = "Is the goal watch time or satisfaction? I assume 100 million users a day.\n\nIt costs $5 and $6 <b>each</b>."
SECOND = "Two stages: a two-tower model retrieves 500 candidates, then a ranker, because scoring all would cost too much."
THIRD = "I would split the data by time, because a random split lets the model see the future."


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def address(home) -> Iterator[str]:
    with app(home) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            made = launch(playwright)
        except NoBrowserError as error:
            pytest.fail(str(error), pytrace=False)
        yield made
        made.close()


@pytest.fixture
def tab(browser, address):
    """A page of its own window, with the hosts that it asked and the errors of its scripts."""
    window = browser.new_context(viewport={"width": 1100, "height": 800})
    page = window.new_page()
    page.set_default_timeout(15_000)
    page.asked, page.broken = set(), []
    page.on("request", lambda request: page.asked.update(re.findall(r"^(?:http|ws)s?://([^/]*)", request.url)))
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    yield page
    window.close()


def box(page):
    return page.get_by_test_id("stChatInputTextArea")


def messages(page, count: int) -> list[str]:
    """The talk once it has at least `count` messages."""
    page.wait_for_function(f"document.querySelectorAll('.stChatMessage .stHtml .said').length >= {count}")
    page.get_by_role("button", name="Hint").and_(page.locator(":enabled")).wait_for()
    return page.locator(".stChatMessage .said").all_inner_texts()


def start(page, address: str) -> str:
    """A new interview; its id."""
    page.goto(address)
    page.get_by_role("button", name="Start the interview").click()
    messages(page, 1)
    return re.search(r"interview=([\w-]+)", page.url)[1]


def say(page, text: str, count: int) -> list[str]:
    box(page).fill(text)
    box(page).press("Enter")
    return messages(page, count)


def record(home: Path, ident: str) -> list:
    archive = Archive(home / "record.db")
    try:
        return archive.turns(ident)
    finally:
        archive.close()


def said(home: Path, ident: str) -> list[str]:
    return [t.text or t.pressed for t in record(home, ident) if t.role == "candidate"]


def test_an_interview_is_held_to_its_debrief_over_a_reload_and_in_two_tabs(tab, address, home):
    ident = start(tab, address)
    assert say(tab, FIRST, 3)[1] == FIRST, "what was typed is shown as it was typed"

    box(tab).fill(SECOND)
    tab.reload()
    messages(tab, 3)
    tab.wait_for_function("document.querySelector('[data-testid=stChatInputTextArea]').value.length > 20")
    assert box(tab).input_value() == SECOND, "what was typed and not sent is still there"
    box(tab).press("Enter")
    messages(tab, 5)

    other = tab.context.new_page()
    other.goto(tab.url)
    assert messages(other, 5) == messages(tab, 5)
    say(other, THIRD, 7)
    assert messages(tab, 7) == messages(other, 7), "the first tab follows the second"
    assert said(home, ident) == [FIRST, SECOND, THIRD]

    tab.get_by_role("button", name="Finish").click()
    tab.get_by_role("button", name="Finish and see the debrief").click()
    tab.get_by_role("button", name="Read the debrief").click()
    tab.get_by_text("Point by point").wait_for()
    other.get_by_role("button", name="Read the debrief").wait_for()
    tab.reload()
    tab.get_by_text("Point by point").wait_for()
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="HTML").click()
    assert "split the data by time" in Path(saved.value.path()).read_text(encoding="utf-8")

    turns = record(home, ident)
    assert [t.index for t in turns] == list(range(len(turns)))
    assert [t.role for t in turns] == ["interviewer", "candidate"] * 4 + ["interviewer"]
    assert tab.asked == {address.removeprefix("http://")}, "the page asks no other host"
    assert tab.broken == []


def test_hasty_fingers_double_nothing(tab, address, home):
    ident = start(tab, address)
    tab.get_by_role("button", name="Hint").dblclick()
    messages(tab, 3)
    box(tab).fill(THIRD)
    for _ in range(3):
        box(tab).press("Enter")
    messages(tab, 5)
    tab.wait_for_timeout(1200)
    assert said(home, ident) == ["hint", THIRD]


def test_the_keyboard_is_enough(tab, address, home):
    tab.goto(address)
    tab.get_by_role("button", name="Start the interview").wait_for()
    tab.keyboard.press("Control+Enter")
    messages(tab, 1)
    ident = re.search(r"interview=([\w-]+)", tab.url)[1]
    tab.wait_for_function("document.activeElement.dataset.testid === 'stChatInputTextArea'")
    tab.keyboard.type("Who are the users?")
    tab.keyboard.press("Enter")
    messages(tab, 3)
    tab.wait_for_function("document.activeElement.dataset.testid === 'stChatInputTextArea'")
    tab.get_by_role("button", name="Hint").and_(tab.locator(":enabled")).wait_for()
    tab.keyboard.press("Alt+h")
    messages(tab, 5)
    assert said(home, ident) == ["Who are the users?", "hint"]


def test_leaving_pauses_and_the_lobby_leads_back(tab, address):
    start(tab, address)
    tab.get_by_role("button", name="Leave").click()
    tab.get_by_role("button", name="Resume").first.click()
    tab.get_by_text("Paused").wait_for()
    before = tab.locator(".clock b").inner_text()
    tab.wait_for_timeout(1500)
    assert tab.locator(".clock b").inner_text() == before
    tab.get_by_role("button", name="Continue").click()
    tab.wait_for_function(f"document.querySelector('.clock b').innerText !== '{before}'")


def test_the_room_fits_a_phone(browser, address):
    window = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = window.new_page()
    start(page, address)
    say(page, "averyveryverylongword" * 12, 3)
    main = page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return [m.scrollWidth, m.clientWidth] })()"
    )
    assert main[0] <= main[1] <= 390
    for name in ("Hint", "Move on", "Pause", "Finish"):
        assert page.get_by_role("button", name=name).is_visible()
    window.close()
