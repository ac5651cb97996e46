"""Arrow lines in a text: which stretches are drawn (`client -> gateway`) and which only hold an arrow. Knows no graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from interviewer.whiteboard.boxes import ARROW_SIGN, BAR, CURLY, ROUND, SQUARE, TRIM, explicit, label_of, mask, name_of, short_of

_ARROW = re.compile(
    rf"(?=[-<=─→⟶➔➜➝⇢←⟵↔⟷⇄⇆⇌↓])(?:(?P<both><[-=]+>|<-+{SQUARE}+-+>|[↔⟷⇄⇆⇌])(?P<after>\s*{BAR}+)?"
    rf"|(?P<right>-+(?:{SQUARE}+-+)?>|-\.+->|={{2,}}>|─+[>▶►]|[→⟶➔➜➝⇢↓]|--[^\S\n]*[^\s<>|-][^<>|\n-]{{0,60}}?[^\S\n]*-{{2,}}>)"
    rf"(?:\s*{BAR}+)?"
    rf"|(?P<left><-+(?:{SQUARE}+-+)?|[←⟵])(?:\s*{BAR}+)?)"
)
_HIDDEN = re.compile(r"[\ue000-\uf8ff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
MOST = 480  # arrows that are taken from one text
_OPENS = re.compile(r"<?[-=─]+>|-\.->|-+\[[^\]\n]*\]-+>|<-|[→⟶➔➜➝⇢←⟵↔⟷⇄⇆⇌↓]")
_CLOSES = re.compile(r"(?:[-=─][>▶►]|[→⟶➔➜➝⇢↔⟷⇄⇆⇌↓])$")
_DRAWN = ("", "mermaid", "text", "txt", "dot", "graphviz", "plaintext", "diagram", "ascii")  # fences that hold no program
_BULLET = re.compile(r"\s*(?:>\s+)*(?:(?:[-*•+–]|\(?\w{1,2}[.)])\s+)?")
_ENDS = re.compile(r"[.!?](?=\s|$)|;|[(){}\[\]]")
_LEAD = re.compile(r".*(?:[:：](?=\s)|\s[–—](?=\s))\s*", re.DOTALL)
_LABELLED = re.compile(r"\s*[:：](?=\s|$)")
_RUN_UP = re.compile(
    r".*\b(?:is|are|be|as|like|goes|go|do|use|have|draw|propose|through|simply|just)\s+", re.IGNORECASE | re.DOTALL
)
_RUN_OUT = re.compile(
    r"\s+(?:and then|and (?:we|i|the|it|that|this)|where|which|that|so|because|since|but|with|then|before|after|for|per|when|while|is|are)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(
    r"(?<!\S)(?:def|fn|func|function|class|lambda|return|import|let|const|var|auto|template)\s|(?<![=-])=>|==(?!=*>)"
)
_COMMA = re.compile(r"[,，、]")
_AND = re.compile(r"[,，、]|\s&\s")


@dataclass(frozen=True)
class Arrow:
    """One arrow as it is drawn, names as they are written."""

    source: str
    target: str
    label: str = ""


@dataclass
class Found:
    """What is drawn in a text: arrows in order, boxes that stand alone, short names for long ones, and where it all stands."""

    arrows: list[Arrow] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Takes over the arrows and names of one statement."""
        self.arrows += other.arrows
        self.names |= other.names


def find(text: str) -> Found:
    """All that is drawn in `text`; spans are character offsets into it. An arrow in prose, in code or between figures is left out."""
    found = Found()
    if ARROW_SIGN.search(text):
        text = _HIDDEN.sub(" ", text)
        for start, end, fenced in _blocks(text):
            _block(text[start:end], start, fenced, found)
            if len(found.arrows) >= MOST:
                break
    return found


@dataclass(frozen=True)
class _Text:
    """A line, and the same with brackets and quotations masked: as long, so that places hold in both. In a fence more is taken as drawn."""

    plain: str
    masked: str
    fenced: bool = False


Side = list[tuple[str, str]]  # (name, short name or "") of each component beside an arrow


def _blocks(text: str) -> list[tuple[int, int, bool]]:
    """The lines that may be drawn, chains over several lines as one: (start, end, inside a fence). Programs are left out."""
    fence, place, open_end, last = None, 0, False, ""
    kept: list[tuple[int, int, bool]] = []
    for line in text.splitlines(keepends=True):
        start, place = place, place + len(line)
        bare = line.strip()
        if bare.startswith(("```", "~~~")):
            fence, open_end = bare.strip("`~ ").lower() if fence is None else None, False
        elif bare and (fence or "") in _DRAWN:
            goes_on = bool(kept) and kept[-1][1] == start and bool(_OPENS.match(bare)) and not last.endswith(":")
            if kept and (open_end or goes_on):
                kept[-1] = (kept[-1][0], place, kept[-1][2])
            else:
                kept.append((start, place, fence is not None))
            open_end = bool(_CLOSES.search(bare))
        last = bare
    return kept


def _block(plain: str, offset: int, fenced: bool, found: Found) -> None:
    """One line, or one chain over several, `offset` letters into its text: what is drawn in it."""
    if not ARROW_SIGN.search(plain):
        _box(plain, offset, fenced, found)
        return
    text = _Text(plain, mask(plain), fenced)
    start = _BULLET.match(text.masked).end()  # type: ignore[union-attr]
    pieces = list(_split(_ENDS, text.masked, start, len(plain)))
    counts = [len(_ARROW.findall(text.masked, a, b)) for a, b in pieces]
    drawn = [_statement(text, a, b) if arrows else None for (a, b), arrows in zip(pieces, counts, strict=True)]
    whole = fenced or all(found or not arrows for found, arrows in zip(drawn, counts, strict=True))
    for (a, b), arrows, got in zip(pieces, counts, drawn, strict=True):
        sure = arrows > 1 or (whole and (fenced or all(counts) or bool(_LEAD.match(text.masked, a, b))))
        if got and sure:
            found.add(got)
            left = len(plain[a:b]) - len(plain[a:b].lstrip())
            found.spans.append((offset + a + left, offset + a + len(plain[a:b].rstrip())))


def _box(plain: str, offset: int, fenced: bool, found: Found) -> None:
    """A line with nothing but a box on it: one that stands alone (`[Cache]`), or a short name (`A[Cache]`, in a fence only)."""
    bare = plain.strip()
    if not bare.endswith(("]", ")", "}")):
        return
    masked = mask(bare)
    if set(masked) == {SQUARE} and (name := explicit(bare)):
        found.alone.append(name)
        left = offset + len(plain) - len(plain.lstrip())
        found.spans.append((left, left + len(bare)))
    elif fenced:
        found.names |= short_of(masked, bare)


def _statement(text: _Text, start: int, end: int) -> Found | None:
    """One chain, or several beside each other (`a -> b, c -> d`); None when nothing in it is drawn."""
    if _CODE.search(text.masked, start, end):
        return None
    parts = list(_split(_COMMA, text.masked, start, end))
    if not all(_ARROW.search(text.masked, a, b) for a, b in parts):
        parts = [(start, end)]
    found = Found()
    for a, b in parts:
        _chain(text, a, b, found)
    return found if found.arrows else None


def _chain(text: _Text, start: int, end: int, found: Found) -> None:
    """Sides and arrows in turn; nothing is drawn when one of its sides is no component."""
    arrows = list(_ARROW.finditer(text.masked, start, end))
    edges = [start, *(place for arrow in arrows for place in arrow.span()), end]
    places = list(zip(edges[::2], edges[1::2], strict=True))
    if lead := _LEAD.match(text.masked, *places[0]):
        places[0] = (lead.end(), places[0][1])
    said = [""] * len(arrows)
    for n, (a, b) in enumerate(places[1:]):
        if colon := _LABELLED.search(text.masked, a, b):
            places[n + 1], said[n] = (a, colon.start()), text.plain[colon.end() : b]
    sides = _sides(text, places, [arrow[0] for arrow in arrows])
    for n, arrow in enumerate(arrows if sides else ()):
        label = label_of(_written(text, arrow) or said[n])
        found.names |= {short: name for name, short in sides[n] + sides[n + 1] if short}
        for (source, _), (target, _) in product(sides[n], sides[n + 1]):
            pair = (target, source) if arrow["left"] else (source, target)
            found.arrows += [Arrow(*pair, label), *([Arrow(*pair[::-1], label)] if arrow["both"] else [])]


def _sides(text: _Text, places: list[tuple[int, int]], arrows: list[str]) -> list[Side]:
    """The components beside the arrows. A chain of two arrows and more may begin and end in the middle of a sentence."""
    long, sides = len(arrows) > 1, []
    for n, (a, b) in enumerate(places):
        thin = (arrows[n] if n < len(arrows) else "") == "->"
        side = _side(text, a, b, thin, long and n == len(arrows), strict=not (long or text.fenced))
        if not side and long and n == 0 and (run_up := _RUN_UP.match(text.masked, a, b)):
            side = _side(text, run_up.end(), b, thin, False)
        if not side and long and n == len(arrows) and (run_out := _RUN_OUT.search(text.masked, a, b)):
            side = _side(text, a, run_out.start(), thin, True)
        if not side:
            return []
        sides.append(side)
    return sides


def _side(text: _Text, start: int, end: int, thin: bool, loose: bool, strict: bool = False) -> Side:
    """The components of one side (`b, c`, `b & c`, `[b, c]`); `loose` lets what follows the first be no component."""
    whole = text.masked[start:end].strip(TRIM)
    if whole and set(whole) <= {SQUARE, ROUND, CURLY} and "," in text.plain[start:end]:
        listed = [explicit(part) for part in text.plain[start:end].strip(TRIM)[1:-1].split(",")]
        return [(name, "") for name in listed if name] if all(listed) else []
    found: Side = []
    for a, b in _split(_AND, text.masked, start, end):
        name = name_of(text.masked[a:b], text.plain[a:b], thin, strict or bool(loose and found and not text.fenced))
        if not name and not (loose and found):
            return []
        found += [name] if name else []
    return found


def _written(text: _Text, arrow: re.Match[str]) -> str:
    """The label within an arrow (`-[label]->`, `-->|label|`, `-- label -->`)."""
    shown = text.masked[arrow.start() : arrow.end()]
    for sign in (SQUARE, BAR):
        if sign in shown:
            first = arrow.start() + shown.index(sign)
            return text.plain[first : first + shown.count(sign)]
    return arrow[0].strip("-> ") if re.search(r"[^\W_]", shown) else ""


def _split(where: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces between separators, empty ones left out."""
    for stop in [*where.finditer(text, start, end), None]:
        last = stop.start() if stop else end
        if text[start:last].strip():
            yield start, last
        start = stop.end() if stop else end
