"""What a model may not say: held back while it streams, and what is put in its place."""

import re
import time

from interviewer.speaking.guard import INSTEAD, Guard, fallen, guarded
from interviewer.speaking.phrases import Ask
from interviewer.speaking.voice import Brief, Speech
from interviewer.state import Work
from knowledge.leaks import Ear
from tests.tiny import CASE

EAR = Ear(CASE)
ASK = "Where does it fail first?"


def heard(text: str, said: str = "", instead: str = ASK) -> tuple[str, str]:
    """What comes through, word by word, and what the guard noted."""
    guard = Guard(EAR, fallen([CASE.question, said]), said, instead)
    return "".join(guard.pieces(re.findall(r"\S+\s*", text))), guard.event


def test_plain_speech_comes_through_as_it_is_and_word_by_word():
    text = "You rebuild it every hour. What does a listener notice at ten past?"
    guard = Guard(EAR, fallen([text]), "", ASK)
    pieces = list(guard.pieces(re.findall(r"\S+\s*", text)))
    assert "".join(pieces) == text
    assert len(pieces) > 10
    assert guard.event == ""


def test_an_answer_that_nobody_has_given_is_cut_before_it_is_heard_and_the_authored_question_follows():
    told, event = heard("Have you thought of eighty percent heard as a positive, because starts are cheap?")
    assert "eighty" not in told and "cheap" not in told
    assert told.endswith(f"{INSTEAD} {ASK}")
    assert event.startswith("leak:")


def test_what_the_candidate_has_said_is_no_leak():
    said = "a positive is eighty percent heard because starts are cheap"
    told, event = heard("With eighty percent heard as a positive, what of short starts?", said)
    assert told.startswith("With eighty percent heard")
    assert event == ""


def test_a_method_of_the_case_that_nobody_has_named_is_not_named_for_them():
    assert "two-tower" not in heard("Would a two-tower model not be quicker here?")[0]
    assert "two-tower" in heard("What can your two-tower model not tell apart?", "i use a two-tower model")[0]


def test_after_a_leak_nothing_more_of_the_reply_is_heard():
    told, _ = heard("Split by time: train on four weeks and test on the fifth. Do you agree? And what of holidays?")
    assert "holidays" not in told
    assert told.count("?") == 1


def test_a_second_question_is_left_out():
    told, event = heard("What breaks first? And how would you notice? Take your time.")
    assert told == "What breaks first? Take your time."
    assert "second question" in event


def test_praise_is_left_out_wherever_it_stands():
    assert heard("Great point. What breaks first?") == ("What breaks first?", "praise was left out")
    assert heard("That's a good choice! What breaks first?")[0] == "What breaks first?"
    assert heard("Excellent, that makes sense. What breaks first?")[0] == "What breaks first?"
    assert heard("Right, interesting. What breaks first?")[0] == "What breaks first?"


def test_ordinary_words_that_look_like_praise_stay():
    for text in ("Good labels are rare here. What do you do?", "Right now you have one model. What breaks first?",
                 "What is a good day for a listener?", "That leaves the index. What breaks first?"):  # fmt: skip
        assert heard(text) == (text, "")


def test_marks_of_quotation_stay_only_around_words_that_were_said():
    assert heard('You said "shard by user". What breaks?', "we shard by user id")[0] == 'You said "shard by user". What breaks?'
    assert heard('You said "use magic". What breaks?', "we shard by user id")[0] == "You said use magic. What breaks?"


def test_a_reply_of_praise_alone_becomes_the_authored_question():
    told, event = heard("Great answer!")
    assert told == ASK
    assert "authored question" in event


def test_a_turn_that_rambles_on_ends():
    told, event = heard(" ".join(f"This is line {n}." for n in range(12)), instead="")
    assert told.count(".") == 5
    assert "beyond a turn" in event


def test_a_reply_ended_by_the_guard_is_hung_up_and_says_why():
    closed = []

    def words():
        try:
            yield from (
                "A ",
                "positive ",
                "is ",
                "eighty ",
                "percent ",
                "heard, ",
                "starts ",
                "are ",
                "cheap. ",
                "More ",
                "words.",
            )
        finally:
            closed.append(True)

    speech = guarded(
        Speech(words=words(), work=Work(worker="openai:x")), Brief(kind="probe", question=ASK), [], CASE.question, EAR
    )
    told = "".join(speech)
    assert closed == [True]
    assert speech.text == told and told.endswith(ASK)
    assert speech.work.worker == "openai:x" and speech.work.event.startswith("leak:")


def test_the_guard_takes_next_to_no_time():
    words = (
        re.findall(
            r"\S+\s*", "You rebuild the whole of it every hour from the log. What does a listener notice at ten past the hour?"
        )
        * 3
    )
    began = time.perf_counter()
    list(Guard(EAR, frozenset(), "", ASK).pieces(words))
    assert time.perf_counter() - began < 0.1


def test_technical_words_that_begin_like_praise_stay_whole():
    for text in ("Exactly-once delivery costs what here?", "Right-censored watches end how?", "It's right-skewed. What then?"):
        assert heard(text) == (text, "")


def test_a_false_quote_in_the_middle_of_a_sentence_loses_its_marks_too():
    told, _ = heard('You said "use magic" earlier today, so what breaks first?', "we shard by user id")
    assert told == "You said use magic earlier today, so what breaks first?"


def test_a_turn_never_stays_without_a_word():
    told, event = heard("Right.", instead="")
    assert told == "Go on."
    assert "praise" in event


def test_what_must_be_told_is_told_even_when_the_reply_is_cut():
    change = "From next month there is no network on the train."
    brief = Brief(kind="twist", say=(change,), question="What changes?")
    leaking = iter(
        ["Suppose ", "a ", "positive ", "is ", "eighty ", "percent ", "heard, ", "since ", "starts ", "are ", "cheap. "]
    )
    told = "".join(guarded(Speech(words=leaking), brief, [], CASE.question, EAR))
    assert change in told and told.endswith("What changes?")
    assert "eighty" not in told


def test_a_method_that_was_named_in_pieces_may_be_named_whole():
    said = "the user tower runs at request time and the show tower overnight"
    assert heard("The two towers are new. What now?", said)[1] == ""
    assert heard("The two towers are new. What now?", "the model runs overnight")[1].startswith("leak")


def test_the_interviewers_own_words_are_not_quoted_as_the_candidates():
    talk = [("interviewer", "What breaks at peak time?"), ("candidate", "the cache gets cold")]
    for quoted, stays in (("breaks at peak time", False), ("the cache gets cold", True)):
        speech = Speech(words=iter([f'You said "{quoted}", ', "so what then?"]))
        told = "".join(guarded(speech, Brief(kind="probe", question=ASK), talk, CASE.question, EAR))
        assert (f'"{quoted}"' in told) is stays


def test_the_place_of_a_leak_is_taken_by_the_last_question_that_was_offered():
    asks = (
        Ask(kind="ask", step_title="the data", question=ASK),
        Ask(kind="probe", step_title="the data", question="Who told you so?"),
    )
    leak = "Have you thought of eighty percent heard as a positive, because starts are cheap?"
    for brief, put in (
        (Brief(kind="ask", step_title="the data", question=ASK, asks=asks), "Who told you so?"),
        (Brief(kind="ask", step_title="the data", question=ASK), ASK),
    ):
        speech = guarded(Speech(words=iter(re.findall(r"\S+\s*", leak)), work=Work()), brief, [], CASE.question, EAR)
        assert "".join(speech).endswith(f"{INSTEAD} {put}")
