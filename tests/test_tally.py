"""Several runs as one, and each statement counted once."""

from __future__ import annotations

import pytest

from interviewer.grading.judging import Judged, JudgedError, StepJudgement
from interviewer.grading.scorecard import Evidence
from interviewer.grading.tally import median, once


def verdict(depth: str, ident: str = "model.ranker") -> Judged:
    kept = () if depth in ("absent", "unrated") else (Evidence(turn=1, quote=f"as {depth}"),)
    return Judged(criterion=ident, evidence=kept, reason=f"reason of {depth}", depth=depth)


def run(*depths: str, errors=(), outside=(), step: str = "model", trouble: str = "") -> StepJudgement:
    verdicts = tuple(verdict(d, f"{step}.c{n}") for n, d in enumerate(depths))
    return StepJudgement(step=step, verdicts=verdicts, errors=tuple(errors), outside=tuple(outside), trouble=trouble)


def error(quote: str = "a random split", pitfall: str | None = None, turn: int = 3, **rest) -> JudgedError:
    return JudgedError(pitfall=pitfall, turn=turn, quote=quote, what="w", **rest)


@pytest.mark.parametrize(
    ("depths", "middle", "spread"),
    [
        (("named", "weighed", "justified"), "justified", ("named", "weighed")),
        (("quantified", "absent", "absent"), "absent", ("absent", "quantified")),
        (("wrong", "justified", "absent"), "absent", ("wrong", "justified")),
        (("weighed", "weighed", "weighed"), "weighed", ("weighed", "weighed")),
        (("weighed", "unrated", "named"), "named", ("named", "weighed")),
        (("unrated", "unrated", "named"), "unrated", ()),
        (("unrated", "justified"), "justified", ()),
        (("named", "justified", "absent", "quantified", "weighed"), "justified", ("absent", "quantified")),
    ],
)
def test_the_middle_depth_counts_and_of_an_even_number_the_lower(depths, middle, spread):
    found = median([run(depth) for depth in depths]).verdicts[0]
    assert (found.depth, found.spread) == (middle, spread)


def test_the_evidence_and_the_reason_are_those_of_a_run_that_gave_the_depth():
    found = median([run("named"), run("weighed"), run("justified")]).verdicts[0]
    assert (found.evidence[0].quote, found.reason) == ("as justified", "reason of justified")


def test_one_run_is_taken_as_it_is():
    only = run("named", errors=[error()])
    assert median([only]) is only


def test_an_error_stands_when_most_runs_that_could_be_read_found_it():
    whole, part = error("a random split of the rows"), error("random split of")
    two = median([run("named", errors=[whole]), run("named", errors=[part]), run("named")])
    assert [e.quote for e in two.errors] == ["a random split of the rows"]
    assert median([run("named", errors=[whole]), run("named"), run("named")]).errors == ()
    assert len(median([run("named", errors=[whole]), run("unrated"), run("unrated")]).errors) == 1


def test_a_known_mistake_is_the_same_wherever_it_is_quoted_and_an_even_count_favours_the_candidate():
    first, second = error("shuffle", "random_split", 3), error("at random", "random_split", 9, corrected=True, core=False)
    agreed = median([run("named", errors=[first]), run("named", errors=[second]), run("named")]).errors
    assert [(e.pitfall, e.corrected, e.core) for e in agreed] == [("random_split", True, False)]


def test_a_failed_run_among_good_ones_is_no_trouble_and_two_of_three_are():
    lost = run("unrated", trouble="Modelling: it timed out")
    assert median([run("named"), lost, run("named")]).trouble == ""
    assert median([run("named"), lost, lost]).trouble == "Modelling: it timed out"


def test_an_argument_beyond_the_sheet_needs_most_runs_too():
    place = Evidence(turn=5, quote="we would audit the sellers by hand")
    shorter = Evidence(turn=5, quote="audit the sellers")
    assert median([run("named", outside=[place]), run("named", outside=[shorter]), run("named")]).outside == (place,)
    assert median([run("named", outside=[place]), run("named"), run("named")]).outside == ()


def test_two_steps_that_claim_the_same_words_have_them_once():
    data, test = run("named", errors=[error()], step="data"), run("named", errors=[error("random split")], step="evaluate")
    assert [len(j.errors) for j in once([data, test])] == [1, 0]
    listed = run("named", errors=[error("random split", "random_split")], step="evaluate")
    assert [len(j.errors) for j in once([data, listed])] == [0, 1]


def test_a_known_mistake_made_twice_is_one_and_the_last_word_says_whether_it_was_corrected():
    twice = run("named", errors=[error("shuffle", "random_split", 9, corrected=True), error("at random", "random_split", 3)])
    assert [(e.turn, e.corrected) for e in once([twice])[0].errors] == [(3, True)]


def test_what_carries_a_criterion_is_no_argument_beyond_it():
    carried = run("justified", step="data")
    same, other = carried.verdicts[0].evidence[0], Evidence(turn=7, quote="something quite different")
    beyond = run("named", outside=[same, other], step="serve")
    again = run("named", outside=[other], step="monitor")
    assert [j.outside for j in once([carried, beyond, again])] == [(), (other,), ()]
