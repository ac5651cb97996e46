"""What an interview cost: tokens and dollars by job, from the work that was done. Knows the price table; no model, clock or disk."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from interviewer.settings import EMBEDDED, JOBS
from interviewer.state import Turn, Value, Work

Done = tuple[str, Work] | tuple[str, Work, int]
PRICES = Path(__file__).with_name("prices.toml")
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


class Price(Value):
    """US dollars per million tokens of the models that a pattern fits, as its provider's `page` had them on the day `read`."""

    models: tuple[str, ...]
    input: float
    cached: float | None = None
    output: float
    read: date
    page: str
    by: str = ""
    since: date | None = None
    until: date | None = None

    def fits(self, model: str, day: date) -> bool:
        """Whether it is the price of `model` on `day`."""
        named = any(fnmatchcase(model, pattern) for pattern in self.models)
        return named and (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def of(self, work: Work) -> float:
        """Dollars for a piece of work; input that the provider still had costs less, where that price is known."""
        kept = min(work.tokens_cached, work.tokens_in)
        cached = self.input if self.cached is None else self.cached
        return ((work.tokens_in - kept) * self.input + kept * cached + work.tokens_out * self.output) / 1_000_000


class Cost(Value):
    """What one job took. `dollars` is None when the price of a model is not known, `priced` what is known of it.

    `tokens_cached` are part of `tokens_in`; `read` is the oldest day from which one of the prices is.
    """

    job: str
    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    dollars: float | None = 0.0
    priced: float = 0.0
    read: date | None = None

    def plus(self, work: Work, price: Price | None, calls: int = 1) -> Cost:
        """With one more piece of work, which took so many calls."""
        unknown = self.dollars is None or (price is None and work.tokens_in + work.tokens_out > 0)
        priced = self.priced + (price.of(work) if price else 0.0)
        days = [day for day in (self.read, price and price.read) if day]
        return Cost(
            job=self.job, calls=self.calls + calls, tokens_in=self.tokens_in + work.tokens_in,
            tokens_cached=self.tokens_cached + work.tokens_cached, tokens_out=self.tokens_out + work.tokens_out,
            dollars=None if unknown else priced, priced=priced, read=min(days, default=None),
        )  # fmt: skip


class Bill(Value):
    """What an interview took, by job. The embedded workers cost nothing and are not on it."""

    costs: tuple[Cost, ...] = ()

    @property
    def tokens(self) -> int:
        return sum(cost.tokens_in + cost.tokens_out for cost in self.costs)

    @property
    def dollars(self) -> float | None:
        """None when the price of a model is not known."""
        return None if any(cost.dollars is None for cost in self.costs) else self.priced

    @property
    def priced(self) -> float:
        """Dollars for all that has a price."""
        return sum(cost.priced for cost in self.costs)


@lru_cache(maxsize=1)
def prices() -> tuple[Price, ...]:
    """The table."""
    return tuple(Price.model_validate(entry) for entry in tomllib.loads(PRICES.read_text("utf-8"))["price"])


def price_of(model: str, day: date | None = None) -> Price | None:
    """The price of PROVIDER:NAME, or of the model that it is a dated snapshot of; None when it is not known."""
    day = day or date.today()
    names = dict.fromkeys((model, _SNAPSHOT.sub("", model)))
    return next((price for name in names for price in prices() if price.fits(name, day)), None)


def bill(done: Iterable[Done], day: date | None = None) -> Bill:
    """The sum of work, each piece with its job and with its number of calls where that is not 1."""
    costs: dict[str, Cost] = {}
    for job, work, *calls in done:
        if work.worker != EMBEDDED:
            costs[job] = costs.get(job, Cost(job=job)).plus(work, price_of(work.worker, day), *calls)
    order: Sequence[str] = [*JOBS, *costs]
    return Bill(costs=tuple(sorted(costs.values(), key=lambda cost: order.index(cost.job))))


def works(turns: Iterable[Turn]) -> Iterator[tuple[str, Work]]:
    """What was done in an interview's turns, with the job that did it."""
    for turn in turns:
        if turn.role == "interviewer":
            yield "interviewer", turn.work
        elif turn.assessment:
            yield "assessor", turn.assessment.work


def line(bill: Bill) -> str:
    """In a few words, for the room; nothing when no model was asked."""
    if not bill.costs:
        return ""
    if not bill.tokens:
        return f"{_count(sum(c.calls for c in bill.costs), 'call')}; the server does not count tokens"
    return f"{_count(bill.tokens, 'token')}, {_money(bill.dollars, bill.priced)}"


def lines(bill: Bill) -> tuple[str, ...]:
    """One line a job, then the sum and how old the prices are; for the debrief."""
    if not bill.costs:
        return ()
    each = [_line(cost) for cost in bill.costs]
    days = [cost.read for cost in bill.costs if cost.read and cost.priced]
    told = [f"Prices are of {min(days).day} {min(days):%B %Y} or later; what you pay is on your provider's bill."] if days else []
    return (*each, *([f"Together: {line(bill)}"] if len(each) > 1 else []), *told)


def over(bill: Bill, limit_dollars: float = 0.0, limit_tokens: int = 0) -> str:
    """What to tell the candidate once a limit of an interview is reached, else nothing. A limit of 0 is none."""
    if limit_tokens and bill.tokens >= limit_tokens:
        return _reached(f"{_count(bill.tokens, 'token')} of {limit_tokens:,}", "INTERVIEWER_LIMIT_TOKENS")
    if limit_dollars and bill.priced >= limit_dollars:
        return _reached(f"about ${bill.priced:.2f} of ${limit_dollars:.2f}", "INTERVIEWER_LIMIT")
    return ""


def unkept(models: Iterable[str], limit_dollars: float, limit_tokens: int) -> str:
    """Why a limit in dollars cannot be kept with these models, and what to set; nothing when it can."""
    unknown = sorted({m for m in models if m != EMBEDDED and price_of(m) is None})
    if not limit_dollars or limit_tokens or not unknown:
        return ""
    which = ", ".join(unknown)
    return f"INTERVIEWER_LIMIT cannot be kept: there is no price for {which}. Set INTERVIEWER_LIMIT_TOKENS as well."


def _reached(used: str, setting: str) -> str:
    return f"This interview has used {used} that {setting} allows: from here on the embedded workers do it, without a model."


def _line(cost: Cost) -> str:
    calls = _count(cost.calls, "call")
    if not cost.tokens_in + cost.tokens_out:
        return f"{cost.job}: {calls}; the server does not count tokens"
    kept = f" ({cost.tokens_cached:,} of them cached)" if cost.tokens_cached else ""
    money = _money(cost.dollars, cost.priced)
    return f"{cost.job}: {calls}, {cost.tokens_in:,} tokens in{kept}, {cost.tokens_out:,} out, {money}"


def _money(dollars: float | None, priced: float) -> str:
    if dollars is None:
        return f"about ${priced:.2f} and what has no price here" if priced >= 0.005 else "price not known"
    if dollars == 0:
        return "no cost"
    return f"about ${dollars:.2f}" if dollars >= 0.005 else "less than $0.01"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
