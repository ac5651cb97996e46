"""What a model that speaks may choose from, and how what it chose is found again."""

from interviewer.deciding.agenda import with_options
from interviewer.deciding.desk import Desk
from interviewer.deciding.policy import decide
from interviewer.deciding.taken import settled
from interviewer.speaking.model_voice import lines
from interviewer.speaking.voice import Brief
from interviewer.state import Assessment, Claim, Draft, Move, Option, Slip, Turn
from interviewer.steps import STEP
from tests.tiny import CASE, READER, Round

TOWER = "I would use a two-tower model for retrieval because the show vectors can be computed ahead."


def agenda(step: str = "model", answer: str = TOWER, before: Turn | None = None, clock: float = 600.0, pressed: str = "") -> Move:
    """The decided move with its options, after `answer` in `step`."""
    held = Round(step, clock=clock)
    reading = READER.read(answer, step)
    turn = Turn(
        index=held.state.turns, role="candidate", text=answer, clock=clock + 30, step=step, reading=reading, pressed=pressed
    )
    state = held.state.after(turn)
    desk = Desk(CASE, state, turn, (), READER.near_facts(turn))
    return with_options(desk, decide(desk), before)


def earlier(**parts) -> Turn:
    """The answer before, with what a model noted of it."""
    text = "We split the plays at random and retrain when somebody asks."
    return Turn(index=1, role="candidate", text=text, step="model", assessment=Assessment(**parts))


def test_the_decided_question_comes_first_and_others_stand_beside_it():
    move = agenda()
    assert move.options[0].question == move.question
    assert 2 <= len(move.options) <= 4
    assert len({o.question for o in move.options}) == len(move.options)


def test_every_option_carries_its_public_topic_and_its_reason():
    assert all(o.topic and o.why for o in agenda().options)


def test_what_is_not_open_to_choice_has_no_options():
    for move in (agenda("data", "", pressed="hint"), agenda(pressed="finish"), agenda("clarify", "How many users are there?")):
        assert move.options == ()


def test_a_step_that_must_be_left_is_left():
    move = agenda(clock=2400.0)
    assert move.kind == "advance" and move.note
    assert move.options == ()
    assert lines(Brief.of(move, "what comes after launch"))[-1].startswith("ask: (on to what comes after launch, now)")


def test_a_mistake_that_a_model_noted_is_challenged_by_the_authored_question():
    pitfall = CASE.pitfalls[0]
    before = earlier(slips=(Slip(quote="We split the plays at random", what="random split", pitfall=pitfall.id),))
    late = [o for o in agenda(before=before).options if o.kind == "challenge"]
    assert [o.question for o in late] == [pitfall.challenge]
    assert late[0].earlier and late[0].anchor.text == "We split the plays at random"


def test_a_drafted_question_is_offered_unless_its_point_is_on_the_list_already():
    words = "retrain when somebody asks"
    fresh = Draft(about="monitor.drift", says=words, question="Who asks, and how late?")
    before = earlier(drafts=(fresh,))
    offered = [o for o in agenda(before=before).options if o.drafted]
    assert [o.question for o in offered] == ["Who asks, and how late?"]
    same = earlier(drafts=(fresh.model_copy(update={"about": agenda().options[0].about}),))
    assert not [o for o in agenda(before=same).options if o.drafted]


def test_a_question_near_to_a_fact_hands_the_fact_along_to_be_told_or_not():
    move = agenda("clarify", "Do we know anything about the listening population over the whole country at all?")
    assert "users" in move.near
    assert move.offers is None and move.question == ""


def options(*pairs: tuple[str, str]) -> Move:
    opts = tuple(
        Option(kind="probe", step="model", about=about, question=question, why=f"why {about}", topic="t")
        for about, question in pairs
    )
    return Move(kind="probe", step="model", about=pairs[0][0], question=pairs[0][1], why="decided", options=opts)


TWO = (("model.ranker", "Where does it fail first?"), ("serve.index", "What must be rebuilt when the show side changes?"))


def test_the_option_that_was_put_in_other_words_is_found():
    move = settled(options(*TWO), "With two towers, what do you have to rebuild once the show side has changed?", READER, "model")
    assert (move.about, move.question) == ("serve.index", TWO[1][1])
    assert "taken instead of: decided" in move.why
    assert move.options == ()


def test_the_decided_question_taken_leaves_the_move_as_it_was():
    move = settled(options(*TWO), "Where would that fail first?", READER, "model")
    assert (move.about, move.why) == ("model.ranker", "decided")


def test_a_question_of_the_models_own_is_recorded_as_such_on_the_point_it_is_near_to():
    move = settled(options(*TWO), "You call eighty percent a positive label: when is such a row final?", READER, "model")
    assert move.question.startswith("You call eighty percent")
    assert move.why.startswith("the model's own question")
    assert move.about == "data.labels"


def test_a_turn_without_a_question_asks_nothing_in_the_record():
    assert settled(options(*TWO), "Go on.", READER, "model").question == ""


def test_a_fact_that_was_handed_along_counts_as_told_only_when_it_was():
    near = Move(kind="answer", step="clarify", why="w", near=("users", "latency"))
    assert settled(near, "Two million people listen every day.", READER, "model").facts == ("users",)
    assert settled(near, "That one is your call.", READER, "model").facts == ()


def test_a_models_reading_replaces_the_readers_word_on_criteria_and_keeps_the_designs():
    reading = READER.read(TOWER, "model")
    claim = Claim(kind="criterion", target="model.ranker", judged="weighed", quote="two-tower", start=0, end=9)
    turn = Turn(index=1, role="candidate", text=TOWER, reading=reading, assessment=Assessment(claims=(claim,)))
    assert [c for c in turn.claims() if c.kind == "criterion"] == [claim]
    assert claim.depth == "weighed"
    assert [c.target for c in turn.claims() if c.kind == "choice"] == ["two_tower"]
    failed = turn.model_copy(update={"assessment": Assessment(trouble="the model did not answer")})
    assert failed.claims() == reading.claims


def test_a_question_that_was_passed_by_is_offered_once_more():
    held = Round("model", clock=600.0)
    held.say(TOWER)
    asked = held.state.moves[-1].question
    dodge = "I would also split by time, because tomorrow is what we predict."
    held.say(dodge)
    before = Turn(index=held.state.turns - 2, role="candidate", text=dodge, step="model", assessment=Assessment(answered="not"))
    turn = Turn(
        index=held.state.turns, role="candidate", text="And so on.", clock=700.0, step="model", reading=READER.read("And so on.")
    )
    desk = Desk(CASE, held.state.after(turn), turn, ())
    again = [o for o in with_options(desk, decide(desk), before).options if o.question == asked]
    move = with_options(desk, Move(kind="probe", step="model", question="Why?", why="w"), before)
    assert asked in [o.question for o in (*again, *move.options)]
    assert any("(not answered so far)" in line for line in lines(Brief.of(move, "the models")))
    met = before.model_copy(update={"assessment": Assessment(answered="fully")})
    assert asked not in [
        o.question for o in with_options(desk, Move(kind="probe", step="model", question="Why?", why="w"), met).options
    ]


def test_a_question_with_a_figure_that_nobody_has_named_is_not_offered():
    held = Round("model", clock=600.0)
    turn = Turn(
        index=held.state.turns, role="candidate", text=TOWER, clock=640.0, step="model", reading=READER.read(TOWER, "model")
    )
    desk = Desk(CASE, held.state.after(turn), turn, ())
    strange = Move(kind="probe", step="model", question="What becomes of those 300,000 a day?", why="w")
    assert strange.question not in [o.question for o in with_options(desk, strange, None).options]
    told = turn.model_copy(update={"text": f"{TOWER} There are 300,000 of them."})
    desk = Desk(CASE, held.state.after(told), told, ())
    assert strange.question in [o.question for o in with_options(desk, strange, None).options]


def test_a_hesitant_answer_that_ends_in_a_question_mark_still_gets_a_follow_up():
    move = agenda("serve", "Somebody else looks at it again?")
    assert move.question and move.options
    asked = agenda("clarify", "Do we know how large the listening population of the whole country is?")
    assert asked.kind == "answer" and asked.question == ""


def test_a_step_that_they_have_begun_is_entered_by_what_is_open_in_it_and_not_by_its_opening(monkeypatch):
    def ways(begun: bool) -> list[Option]:
        monkeypatch.setattr(Desk, "begun", lambda desk, step: begun)
        return [o for o in agenda().options if o.step == "evaluate"]

    assert [(o.kind, o.question) for o in ways(begun=False)] == [("advance", STEP["evaluate"].opening)]
    assert [o.kind for o in ways(begun=True)] == ["ask"]
    assert ways(begun=True)[0].question in {p.ask for c in CASE.rubric for p in c.probes if c.step == "evaluate"}


def test_a_question_of_its_own_does_not_enter_the_step_that_the_decided_one_would_have_gone_to():
    ahead = Move(kind="probe", step="monitor", question="What drifts?", why="gone ahead", options=options(*TWO).options)
    assert settled(ahead, "Who on your team agrees with that?", READER, "model").step == "model"
    led = ahead.model_copy(update={"kind": "advance"})
    assert settled(led, "Who on your team agrees with that?", READER, "model").step == "monitor"
