"""The one clock: the candidate's time and nobody else's."""

import pytest

from interviewer.clock import AWAY_AFTER, Clock, VirtualClock


class Hands:
    """A time that moves when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_it_stands_until_the_candidate_has_the_floor(hands):
    clock = Clock(now=hands)
    hands.now += 30
    assert clock.read() == 0
    clock.start()
    hands.now += 20
    assert clock.read() == 20


def test_it_stands_while_the_interviewer_speaks(hands):
    clock = Clock(now=hands)
    clock.start()
    hands.now += 10
    assert clock.heard("an answer") == 10
    hands.now += 60
    assert clock.read() == 10
    clock.start()
    hands.now += 5
    assert clock.read() == 15


def test_starting_twice_counts_once(hands):
    clock = Clock(now=hands)
    clock.start()
    hands.now += 10
    clock.start()
    hands.now += 10
    assert clock.read() == 20


def test_it_goes_on_from_where_it_was_left(hands):
    clock = Clock(elapsed=300, now=hands)
    clock.start()
    hands.now += 1
    assert clock.stop() == 301


def test_a_long_answer_counts_in_full_when_keys_are_pressed_meanwhile(hands):
    clock = Clock(now=hands)
    clock.start()
    for _ in range(10):
        hands.now += 60
        clock.touch()
    assert clock.heard("a long answer") == 600


def test_three_minutes_without_a_sign_of_life_do_not_count(hands):
    clock = Clock(now=hands)
    clock.start()
    hands.now += 30
    clock.touch()
    hands.now += AWAY_AFTER + 1
    assert clock.read() == 30
    clock.touch()
    assert clock.away
    assert not clock.running
    assert clock.read() == 30
    clock.start()
    assert not clock.away
    hands.now += 5
    assert clock.read() == 35


def test_just_under_three_minutes_count(hands):
    clock = Clock(now=hands)
    clock.start()
    hands.now += AWAY_AFTER
    clock.touch()
    assert clock.read() == AWAY_AFTER


def test_the_virtual_clock_counts_words():
    clock = VirtualClock()
    clock.start()
    assert clock.heard("word " * 130) == pytest.approx(60)
    assert clock.heard("yes") == pytest.approx(62)
    assert clock.read() == pytest.approx(62)
    assert VirtualClock(elapsed=10, pace=60).heard("word " * 60) == pytest.approx(70)


def test_the_virtual_clock_does_not_know_the_time_of_day():
    clock = VirtualClock(elapsed=7)
    clock.start()
    clock.touch()
    assert clock.stop() == 7
    assert not clock.away
