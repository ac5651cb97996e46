"""Quantities in spoken and typed text, and arithmetic done aloud. Knows no case."""

from __future__ import annotations

import re
from itertools import pairwise

from interviewer.state import Number

_SCALE = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "trillion": 1e12,
    "hundred": 1e2,
}
_UNITS = {
    "ms": ("s", 1e-3), "millisecond": ("s", 1e-3), "milliseconds": ("s", 1e-3), "millis": ("s", 1e-3), "us": ("s", 1e-6), "microsecond": ("s", 1e-6), "nanoseconds": ("s", 1e-9), "nanosecond": ("s", 1e-9), "microseconds": ("s", 1e-6),
    "s": ("s", 1), "sec": ("s", 1), "secs": ("s", 1), "second": ("s", 1), "seconds": ("s", 1), "min": ("s", 60), "mins": ("s", 60), "minute": ("s", 60),
    "minutes": ("s", 60), "h": ("s", 3600), "hr": ("s", 3600), "hour": ("s", 3600), "hours": ("s", 3600), "day": ("s", 86400), "days": ("s", 86400),
    "week": ("s", 604800), "weeks": ("s", 604800), "month": ("s", 2629800), "months": ("s", 2629800), "year": ("s", 31557600), "years": ("s", 31557600),
    "kb": ("B", 1e3), "mb": ("B", 1e6), "gb": ("B", 1e9), "gig": ("B", 1e9), "gigs": ("B", 1e9), "gigabytes": ("B", 1e9), "gigabyte": ("B", 1e9),
    "megabytes": ("B", 1e6), "megabyte": ("B", 1e6), "kilobytes": ("B", 1e3), "petabyte": ("B", 1e15), "tb": ("B", 1e12), "terabytes": ("B", 1e12), "terabyte": ("B", 1e12), "pb": ("B", 1e15), "petabytes": ("B", 1e15), "bytes": ("B", 1), "byte": ("B", 1),
    "%": ("%", 1), "percent": ("%", 1), "qps": ("/s", 1), "rps": ("/s", 1), "dim": ("dim", 1), "dims": ("dim", 1), "dimensions": ("dim", 1), "dimensional": ("dim", 1),
    "users": ("users", 1), "people": ("users", 1), "videos": ("videos", 1), "candidates": ("videos", 1), "items": ("videos", 1), "requests": ("requests", 1), "machines": ("machines", 1), "gpus": ("machines", 1), "replicas": ("machines", 1), "shards": ("machines", 1),
}  # fmt: skip
_SMALL: dict[str, float] = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_SMALL |= {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "half": 0.5,
    "couple": 2,
    "dozen": 12,
}
_WORD_NUMBER = "|".join([*_SMALL, "hundred", "thousand", "million", "billion"])
_UNIT = "|".join(sorted((u for u in _UNITS if u != "%"), key=len, reverse=True))
_POWER = r"(?:10|ten)\s?(?:\^|\*\*|to the (?:power (?:of )?)?)\s?(?P<power>\d{1,2})(?:th)?"
_NUMBER = re.compile(
    rf"(?<![\w.])(?:(?P<mantissa>\d+(?:\.\d+)?)\s?(?:x|times|\*|·)\s?)?{_POWER}(?:\s?(?P<punit>%|(?:{_UNIT})(?![a-zA-Z])))?(?!\w)|"
    rf"(?<![\w.])(?P<digits>\d[\d,]*(?:\.\d+)?)(?:\s?(?P<scale>k|thousand|mn|mio|million|millions|m|bn|b|billion|billions|trillion|hundred)(?![a-zA-Z]))?(?:\s?(?P<unit>%|(?:{_UNIT})(?![a-zA-Z]))(?:\s(?P<per>per second|a second|/s))?)?(?!\w)|"
    rf"\b(?P<words>(?:a\s+)?(?:{_WORD_NUMBER})(?:[\s-]+(?:and\s+)?(?:{_WORD_NUMBER}))*)(?:\s+(?P<wunit>{_UNIT}))?\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"^\s*(?:[\w%]+\s+){0,3}?(?:times|x|×|\*|multiplied by|by)\s+(?:about |roughly |some )?$", re.IGNORECASE)
_OVER = re.compile(r"^\s*(?:[\w%]+\s+){0,3}?,?\s*(?:divided by|over|/|÷)\s+(?:about |roughly |some )?$", re.IGNORECASE)
_EQUALS = re.compile(
    r"^\s*(?:[\w%]+\s+){0,4}?(?:is|=|equals|gives|makes|comes to|that's|thats|so|which is|that is|→|->|means)\s+(?:us |me |you )?(?:about |roughly |around |some |only |something like |~ ?|≈ ?)*$",
    re.IGNORECASE,
)
_A_DAY = re.compile(
    r"^\s*(?:[\w-]+\s+){0,3}?(?:a|per|each|every) day\b[^.]{0,40}?(?:is|=|equals|gives|makes|means|that's|so|→|->)\s+(?:about |roughly |around |some |~ ?)*$",
    re.IGNORECASE,
)
_A_SECOND = re.compile(r"^\s*(?:[\w-]+\s+){0,3}?(?:a|per|each|every|/) ?(?:second|sec|s)\b|^\s*qps", re.IGNORECASE)
A_DAY = 86_400  # seconds
SLIP_FACTOR = 5.0  # off by more than this is a slip, not rounding


def numbers(text: str) -> tuple[Number, ...]:
    """The quantities in `text`, in base units (seconds, bytes, ...). A bare small number word ("one", "two") is none."""
    found = []
    for match in _NUMBER.finditer(text):
        number = _quantity(match)
        if number:
            found.append(number)
    return tuple(found)


def _quantity(match: re.Match[str], small: bool = False) -> Number | None:
    """The number of one match, however it was written; a bare small number word only when `small` is wanted."""
    if match["power"]:
        unit, factor = _unit(match["punit"], None)
        return Number(
            value=float(match["mantissa"] or 1) * 10 ** int(match["power"]) * factor, unit=unit, quote=match.group().strip()
        )
    return _digits(match) if match["digits"] else _spelled(match, small)


def _digits(match: re.Match[str]) -> Number | None:
    raw = match["digits"].rstrip(",").replace(",", "")
    scale = (match["scale"] or "").lower()
    value = float(raw) * _SCALE.get(scale, 1.0)
    unit, factor = _unit(match["unit"], match["per"])
    quote = match.group().strip() if unit else f"{match['digits']}{match['scale'] or ''}"
    return Number(value=value * factor, unit=unit, quote=quote)


def _spelled(match: re.Match[str], small: bool = False) -> Number | None:
    unit, factor = _unit(match["wunit"], None)
    whole, part = 0.0, 0.0
    for word in re.findall(r"[a-z]+", match["words"].lower()):
        if word in _SMALL:
            part += _SMALL[word]
        elif word in _SCALE:
            part = (part or 1) * _SCALE[word]
            if _SCALE[word] >= 1e3:
                whole, part = whole + part, 0.0
    value = whole + part
    if not unit and value < 20 and not small:
        return None
    return Number(value=value * factor, unit=unit, quote=match.group().strip() if unit else match["words"])


def _unit(word: str | None, per: str | None) -> tuple[str, float]:
    unit, factor = _UNITS.get((word or "").lower(), ("", 1.0))
    return ("/s", factor) if per and unit in ("", "requests", "videos") else (unit, factor)


def slip(text: str) -> str:
    """The first stretch of `text` whose arithmetic is off by more than `SLIP_FACTOR`, or ""."""
    found = [(n, m) for m in _NUMBER.finditer(text) if (n := _quantity(m, small=True))]
    for first in range(len(found) - 1):
        if first and _TIMES.match(text[found[first - 1][1].end() : found[first][1].start()]):
            continue
        wrong = _product_slip(text, found[first:]) or _rate_slip(text, found[first : first + 2])
        if wrong and "%" not in wrong and "percent" not in text[found[first][1].start() :][: len(wrong) + 20]:
            return wrong
    return ""


def _product_slip(text: str, found: list[tuple[Number, re.Match[str]]]) -> str:
    """A chain "a times b [times c] is d" whose product is not d."""
    product, factors = found[0][0].value, 1
    for (_, left), (number, right) in pairwise(found):
        between = text[left.end() : right.start()]
        if _TIMES.match(between):
            product, factors = product * number.value, factors + 1
        elif _OVER.match(between) and number.value:
            product, factors = product / number.value, factors + 1
        elif factors > 1 and _EQUALS.match(between) and (number.unit or number.value >= 20):
            a_second = number.unit == "/s" or _A_SECOND.match(text[right.end() :])
            fits = not _off(product, number.value) or (
                a_second and not _off(product / A_DAY, number.value)
            )  # "a day" is understood
            return "" if fits else text[found[0][1].start() : right.end()].strip()
        else:
            return ""
    return ""


def _rate_slip(text: str, pair: list[tuple[Number, re.Match[str]]]) -> str:
    """ "n a day is m a second" where m is not n over 86,400 (a peak factor up to ten is allowed)."""
    (daily, left), (rate, right) = pair
    if daily.unit in ("s", "B", "%") or not _A_DAY.match(text[left.end() : right.start()]):
        return ""
    if rate.value < 20 or re.match(r"\s*(?:or|to|-|–)\s", text[right.end() :]):
        return ""
    if rate.unit != "/s" and not _A_SECOND.match(text[right.end() :]):
        return ""
    average = daily.value / A_DAY
    return text[left.start() : right.end()].strip() if _off(average, rate.value) and _off(average * 10, rate.value) else ""


def _off(expected: float, given: float) -> bool:
    return given <= 0 or expected <= 0 or max(expected / given, given / expected) > SLIP_FACTOR
