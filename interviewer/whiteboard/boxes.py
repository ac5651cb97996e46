"""What may stand in a box of a diagram written as text: names told from figures, types and prose, and tidied. Knows no arrow line."""

from __future__ import annotations

import re

MOST_WORDS, MOST_LETTERS = 6, 48  # of a component's name
FEW_WORDS = 4  # of one beside a single arrow in free text
LABEL = 60  # letters of an arrow's label
TRIM = " \t\r\n.,:;!*_`~"  # around a name
ARROW_SIGN = re.compile(r"->|<-|==>|[→⟶➔➜➝⇢←⟵↔⟷⇄⇆⇌↓]|[─-]+[>▶►]")

SQUARE, ROUND, CURLY, BAR, QUOTED = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"  # a group's letters, masked
_MASK = {"[": SQUARE, "(": ROUND, "{": CURLY, "|": BAR, '"': QUOTED}
_GROUP = re.compile(
    r"\[\([^()\[\]\n]*\)\]|\(\[[^()\[\]\n]*\]\)|\(\([^()\n]*\)\)|\[\[[^\[\]\n]*\]\]|\{\{[^{}\n]*\}\}"
    r'|\[[^\[\]\n]*\]|\([^()\n]*\)|\{[^{}\n]*\}|"[^"\n]*"|\|[^|\n]*\|'
)
_SHAPE = re.compile(rf"(\w[\w.-]*)({SQUARE}+|{ROUND}+|{CURLY}+)(?::::\w+)?$")
_ANY_MASK = re.compile("[\ue001-\ue005]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORMULA = re.compile(r"^(?:[OΘΩPEfgph]|log|exp)\b")
_TYPES = _words(
    "int str float bool none null nil void bytes list dict tuple set any object string double char i32 i64 u32 u64 "
    "f32 f64 optional self true false "
)
_NUMBER = re.compile(
    r"[~≈<>$€£+-]?\d[\d.,]*(?:\s?(?:%|ms|s|us|µs|ns|k|m|b|bn|mn|kb|mb|gb|tb|pb|qps|rps|x|h|d|min|sec|hours?|days?))?(?:[\s/]|$)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"[vp]\d[\d.]*$", re.IGNORECASE)
_PROSE = _words(
    "i we you it they he she i'd i'll i'm i've we'd we'll we're you'd it's that's is are was were be been being am "
    "would should could can can't will won't must might because since so but if else then when while which this these "
    "those there not don't doesn't also maybe really think becomes became means leads gives makes gets needs need "
    "want have has had do does did more less fewer better worse higher lower increase increases increased decrease "
    "decreases decreased up down helps hurts improves reduces causes matters shifts moving going switching "
    "trade-off trade-offs tradeoff tradeoffs let let's please "
)
_PASSING = _words(
    "at per on in out every w/ no into onto via with without same missing once"
)  # of a phrase that one arrow stands in
_ARTICLE = re.compile(r"^\s*(?:then\s+)?(?:(?:the|an?|our|my)\s+)?", re.IGNORECASE)
_CALM = re.compile(r"[^\W_][\w '’/+.-]*[\w+](?: \([\w '’/+.-]+\))?|[^\W_]")  # what no reading of a line takes for something else
_LETTER = re.compile(r"[^\W\d_]")
_STRANGE = re.compile(r'[<>="$@\\^{}|;…?!\[\]]')
_BREAK = re.compile(r"<br\s*/?>|\\n", re.IGNORECASE)


def mask(text: str) -> str:
    """`text` with what stands in brackets or quotation marks masked, letter by letter: places hold in both. Groups with an arrow stay."""
    return _GROUP.sub(lambda group: group[0] if ARROW_SIGN.search(group[0]) else _MASK[group[0][0]] * len(group[0]), text)


def short_of(masked: str, plain: str) -> dict[str, str]:
    """The short name that a lone box gives to a long one (`A[Feature store]`), if it does."""
    shape = _SHAPE.fullmatch(masked)
    name = explicit(plain[shape.end(1) : shape.end(2)]) if shape else ""
    return {shape[1]: name} if shape and name else {}


def stands_free(name: str) -> bool:
    """Whether a name can be read without brackets around it."""
    return bool(_CALM.fullmatch(name)) and _component(mask(name), name, strict=True) == name


def name_of(masked: str, plain: str, thin: bool, strict: bool) -> tuple[str, str] | None:
    """The name on a piece of a side, and the short name that is given to it; None when it is no component.

    `thin` says that the arrow after it is a plain `->`, as programs write it too; `strict` that nothing else speaks for a drawing.
    """
    cut = len(masked) - len(masked.lstrip(TRIM))
    masked = masked.strip(TRIM)
    plain = plain[cut : cut + len(masked)]
    if masked and len(set(masked)) == 1 and masked[0] in (SQUARE, QUOTED):
        return (name, "") if (name := explicit(plain)) else None
    if shape := _SHAPE.match(masked):
        short, inside = shape[1], explicit(plain[shape.end(1) : shape.end(2)])
        if not inside or (thin and shape[2][0] == ROUND and (short[0].islower() or _FORMULA.match(short))):
            return None  # `f(x) -> y` is a signature, not a box
        remark = thin and shape[2][0] == ROUND and len(short) > 2
        return (_clip(f"{short} ({inside})"), "") if remark else (inside, short)
    return (name, "") if (name := _component(masked, plain, strict)) else None


def _component(masked: str, plain: str, strict: bool) -> str:
    """A name that stands free, tidied; "" when it is a figure, a type, a phrase of prose or too long."""
    whole = " ".join(_ARTICLE.sub("", plain.replace("[", "(").replace("]", ")")).split())
    base = " ".join(_ARTICLE.sub("", _ANY_MASK.sub(" ", masked)).split()).strip(TRIM)
    words = [word.strip("'’.,:!?") for word in base.lower().split()]
    if not _LETTER.search(base) or len(words) > MOST_WORDS or len(base) > MOST_LETTERS or _STRANGE.search(base):
        return ""
    if _NUMBER.match(base) or _VERSION.match(base) or base.lower() in _TYPES or _PROSE.intersection(words):
        return ""
    if strict and (len(words) > FEW_WORDS or _PASSING.intersection(words) or any(map(str.isdigit, words))):
        return ""
    return whole if len(whole) <= MOST_LETTERS and not _STRANGE.search(whole) else base


def explicit(plain: str) -> str:
    """A name between brackets or quotation marks: whatever holds a letter, clipped."""
    name = _BREAK.sub(" ", plain)
    name = re.sub(r"\s*[,;]\s*", " / ", re.sub(r'[\[\](){}<>|"]', " ", name))
    name = _clip(" ".join(name.split()).strip(TRIM))
    return name if _LETTER.search(name) and not ARROW_SIGN.search(name) else ""


def label_of(plain: str) -> str:
    """What stands along an arrow, clipped."""
    bare = re.sub(r'[\[\](){}<>|"`*]', " ", re.sub(r"[;\n]", ",", _BREAK.sub(" ", ARROW_SIGN.sub(" ", plain))))
    return _clip(" ".join(bare.split()).strip(" ,.:;-"), LABEL)


def _clip(words: str, most: int = MOST_LETTERS) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0].rstrip(TRIM + "/(") + "…"
