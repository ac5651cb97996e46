"""Text of others as data: fenced, and unable to close or forge a fence. Knows no prompt and no model."""

from __future__ import annotations

import re

TAGS = (
    "candidate", "interviewer", "brief", "turn", "transcript", "sheet", "system", "assistant", "developer", "human", "tool",
    "instructions", "rubric", "criteria", "criterion", "notes", "passage", "passages", "agenda", "summary", "diagram",
    "picture", "observed", "card", "before", "after", "question", "answer", "talk", "round", "verdicts", "start_of_turn", "end_of_turn",
)  # fmt: skip
# what chat templates mark turns with; some servers read it in a message's text too
_BARE = ("s", "bos", "eos", "pad", "unk", "user", "model", "think")
_BRACKETS = ("INST", "SYSTEM_PROMPT", "AVAILABLE_TOOLS", "TOOL_CALLS", "TOOL_RESULTS")
_OPEN, _SAFE, _SAFE_BRACKET, _SAFE_AMPERSAND = "<", "‹", "⁅", "＆"

_HIDDEN = (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x3164, 0xFEFF, 0xFFA0)  # characters that show nothing
_HIDDEN_SPANS = ((0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F))
_SMUGGLED = ((0xE0000, 0xE007F), (0xE0100, 0xE01EF))  # letters that are never drawn: text that a model reads and nobody sees
_UNSEEN = dict.fromkeys((*_HIDDEN, *(c for first, last in _HIDDEN_SPANS for c in range(first, last + 1))), "\u200b")
_DROPPED = dict.fromkeys((c for first, last in _SMUGGLED for c in range(first, last + 1)), " ")
_WIDE = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
_ALIKE = str.maketrans("‹﹤⟨〈〈❮ᐸ˂｜│∕⁄аеосрхутіѕԁԍмᴄ", "<<<<<<<<||//aeocpxytisdgmc")
_FOLD = _WIDE | _ALIKE | _UNSEEN  # one character for one: offsets stay

_Z = "\u200b*"
_GAP = "[\\s/\u200b]*"


def _named(names: tuple[str, ...]) -> str:
    return "|".join(_Z.join(map(re.escape, name)) for name in names)


_TAG = re.compile(rf"<(?={_GAP}(?:{_named(TAGS)})(?![a-z0-9_]))", re.IGNORECASE)
_CHAT = re.compile(rf"<(?={_Z}(?:\||<?{_Z}/?{_Z}SYS|/?{_GAP}(?:{_named(_BARE)}){_GAP}>))", re.IGNORECASE)
_INST = re.compile(rf"\[(?={_Z}/?{_Z}(?:{_named(_BRACKETS)}))", re.IGNORECASE)
_ENTITY = re.compile(rf"&(?=(?:lt|#0*60|#x0*3c);?{_GAP}(?:{_named(TAGS)})(?![a-z0-9_]))", re.IGNORECASE)
_MARKS = ((_TAG, _SAFE), (_CHAT, _SAFE), (_INST, _SAFE_BRACKET), (_ENTITY, _SAFE_AMPERSAND))


def neutralise(text: str) -> str:
    """`text` with every marker that could be taken for ours defused. As long as before: offsets stay valid."""
    text = text.translate(_DROPPED)
    plain = folded(text)
    places = {found.start(): safe for pattern, safe in _MARKS for found in pattern.finditer(plain)}
    if not places:
        return text
    letters = list(text)
    for place, safe in places.items():
        letters[place] = safe
    return "".join(letters)


def folded(text: str) -> str:
    """`text` with look-alikes as what they look like, character for character: hidden ones all become one."""
    return text.translate(_FOLD)


def fence(tag: str, text: str, **labels: object) -> str:
    """`text` as data between the markers of `tag`; labels are our own words, never a candidate's."""
    named = "".join(f' {name}="{value}"' for name, value in labels.items())
    return f"<{tag}{named}>\n{neutralise(text)}\n</{tag}>"
