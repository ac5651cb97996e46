"""Pictures of the app for the README: `python -m evals.screenshots`. Knows the front door; of the app, what a browser shows."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.clock import VirtualClock
from interviewer.office import Office
from interviewer.settings import load
from interviewer.state import Terms

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OUT = Path(__file__).parent.parent / "docs" / "screenshots"
MOST = 250_000  # bytes of one picture
DESK, TALL, PHONE = (1180, 820), (1180, 1120), (390, 844)
WORDS_A_MINUTE = 35.0  # of somebody who thinks and types
ANSWERS = (
    "Before I design anything: what is the goal of the page, how many people use it, and which latency do we have?",
    "I read the goal as satisfied watching, not clicks, because a click only says that the thumbnail worked. I would take "
    "survey answers and returning users as the slow truth, and completed watch time as the fast signal that I train on.",
    "I frame it as retrieval followed by ranking. Scoring a billion videos with a heavy model for 100,000 requests a second "
    "would cost far too much, so a two-tower model picks about 500 candidates and a multi-task ranker orders them. The "
    "price is that what retrieval misses no ranker can bring back, so I would measure its recall by itself.",
    "For labels I take watch time above a threshold by video length, and impressions without a click as negatives. I would "
    "split the data at random, 80 to 20.",
    "Fair point: a random split lets the model see the future. I would train on four weeks and test on the next day.",
)
MORE = (
    "The ranker is a shared network with heads for click, watch time and satisfaction, because the three disagree: clicks "
    "alone would push clickbait. I would combine the heads with weights that are tuned in online tests.",
    "Offline I would look at recall at 500 for retrieval and NDCG by user for ranking. Online an A/B test by user for two "
    "weeks, with returning users as the goal and reports and hides as guardrails.",
    "The vectors of the videos lie in an approximate index in memory: a billion of 64 dimensions at one byte each are 64 GB, "
    "so I shard it by eight. Retrieval gets 30 ms, features 20, ranking 60, which leaves half of the 200 ms for the tail.",
    "If the feature store is slow I rank with cached features and cut the list; if ranking fails I show the popular videos "
    "of the region, since a stale page beats an empty one.",
    "I would watch the distribution of scores and features each hour and retrain daily; an alarm comes when calibration "
    "drifts by more than 5 percent.",
)


def main() -> int:
    """Take all pictures; 1 when there is no browser."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import NoBrowserError, app, launch

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        held, open_one = hold(Path(home))
        with app(Path(home)) as address, sync_playwright() as playwright:
            try:
                browser = launch(playwright)
            except NoBrowserError as error:
                print(error, file=sys.stderr)
                return 1
            for scheme in ("light", "dark"):
                shoot(browser, scheme, DESK, address, f"lobby-{scheme}", ".st-key-start")
                shoot(browser, scheme, DESK, f"{address}/?interview={open_one}", f"room-{scheme}", ".stChatMessage")
                shoot(browser, scheme, TALL, f"{address}/?interview={held}&page=debrief", f"debrief-{scheme}", ".levels")
            shoot(browser, "light", PHONE, f"{address}/?interview={open_one}", "room-phone", ".stChatMessage")
            list(Office(load(home=Path(home))).resume(open_one).press("finish"))  # the library opens when no round is under way
            for scheme in ("light", "dark"):
                shoot(browser, scheme, DESK, f"{address}/?page=library", f"library-{scheme}", "[class*='st-key-row-']")
            browser.close()
    return 0


def hold(home: Path) -> tuple[str, str]:
    """Two interviews in the record of `home`: one finished, one left in the middle; their ids."""
    office = Office(load(home=home))
    ids = []
    for answers, end in (((*ANSWERS, *MORE), True), (ANSWERS, False)):
        interview = office.start(Terms(case="video_recommendation"), VirtualClock(pace=WORDS_A_MINUTE))
        list(interview.speak())
        for answer in answers:
            if not interview.finished:
                list(interview.reply(answer))
        if end and not interview.finished:
            list(interview.press("finish"))
        ids.append(interview.id)
    return ids[0], ids[1]


def shoot(browser: Browser, scheme: str, size: tuple[int, int], address: str, name: str, ready: str) -> None:
    """One picture, once the page is quiet and its fonts are there; refused when it is too heavy for a README."""
    small = size[0] < 600
    window = browser.new_context(
        color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, is_mobile=small, has_touch=small,  # type: ignore[arg-type]
        device_scale_factor=1.5,
    )  # fmt: skip
    page = window.new_page()
    page.goto(address)
    page.locator(ready).first.wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1200)
    target = OUT / f"{name}.png"
    page.screenshot(path=target)
    window.close()
    weight = target.stat().st_size
    print(f"{target.relative_to(OUT.parent.parent)}: {weight // 1000} kB")
    if weight > MOST:
        raise SystemExit(f"{target} has {weight} bytes: at most {MOST} are wanted; make its window smaller")


if __name__ == "__main__":
    raise SystemExit(main())
