"""A long talk shrinks for the model: what stays word for word, what becomes notes, and that no number is lost."""

import re

from interviewer.providers.window import NOTE, estimate
from interviewer.speaking.memory import AGAIN, LATEST, VERBATIM, kept_of, lines
from interviewer.state import Assessment, Move, Turn
from interviewer.steps import STEPS
from tests.tiny import CASE, READER

FILLER = "and then we look at what comes out of it and think about it for a while before going on with the rest of it "


def talk(pairs: int, noted: bool = True) -> list[Turn]:
    """A talk of some questions and answers of about 120 words through all the steps; each answer has a number of its own."""
    turns: list[Turn] = []
    for n in range(pairs):
        step = STEPS[min(6, n * 7 // pairs)]
        facts = ("users",) if n == 0 else ()
        move = Move(kind="probe", step=step, about="model.ranker", facts=facts, question="Why?", why="w")
        turns.append(
            Turn(index=2 * n, role="interviewer", text="What breaks first there, and how would you see it?", step=step, move=move)
        )
        text = f"I would use a two-tower model with {1000 + n} shards. {FILLER * 4}"
        told = Assessment(noted=(f"two towers in round {n}",)) if noted else None
        reading = READER.read(text, step)
        turns.append(Turn(index=2 * n + 1, role="candidate", text=text, step=step, reading=reading, assessment=told))
    return turns


def size(said) -> int:
    return sum(estimate(text) for _, text in said)


def test_a_short_talk_stays_word_for_word():
    turns = talk(20)
    assert lines(turns, CASE) == [(t.role, t.text) for t in turns]


def test_a_long_talk_is_kept_short_by_notes_in_front_of_the_newest_turns():
    said = lines(talk(90), CASE)
    assert said[0][0] == NOTE
    assert size(said) < 1.3 * max(VERBATIM, AGAIN)
    assert said[-1][1] == talk(90)[-1].text


def test_no_number_and_no_requirement_that_was_told_is_lost():
    for noted in (True, False):
        turns = talk(90, noted)
        everything = " ".join(text for _, text in lines(turns, CASE))
        assert set(re.findall(r"\b1\d{3}\b", everything)) == {str(1000 + n) for n in range(90)}
        assert "Two million people listen every day." in everything


def test_without_a_models_notes_the_words_of_claims_are_kept():
    assert "two-tower model" in lines(talk(90, noted=False), CASE)[0][1]


def test_the_front_of_the_talk_stays_the_same_from_turn_to_turn_but_for_the_few_times_it_is_folded():
    turns, changes, before = talk(90), 0, []
    for end in range(2, len(turns) + 1, 2):
        now = lines(turns[:end], CASE)
        changes += now[: len(before)] != before
        before = now
    assert 1 <= changes <= 6


def test_it_is_first_folded_at_the_border_between_two_steps():
    turns = talk(60)
    first = next(end for end in range(1, len(turns), 2) if lines(turns[:end], CASE)[0][0] == NOTE)
    assert turns[first - 1].step != turns[first - 2].step
    assert VERBATIM < size([("", t.text) for t in turns[:first]]) < LATEST * VERBATIM


def test_the_same_figure_of_two_things_and_numbers_in_words_are_kept():
    text = "The p99 budget is 100 ms for the whole page. We retrieve 100 candidates. Two hundred milliseconds would be too slow."
    turn = Turn(index=1, role="candidate", text=text, reading=READER.read(text, "serve"), assessment=Assessment())
    kept = " ".join(kept_of(turn))
    assert all(part in kept for part in ("100 ms", "100 candidates", "Two hundred milliseconds"))
