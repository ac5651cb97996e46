"""What can be seen in an interviewer's words alone: questions, greetings, praise, recaps, repeats, length. Knows no case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evals.held import Loose, Said
from knowledge.words import terms

MOST_SENTENCES = 3  # of a turn, beside the facts that it tells
MOST_FRAMES = 2  # uses of one sentence frame, or of one beginning, in a round
SENTENCE = 4  # words from which a sentence that comes again is a repeat
SAME = 0.75  # share of terms from which two questions are the same
FEWEST_TERMS = 4  # of a question that is compared
RECAP_WORDS, RECAP_SHARE = 12, 0.8  # of a statement outside quotation marks that is made of the candidate's last words
BACK = ("repeat", "redirect")  # moves that go back to the question that stands open

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")
_ORDER = re.compile(
    r"^(?:please |so |and |now |next |first |then |okay |ok |could you |can you )*(?:tell me|take me through|walk me through|talk me through|describe|explain to me|give me)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hello|hi|hey|welcome|good (?:morning|afternoon|evening))\b(?!-)|\b(?:nice to (?:meet|see) you|thanks? (?:you )?for (?:joining|coming|being here)|my name is|i(?:'ll| will) be your interviewer)\b",
    re.IGNORECASE,
)
_JUDGES = r"(?:great|excellent|good|nice|perfect|interesting|impressive|wonderful|fantastic|awesome|brilliant|lovely|solid|smart|clever|valid|fair|correct)"
_PRAISE = re.compile(
    rf"^(?:okay,? |ok,? |yes,? |ah,? |well,? |oh,? )?(?:(?:that(?:'s| is| was)|this is|sounds|what) (?:an? )?(?:very |really |absolutely |quite |pretty )?)?{_JUDGES}\b(?=\s*(?:[.,!;:–—-]|$)| (?:point|question|answer|choice|idea|call|thinking|start|approach|catch|job|work|instinct|one|stuff|observation|distinction|summary|thought|enough)\b)"
    r"|^(?:okay,? |ok,? |yes,? )?(?:exactly|absolutely|well done|spot on|makes (?:a lot of )?sense|that makes (?:a lot of )?sense|you(?:'re| are) (?:absolutely |quite )?right|i (?:really )?(?:like|love) (?:that|your|how|the way))\b(?!\s+(?:which|what|how|who|where|when)\b)"
    r"|^(?:thanks|thank you)\b(?! for your time)",
    re.IGNORECASE,
)
_RECAP = re.compile(
    r"^(?:so|okay,? so|ok,? so|right,? so|alright,? so)?,?\s*(?:to (?:recap|sum up|summari[sz]e)|in (?:summary|short|other words)|let me (?:recap|summari[sz]e|play (?:that|this) back)|so far,? you|what i(?:'m| am) hearing|if i (?:understand|hear) you|you(?:'ve| have) (?:described|outlined|covered|explained|proposed|laid out|walked)|you(?:'re| are) (?:saying|proposing|describing))\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"\b(?:you (?:did|have done) (?:well|great|a )|strong (?:candidate|performance|no hire|hire)|no hire|hired|your (?:score|grade|level)|you(?:'ve| have)? passed|you failed)\b",
    re.IGNORECASE,
)


class Finding(Loose):
    """Something that an interviewer did: at which turn (None: over the whole round), of what kind, and what."""

    turn: int | None
    kind: str
    text: str


def checks(turns: Sequence[Said]) -> Iterator[Finding]:
    """All findings in the interviewer's words, in no order."""
    heard = ""
    for place, turn in enumerate(turns):
        if turn.role == "candidate":
            heard = turn.text
            continue
        yield from _one(turn, first=place == 0)
        yield from _recaps(turn, heard)
    yield from _repeats([t for t in turns if t.role == "interviewer"])
    yield from _frames([t for t in turns if t.role == "interviewer"])


def sentences(text: str) -> list[str]:
    """The sentences of a text, their closing marks kept."""
    return [piece for part in _SENTENCE.split(text) if (piece := part.strip())]


def unquoted(text: str) -> str:
    """A text without what stands in quotation marks."""
    return _QUOTED.sub(" ", text)


def questions(turn: Said) -> list[str]:
    """The questions of a turn. A request ("Take me through ...") is one, unless it goes with the question before it or is told."""
    told = {bare(s) for text in turn.say for s in sentences(text)}
    found: list[str] = []
    after_question = False
    for sentence in sentences(unquoted(turn.text)):
        asks = sentence.endswith("?")
        if asks or (_ORDER.match(sentence) and not after_question and bare(sentence) not in told):
            found.append(sentence)
        after_question = asks
    return found


def alike(one: str, other: str) -> bool:
    """Whether two questions are the same, or nearly the same in other words."""
    if bare(one) == bare(other):
        return True
    mine, theirs = set(terms(one)), set(terms(other))
    return min(len(mine), len(theirs)) >= FEWEST_TERMS and len(mine & theirs) >= SAME * len(mine | theirs)


def bare(text: str) -> str:
    """A text without marks and case."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


def _one(turn: Said, first: bool) -> Iterator[Finding]:
    """What a turn shows by itself."""
    asked = questions(turn)
    if len(asked) > 1 and turn.kind != "open":
        yield Finding(turn=turn.index, kind="questions", text=" | ".join(asked))
    said = sentences(unquoted(turn.text))
    told = len(sentences(" ".join(turn.say))) if turn.kind != "open" else len(said)
    if len(said) - told > MOST_SENTENCES + bool(turn.note):
        yield Finding(turn=turn.index, kind="length", text=f"{len(said)} sentences, {told} of them given to be told")
    for sentence in said:
        if not first and _GREETING.search(sentence):
            yield Finding(turn=turn.index, kind="greeting", text=sentence)
        if _PRAISE.match(sentence) and turn.kind != "close":
            yield Finding(turn=turn.index, kind="praise", text=sentence)
    if turn.kind == "close" and (asked or _VERDICT.search(turn.text)):
        yield Finding(turn=turn.index, kind="closing", text=f"a question or a verdict at the end: {turn.text}")


def _recaps(turn: Said, heard: str) -> Iterator[Finding]:
    """Statements that say back what was said."""
    known = set(terms(heard))
    given = {bare(s) for s in sentences(" ".join(turn.say))}
    for sentence in sentences(unquoted(turn.text)):
        if sentence.endswith("?") or bare(sentence) in given:
            continue
        words = set(terms(sentence))
        back = len(sentence.split()) >= RECAP_WORDS and len(words & known) >= RECAP_SHARE * max(1, len(words))
        if back or _RECAP.match(sentence):
            yield Finding(turn=turn.index, kind="recap", text=sentence)


def _repeats(spoken: Sequence[Said]) -> Iterator[Finding]:
    """Sentences said twice and questions asked twice; going back to the question that stands open is neither."""
    said: dict[str, int] = {}
    asked: list[tuple[int, str]] = []
    for turn in spoken:
        mine = questions(turn)
        given = {bare(s) for text in (*turn.say, turn.note) for s in sentences(text)}
        for sentence in sentences(turn.text):
            key = bare(sentence)
            before = said.setdefault(key, turn.index)
            again = before != turn.index and len(key.split()) >= SENTENCE and key not in given and turn.kind not in BACK
            if again and sentence not in mine:
                yield Finding(turn=turn.index, kind="repeated", text=f"(turn {before}) {sentence}")
        for question in mine if turn.kind not in BACK else []:
            if earlier := next((index for index, other in asked if alike(question, other)), None):
                yield Finding(turn=turn.index, kind="asked_twice", text=f"(turn {earlier}) {question}")
        asked += [(turn.index, question) for question in mine]


def _frames(spoken: Sequence[Said]) -> Iterator[Finding]:
    """Frames, or where a model speaks beginnings of three words, that come more than twice."""
    used: Counter[str] = Counter()
    for turn in spoken:
        authored = turn.work.get("worker", "embedded") == "embedded"
        opens = " ".join(bare(unquoted(turn.text)).split()[:3])
        for frame in turn.frames if authored else (opens,):
            used[frame] += 1
            if used[frame] == MOST_FRAMES + 1 and frame:
                yield Finding(turn=turn.index, kind="frame", text=f"{frame!r} for the third time: {turn.text[:80]}")
