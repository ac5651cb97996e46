"""Quantities and sums done aloud."""

import pytest

from interviewer.listening.numbers import numbers, slip


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("in 200 ms", 0.2, "s"),
        ("in 200ms", 0.2, "s"),
        ("two hundred milliseconds", 0.2, "s"),
        ("300 million videos", 3e8, "videos"),
        ("300M rows", 3e8, ""),
        ("1.5 TB of logs", 1.5e12, "B"),
        ("100k qps", 1e5, "/s"),
        ("35,000 requests per second", 35_000, "/s"),
        ("10% of users", 10, "%"),
    ],
)
def test_numbers_are_read_with_their_unit(text, value, unit):
    found = numbers(text)[0]
    assert (found.value, found.unit) == (pytest.approx(value), unit)


def test_small_number_words_without_a_unit_are_no_quantities():
    assert numbers("one of the two towers") == ()


@pytest.mark.parametrize(
    "text",
    [
        "300 million times 128 floats times 4 bytes is about 150 gigabytes",
        "3 billion requests a day is about 35,000 per second",
        "2 million users times 4 is 8 million",
        "3 billion requests a day is 100,000 per second at peak",
    ],
)
def test_right_sums_are_left_alone(text):
    assert slip(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "300 million times 128 floats times 4 bytes is about 150 megabytes",
        "3 billion requests a day is about 350 per second",
        "2 million users times 4 is 80 thousand",
    ],
)
def test_a_sum_that_is_off_by_more_than_five_is_a_slip(text):
    assert slip(text)


def test_a_day_that_is_understood_is_no_slip():
    assert slip("A billion users times ten page loads is about 115 thousand requests per second.") == ""
    assert slip("A billion users times ten page loads is about 115 requests per second.")
