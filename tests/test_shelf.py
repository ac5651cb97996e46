"""The library as a candidate may read it: what is closed, what opens it, what marks a score, and what is found."""

import pytest

from interviewer.errors import InputError
from interviewer.office import Office
from interviewer.settings import load
from interviewer.state import Terms
from tests.tiny import FOLDER

CASE = "video_recommendation"


@pytest.fixture
def office(shared_home, tmp_path):
    return Office(load(home=tmp_path, cases=FOLDER))


def held(office, case="tiny", steps=0):
    """A finished round with one answer, in which that many steps were passed over."""
    answer = "We rank by the chance of a click, because clicks are what we have."
    interview = office.start(Terms(case=case, minutes=20))
    list(interview.speak())
    list(interview.reply(answer))
    for button in ["next"] * steps + ["finish"]:
        list(interview.press(button))
    return interview.id


def test_a_case_is_closed_until_a_round_on_it_is_finished(office):
    assert "not been interviewed" in office.shelf.why_closed("tiny")
    with pytest.raises(InputError, match="stay closed"):
        office.shelf.case("tiny")
    held(office)
    assert office.shelf.why_closed("tiny") == ""
    assert office.shelf.case("tiny").case.rubric


def test_a_round_under_way_closes_its_case_and_all_concepts_again(office):
    held(office)
    office.start(Terms(case="tiny"))
    assert "under way" in office.shelf.why_closed("tiny")
    assert "under way" in office.shelf.why_concepts_closed()
    with pytest.raises(InputError, match="until it is over"):
        office.shelf.concepts()


def test_reading_ahead_marks_the_next_score_as_practised(office):
    office.shelf.open_case("tiny")
    assert office.shelf.why_closed("tiny") == ""
    assert office.debrief(held(office)).practised
    assert not office.debrief(held(office, CASE)).practised


def test_reading_during_a_round_marks_that_round(office):
    interview = office.start(Terms(case="tiny"))
    list(interview.speak())
    office.shelf.open_concepts()
    assert office.shelf.concepts()
    list(interview.reply("We take the clicks of a month as labels."))
    list(interview.press("finish"))
    assert office.debrief(interview.id).opened
    assert not office.debrief(held(office)).opened


def test_closed_notes_are_counted_and_not_shown(office):
    query = "approximate nearest neighbour index, its memory and what it misses"
    before = office.shelf.search(query)
    assert before.closed and not [f for f in before.found if f.kind == "note"]
    office.shelf.open_case(CASE)
    after = office.shelf.search(query)
    assert [f for f in after.found if f.kind == "note" and f.slug == CASE]


def test_a_case_is_found_by_what_its_question_is_about(office):
    found = office.shelf.search("stolen cards in online shops").found
    assert found[0].kind == "case" and found[0].slug == "payment_fraud"


def test_the_rounds_of_a_case_are_listed_with_their_verdict(office):
    first, second = held(office), held(office, steps=6)
    office.debrief(second)
    rounds = office.shelf.rounds()["tiny"]
    assert [r.id for r in rounds] == [second, first]
    assert rounds[0].recommendation and not rounds[1].recommendation


def test_what_is_not_there_is_told(office):
    with pytest.raises(InputError, match="no case 'nothing'"):
        office.shelf.why_closed("nothing")
    with pytest.raises(InputError, match="no concept page"):
        office.shelf.concept("nothing")


def test_a_case_that_cannot_be_used_is_listed_with_its_trouble(tmp_path, office):
    broken = tmp_path / "cases" / "broken"
    broken.mkdir(parents=True)
    (broken / "case.yaml").write_text("title: Half a case\n", "utf-8")
    (broken / "notes.md").write_text("# Half a case\n", "utf-8")
    cards = {c.slug: c for c in Office(load(home=tmp_path, cases=tmp_path / "cases")).cases()}
    assert "question: add this key" in cards["broken"].trouble
    assert not cards[CASE].trouble
