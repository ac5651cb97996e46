"""The record: nothing is lost, nothing is written twice."""

import sqlite3
import threading
from collections.abc import Iterator

import pytest

from interviewer.errors import InputError, SetupError, StaleError
from interviewer.grading.scorecard import Scorecard, StepResult
from interviewer.record.archive import HEAD, Archive
from interviewer.state import Claim, Terms, Turn
from interviewer.steps import STEP, STEPS

TERMS = Terms(case="tiny")


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    held = Archive(tmp_path / "home" / "record.db")
    yield held
    held.close()


def turn(index: int, text: str = "x", clock: float = 1.0) -> Turn:
    return Turn(index=index, role="candidate", text=text, clock=clock)


def card(grader: str) -> Scorecard:
    steps = tuple(StepResult(step=s, title=STEP[s].title, level=1, status="rated", reason="r") for s in STEPS)
    return Scorecard(
        interview="i", case="tiny", title="t", question="q", target_level="mid", recommendation=None, recommendation_reason="r", steps=steps,
        cross_cutting=(), grader=grader,
    )  # fmt: skip


def test_what_is_written_is_there_for_another_process(archive):
    record = archive.begin(TERMS, "v1")
    archive.append(record.id, turn(0, "A long answer.\nIn two lines: ü, \U0001f600, \x00"))
    other = Archive(archive.url)
    assert other.turns(record.id) == archive.turns(record.id)
    assert other.record(record.id).version == 1
    assert other.record(record.id).terms == TERMS
    other.close()


def test_ids_are_long_random_and_never_look_like_an_option(archive):
    ids = {archive.begin(TERMS, "v").id for _ in range(300)}
    assert len(ids) == 300
    assert min(map(len, ids)) >= 20
    assert not [i for i in ids if i.startswith("-")]


def test_a_place_is_written_once(archive):
    ident = archive.begin(TERMS, "v").id
    archive.append(ident, turn(0, "first"))
    for index in (0, 2):
        with pytest.raises(StaleError):
            archive.append(ident, turn(index, "second"))
    assert [t.text for t in archive.turns(ident)] == ["first"]


def test_of_many_who_write_the_same_place_at_once_one_wins(archive):
    ident = archive.begin(TERMS, "v").id
    won, lost = [], []

    def write(number: int) -> None:
        own = Archive(archive.url)
        try:
            own.append(ident, turn(0, str(number)))
            won.append(number)
        except StaleError:
            lost.append(number)
        finally:
            own.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)
    assert [t.text for t in archive.turns(ident)] == [str(won[0])]


def test_the_clock_never_runs_backwards(archive):
    ident = archive.begin(TERMS, "v").id
    archive.keep(ident, clock=50)
    archive.keep(ident, clock=20, status="paused")
    assert archive.record(ident).clock == 50
    assert archive.record(ident).status == "paused"


def test_the_reading_of_a_turn_is_put_beside_it(archive):
    ident = archive.begin(TERMS, "v").id
    archive.append(ident, turn(0, "Two towers"))
    claim = Claim(kind="choice", target="two_tower", quote="Two towers", start=0, end=10)
    archive.annotate(ident, turn(0, "Two towers").model_copy(update={"step": "model"}), "embedded", (claim,))
    assert archive.turns(ident)[0].step == "model"
    assert [(o["target"], o["worker"], o["quote"]) for o in archive.observations(ident)] == [
        ("two_tower", "embedded", "Two towers")
    ]


def test_earlier_scorecards_stay_beside_newer_ones(archive):
    ident = archive.begin(TERMS, "v").id
    archive.grade(ident, card("embedded"))
    archive.grade(ident, card("openai:x"))
    assert [c.grader for c in archive.scorecards(ident)] == ["openai:x", "embedded"]


def test_past_interviews_come_newest_first(archive):
    ids = [archive.begin(TERMS, "v").id for _ in range(3)]
    assert {r.id for r in archive.past()} == set(ids)
    assert [r.created for r in archive.past()] == sorted((r.created for r in archive.past()), reverse=True)


def test_an_interview_that_is_not_there_is_told(archive):
    with pytest.raises(InputError, match="interviewer past"):
        archive.record("nobody")


def test_the_tables_are_made_by_migrations_and_written_ahead(archive, tmp_path):
    with sqlite3.connect(tmp_path / "home" / "record.db") as db:
        assert db.execute("select version_num from alembic_version").fetchone() == (HEAD,)
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_no_record_is_told_and_left_as_it_is(tmp_path):
    file = tmp_path / "record.db"
    file.write_text("this is not a database, and somebody may want it back")
    with pytest.raises(SetupError, match="cannot open the record"):
        Archive(file)
    assert file.read_text().startswith("this is not")


def test_a_folder_that_cannot_be_made_is_told_with_the_setting(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="INTERVIEWER_HOME"):
        Archive(tmp_path / "file" / "record.db")
