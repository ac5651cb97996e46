"""How the embedded voice speaks."""

from collections import Counter

import pytest

from interviewer.speaking.phrases import CHOICE_FRAMES, MOST_USES, Brief, compose
from interviewer.speaking.voice import EmbeddedVoice
from interviewer.state import Anchor

CHOICE = Anchor(text="a two-tower model", verbatim=False, turn=3, choice="two_tower")
QUOTE = Anchor(text="we just keep it in memory", verbatim=True, turn=3)


def say(**parts) -> str:
    return compose(Brief(**parts), Counter())[0]


def test_a_design_is_named_by_its_phrase_and_words_are_quoted_verbatim():
    assert "two-tower model" in say(kind="probe", anchor=CHOICE, question="What does it cost?")
    assert '"we just keep it in memory"' in say(kind="probe", anchor=QUOTE, question="What does it cost?")


@pytest.mark.parametrize("kind", ["probe", "ask", "challenge", "advance", "twist", "redirect", "wrap_up", "hint"])
def test_a_turn_asks_at_most_one_thing(kind):
    text = say(
        kind=kind, anchor=CHOICE, question="What does it cost?", say=("A sentence.",), step_title="Evaluation", topic="off_topic"
    )
    assert text.count("?") <= 1 and text[-1] in ".?"


def test_facts_come_before_the_question_and_nothing_is_praised():
    text = say(kind="probe", say=("Two million people listen.",), anchor=CHOICE, question="What does it cost?")
    assert text.startswith("Two million people listen.") and text.endswith("?")
    assert not {"great", "excellent", "good", "perfect", "interesting"} & set(text.lower().split())


def test_no_sentence_frame_comes_more_than_twice_a_round():
    used: Counter[str] = Counter()
    for place in range(40):
        _, frames = compose(Brief(kind="probe", anchor=CHOICE, question=f"Question {place}?"), used)
        used.update(frames)
    assert max(used.values()) <= MOST_USES and len(used) == len(CHOICE_FRAMES)


def test_a_candidates_words_are_never_a_template():
    assert "{it}" in say(kind="probe", anchor=Anchor(text="use {it} and {0}", verbatim=True, turn=1), question="Why?")


def test_the_embedded_voice_streams_what_it_composed():
    brief = Brief(kind="probe", anchor=CHOICE, question="What does it cost?")
    speech = EmbeddedVoice().speak(brief, [])
    assert "".join(speech) == speech.text == compose(brief, Counter())[0]
