"""Replies that were paid for are not asked for again, and repeats of one request stay different requests."""

from collections.abc import Sequence

from evals.cache import Cache, CachedModel
from evals.fake_server import FakeServer
from interviewer.providers.models import Message, open_model
from interviewer.settings import load

ASK: Sequence[Message] = [("system", "be brief"), ("user", "say something")]


def model(server):
    return open_model(load(model="openai:fake", base_url=server.url, api_key="k"), "grader")


def cached(server, cache, *mark):
    return CachedModel(model(server), cache, mark or ("grader", "tiny", 0))


def test_a_second_sample_of_the_same_kind_is_served_from_the_cache(tmp_path):
    with FakeServer("hello there") as server:
        cache = Cache(tmp_path / "cache.db")
        first, second = cached(server, cache), cached(server, cache)
        assert first.complete(ASK, json=False) == second.complete(ASK, json=False) == "hello there"
        assert len(server.requests) == 1
        assert first.spent == second.spent and first.fresh == first.spent
        assert second.fresh.tokens_in == 0 and second.calls == 1


def test_the_same_request_twice_in_one_sample_is_asked_twice(tmp_path):
    with FakeServer("hello") as server:
        one = cached(server, Cache(tmp_path / "cache.db"))
        one.complete(ASK, json=False)
        one.complete(ASK, json=False)
        assert len(server.requests) == 2


def test_another_case_repeat_or_job_is_another_request(tmp_path):
    with FakeServer("hello") as server:
        cache = Cache(tmp_path / "cache.db")
        for mark in (("grader", "tiny", 0), ("grader", "tiny", 1), ("grader", "other", 0), ("judge", "tiny", 0)):
            cached(server, cache, *mark).complete(ASK, json=False)
        assert len(server.requests) == 4


def test_a_streamed_reply_is_kept_when_it_is_whole_and_only_then(tmp_path):
    with FakeServer("one two three") as server:
        cache = Cache(tmp_path / "cache.db")
        half = cached(server, cache).stream(ASK)
        next(half)
        half.close()
        assert "".join(cached(server, cache).stream(ASK)) == "one two three"
        asked = len(server.requests)
        assert "".join(cached(server, cache).stream(ASK)) == "one two three"
        assert len(server.requests) == asked == 2
