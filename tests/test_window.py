"""What of a transcript fits, counted without a network."""

from __future__ import annotations

import hashlib
import socket

import pytest

from interviewer.providers import window
from interviewer.providers.window import NOTE, OVERHEAD, clip, count, estimate, fit

WORDS = "we keep the index in memory on each replica and refresh it hourly "


def round_of(lines: int) -> list[tuple[str, str]]:
    return [("interviewer" if place % 2 == 0 else "candidate", f"{place}: {WORDS * 3}") for place in range(lines)]


def size(lines) -> int:
    return sum(estimate(text) + OVERHEAD for _, text in lines)


@pytest.fixture(autouse=True)
def no_vocabulary(monkeypatch, tmp_path):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    window._encoding.cache_clear()
    yield
    window._encoding.cache_clear()


def test_what_fits_is_left_alone():
    assert fit(round_of(9), 5_000) == round_of(9)
    assert fit([], 100) == []


def test_the_oldest_of_the_middle_goes_first_and_a_note_says_how_much():
    lines = round_of(41)
    kept = fit(lines, 1_000)
    assert size(kept) <= 1_000
    assert kept[0] == lines[0]
    assert kept[1][0] == NOTE
    dropped = len(lines) - (len(kept) - 1)
    assert str(dropped) in kept[1][1]
    assert kept[2:] == lines[1 + dropped :]
    assert size(kept) > 500


def test_the_cut_stays_where_it_is_for_several_turns():
    cuts = [fit(round_of(41 + more), 1_500)[2] for more in range(18)]
    assert len(set(cuts)) <= 4


def test_an_essay_that_alone_is_too_long_loses_its_middle_and_says_so():
    essay = "The beginning. " + WORDS * 4_000 + " The end."
    kept = fit([*round_of(5), ("candidate", essay)], 1_000)
    assert kept[-1][1].startswith("The beginning.")
    assert kept[-1][1].endswith("The end.")
    assert "words are left out here" in kept[-1][1]
    assert size(kept) < 1_200


def test_a_short_text_is_not_clipped():
    assert clip("short", 100) == "short"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("12345678", 3),
        ("recommendation", 2),
        ("p99 of 80 ms", 5),
        ("推荐系统的冷启动问题", 9),
    ],
)
def test_the_estimate_is_near_what_o200k_counts(text, tokens):
    assert abs(estimate(text) - tokens) <= max(1, 0.2 * tokens)


def test_counting_never_goes_to_the_network_even_when_the_cached_file_is_damaged(monkeypatch, tmp_path):
    def refuse(*_: object) -> None:
        raise AssertionError("the network was tried")

    file = tmp_path / window._VOCABULARY
    file.write_bytes(b"damaged")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert count(WORDS) == estimate(WORDS)
    assert file.read_bytes() == b"damaged"
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    window._encoding.cache_clear()
    assert count(WORDS) == estimate(WORDS)


def test_a_whole_vocabulary_on_this_machine_is_used(monkeypatch, tmp_path):
    import tiktoken

    class Letters:
        encode_ordinary = staticmethod(list)

    (tmp_path / window._VOCABULARY).write_bytes(b"whole")
    monkeypatch.setattr(window, "_SHA256", hashlib.sha256(b"whole").hexdigest())
    monkeypatch.setattr(tiktoken, "get_encoding", lambda name: Letters())
    assert count("four") == 4


def test_the_vocabulary_is_the_one_that_tiktoken_will_ask_for():
    import inspect

    from tiktoken_ext import openai_public

    source = inspect.getsource(openai_public.o200k_base)
    address = source.split('"')[1]
    assert hashlib.sha1(address.encode()).hexdigest() == window._VOCABULARY
    assert window._SHA256 in source
