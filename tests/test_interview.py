"""One interview: what is kept, when, and what happens when something fails."""

from collections.abc import Iterator

import pytest

from interviewer.errors import ModelError, StaleError
from interviewer.record.archive import Archive
from interviewer.speaking.voice import EmbeddedVoice, Speech
from interviewer.state import Work
from tests.tiny import again, start


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    held = Archive(tmp_path / "record.db")
    yield held
    held.close()


class Mute:
    """A voice whose model fails after some words, `times` times."""

    name = "openai:mute"
    chooses = False

    def __init__(self, times: int = 1):
        self.times = times

    def speak(self, brief, transcript) -> Speech:
        def words():
            yield "I was about "
            if self.times > 0:
                self.times -= 1
                raise ModelError("The model did not answer in time.", "timeout")
            yield "to ask."

        return Speech(words=words())


def test_the_answer_is_on_disk_before_the_reply_is_decided(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview.hear("I would use a two-tower model for retrieval.")
    assert [t.text for t in archive.turns(interview.id)][-1] == "I would use a two-tower model for retrieval."
    assert interview.waiting


def test_a_double_submit_is_taken_once(archive):
    interview = start(archive)
    "".join(interview.speak())
    version = interview.version
    "".join(interview.reply("An answer of some length.", version))
    with pytest.raises(StaleError):
        "".join(interview.reply("An answer of some length.", version))
    assert sum(t.role == "candidate" for t in archive.turns(interview.id)) == 1


def test_two_tabs_cannot_both_answer(archive):
    interview = start(archive)
    "".join(interview.speak())
    other = again(archive, interview.id)
    interview.hear("From the first tab.")
    with pytest.raises(StaleError):
        other.hear("From the second tab.")
    assert [t.text for t in archive.turns(interview.id) if t.role == "candidate"] == ["From the first tab."]


def test_a_failed_model_keeps_nothing_of_its_reply_and_can_be_tried_again(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview.voice = Mute()
    with pytest.raises(ModelError):
        "".join(interview.reply("I would use a two-tower model for retrieval."))
    assert interview.trouble == "The model did not answer in time." and interview.waiting
    assert "".join(interview.speak()) == "I was about to ask."
    assert [t.role for t in archive.turns(interview.id)] == ["interviewer", "candidate", "interviewer"]


def test_after_a_failure_the_embedded_interviewer_can_go_on(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview.voice = Mute(times=9)
    with pytest.raises(ModelError):
        "".join(interview.reply("I would use a two-tower model for retrieval."))
    assert "two-tower" in "".join(interview.speak(EmbeddedVoice()))
    assert archive.turns(interview.id)[-1].work.worker == "embedded"


def test_an_interview_resumes_where_it_was_left(archive):
    interview = start(archive)
    "".join(interview.speak())
    "".join(interview.reply("I would use a two-tower model for retrieval."))
    other = again(archive, interview.id)
    assert other.state == interview.state and other.view().turns == interview.view().turns


def test_an_answer_that_was_written_but_not_read_is_read_on_resuming(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview._take_in = lambda turn: None  # as if killed between writing and reading
    interview.hear("I would use a two-tower model for retrieval.")
    other = again(archive, interview.id)
    assert other.waiting and other.turns[-1].reading.of("choice")
    assert "two-tower" in "".join(other.speak())


def test_every_turn_keeps_its_move_its_reason_and_who_spoke(archive):
    interview = start(archive)
    "".join(interview.speak())
    "".join(interview.reply("I would use a two-tower model for retrieval."))
    asked = archive.turns(interview.id)[-1]
    assert asked.move.why and asked.move.kind == "probe" and asked.work.worker == "embedded" and asked.work.whole > 0
    assert {row["target"] for row in archive.observations(interview.id)} >= {"two_tower"}


def test_the_room_is_shown_nothing_of_rubric_or_reasons(archive):
    interview = start(archive)
    "".join(interview.speak())
    "".join(interview.reply("I would use a two-tower model for retrieval."))
    seen = interview.view().model_dump_json()
    assert "looks_for" not in seen and "they picked" not in seen and "model.ranker" not in seen


def test_pausing_stops_the_clock_and_finishing_closes_the_round(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview.pause()
    assert again(archive, interview.id).status == "paused"
    interview.go_on()
    "".join(interview.press("finish"))
    assert interview.finished and archive.record(interview.id).status == "finished"
    with pytest.raises(StaleError):
        interview.hear("One more thing.")


def test_a_reply_that_broke_off_is_on_the_bill_and_counts_for_the_limit(archive):
    class Broken(Mute):
        name = "openai:gpt-5-mini"
        chooses = True

        def speak(self, brief, transcript) -> Speech:
            speech = super().speak(brief, transcript)
            speech.work = Work(worker=self.name, tokens_in=900, tokens_out=10)
            return speech

    interview = start(archive, Broken(times=9))
    interview._limit = (0.0, 1500)
    for _ in range(2):
        with pytest.raises(ModelError):
            "".join(interview.speak())
    assert interview.spent().tokens == 1820
    assert "".join(interview.speak())  # past the limit the embedded interviewer speaks
    assert interview.notice
    assert archive.record(interview.id).terms.models["interviewer"] == "embedded"


def test_the_clock_stands_when_a_reply_ends_in_a_pause(archive):
    interview = start(archive)
    "".join(interview.speak())
    interview.hear("I would use a two-tower model.")
    reply = interview.speak()
    next(reply)
    interview.pause()
    "".join(reply)
    assert not interview.clock.running
