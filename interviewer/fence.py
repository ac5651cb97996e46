"""Candidate text as data: fenced, and unable to close or forge a fence. Knows no prompt and no model."""

from __future__ import annotations

import re

TAGS = ("candidate", "interviewer", "brief", "turn", "transcript", "sheet", "system", "assistant")
HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"  # characters that show nothing
_NAMES = "|".join(f"[{HIDDEN}]*".join(tag) for tag in TAGS)
_TAG = re.compile(rf"[<＜‹﹤](?=[\s/{HIDDEN}]*(?:{_NAMES})\b)", re.IGNORECASE)
_TOKEN = re.compile(r"<(?=\||<?/?SYS|/?s>)|\[(?=/?INST)", re.IGNORECASE)  # what chat templates speak to themselves


def neutralise(text: str) -> str:
    """`text` with every marker that could be taken for ours defused. As long as before: offsets stay valid."""
    return _TOKEN.sub(lambda found: "‹" if found[0] == "<" else "⁅", _TAG.sub("‹", text))


def fence(tag: str, text: str, **labels: object) -> str:
    """`text` as data between the markers of `tag`; labels are our own words, never a candidate's."""
    named = "".join(f' {name}="{value}"' for name, value in labels.items())
    return f"<{tag}{named}>\n{neutralise(text)}\n</{tag}>"
