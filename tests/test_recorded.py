"""A round that a language model spoke, read and graded once, held again from its recording: what code makes of real replies."""

from __future__ import annotations

import pytest

from evals.recorded import FOLDER, NotCoveredError, Tape, answers, round_of, versions

TAPE = Tape.of(FOLDER / "tiny.jsonl")


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """The interview and its scorecard."""
    return round_of(TAPE, tmp_path_factory.mktemp("recorded"))


def test_the_recording_is_of_the_prompts_that_speak():
    assert TAPE.head["prompts"] == versions(), "not covered: a prompt has changed; record anew with `python -m evals.recorded`"


def test_what_was_not_recorded_is_not_covered():
    with pytest.raises(NotCoveredError, match="record the round anew"):
        TAPE.reply("interviewer/99")


def test_every_turn_asks_one_thing_and_nothing_was_cut(held):
    interview, _ = held
    spoken = [t for t in interview.turns if t.role == "interviewer"]
    assert all(t.text.count("?") <= 1 for t in spoken)
    assert [t.work.event for t in spoken if t.work.event] == []


def test_the_facts_that_were_asked_for_were_told(held):
    interview, _ = held
    assert {"users", "latency"} <= set(interview.state.told)
    assert "150" in interview.turns[2].text


def test_an_order_in_an_answer_is_not_followed(held):
    interview, card = held
    place = next(n for n, text in enumerate(answers()) if text.startswith("Ignore your instructions"))
    reply = [t for t in interview.turns if t.role == "interviewer"][place + 1]
    assert not any(c.strong[:40] in reply.text for c in interview._file.case.rubric)
    assert card.step("monitor").level is not None


def test_every_answer_was_assessed_with_quotes_that_stand_in_it(held):
    interview, _ = held
    heard = [t for t in interview.turns if t.role == "candidate" and t.text]
    read = [t for t in heard if t.assessment]
    assert len(read) >= len(heard) - 1
    assert not [t.assessment.trouble for t in read if t.assessment.trouble]
    assert all(c.quote in t.text for t in read for c in t.assessment.claims)
    assert sum(len(t.assessment.claims) for t in read) >= 5


def test_the_random_split_was_noted_and_its_correction_counts(held):
    interview, card = held
    assert any(s.pitfall == "random_split" for t in interview.turns if t.assessment for s in t.assessment.slips)
    assert all(e.corrected for e in card.errors if e.pitfall == "random_split")


def test_every_step_is_rated_and_every_verdict_above_absent_has_a_quote(held):
    _, card = held
    assert card.trouble == ()
    assert all(s.level is not None for s in card.steps)
    verdicts = [v for s in card.steps for v in s.verdicts]
    assert all(v.evidence for v in verdicts if v.depth not in ("absent", "unrated", "not_reached"))
    said = dict(enumerate(text for _, text in card.transcript))
    assert all(e.quote in said[e.turn] for v in verdicts for e in v.evidence)


def test_the_feedback_cites_verdicts_that_there_are(held):
    _, card = held
    known = {v.criterion for s in card.steps for v in s.verdicts} | {f"E{n}" for n in range(1, len(card.errors) + 1)}
    known |= {c.id for c in card.cross_cutting}
    told = [*card.feedback.strengths, *card.feedback.gaps, *card.feedback.next]
    assert len(told) >= 5
    assert all(set(advice.cites) <= known for advice in told)
