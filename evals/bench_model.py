"""Where each millisecond of one model turn goes, on a server that answers at once: `python -m evals.bench_model`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

TURNS = 50
TARGET = 10.0  # ms, median, from the server's first token to our first word
LONG = "We keep the index in memory on each replica and refresh it every hour, because items change slowly. " * 4


@dataclass(frozen=True)
class Once:
    """Milliseconds that are paid once: importing LangChain, opening the model, the first request beyond a later one."""

    packages: float
    opening: float
    first_turn: float


@dataclass(frozen=True)
class Timed:
    """One turn in milliseconds, in the order in which it is spent."""

    prompt: float
    request: float
    overhead: float
    rest: float

    @property
    def first(self) -> float:
        return self.prompt + self.request + self.overhead

    @property
    def whole(self) -> float:
        return self.first + self.rest


def main() -> int:
    """Prints the table (or JSON); exit code 1 when the median overhead is above the target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=TURNS)
    options.add_argument("--json", action="store_true", help="figures only, for a log")
    given = options.parse_args()
    once, turns, bare = measure(given.turns)
    over = statistics.median(turn.overhead for turn in turns)
    print(figures(once, turns, bare) if given.json else table(once, turns, bare))
    return 0 if over <= TARGET else 1


def measure(count: int) -> tuple[Once, list[Timed], list[float]]:
    """What is paid once, `count` turns of a round in its middle, and the overhead of as many bare requests (ms)."""
    from evals.fake_server import FakeServer, Reply

    with FakeServer(Reply("You keep the index in memory on each replica. What happens when it doubles?")) as server:
        packages = took(_packages)
        began = time.perf_counter()
        voice = _voice(server.url)
        opening = ms(began)
        first = _turn(voice, server, LONG)
        turns = [_turn(voice, server, f"{LONG}Turn {number}.") for number in range(count)]
        bare = [_bare(server) for _ in range(count)]
    later = statistics.median(turn.whole for turn in turns)
    return Once(packages, opening, first.whole - later), turns, bare


def table(once: Once, turns: list[Timed], bare: list[float]) -> str:
    """The figures for people."""
    rows: list[tuple[str, Callable[[Timed], float]]] = [
        ("build the prompt", lambda turn: turn.prompt),
        ("request, to the server's first token", lambda turn: turn.request),
        ("server's first token to our first word", lambda turn: turn.overhead),
        ("rest of the stream", lambda turn: turn.rest),
        ("to our first word, all of it", lambda turn: turn.first),
        ("whole turn", lambda turn: turn.whole),
    ]
    lines = [f"One model turn, {len(turns)} turns, milliseconds", f"{'':42}{'median':>9}{'p95':>9}"]
    lines += [f"{name:42}{middle(map(part, turns)):9.2f}{high(map(part, turns)):9.2f}" for name, part in rows]
    lines += [f"{'  the same first word, without LangChain':42}{middle(bare):9.2f}{high(bare):9.2f}", "", "Paid once"]
    paid = {
        "importing the packages": once.packages,
        "client setup": once.opening,
        "first turn, on top": once.first_turn,
    }
    lines += [f"{name:42}{value:9.2f}" for name, value in paid.items()]
    over = middle(turn.overhead for turn in turns)
    verdict = "met" if over <= TARGET else "missed"
    return "\n".join([*lines, "", f"Target: first word {TARGET:.0f} ms (median) after the server's first token: {verdict}"])


def figures(once: Once, turns: list[Timed], bare: list[float]) -> str:
    """The figures for machines: medians."""
    parts = {name: round(middle(getattr(t, name) for t in turns), 3) for name in ("prompt", "request", "overhead", "rest")}
    paid = {name: round(value, 1) for name, value in vars(once).items()}
    return json.dumps({"turns": len(turns), "median_ms": parts, "bare_ms": round(middle(bare), 3), "once_ms": paid})


def _packages() -> None:
    import langchain.chat_models  # noqa: F401
    import langchain_openai  # noqa: F401


def _voice(url: str) -> Any:
    """A model's voice that notes in `built` what building its messages takes (ms)."""
    from interviewer.providers.models import open_model
    from interviewer.settings import load
    from interviewer.speaking.model_voice import ModelVoice

    class Watched(ModelVoice):
        built = 0.0

        def messages(self, brief: Any, transcript: Any) -> Any:
            began = time.perf_counter()
            made = super().messages(brief, transcript)
            self.built = ms(began)
            return made

    settings = load(model="openai:fake", base_url=url, api_key="bench")
    return Watched(open_model(settings, "interviewer"), _case().question)


@lru_cache(maxsize=1)
def _case() -> Any:
    from knowledge.library import Library

    return Library().case("video_recommendation")


@lru_cache(maxsize=1)
def _ear() -> Any:
    """What listens for leaks in what the model says."""
    from knowledge.leaks import Ear

    return Ear(_case())


def _turn(voice: Any, server: Any, answer: str) -> Timed:
    """One turn in the middle of a round of 24 lines, the last of them new; what is said passes the guard as in a round."""
    from interviewer.speaking.guard import guarded
    from interviewer.speaking.voice import Brief

    past = [("interviewer" if place % 2 == 0 else "candidate", f"{LONG}{place}") for place in range(23)]
    brief = Brief(kind="probe", step_title="Deployment and serving", question="What happens when it doubles?")
    ear, talk = _ear(), [*past, ("candidate", answer)]
    began = time.perf_counter()
    spoken = iter(guarded(voice.speak(brief, talk), brief, talk, _case().question, ear))
    next(spoken)
    heard = time.perf_counter()
    for _ in spoken:
        pass
    left = server.first_words[-1]
    return Timed(voice.built, (left - began) * 1000 - voice.built, (heard - left) * 1000, ms(heard))


def _bare(server: Any) -> float:
    """The same overhead with a plain HTTP client: what Python and the loopback cost by themselves."""
    import http.client

    host, port = server.url.removeprefix("http://").partition("/")[0].split(":")
    link = http.client.HTTPConnection(host, int(port))
    link.request("POST", "/v1/chat/completions", json.dumps({"messages": [], "stream": True}))
    for line in _lines(link.getresponse()):
        if b'"content": "You' in line:
            break
    heard = time.perf_counter()
    link.close()
    return (heard - server.first_words[-1]) * 1000


def _lines(response: Any) -> Iterator[bytes]:
    while line := response.readline():
        yield line


def took(work: Callable[[], None]) -> float:
    """Milliseconds that `work` takes."""
    began = time.perf_counter()
    work()
    return ms(began)


def ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def middle(values: Any) -> float:
    return statistics.median(values)


def high(values: Any) -> float:
    """The 95th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
