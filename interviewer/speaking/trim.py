"""What is cut from one sentence of a model: praise at its head, promises of a later turn, a second question joined to the first,
marks of writing. Knows only strings."""

from __future__ import annotations

import re

_WORD = r"(?:excellent|great|good|nice|perfect|exactly|interesting|impressive|wonderful|fantastic|awesome|correct|right|well done|(?:(?:that|this|it) )?makes sense)"
_LEAD = r"(?:(?:that(?:'s| is| was)|this is|it(?:'s| is)|sounds|what) )?(?:an? )?(?:(?:very|really|absolutely|quite) )?"
_GOES_ON = r"(?: (?:point|question|answer|choice|idea|call|thinking|start|approach|catch|job|work|instinct|one|stuff|sense|to me|to hear|summary|thought))*"
_PRAISE_BEGINS = re.compile(rf"{_LEAD}{_WORD}", re.IGNORECASE)
_MAY_PRAISE = re.compile(
    r"(?:that(?:'s| is| was|)|this(?: is|)|what an?|sounds|it(?:'s| is|))(?: \S+){0,2}$", re.IGNORECASE
)  # so far
_PRAISE = re.compile(rf"{_LEAD}{_WORD}{_GOES_ON}(?:\s*[.!,:]+(?:\s+|$)|\s*[–—]\s*|\s+-+\s+)", re.IGNORECASE)
_OURS = r"(?:(?:ok(?:ay)?|fine|all right|sure|and|so|then),? )*(?:(?:we|i)(?:['’]ll| will| can| may| could| shall| might)|let(?:['’]s| us|))"
_PROMISE_BEGINS = re.compile(rf"{_OURS}\b|(?:(?:ok(?:ay)?|fine|all right|sure|and|so|then),? )*(?:we|i)?$", re.IGNORECASE)
_LATER = r"(?:later|soon|afterwards|further on|at the end|in an? (?:moment|minute|bit|while|second)|for (?:later|now|the moment)|(?:once|when) we (?:get|come|are)(?: to)?\b)"
_PROMISE = re.compile(
    rf"{_OURS} (?:\S+ )?(?:come|get|go|turn|return|circle|revisit|park|leave|pick|talk|discuss|cover|touch|see|save|set|keep)\b[^,;:?.–—]*\b{_LATER}[^,;:?.–—]*"
    r"(?:[,;:.–—]\s*(?:(?:but|so|and|for now|first|right now|now)\b,?:?\s*)*|$)",
    re.IGNORECASE,
)
_SUBJECT = r"(?:you|it|they|that|this|these|those|there|we|the|your|their|its|an?|each|one)"
_SECOND = re.compile(
    rf",? and (?:then |also )?(?:(?:what|how|why|which|when|where|who|by how)(?: [\w-]+){{0,3}}? )?"
    rf"(?:do|does|did|would|is|are|was|can|could|will|should|has|have) {_SUBJECT}\b"
    r"|,? and what (?:happens|makes|tells|stops|breaks|changes|goes|gives|keeps)\b",
    re.IGNORECASE,
)
_MAY_BE_SECOND = re.compile(r",\s*$|,? and(?: [\w-]+){0,6}\s*$", re.IGNORECASE)
_HANGS = re.compile(r"\b(?:it|its|them|those|the other)\b", re.IGNORECASE)  # on the first question: the two are one
_ASKS = re.compile(r"(?:^|[\s,:;–—])(?:what|how|why|which|when|where|who|do|does|did|would|is|are|can|could|will|should|has|have)\b", re.IGNORECASE)  # fmt: skip
_NO_SPEECH = re.compile(r"^\s*(?:\*\*|#+ |[-*] |interviewer:)", re.IGNORECASE)


def waits(begun: str) -> bool:
    """Whether a sentence that begins like this may be one to cut at its head, so that it must be whole before it is heard."""
    return any(p.match(begun) for p in (_PRAISE_BEGINS, _MAY_PRAISE, _PROMISE_BEGINS, _NO_SPEECH))


def safe(begun: str) -> int:
    """How many characters of an unfinished sentence may be heard: what may be a second question waits until it is whole."""
    found = _SECOND.search(begun) or _MAY_BE_SECOND.search(begun)
    return found.start() if found and _ASKS.search(begun[: found.start()]) else len(begun)


def one_question(sentence: str) -> str:
    """A question without a second one of its own joined to it by "and"; any other sentence as it is."""
    found = _SECOND.search(sentence) if sentence.rstrip().endswith("?") else None
    if not found or not _ASKS.search(sentence[: found.start()]) or _HANGS.search(sentence[found.start() :]):
        return sentence
    return sentence[: found.start()].rstrip() + "?"


def without_praise(text: str) -> str:
    """`text` without the praise at its head."""
    while found := _PRAISE.match(text):
        text = text[found.end() :]
    return text


def without_promise(text: str) -> str:
    """`text` without a promise to come to something later at its head; "" when it is nothing else."""
    found = _PROMISE.match(text)
    return text[found.end() :] if found else text


def without_marks(text: str) -> str:
    """`text` without marks of writing (bold, list, heading, a speaker's name) at its head."""
    return _NO_SPEECH.sub("", text)
