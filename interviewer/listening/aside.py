"""What of an answer speaks to the machine and not to the interviewer: forged markers, orders to a model, a grade written out. Knows no case."""

from __future__ import annotations

import re

from interviewer.providers.fence import TAGS, folded

MOST_ENCODED = 40  # characters without a space from which a run of letters is no word
_NAMES = "|".join("\u200b*".join(tag) for tag in TAGS)
_LESS, _MORE = r"(?:<|&(?:lt|#0*60|#x0*3c);?)", r"(?:>|&gt;|&#0*62;|&#x0*3e;)"
# "p99 < round trip" compares: with a blank after the sign only a bare name that is closed at once is a marker
_MARKER = rf"{_LESS}(?:[/\u200b]*(?:{_NAMES})\b[^<>\n]{{0,80}}(?:{_MORE}|$)|[\s/\u200b]*(?:{_NAMES})[\s/\u200b]*{_MORE})"
_BETWEEN = re.compile(rf"<\s*({_NAMES})\b[^<>\n]{{0,80}}>.{{0,2000}}?<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_TEMPLATE = r"<\|\w*\|?>?|\[/?(?:INST|SYSTEM_PROMPT)\]|<</?SYS>>"
_SHEET = (
    r"^\s*#{2,}\s*(?:rubric|criteri|sheet|verdict|system|instruction|notes for).*"
    r"|^\s*[-*]\s*(?:looks for|also accepted|not enough|a strong answer|known pitfalls?|depth|verdict|recommendation)\s*:.*"
    r"|\{[^\n]*[\"'](?:verdicts?|depth|criterion|criteria)[\"']\s*:[^\n]*"
)
_ORDER = (
    r"\b(?:please\s+)?(?:ignore|forget|disregard|override|bypass)\s+(?:\w+\s+){0,4}(?:instructions?|rules?|prompts?|rubrics?|guidelines?)\b"
    r"|\byou are now (?:an? |the |my |no longer|free|in (?:developer|debug|admin)|DAN\b)|\b(?:your|new|developer) (?:system )?(?:prompt|mode|message)\b|\bjailbreak|\bnew rules?:"
    r"|\b(?:show|give|tell|print|reveal|paste|output)\s+(?:me\s+)?(?:the|your|all|its)\s+(?:\w+\s+){0,2}(?:rubric|reference (?:answer|solution)|prompt)\b"
    r"|\b(?:give|award|grade|rate|score|mark) (?:me|this candidate|the candidate)\s+(?:an? |as |the )?(?:\w+ )?(?:hire|4|four|full|top|perfect|max\w*|strong)\b"
    r"|\bnote to the (?:grader|interviewer|assessor|judge)\b|^\s*(?:system|assistant|developer)\s*:\s*(?:you|the candidate|from now|ignore|set|new|grade|give|award|override|end)\b"
)
_TURNS_RULES = re.compile(r"(?:please\s+)?(?:ignore|forget|disregard|override|bypass)\b", re.IGNORECASE)
_SPOKEN_TO = re.compile(
    r"(?:^|[,;:(\"'“—–-])\s*(?:(?:please|now|and|then|so|also|just|but|ok(?:ay)?|hey|interviewer|grader|assessor|model|ai)\W+)*$|\byou\b[\w' ]{0,30}$",
    re.I,
)
_FORGED = re.compile(rf"{_MARKER}|{_TEMPLATE}", re.IGNORECASE | re.MULTILINE)
_SHEETS = re.compile(_SHEET, re.IGNORECASE | re.MULTILINE)
_ORDERS = re.compile(_ORDER, re.IGNORECASE | re.MULTILINE)
_ENCODED = re.compile(rf"(?<!\S)(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[A-Za-z0-9+/=_-]{{{MOST_ENCODED},}}(?!\S)")
_SENTENCE = re.compile(r"[^.?!\n]+[.?!]*(?:[\"'’”)]+)?[^\S\n]*|\n")


def without_asides(text: str) -> str:
    """`text` with blanks in the place of what speaks to the machine. As long as before: offsets stay valid."""
    plain = folded(text)
    if not any(pattern.search(plain) for pattern in (_FORGED, _SHEETS, _ORDERS, _ENCODED)):
        return text
    for pattern in (_BETWEEN, _SHEETS, _ENCODED):
        plain = pattern.sub(lambda found: _blank(found[0]), plain)
    plain = _SENTENCE.sub(lambda s: _blank(s[0]) if _FORGED.search(s[0]) or _is_order(s[0]) else s[0], plain)
    return "".join(" " if left == " " and not was.isspace() else was for was, left in zip(text, plain, strict=True))


def _blank(text: str) -> str:
    return "".join(letter if letter.isspace() else " " for letter in text)


def _is_order(sentence: str) -> bool:
    """Whether a sentence orders a model about; one that tells what a user or "we" would do is about the design."""
    found = _ORDERS.search(sentence)
    if found is None:
        return False
    return not _TURNS_RULES.match(found[0]) or _SPOKEN_TO.search(sentence[: found.start()].lstrip()) is not None
