"""What is cut from a model's sentence, and what is left alone."""

import pytest

from interviewer.speaking import trim
from tests.test_guard import heard

TWO = {
    "What does a listener see, and what happens to the cache when the feed is late?": "What does a listener see?",
    "How many is that a second and would you shard by user?": "How many is that a second?",
    "Which labels are worst, and then how do you sample?": "Which labels are worst?",
}
ONE = [
    "What would you log, and why?",
    "How do you decide what to log and what to drop?",
    "Which one do you believe, and what makes the other one wrong?",
    "Where are you least sure, and what would you do about it with another week?",
    "You keep two lists and would rebuild both hourly: what does a listener notice?",
    "You sort and then do you merge them.",
]


@pytest.mark.parametrize("asked", TWO)
def test_a_second_question_joined_by_and_is_not_heard(asked):
    told, event = heard(asked)
    assert told == TWO[asked]
    assert "second question" in event


@pytest.mark.parametrize("asked", ONE)
def test_a_question_with_its_reason_or_with_what_hangs_on_it_stays_whole(asked):
    assert heard(asked) == (asked, "")


@pytest.mark.parametrize(
    ("promised", "left"),
    [
        ("We'll come back to serving later. What breaks first?", "What breaks first?"),
        ("We will get to serving in a bit; for now, what breaks first?", "What breaks first?"),
        ("Let's leave that for now. Which labels are worst?", "Which labels are worst?"),
    ],
)
def test_a_promise_of_a_later_turn_is_not_made(promised, left):
    told, event = heard(promised)
    assert told == left
    assert "promise" in event


@pytest.mark.parametrize(
    "kept",
    [
        "Let's turn to evaluation. How would you know it works?",
        "Let's go back to your labels: which are worst?",
        "We can assume ten million users. What would you log later in the session?",
        "I'll take that as given. Which labels are worst?",
    ],
)
def test_going_somewhere_now_is_no_promise(kept):
    assert heard(kept) == (kept, "")


def test_nothing_that_may_be_a_second_question_is_heard_before_it_is_known():
    begun = "What does a listener see, and what happens"
    assert begun[: trim.safe(begun)] == "What does a listener see"
