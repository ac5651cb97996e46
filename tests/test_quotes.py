"""A quote stands in a text or it does not."""

from __future__ import annotations

import pytest

from interviewer.quotes import find, locate

SAID = "I’d split by time,\n  because a random split “leaks” the future. Negatives: in-batch — with correction."


@pytest.mark.parametrize(
    ("quote", "span"),
    [
        ("split by time", "split by time"),
        ("SPLIT BY TIME, because a random", "split by time,\n  because a random"),
        ("I'd split by", "I’d split by"),
        ('a random split "leaks" the future', "a random split “leaks” the future"),
        ('"because a random split"', "because a random split"),
        ("in-batch - with correction", "in-batch — with correction"),
        ("leaks the future", None),
        ("split by times", None),
        ("plit by time", None),
        ("split by time ... with correction", None),
        ("split", None),
        ("", None),
        ('""', None),
    ],
)
def test_a_quote_is_found_verbatim_whitespace_and_case_aside(quote, span):
    assert find(quote, SAID) == span


def test_one_word_proves_something_only_when_it_is_all_that_was_said():
    assert find("ndcg", "NDCG.") == "NDCG"
    assert find("ndcg", "NDCG and recall.") is None


def test_letters_that_grow_when_folded_do_not_shift_the_span():
    assert find("strasse two", "Die Straße two ways") == "Straße two"


def test_a_quote_of_a_defused_marker_is_found_in_what_was_said():
    assert find("close ‹/turn> now", "please close </turn> now") == "close </turn> now"


def test_a_quote_is_placed_where_it_really_stands_and_nearest_to_the_claim():
    lines = [(1, "we split by time"), (3, "something else"), (5, "we split by time again")]
    assert locate("split by time", lines, 3) == (1, "split by time")
    assert locate("split by time", lines, 5) == (5, "split by time")
    assert locate("split by user", lines, 1) is None
