"""Recorded interviews: what is read, and how each mistake is told."""

import json
from pathlib import Path

import pytest

from interviewer.errors import InputError
from interviewer.record.archive import Archive
from interviewer.record.transcript import of_record, read
from tests.tiny import start

TURNS = [{"role": "interviewer", "text": "Go."}, {"role": "candidate", "text": "Two towers."}]


def file(tmp_path: Path, content, name: str = "a.json") -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def refused(path: Path, *told: str, **given) -> None:
    with pytest.raises(InputError) as caught:
        read(path, **given)
    assert str(path) in str(caught.value)
    for words in told:
        assert words in str(caught.value)


def test_an_interview_is_read_with_all_that_it_says(tmp_path):
    [found] = read(file(tmp_path, {"id": 7, "case": "tiny", "target_level": "mid", "question": "Q", "turns": TURNS}))
    assert (found.id, found.case, found.target_level, found.question) == ("7", "tiny", "mid", "Q")
    assert found.pairs() == [("interviewer", "Go."), ("candidate", "Two towers.")]
    assert found.spent is None
    assert found.entered is None


def test_what_a_file_leaves_out_is_filled_and_what_is_asked_for_wins(tmp_path):
    [found] = read(file(tmp_path, {"turns": TURNS}), "tiny", "staff")
    assert (found.id, found.case, found.target_level) == ("a", "tiny", "staff")
    [found] = read(file(tmp_path, {"turns": TURNS, "case": "other", "target_level": "mid"}), "tiny", "staff")
    assert (found.case, found.target_level) == ("tiny", "staff")


def test_keys_that_are_not_known_are_let_be(tmp_path):
    [found] = read(file(tmp_path, {"turns": [TURNS[0], TURNS[1] | {"seconds": 3}], "case": "tiny", "rater": "x"}))
    assert len(found.lines) == 2


def test_a_list_and_lines_hold_several(tmp_path):
    one = {"case": "tiny", "turns": TURNS}
    assert [t.id for t in read(file(tmp_path, [one, one]))] == ["a[0]", "a[1]"]
    assert len(read(file(tmp_path, f"{json.dumps(one)}\n\n{json.dumps(one)}\n", "b.jsonl"))) == 2


def test_a_byte_order_mark_is_no_harm(tmp_path):
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"case": "tiny", "turns": TURNS}).encode())
    assert read(path)[0].case == "tiny"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ["is empty"]),
        ("{", ["line 1, column 2", "not JSON"]),
        ("3", ["must be an object", "not int"]),
        ([3], ["[0]: must be an object"]),
        ({"case": "tiny"}, ["turns: must be a list"]),
        ({"case": "tiny", "turns": []}, ["turns: must be a list"]),
        ({"case": "tiny", "turns": ["x"]}, ["turns[0]: must be an object"]),
        ({"case": "tiny", "turns": [*TURNS, {"role": "boss", "text": "x"}]}, ["turns[2].role: 'boss'"]),
        ({"case": "tiny", "turns": [{"role": "candidate", "text": None}]}, ["turns[0].text"]),
        ({"case": "tiny", "turns": [{"role": "candidate", "text": " \n"}]}, ["nothing to grade"]),
        ({"turns": TURNS}, ["case: missing", "--case"]),
        ({"case": 3, "turns": TURNS}, ["case: missing"]),
        ({"case": "tiny", "target_level": "intern", "turns": TURNS}, ["target_level: 'intern'"]),
    ],
)
def test_mistakes_are_told_with_file_place_and_mend(tmp_path, content, told):
    refused(file(tmp_path, content), *told)


def test_a_broken_line_is_told_by_its_number(tmp_path):
    good = json.dumps({"case": "tiny", "turns": TURNS})
    refused(file(tmp_path, f"{good}\n\n{{oops\n", "b.jsonl"), "line 3")


def test_files_that_cannot_be_read_are_told(tmp_path):
    refused(tmp_path / "nowhere.json", "cannot be read")
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"case": "caf\xe9"}')
    refused(path, "byte 13", "not UTF-8")


def test_an_interview_that_we_held_keeps_its_clock_steps_and_hints(tmp_path):
    archive = Archive(tmp_path / "record.db")
    interview = start(archive)
    "".join(interview.speak())
    "".join(interview.reply("I assume the goal is that people finish episodes. " * 20))
    "".join(interview.press("hint"))
    "".join(interview.press("next"))
    found = of_record(archive.record(interview.id), archive.turns(interview.id))
    assert found.entered == ("clarify", "frame")
    assert found.spent and found.spent["clarify"] > 60
    assert found.hints == 1
    assert [line.role for line in found.lines][:2] == ["interviewer", "candidate"]
    archive.close()
