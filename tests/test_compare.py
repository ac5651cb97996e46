"""Two runs compared pair by pair, and gates that hold a run against bounds and a baseline."""

import random
from xml.etree import ElementTree

import pytest

from evals import gates
from evals.compare import compare, lines
from evals.gates import Gate, check, junit, keep, markdown
from evals.runs import End, Figure, Head, Row, Run
from interviewer.errors import InputError


def run(name: str, scores: list[float], figures: dict[str, float] | None = None, failed: int = 0, better="more") -> Run:
    rows = [
        Row(
            id=f"grading/{n}#{r}" if r else f"grading/{n}",
            suite="grading",
            case=f"c{n % 3}",
            unit=str(n),
            repeat=r,
            scores={"steps": s},
        )
        for n, s in enumerate(scores)
        for r in range(2)
    ]
    rows += [Row(id=f"bad/{n}", suite="grading", case="c", unit=f"bad{n}", error="broken") for n in range(failed)]
    told = tuple(Figure(suite="grading", name=k, title=k, value=v, better=better) for k, v in (figures or {}).items())
    return Run(
        head=Head(id=name, name=name, suites=("grading",), samples=len(rows)),
        rows=tuple(rows),
        end=End(status="finished", figures=told),
    )


def noise(n: int, mean: float, seed: int) -> list[float]:
    pick = random.Random(seed)
    return [mean + pick.uniform(-0.1, 0.1) for _ in range(n)]


def test_a_clear_gain_is_better_and_the_same_the_other_way_round_worse():
    before, after = run("a", noise(30, 0.5, 1)), run("b", noise(30, 0.7, 2))
    assert compare(before, after).scores[0].verdict == "better"
    assert compare(after, before).scores[0].verdict == "worse"
    found = compare(before, after).scores[0]
    assert (found.n, found.low > 0, found.p < 0.05) == (30, True, True)
    assert "BETTER" in "\n".join(lines(compare(before, after)))


def test_what_cannot_be_told_apart_is_inconclusive_and_says_what_could_be():
    found = compare(run("a", noise(10, 0.5, 1)), run("b", noise(10, 0.51, 2))).scores[0]
    assert found.verdict == "inconclusive"
    assert found.detectable > abs(found.difference)


def test_repeats_of_one_transcript_are_one_unit():
    assert compare(run("a", [0.1, 0.2]), run("b", [0.9, 0.9])).scores[0].n == 2


def test_runs_that_share_nothing_are_not_compared():
    other = run("b", [0.5]).model_copy(update={"rows": ()})
    with pytest.raises(InputError, match="share no sample"):
        compare(run("a", [0.5]), other)


def test_a_run_with_too_many_failures_gives_no_verdict_to_rely_on():
    found = compare(run("a", noise(30, 0.5, 1)), run("b", noise(30, 0.7, 2), failed=10))
    assert not found.sound
    assert "can be relied on" in lines(found)[-1]


# --- gates ----------------------------------------------------------------------------------------------------------


def trouble(measured: Run, gate: Gate, base: float | None = None) -> str:
    return check(measured, [gate], {"figures": {gate.figure: base}} if base is not None else {})[0].trouble


def test_a_gate_passes_at_its_bound_and_fails_beyond_it():
    measured = run("a", [0.5] * 20, {"kappa": 0.7})
    assert trouble(measured, Gate(figure="grading.kappa", least=0.7)) == ""
    assert "less than 0.71" in trouble(measured, Gate(figure="grading.kappa", least=0.71))
    assert "more than 0.6" in trouble(measured, Gate(figure="grading.kappa", most=0.6))


def test_a_figure_may_fall_behind_the_baseline_by_its_slack_and_no_more():
    measured, gate = run("a", [0.5] * 20, {"kappa": 0.7}), Gate(figure="grading.kappa", slack=0.02)
    assert trouble(measured, gate, base=0.72) == ""
    assert "worse than the baseline" in trouble(measured, gate, base=0.73)
    assert trouble(measured, gate, base=0.2) == ""
    less = run("a", [0.5] * 20, {"kappa": 0.7}, better="less")
    assert "worse than the baseline" in trouble(less, gate, base=0.6)


def test_a_figure_that_was_not_measured_and_a_run_that_failed_do_not_pass():
    assert trouble(run("a", [0.5]), Gate(figure="grading.none", least=0.0)) == "was not measured"
    assert "samples failed" in trouble(run("a", [0.5] * 5, {"kappa": 1.0}, failed=5), Gate(figure="grading.kappa", least=0.0))


def test_the_results_are_told_as_junit_and_markdown():
    measured = run("a", [0.5] * 20, {"kappa": 0.7})
    found = check(measured, [Gate(figure="grading.kappa", least=0.5), Gate(figure="grading.kappa", least=0.9)], {})
    suite = ElementTree.fromstring(junit(found, 3.0))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "less than 0.9" in suite.find("testcase/failure").get("message")
    assert "no person has rated" in markdown(found, measured) and "❌" in markdown(found, measured)


def test_only_a_sound_run_becomes_the_baseline(tmp_path):
    with pytest.raises(InputError, match="no baseline"):
        keep(run("a", [0.5], failed=3), tmp_path / "b.json")
    keep(run("a", [0.5] * 20, {"kappa": 0.7}), tmp_path / "b.json")
    assert gates.baseline(tmp_path / "b.json")["figures"] == {"grading.kappa": 0.7}


def test_a_gate_file_that_is_wrong_is_named(tmp_path):
    (tmp_path / "g.yaml").write_text("grading.kappa: [1, 2]\n")
    with pytest.raises(InputError, match=r"g\.yaml"):
        gates.gates(tmp_path / "g.yaml")
