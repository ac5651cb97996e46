"""Runs as files: resumable, tolerant of a torn line, and honest about what failed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from evals import runs
from evals.__main__ import told
from evals.page import page
from evals.runs import End, Figure, Head, Row
from interviewer.errors import InputError
from ui import runfile

HEAD = Head(id="abc", name="mine", suites=("grading",), samples=3, models={})


def row(ident: str, error: str = "", **scores: float) -> Row:
    return Row(id=ident, suite="grading", case="tiny", unit=ident, error=error, scores=scores, values={"n": 1})


def written(tmp_path, *rows: Row):
    path = runs.file(tmp_path, "abc")
    runs.begin(path, HEAD)
    for each in rows:
        runs.add(path, "row", each)
    return path


def test_a_run_is_read_as_it_was_written(tmp_path):
    path = written(tmp_path, row("a", steps=0.5), row("b", error="it broke"))
    runs.add(
        path, "end", End(status="finished", figures=(Figure(suite="grading", name="steps", title="Steps", value=0.5, aim=0.8),))
    )
    run = runs.read(path)
    assert run.head == HEAD
    assert [r.id for r in run.rows] == ["a", "b"] and [r.id for r in run.errors] == ["b"]
    assert run.figure("grading.steps").met is False
    assert "MISSED" in told(run) and "it broke" in told(run)


def test_a_torn_last_line_is_passed_over_and_ended_before_the_next(tmp_path):
    path = written(tmp_path, row("a"))
    with path.open("a", encoding="utf-8") as out:
        out.write('{"line": "row", "id": "b", "sui')
    assert [r.id for r in runs.read(path).rows] == ["a"]
    runs.add(path, "row", row("c"))
    assert [r.id for r in runs.read(path).rows] == ["a", "c"]


def test_a_sample_that_was_measured_again_counts_by_its_last_row(tmp_path):
    path = written(tmp_path, row("a", error="busy"), row("a", steps=1.0))
    assert runs.read(path).errors == []
    assert runfile.read(path).failed == 0


def test_too_many_failed_samples_make_a_run_unsound(tmp_path):
    good = written(tmp_path, row("a"), row("b"), row("c"))
    assert runs.read(good).sound
    bad = runs.read(written(tmp_path / "other", row("a"), row("b"), row("c", error="no")))
    assert not bad.sound and "cannot be relied on" in page(bad)
    assert not runs.read(written(tmp_path / "empty")).sound


def test_a_file_that_is_no_run_is_named(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("hello\n")
    with pytest.raises(InputError, match="is no run"):
        runs.read(path)
    assert runfile.read(path) is None


def test_the_page_escapes_what_candidates_and_models_said(tmp_path):
    path = written(tmp_path, row("a"))
    side = runs.Side(
        id="a", case="tiny", apart=1.0, raters=({"steps": {}, "recommendation": "hire", "errors": []},),
        given={"steps": {}, "reasons": {"data": "<b>why</b>"}, "errors": [], "recommendation": None}, transcript=(("candidate", "<script>alert(1)</script>"),),
    )  # fmt: skip
    runs.add(path, "end", End(status="finished", sides=(side,)))
    shown = page(runs.read(path))
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "<b>why" not in shown


def test_a_run_that_was_killed_is_gone_on_with_and_measures_nothing_twice(tmp_path):
    command = [sys.executable, "-m", "evals", "run", "retrieval", "--out", str(tmp_path), "--parallel", "1", "--name", "killed"]
    environment = {**os.environ, "INTERVIEWER_HOME": str(tmp_path / "home")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        path = _first(tmp_path)
        while len(runs.read(path).rows) < 5:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    before = {r.id for r in runs.read(path).rows}
    assert 5 <= len(before) < runs.read(path).head.samples
    done = subprocess.run(
        [*command[:4], "--resume", "killed", "--out", str(tmp_path), "--parallel", "1"],
        env=environment,
        capture_output=True,
        text=True,
    )
    run = runs.read(path)
    assert done.returncode == 0, done.stderr
    assert (run.end.status, len(run.rows)) == ("finished", run.head.samples)
    lines = path.read_text("utf-8").splitlines()
    assert sum('"line": "row"' in line for line in lines) == run.head.samples


def _first(folder):
    for _ in range(600):
        if found := [p for p in folder.glob("*.jsonl") if p.stat().st_size]:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no run was begun")
