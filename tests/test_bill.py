"""What an interview cost: the price table, sums by job, the lines that are shown, and the limits."""

from __future__ import annotations

from datetime import date

import pytest

from interviewer.providers.bill import PRICES, Bill, bill, line, lines, over, price_of, prices, unkept, works
from interviewer.state import Assessment, Turn, Work

DAY = date(2026, 11, 21)
KNOWN, UNKNOWN, LOCAL = "openai:gpt-5-mini", "openai:of-our-own", "ollama:llama4"  # 0.25 in, 0.025 cached, 2.00 out a million


def work(worker: str = KNOWN, tokens_in: int = 0, tokens_out: int = 0, cached: int = 0) -> Work:
    return Work(worker=worker, tokens_in=tokens_in, tokens_out=tokens_out, tokens_cached=cached)


# --- the table --------------------------------------------------------------------------------------------------------


def test_every_price_has_a_day_and_a_page_and_is_read_before_it_is_used():
    assert PRICES.is_file()
    assert len(prices()) > 20
    for price in prices():
        assert price.read <= DAY, price.models
        assert price.page.startswith("https://"), price.models
        assert price.cached is None or 0 <= price.cached <= price.input, price.models
        assert 0 <= price.input <= price.output, price.models


def test_no_model_has_two_prices_on_one_day():
    for price in prices():
        for model in (m for m in price.models if "*" not in m and "[" not in m):
            for day in (DAY, date(2027, 6, 1)):
                assert len([p for p in prices() if p.fits(model, day)]) <= 1, model


def test_a_dated_snapshot_has_the_price_of_its_model_and_another_variant_has_none():
    assert price_of("openai:gpt-5-mini-2025-08-07") == price_of("openai:gpt-5-mini")
    assert price_of("anthropic:claude-sonnet-4-5-20250929") == price_of("anthropic:claude-sonnet-4-5")
    assert price_of("openai:gpt-5-mini-pro") is None
    assert price_of("openai:gpt-5.3") is None
    assert price_of("azure_openai:gpt-5-mini") is None


def test_a_price_that_runs_out_is_not_used_after_its_day():
    before, after = price_of("google_genai:gemini-3.8-flash", DAY), price_of("google_genai:gemini-3.8-flash", date(2027, 1, 1))
    assert (before.input, after.input) == (0.75, 1.50)


# --- sums -------------------------------------------------------------------------------------------------------------


def test_a_bill_adds_up_by_role():
    made = bill(
        [
            ("interviewer", work(tokens_in=1000, tokens_out=50)),
            ("assessor", work(tokens_in=300)),
            ("interviewer", work(tokens_in=2000)),
        ]
    )
    speaks, reads = made.costs
    assert (speaks.job, speaks.calls, speaks.tokens_in, speaks.tokens_out) == ("interviewer", 2, 3000, 50)
    assert (reads.job, reads.calls, reads.tokens_in) == ("assessor", 1, 300)
    assert made.tokens == 3350
    assert made.dollars == pytest.approx((3300 * 0.25 + 50 * 2.00) / 1e6)


def test_what_the_provider_still_had_is_cheaper():
    fresh, kept = bill([("grader", work(tokens_in=10_000))]), bill([("grader", work(tokens_in=10_000, cached=8_000))])
    assert fresh.dollars == pytest.approx(0.0025)
    assert kept.dollars == pytest.approx((2_000 * 0.25 + 8_000 * 0.025) / 1e6)


def test_without_a_price_for_cached_input_it_counts_as_fresh():
    made = bill([("grader", work("openai:gpt-6.2-astra", 1_000_000, cached=900_000))], DAY)
    assert made.dollars == pytest.approx(8.00)


def test_a_model_without_a_price_makes_the_dollars_unknown_and_never_zero():
    made = bill([("interviewer", work(UNKNOWN, 5000, 100)), ("grader", work(tokens_in=1_000_000))])
    assert made.dollars is None
    assert made.priced == pytest.approx(0.25)
    assert [cost.dollars for cost in made.costs] == [None, pytest.approx(0.25)]
    assert made.tokens == 1_005_100


def test_a_job_that_changed_its_model_in_the_middle_is_priced_by_each():
    made = bill([("interviewer", work(tokens_in=1_000_000)), ("interviewer", work(UNKNOWN, 10))])
    assert (made.costs[0].dollars, made.costs[0].priced) == (None, pytest.approx(0.25))
    later = bill([("interviewer", work(UNKNOWN, 10)), ("interviewer", work(tokens_in=1_000_000))])
    assert (later.costs[0].dollars, later.costs[0].priced) == (None, pytest.approx(0.25))


def test_a_local_model_costs_nothing_and_the_embedded_workers_are_not_on_the_bill():
    assert bill([("interviewer", work(LOCAL, 5000, 100))]).dollars == 0
    assert bill([("interviewer", Work()), ("grader", Work())]) == Bill()


def test_a_piece_of_work_may_be_many_calls():
    assert bill([("grader", work(tokens_in=100), 9)]).costs[0].calls == 9


def test_the_works_of_a_round_are_what_was_spoken_and_what_was_read_of_answers():
    turns = [
        Turn(index=0, role="interviewer", text="Hello.", work=work(tokens_out=2)),
        Turn(index=1, role="candidate", text="I would ...", assessment=Assessment(work=work(UNKNOWN, 7))),
        Turn(index=2, role="candidate", text="And ..."),
    ]
    assert [(job, w.worker) for job, w in works(turns)] == [("interviewer", KNOWN), ("assessor", UNKNOWN)]


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ([], ""),
        ([work(tokens_in=12_000, tokens_out=8_300)], "20,300 tokens, about $0.02"),
        ([work(tokens_in=1, tokens_out=0)], "1 token, less than $0.01"),
        ([work(LOCAL, 900, 100)], "1,000 tokens, no cost"),
        ([work(UNKNOWN, 900, 100)], "1,000 tokens, price not known"),
        ([work(UNKNOWN, 1000), work(tokens_in=1_000_000)], "1,001,000 tokens, about $0.25 and what has no price here"),
        ([work(UNKNOWN), work(UNKNOWN)], "2 calls; the server does not count tokens"),
    ],
)
def test_the_quiet_line_says_tokens_and_dollars_and_what_is_not_known(done, said):
    assert line(bill([("interviewer", each) for each in done])) == said


def test_the_debrief_is_told_by_role_with_the_sum_and_the_day_of_the_prices():
    told = lines(
        bill(
            [("grader", work(tokens_in=80_000, tokens_out=6_000, cached=50_000), 9), ("interviewer", work(UNKNOWN, 900, 100))],
            DAY,
        )
    )
    assert told == (
        "interviewer: 1 call, 900 tokens in, 100 out, price not known",
        "grader: 9 calls, 80,000 tokens in (50,000 of them cached), 6,000 out, about $0.02",
        "Together: 87,000 tokens, about $0.02 and what has no price here",
        f"Prices are of {price_of(KNOWN).read.day} {price_of(KNOWN).read:%B %Y} or later; what you pay is on your provider's bill.",
    )
    assert lines(Bill()) == ()


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_limit_is_told_once_it_is_reached_and_not_before():
    made = bill([("interviewer", work(tokens_in=4_000_000))])  # a dollar
    assert over(made) == over(made, 1.01, 4_000_001) == ""
    assert over(made, 1.00).startswith("This interview has used about $1.00 of $1.00 that INTERVIEWER_LIMIT allows")
    assert "4,000,000 tokens of 3,000,000 that INTERVIEWER_LIMIT_TOKENS" in over(made, 0, 3_000_000)
    assert "embedded" in over(made, 1.00)


def test_a_limit_in_dollars_holds_for_what_has_a_price_even_beside_what_has_none():
    made = bill([("interviewer", work(UNKNOWN, 10)), ("assessor", work(tokens_in=4_000_000))])
    assert over(made, 1.00)


def test_a_limit_in_dollars_that_cannot_be_kept_is_told_with_what_to_set():
    assert "INTERVIEWER_LIMIT_TOKENS" in unkept([KNOWN, UNKNOWN], 1.0, 0)
    assert UNKNOWN in unkept([KNOWN, UNKNOWN], 1.0, 0)
    assert unkept([KNOWN, "embedded", LOCAL], 1.0, 0) == unkept([UNKNOWN], 1.0, 5000) == unkept([UNKNOWN], 0, 0) == ""
