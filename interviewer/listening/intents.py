"""What a candidate wants with a turn: a set of intents, from the words alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.state import Ask, Claim, Intent
from knowledge.case import Step

_HINT = re.compile(
    r"\b(?:(?:give|need|have|get|want|use|take|like|could i have|can i (?:get|have))[^.?!]{0,20}\bhints?|hint,? please|any hints?|a nudge|point me in|a pointer)\b|^\s*hint\W*$",
    re.IGNORECASE,
)
_ADVANCE = re.compile(
    r"\b(?:(?:let's|let us|shall we|can we|could we|may we|i(?:'d| would) like to|ready to|i want to|happy to|should we|i'll)\s+(?:now\s+)?(?:move (?:on|ahead)|go (?:on|ahead) to|go to|jump to|skip|continue (?:to|with)|proceed|switch to|get to|turn to)|next (?:topic|step|question|section)(?: please)?\s*[.?!]*$|move on\W*$)",
    re.IGNORECASE,
)
_AGENDA = re.compile(
    r"\b(?:(?:can|could|may|shall|should) (?:i|we) (?:please )?(?:now )?(?:spend|use|talk|go|do|move|turn|switch|cover|start|begin|discuss|come back|get|first)\b|(?:i(?:'d| would)|let me) (?:rather|like to|prefer to|want to)?\s*(?:first )?(?:do|start with|talk about|cover|(?:go|move|jump|skip) (?:on |ahead |straight |over )?to|go (?:back to|over)|come back to|get to|switch to|discuss|turn to|spend)\b|let's (?:do|talk about|cover|discuss|go (?:to|back to)|switch to|turn to|start with)\b|(?:move|jump|skip) (?:on |ahead )?to\b|\bbrings (?:me|us) to\b)",
    re.IGNORECASE,
)
_GO_TO = re.compile(
    r"\b(?:i(?:'d| would) (?:like|rather|prefer|want)(?: to)?|i want to|let me|let's|can (?:we|i)|could (?:we|i)|shall (?:we|i))\s+(?:now |first )?"
    r"(?:(?:go|move|jump|skip) (?:on |ahead |straight |over |back )?to|talk about|turn to|switch to|discuss|start with|get to)\s+"
    r"(?P<what>[^.,;:!?]{3,60}?)(?=\s+(?:now|next|first|because|since|as|if|before|then)\b|[.,;:!?]|$)",
    re.IGNORECASE,
)
_STEP_WORDS: dict[Step, str] = {
    "clarify": r"requirements?|clarif\w+|questions first",
    "frame": r"fram(?:e|ing)|objective|formulat\w+|ml task|problem statement",
    "data": r"(?:the |training )?data\b|labels?|features?",
    "model": r"models?\b|modell?ing|architecture|training",
    "evaluate": r"evaluat\w+|metrics|experiments?|a/b test\w*",
    "serve": r"serving|deployment|latency|inference|infrastructure",
    "monitor": r"monitor\w*|drift|alert\w*|maintenance",
}
_DEEPER = re.compile(
    r"\b(?:go deeper|deep dive|dive (?:deeper|into)|more detail on|stay (?:on|with) (?:this|that)|elaborate on)\b", re.IGNORECASE
)
_THINKS = re.compile(
    r"\b(?:let me think|give me a (?:second|moment|minute|sec|min)|one (?:second|moment|sec)|hold on|hang on|just a (?:second|moment|sec)|thinking(?: out loud| aloud)?|need a (?:second|moment|minute))\b|^\s*(?:h+m+|u+[hm]+|so|well|ok(?:ay)?|let's see)[\s.…,]*$",
    re.IGNORECASE,
)
_STUCK = re.compile(
    r"\b(?:i (?:really |honestly )?(?:don't|dont|do not) (?:really )?know|no (?:idea|clue)|not sure (?:what|how|where)|i(?:'m| am) (?:stuck|lost|blank\w*)|(?:i )?have no (?:idea|clue)|idk|can't think of|never (?:done|thought about|worked on) (?:this|that)|i give up|beats me|drawing a blank)\b",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\b(?:(?:can|could|would) you (?:please )?(?:repeat|rephrase|say (?:that|it) again|clarify (?:the|that|your) question)|(?:repeat|rephrase) (?:the|that|your) question|what was the question|come again|say again|what do you mean|i (?:don't|didn't|do not) (?:understand|get|follow|catch) (?:the|your|that)|sorry,? what|pardon)\b",
    re.IGNORECASE,
)
_OVERRIDE = re.compile(
    r"\b(?:(?:ignore|forget|disregard|override|bypass)\s+(?:\w+\s+){0,4}(?:instructions?|rules?|prompts?|rubrics?|guidelines?|above|previous)|you are now|act as|pretend (?:to be|you)|system prompt|developer mode|jailbreak|(?:show|give|tell|print|reveal|paste|output)\s+(?:me\s+(?:\w+\s+){0,3}|(?:the|your|my|all|its)\s+(?:\w+\s+){0,2})(?:rubric|notes|grading|criteria|reference (?:answer|solution)|hidden|scor(?:e|ing)|prompt)|new rules?:|(?:give|award|grade|rate|score|mark) me (?:a |an |as )?(?:\w+ )?(?:hire|4|full|top|perfect|max\w*|strong)|<\s*/?\s*(?:system|admin|instructions?)|\[(?:system|admin|inst)\b|^\s*(?:system|assistant|developer)\s*:\s*(?:you|the candidate|from now|ignore|set|new|grade|give|award|override|end))",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER_PLEASE = re.compile(
    r"\b(?:(?:just )?(?:tell|give|show) me the (?:answer|solution|design|right)|(?:just )?tell me (?:what|which) [^.?!]{0,40}\b(?:you would|you'd) (?:use|do|pick|choose)|hear what the right|what(?:'s| is| would be) the (?:right|correct|best|ideal|model) (?:answer|solution)|what would you (?:do|use|say|answer)|how would you (?:do|solve|design|answer) (?:it|this|that))\b",
    re.IGNORECASE,
)
_FINISH = re.compile(
    r"\b(?:(?:let's|i(?:'d| would) like to|can we|i want to|we can) (?:stop|finish|end|wrap up)(?: here| now| the (?:round|interview))?|end (?:the )?interview|i(?:'m| am) done with (?:the|this) interview|i(?:'m| am) done(?:,? (?:thanks|thank you|(?:so )?let(?:'s| us) (?:stop|finish|end))[^.?!]{0,20})?|let us (?:stop|finish|end)(?: here| now)?)\W*$",
    re.IGNORECASE,
)
_REVISES = re.compile(
    r"\b(?:actually,? (?:no|i|let|we|scratch)|scratch that|let me (?:correct|revise|take (?:that|it) back|rephrase)|i take (?:that|it) back|i (?:was|were) wrong|you(?:'re| are) right|good (?:catch|point)|that's (?:right|true)|you have a point|point taken|(?:hm+|ah|oh|okay|ok),? (?:right|true|fair)\b|on second thoughts?|i(?:'d| would) change (?:that|my)|that(?:['’]s| was| is) (?:wrong|a mistake|not right)|scrap (?:the|that|this|it)|forget (?:the|that) \w+|my mistake|yeah,? no\b|i misspoke|wait,? no|no,? wait|instead,? i|fair point|i should (?:not )?have|let me fix)\b",
    re.IGNORECASE,
)
_OBJECTS = re.compile(
    r"\bi (?:didn['’]t|did not|never|haven['’]t|hadn['’]t) (?:actually |really )?(?:say|said|mention\w*|talk\w*|propos\w+|claim\w*|suggest\w*)\b|\bthat(?:['’]s| is) not what i (?:said|meant)\b|\byou(?:['’]re| are) putting words\b",
    re.IGNORECASE,
)
_RUDE = re.compile(
    r"\b(?:fuck\w*|shit\w*|stupid (?:bot|question|interviewer|machine|ai)|idiot\w*|you suck|shut up|dumb (?:bot|question|machine|ai)|useless (?:bot|machine|ai)|moron|screw you|waste of (?:my )?time)\b",
    re.IGNORECASE,
)
_OFF_TOPIC = re.compile(
    r"\b(?:weather|football|soccer|pizza|lunch|dinner|joke|poem|recipe|your (?:name|favou?rite|opinion on)|how are you|who (?:made|built|are) you|are you (?:human|real|an? (?:ai|bot|llm))|holiday|vacation|politic\w+|bitcoin|salary|my (?:cat|dog|girlfriend|boyfriend|kids?)|world cup|movie last night)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\s*(?:yes|yeah|yep|yup|right|exactly|correct|sure|indeed|that(?:'s| is) (?:it|right|what i (?:mean|meant))|i do|precisely)\b(?!\s*,?\s*but\b)",
    re.IGNORECASE,
)
MOST_YES = 40  # words of a yes and what belongs to it
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "i",
        "to",
        "and",
        "of",
        "we",
        "is",
        "it",
        "in",
        "for",
        "that",
        "would",
        "on",
        "you",
        "with",
        "this",
        "be",
        "have",
        "so",
        "are",
        "as",
        "do",
        "what",
        "how",
        "if",
        "or",
        "can",
        "not",
        "at",
        "by",
        "from",
        "but",
        "my",
        "no",
        "yes",
        "use",
        "model",
        "data",
        "users",
        "video",
        "videos",
    ]
)


def intents(text: str, claims: Sequence[Claim], asks: Sequence[Ask], substance: int, ordered: bool = False) -> tuple[Intent, ...]:
    """The intents of a turn. Empty for silence. `ordered` says that an order to a machine was taken out of `text`."""
    solid = bool(claims) or substance >= 8
    found: list[Intent] = []
    if solid or (substance >= 3 and not asks):
        found.append("answers")
    if asks:
        found.append("asks")
    tests: list[tuple[Intent, re.Pattern[str], bool]] = [
        ("revises", _REVISES, True), ("hint", _HINT, True), ("advance", _ADVANCE, True), ("deeper", _DEEPER, True),
        ("thinks", _THINKS, not solid), ("stuck", _STUCK, substance < 12), ("repeat", _REPEAT, substance < 15), ("override", _OVERRIDE, True),
        ("objects", _OBJECTS, True),
        ("finish", _FINISH, True), ("rude", _RUDE, True), ("off_topic", _OFF_TOPIC, not claims),
    ]  # fmt: skip
    found += [name for name, pattern, counts in tests if counts and pattern.search(text)]
    found += ["override"] if ordered else []
    if _ANSWER_PLEASE.search(text) and len(claims) < 2:
        found.append("override" if "override" in found else "off_topic")
    if _foreign(text):
        found.append("foreign")
    return tuple(dict.fromkeys(found))


def agenda(text: str) -> Step | None:
    """The step that the candidate asks to talk about ("could we do the framing first?"), if any."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        match = _AGENDA.search(sentence)
        if match and len(sentence.split()) <= 25:
            found = [
                (hit.start(), step)
                for step, words in _STEP_WORDS.items()
                if (hit := re.search(rf"\b(?:{words})", sentence[match.start() :], re.IGNORECASE))
            ]
            if found and min(found)[0] < 60:
                return min(found)[1]
    return None


def destination(text: str) -> str:
    """What the candidate asks to talk about, in their words ("candidate generation"); "" when they ask for nothing."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        match = _GO_TO.search(sentence)
        if match and len(sentence.split()) <= 30:
            return match["what"].strip(" .,!?")
    return ""


def wants_other_words(text: str) -> bool:
    """Whether the candidate asks for more than the same words again ("what do you mean by that?")."""
    return bool(re.search(r"\b(?:mean|rephrase|clarify|understand|follow|get|other words)\b", text, re.IGNORECASE))


def wants_the_answer(text: str) -> bool:
    """Whether the candidate asks for the solution itself."""
    return bool(_ANSWER_PLEASE.search(text))


def _foreign(text: str) -> bool:
    """Whether a text of some length is hardly English."""
    words = [w for w in text.lower().split() if any(c.isalpha() for c in w)]
    if len(words) < 5:
        return False
    letters = [c for c in text if c.isalpha()]
    if sum(not c.isascii() for c in letters) > 0.3 * len(letters):
        return True
    known = sum(w.strip(".,!?;:'\"()") in _ENGLISH for w in words)
    return len(words) >= 8 and known / len(words) < 0.06 and _diacritics(text)


def _diacritics(text: str) -> bool:
    return sum(not c.isascii() and c.isalpha() for c in text) >= 2


def asks_what_was_meant(text: str) -> bool:
    """Whether a question is about the interviewer's words ("do you mean the online store?")."""
    return bool(
        re.match(r"\s*(?:(?:so|and|sorry|wait|hm+),? )*(?:do|did) you mean\b|\s*(?:by \w+ )?you mean\b", text, re.IGNORECASE)
    )


def says_yes(text: str) -> bool:
    """Whether a turn opens with a yes that takes nothing back."""
    return bool(_YES.match(text))


def agrees(text: str) -> bool:
    """Whether a turn is a short yes."""
    return says_yes(text) and len(text.split()) <= MOST_YES
