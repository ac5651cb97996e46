"""Conduct of held interviews: each check finds what it should, and leaves alone what only looks like it."""

from __future__ import annotations

import json

import pytest

from evals import conduct, hold
from evals.fake_server import FAULTS, FakeServer
from evals.held import End, Head, Held, Said, read
from evals.players import Script
from evals.reader import Opinion, Reader
from interviewer.errors import InputError
from interviewer.providers.models import open_model
from interviewer.settings import load
from interviewer.steps import STEPS
from prompts.library import load as prompt
from tests.tiny import CASE, FOLDER

OPEN = {"kind": "open", "step": "clarify", "say": (CASE.question,), "question": "Where would you like to start?"}
LONG = "I start with the goal, which is that people finish what they began, and I take clicks only as a first sign of it. " * 4


def talk(*turns: str | dict, status: str = "finished", why: str = "left", **head) -> Held:
    """A held interview: texts and moves in turn, the interviewer first; a move without a text is its own question."""
    said = [Said(index=0, role="interviewer", text=f"{CASE.question} Where would you like to start?", **OPEN)]
    for place, turn in enumerate(turns, 1):
        parts = {"text": turn} if isinstance(turn, str) else turn
        role = "candidate" if place % 2 else "interviewer"
        base = {"index": place, "role": role, "text": parts.get("question", ""), "clock": 60.0 * place}
        base |= {"kind": "probe", "step": "clarify"} if role == "interviewer" else {}
        said.append(Said.model_validate(base | parts))
    if status == "finished":
        said.append(Said(index=len(said), role="interviewer", text="Thank you, that is the round.", kind="close", step="monitor"))
    return Held(head=Head(id="x", case="tiny", **head), turns=tuple(said), end=End(status=status, why=why))


def kinds(held: Held) -> list[str]:
    return [f.kind for f in conduct.findings(held, CASE)]


def found(held: Held, kind: str) -> list[str]:
    return [f.text for f in conduct.findings(held, CASE) if f.kind == kind]


def one(text: str, **parts) -> Held:
    """A round in which the interviewer says `text` after a long answer."""
    return talk(LONG, {"text": text, **parts}, LONG)


def test_a_round_in_order_has_no_finding():
    assert kinds(one("And how would you know that they finished it?")) == []


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is a row? And when is it final?", "questions"),
        ("Tell me about the labels. When is one row final?", "questions"),
        ("Hello and welcome! When is one row final?", "greeting"),
        ("Great point. When is one row final?", "praise"),
        ("That makes sense. When is one row final?", "praise"),
        ("Thank you for that. When is one row final?", "praise"),
        ("So you are saying that people should finish episodes. When is one row final?", "recap"),
        ("You start with the goal that people finish what they began and take clicks as a first sign. Why?", "recap"),
        ("One thing. Another thing. A third thing. Then this. When is one row final?", "length"),
        ('You said "we shuffle all rows". Why?', "misquote"),
    ],
)
def test_words_that_should_not_fall_are_found(text, kind):
    assert kind in kinds(one(text))


@pytest.mark.parametrize(
    "text",
    [
        'You said "the goal, which is that people finish". Which of them, and when?',
        "What makes a good row, and what a great one?",
        "Exactly which rows do you keep?",
        "When is one row final? Take me through one of them.",
        "Nice would be a number: what is it worth to you?",
        "Hi-fi listeners skip more: does that matter?",
    ],
)
def test_words_that_only_look_like_it_are_left_alone(text):
    assert kinds(one(text)) == []


def test_a_question_asked_twice_is_found_in_other_words_too_and_going_back_to_it_is_not():
    first = {"question": "Which part of the log decides whether an episode was finished?"}
    other = {"question": "Which part of the log then decides whether the episode was finished?"}
    assert kinds(talk(LONG, first, LONG, other, LONG)) == ["asked_twice"]
    assert kinds(talk(LONG, first, LONG, other | {"kind": "repeat"}, LONG)) == []
    assert kinds(talk(LONG, first, LONG, {"question": "Who pays for a wrong one, and how much of it?"}, LONG)) == []


def test_a_sentence_said_twice_is_found():
    lines = [{"text": f"I would like to go on a little. {ask}"} for ask in ("Who notices first?", "And what then?")]
    assert kinds(talk(LONG, lines[0], LONG, lines[1], LONG)) == ["repeated"]


def test_a_beginning_that_comes_three_times_is_found_once_for_models_and_by_frames_for_authored_words():
    asks = ["Who notices first?", "What then happens?", "How long is that?", "Which one of these?"]
    lines = [{"text": f"Taking your list {n}: {ask}", "work": {"worker": "openai:x"}} for n, ask in enumerate(asks)]
    turns = [part for line in lines for part in (LONG, line)]
    assert kinds(talk(*turns, LONG)) == ["frame"]
    framed = [part for ask in asks[:3] for part in (LONG, {"text": ask, "frames": ("choice.have",)})]
    assert kinds(talk(*framed, LONG)) == ["frame"]
    assert kinds(talk(*framed[:4], LONG)) == []


def test_the_candidate_should_have_three_quarters_of_the_words():
    assert kinds(talk("The goal.", {"question": "And how would you know that they finished it, of all people?"}, "No.")) == [
        "share"
    ]


# --- the course of the round ----------------------------------------------------------------------------------------


def test_a_point_that_was_carried_is_not_asked_again():
    carried = {"text": LONG, "claims": [{"target": "data.labels", "depth": "justified"}]}
    again = {"question": "When is one row final?", "about": "data.labels"}
    assert found(talk(carried, again, LONG), "settled")
    named = {"text": LONG, "claims": [{"target": "data.labels", "depth": "named"}]}
    taken_back = {"text": LONG, "claims": [{"target": "data.labels", "polarity": "rejected"}]}
    assert not found(talk(named, again, LONG), "settled")
    assert not found(talk(carried, {"question": "Who notices first?"}, taken_back, again, LONG), "settled")
    assert not found(talk(carried, again | {"kind": "challenge"}, LONG), "settled")


def test_steps_count_only_in_a_round_that_came_to_its_end():
    whole = talk(LONG, {"text": "Why so?"}, LONG, why="")
    assert found(whole, "steps") == ["never entered: frame, data, model, evaluate, serve"]
    assert not found(one("Why so?"), "steps")
    finished = talk(LONG, {"text": "Why so?"}, {"text": "", "pressed": "finish"}, why="")
    assert not found(finished, "steps")
    assert not found(finished, "closing")
    everywhere = [part for s in STEPS for part in (LONG, {"text": f"And {s}?", "kind": "wrap_up", "step": s})]
    assert not found(talk(*everywhere, LONG, why=""), "steps")


def test_a_requirement_changes_once():
    twist = {
        "kind": "twist",
        "about": "offline",
        "say": (CASE.twists[0].says,),
        "text": f"Now {CASE.twists[0].says} What changes?",
    }
    assert "twist" not in kinds(talk(LONG, twist, LONG))
    assert "twist" in kinds(talk(LONG, twist, LONG, twist, LONG))


def test_a_number_that_nobody_gave_contradicts_and_a_supposed_one_is_noted():
    assert kinds(one("We have five million listeners a day. What follows?")) == ["contradiction"]
    assert kinds(one("What if five million listeners come at once?")) == ["number"]


def test_numbers_of_the_case_of_the_candidate_and_of_the_clock_are_no_contradiction():
    told = {
        "kind": "answer",
        "facts": ("users",),
        "say": ("Two million people listen every day.",),
        "text": "2,000,000 people listen every day.",
    }
    assert kinds(talk(LONG, told, LONG)) == []
    assert kinds(talk(LONG + "About 40 GB of vectors.", {"text": "You keep 40 GB. Where?"}, LONG)) == []
    assert kinds(talk(LONG, {"text": "We have 43 minutes left. Who notices first?", "clock": 120.0}, LONG)) == []
    assert kinds(talk(LONG, told | {"facts": (), "say": ()}, LONG)) == ["contradiction"]


def test_an_answer_that_is_given_away_is_a_leak_unless_the_candidate_said_it():
    leak = {"text": "Would you train on four weeks and test on the fifth, since tomorrow is predicted?", "step": "evaluate"}
    assert "leak" in kinds(talk(LONG, leak, LONG))
    own = f"{LONG} I train on four weeks and test on the fifth, since tomorrow is what we predict."
    assert "leak" not in kinds(talk(own, leak, LONG))


def test_a_leak_in_a_models_own_question_is_not_excused_by_the_question_in_the_record():
    asked = "Would you train on four weeks and test on the fifth, since tomorrow is predicted?"
    assert "leak" in kinds(talk(LONG, {"text": asked, "question": asked, "step": "evaluate"}, LONG))


def test_what_is_written_to_be_asked_is_no_leak_and_an_authored_name_is_set_apart():
    assert (
        kinds(talk(LONG, {"text": "What can be computed ahead? Start with what can be computed ahead.", "kind": "hint"}, LONG))
        == []
    )
    named = {"text": "You have a two-tower model. Who notices first?", "anchor": {"text": "a two-tower model", "turn": 1}}
    assert kinds(talk(LONG, named, LONG)) == ["named"]
    assert kinds(talk(f"{LONG} I take a two-tower model.", named, LONG)) == []


def test_a_point_followed_up_more_than_three_times_is_a_loop():
    asks = ["Who notices first?", "What happens when it fires?", "How often would that be?", "At whose cost is it?"]
    turns = [part for ask in asks for part in (LONG, {"question": ask, "about": "monitor.watch"})]
    assert found(talk(*turns, LONG), "loop")
    assert not found(talk(*turns[:6], LONG), "loop")


def test_one_question_put_more_than_three_times_is_a_loop_however_it_is_put():
    turns = [part for _ in range(4) for part in ("", {"text": "I heard nothing. Who notices first?", "kind": "redirect"})]
    assert found(talk(*turns), "loop") == ["put for the 4th time: Who notices first?"]


@pytest.mark.parametrize(
    ("text", "clock", "wrong"),
    [
        ("Half of the time is gone. Who notices first?", 1350, False),
        ("Half of the time is gone. Who notices first?", 300, True),
        ("There are ten minutes left. Who notices first?", 2100, False),
        ("There are ten minutes left. Who notices first?", 900, True),
        ("We are nearly out of time. Who notices first?", 2600, False),
        ("We are nearly out of time. Who notices first?", 1200, True),
        ("What lies halfway between two frauds?", 300, False),
    ],
)
def test_a_time_that_is_said_must_be_right(text, clock, wrong):
    assert bool(found(one(text, clock=clock), "clock")) is wrong


def test_a_round_beyond_its_half_in_which_nobody_spoke_of_time_is_found():
    assert found(one("Who notices first?", clock=2000.0), "clock") == ["half of the time went by and nothing was said about it"]


def test_how_a_round_ends_is_looked_at():
    assert found(talk(LONG, {"text": "Why so?"}, LONG, status="invalid", why="the model failed"), "closing") == [
        "the round was not closed (invalid: the model failed)"
    ]
    assert found(talk(LONG, {"text": "Why so?"}, LONG, why=""), "closing") == ["closed without a wrap-up question"]
    verdict = talk(LONG, {"text": "You did well, a strong hire from me.", "kind": "close"}, LONG)
    assert found(verdict, "closing")


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(shared_home, monkeypatch, tmp_path):
    """A round held with written answers on the tiny case, as a file."""
    monkeypatch.setenv("INTERVIEWER_CASES", str(FOLDER))
    answers, out = tmp_path / "answers.txt", tmp_path / "held.jsonl"
    answers.write_text("\n".join([LONG, LONG + "I label a play as finished.", LONG]))
    hold.main(["tiny", "--script", str(answers), "--home", str(shared_home), "--out", str(out), "--no-grade", "--quiet"])
    return out


def test_a_held_file_is_tabled_and_a_clean_one_passes(file, capsys):
    assert conduct.main([str(file)]) == 0
    assert "tiny  embedded with" in capsys.readouterr().out


def test_a_round_of_the_record_is_looked_at_in_the_same_way(file, shared_home, capsys):
    conduct.main([str(file), "--json"])
    of_file = json.loads(capsys.readouterr().out)["findings"]
    assert conduct.main(["--home", str(shared_home), "--json", "--", read(file).head.id]) == 0
    of_record = json.loads(capsys.readouterr().out)["findings"]
    assert [f for f in of_record if f["turn"] is not None] == [f for f in of_file if f["turn"] is not None]


@pytest.mark.parametrize(
    "grave", ["We have nine million listeners in all.", "Would you train on four weeks and test on the fifth?"]
)
def test_a_grave_finding_fails_the_command(file, grave, capsys):
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    probe = next(line for line in lines if line.get("kind") not in (None, "open", "close") and line.get("role") == "interviewer")
    probe["text"] = grave
    file.write_text("\n".join(map(json.dumps, lines)))
    assert conduct.main([str(file)]) == 1
    assert grave[:20] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "named"), [("{", "line 1: not JSON"), ('{"line": "turn"}', "one line that is the head"), ("", "head")]
)
def test_a_file_that_is_none_is_refused_with_its_place(tmp_path, text, named, capsys):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(text)
    with pytest.raises(InputError, match=named):
        read(bad)
    assert conduct.main([str(bad)]) == 2
    assert named in capsys.readouterr().err


# --- a reader -------------------------------------------------------------------------------------------------------

ROUND = talk(
    f"{LONG} I keep the index on each replica.",
    {"question": "What fills its memory first?"},
    LONG,
    {"question": "Who pays for it?"},
    LONG,
)
GOOD = {
    "probes": [
        {
            "turn": 2,
            "quote": "I keep the index on each replica",
            "reason": "It hangs on the index.",
            "unread": False,
            "follows": True,
        },
        {"turn": 4, "quote": "", "reason": "It fits any system.", "unread": True, "follows": True},
    ],
    "contradictions": [
        {"turn": 4, "quote": "Who pays for it?", "earlier_turn": 2, "earlier": "never said at all", "reason": "None."}
    ],
    "tone": [{"turn": 2, "quote": "What fills its memory first?", "reason": "Abrupt.", "verdict": "cold"}],
}


def opinion(*replies) -> tuple:
    """What a reader who replies this makes of the round, and what it was sent."""
    with FakeServer(*replies) as server:
        settings = load(model_judge="openai:fake", base_url_judge=server.url, timeout=2)
        return Reader(open_model(settings, "judge")).read(ROUND, CASE.question), server.requests


def test_a_reader_is_sent_the_talk_and_nothing_of_the_plan():
    _, requests = opinion(json.dumps(GOOD))
    sent = "".join(m["content"] for m in requests[0]["messages"])
    assert "I keep the index on each replica." in sent
    assert "one by one: 2, 4." in sent
    assert not any(word in sent for word in ("monitor.watch", "because the show side", "authored"))
    assert sent.count("</turn>") - 1 == len(ROUND.turns)


def test_a_readers_opinion_is_counted_where_its_quotes_stand():
    read_, _ = opinion(json.dumps(GOOD))
    assert (read_.unread, read_.follows, read_.unrated) == (0.5, 1.0, {})
    assert [(f.turn, f.kind) for f in read_.findings] == [(2, "tone:cold")]


def test_a_quote_that_nobody_said_leaves_its_question_unrated():
    made_up = json.loads(json.dumps(GOOD))
    made_up["probes"][0]["quote"] = "we shard it by the hour"
    read_, _ = opinion(json.dumps(made_up))
    assert read_.unread == 1.0
    assert "nobody said" in read_.unrated[2]


def test_an_answer_that_cannot_be_read_is_asked_for_once_more():
    read_, requests = opinion("I think it was fine.", f"```json\n{json.dumps(GOOD)}\n```")
    assert len(requests) == 2
    assert read_.unread == 0.5


@pytest.mark.parametrize("replies", [("No.", "No."), (FAULTS["401"],)])
def test_a_reader_that_fails_rates_nothing_and_says_why(replies):
    read_, _ = opinion(*replies)
    assert (read_.unread, read_.follows, read_.probes) == (None, None, ())
    assert set(read_.unrated) == {2, 4}
    assert all(read_.unrated.values())


def test_the_reader_is_asked_for_quotes_then_reason_then_verdict_in_our_keys():
    rules = prompt("judge").system
    shown = rules[rules.index('"probes": [') :]
    assert [shown.index(f'"{key}"') for key in ("quote", "reason", "unread", "follows")] == sorted(
        shown.index(f'"{key}"') for key in ("quote", "reason", "unread", "follows")
    )
    assert all(f'"{key}"' in rules for key in Opinion.model_fields)


def test_the_command_shows_a_readers_opinion(file, capsys):
    with FakeServer(json.dumps(GOOD | {"contradictions": [], "tone": []})) as server:
        conduct.main([str(file), "--judge", "openai:fake", "--judge-url", server.url])
    assert "read by openai:fake (judge/v1)" in capsys.readouterr().out


def test_a_script_that_is_empty_has_nothing_to_say():
    assert Script("x", []).answer("Design it.", []) is None
