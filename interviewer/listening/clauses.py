"""The grammar of an answer: sentences, clauses, what is negated, hedged, supposed or taken back, and what is reasoned. Knows no case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interviewer.listening.numbers import numbers
from interviewer.state import Polarity
from knowledge.words import Token, tokens

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[^\s])|\n+|(?<=[a-z0-9)])\s*;\s+|\s+(?:--|—)\s+")
_CLAUSE_BREAK = re.compile(
    r",\s+(?=(?:and|but|so|because|since|which|then|otherwise|while|whereas|instead|if|when|or|though|although|not|rather|we|i|it|you)\b)"
    r"|:\s+|\s+(?=(?:but|because|so that|whereas|otherwise|although|instead of|rather than)\b)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|etc|approx|no)\.$", re.IGNORECASE)

_NEGATIONS = r"not|cannot|n't|never|without|avoid\w*|skip\w*|neither|nor|refus\w+|reject\w*|stay away|no need|get rid|against|drop(?:ping)?|wo|w/o|rather than|instead of|as opposed to|stop(?:ping)?|no|nobody|none|forbid\w*|ban|exclud\w+|resist\w*|hate|ditch\w*|rule out|rules out|ruled out"
NEGATION = re.compile(
    rf"\b(?:{_NEGATIONS})\b|\b\w+n['’]t\b|\b(?:dont|doesnt|wouldnt|cant|isnt|wont|shouldnt|didnt)\b", re.IGNORECASE
)
_WEAK_NEGATION = re.compile(
    r"\bnot\s+(?:only|just|even|merely|sure|necessarily|interested|be worse|get worse|worse|drop|yet)\b|\bno\s+(?:wait|actually|problem|doubt|matter)\b|\bwhy not\b",
    re.IGNORECASE,
)
REJECTION_AFTER = re.compile(
    r"\b(?:(?:is|are|was|be|being|feels?|seems?|looks?)\s+(?:\w+\s+){0,2}(?:wrong|mistake|misleading|bad|useless|meaningless|pointless|dangerous|cheating|"
    r"naive|silly|too (?:slow|expensive|late|simple|coarse|weak|costly|heavy|much)|infeasible|impossible|unrealistic|hopeless|overkill|a trap|a lie|not (?:enough|good|ok|okay|fine|viable|an option|realistic)|"
    r"out of the question|off the table|asking for trouble|insufficient|backwards|worthless|garbage|nonsense|unfair|ruinous|broken|over-?engineer\w*|redundant|unnecessary|not (?:needed|necessary|required|worth)|losing|noisy|a distraction|biased|leaky|a non[- ]starter|poison\w*)"
    r"|would(?:n['’]t| not)? (?:leak|cheat|lie|fool|mislead|flatter|overstate|inflate|poison|punish|blow|melt|kill|break|miss|never|be a mistake|be wrong|be cheating|be misleading)"
    r"|(?:does not|doesn['’]t|do not|don['’]t|won['’]t|cannot|can['’]t|never|wouldn['’]t) (?:work|scale|fit|help|hold|fly|generali[sz]e|count|cut it|tell|convince|make sense|survive|mean much|prove)"
    r"|leaks?\b|lies\b|fools?\b|flatters?\b|mislead|cheats?\b|punish|blows? up|falls? over|fails?\b|hides?\b|tells? (?:us |you |me )?nothing|is how\b|no thanks|= (?:bad|wrong|no)|\bno go\b|gets? you)",
    re.IGNORECASE,
)
HYPOTHESIS = re.compile(
    r"\b(?:if (?:we|you|i|one|they|somebody|someone|anybody|anyone|people|a team|the team|it was|it were)|suppose|supposing|imagin\w+|what if|would have|could have|had we|were we to|unless|in theory|hypothetically|say we|say you|let's say|were to)\b"
    r"|\band (?:then )?(?:you|we)(?:'d|'ll| would| will)? (?:get|end up|lose|learn|have got)\b"
    r"|(?<!\bi )(?<!\bwe )\bwould\b(?! (?:i|we)\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:some|many|most|other|lots of|a lot of)\s+(?:people|teams|candidates|companies|folks|papers|blogs?|tutorials?|engineers|engs|shops|places|designs|systems)\b"
    r"|\b(?:people|teams|folks|others|everyone|everybody|somebody|someone|nobody|juniors?|interns?|newcomers?|colleagues?|candidates|one) (?:often|usually|always|might|may|would|will|could|love|like|tend|say|says|said|think|thinks|thought|suggests?|suggested|propos\w+|try|tries|tried|make|makes|made|forget|forgets|do|does|did|use|go|start|reach|ask|asks|told|argue|argues|wants?|wanted|claims?|prefer|just|build|have|run|skip)\b"
    r"|\b(?:(?:my|our) (?:old|last|former|previous|first) (?:team|boss|company|manager|job|place|employer|shop|project)|at (?:another|one) (?:place|company|shop)|(?:a|one|another) (?:team|company|shop|place) (?:i|we|that|who|which)|a friend of mine|a colleague|pm|the pm|the tutorials?|the textbook|(?:a|the|that|some) (?:paper|blog|post|tutorial|book|colleague|junior|intern|vendor|consultant)|the old system|legacy|previous team|the analysts?)\b"
    r"|\b(?:naive|naively|tempting|temptation|lazy (?:way|approach|option)|classic (?:mistake|trap|error|bug)|common (?:mistake|trap|error)|usual (?:mistake|trap|error)|worr(?:y|ies|ied)\b|warns?\b|warned|afraid|beware|watch out|careful|(?:the|a|one) (?:trap|mistake|danger|risk|worry|temptation|problem|failure|anti-?pattern|classic|pitfall|beginner)\b|"
    r"i(?:'ve| have) seen|i saw|we once|once had|had a (?:project|team)|used to|seen)\b",
    re.IGNORECASE,
)
_REPAIR_INSIDE = re.compile(
    r"\b(?:no,? wait|wait,? no|(?:oh |but |and |hmm,? )wait\b|wait[,.!]|actually,? no|scratch that|strike that|on second thoughts?|let me (?:correct|fix|take|rephrase|back)|i take (?:that|it) back|hmm,? no|no,? no|no,? (?:that|sorry|hang on|hold on|actually|we|i|let|cut|it)|sorry|my bad|correction|nope|changed my mind|not good|oops|hang on|hold on|rethink\w*|come to think)\b",
    re.IGNORECASE,
)
_REPAIR_FIRST = re.compile(
    r"\b(?:at first|my first (?:instinct|thought|idea|draft|reflex)|first (?:instinct|thought|reflex)|first i(?:'d| would| thought| wanted)|i was (?:going|about) to|i wanted to|i almost|initially|originally|earlier i|i said|i had|i thought|i would have|you'd think|one would think|normally i|gut says|started with|was gonna|i used to|i once|years ago)\b",
    re.IGNORECASE,
)
_CONSIDERED = re.compile(
    r"\b(?:i|we)(?:['’](?:ve|d)| have| had| also)* (?:considered|looked at|thought about|toyed with|rejected|ruled out|dropped|discarded|decided against|passed on|weighed up)\b|\bwhy not\b[^?]*:|\b(?:isn['’]t|is not|aren['’]t|not) (?:needed|necessary|required|worth)\b",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    r"\b(?:i|we)(?:['’]d| would|['’]ll)? (?:exclude|skip (?:it|that|them|both|this)|leave (?:(?:it|them|that|those|this|both) )?out|(?:would)?n['’]t (?:want|bother|need|use|do) (?:it|that|them|this)|(?:wouldn['’]t|don['’]t|would not|do not) (?:want|bother|need|use|do) (?:with )?(?:it|that|them|this))\b"
    r"|^[^.]{0,30}\b(?:rewards?|favou?rs?) (?:the )?(?:thumbnails?|click ?bait|bait|titles?|long)",
    re.IGNORECASE,
)
_TURNED_DOWN = re.compile(
    r"(?:\bso |, |- )no(?: thanks| go)?\s*[.!]?\s*$|\bwas a (?:hardware|historical) (?:limitation|reason)\b|\bnot for me\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|possibly|might|not sure|i guess|not certain|(?:i|we|you) could\b|could (?:also|maybe|try|be|use|add)|one option|an option|or something|i suppose|prob(?:ably)?)\b|\?\s*$",
    re.IGNORECASE,
)
_HEDGED_NUMBER = re.compile(
    r"\b(?:maybe|perhaps|possibly|i guess|guess|prob(?:ably)?)\s+(?:about |around |like |some |something like |~\s?)?(?=~?\d|a few|one|two|three|four|five|six|ten|twenty|fifty|a hundred|hundreds?|thousands?|millions?|billions?|half)",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"\b(?:in theory|one could|you might|you could|some day|someday|eventually|later on|if we had)\b", re.IGNORECASE
)

_REASON = re.compile(
    r"\b(?:because|since|so that|therefore|otherwise|the reason|that way|which (?:means|makes|lets|gives|keeps|is why|would|avoids|tells|lowers|costs|hurts|saves|leaks)|this (?:means|way|lets|avoids|keeps|gives|makes|matters)|that (?:means|lets|avoids|keeps|gives|makes|matters|'s why|is why)|"
    r"due to|in order to|to avoid|to prevent|to keep|to make sure|to stop|to catch|to reduce|to correct|to handle|or else|thus|hence|as a result|(?<=[\w,] )so (?:we|i|you|it|the|that|they|a|each|no|one|users?|videos?|nothing|at)|given that|for that reason|why\b|cuz|bc|b/c|as (?:it|they|we|the|users?)|leads to|causes?|prevents?|means)\b|=>|->|→",
    re.IGNORECASE,
)
_WEIGHED = re.compile(
    r"\b(?:instead of|rather than|versus|vs\.?|trade[- ]?offs?|trad(?:e|ing)|at the (?:cost|price|expense)|the (?:downside|drawback|cost|price|catch|risk)|on the other hand|compared (?:to|with)|as opposed to|over (?:a|an|the|plain|pure|exact)|but (?:it|that|then|the|we|this|they|at|if|you)|costs? (?:us|more|me|you|about)|"
    r"cheaper|more expensive|slower|faster|worth (?:it|the)|in exchange|we (?:lose|give up|pay|gain)|i(?:'d| would) (?:give up|lose|accept|pay|rather)|while (?:a|the|it)|whereas|although|even though|not .{3,60} but|alternatives?|prefer|wins? when|the price)\b",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"\b(?:fails?|failure|falls? over|goes? down|is down|times? out|time-?outs?|breaks?|outage|stale|spikes?|overload\w*|out of memory|runs? out|collapse\w*|crash\w*|degrade\w*|corrupt\w*|poison\w*|runaway|melts?|starv\w+|when .{3,40} (?:is|are|gets?|goes) (?:slow|late|missing|empty|wrong|broken))\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:kind of|sort of|some kind|some sort|i think|i guess|i suppose|maybe|perhaps|usually|you know|or something|whatever|something like that|and so on|etc|stuff|"
    r"things like|basically|figure (?:that|it|this) out|it depends|not (?:really )?sure|the usual|of course|obviously|holistic\w*|align\w*|i don't know|in general|generally|various|different things)\b",
    re.IGNORECASE,
)
_FLUFF = re.compile(
    r"\b(?:scalab\w+|robust\w*|efficien\w+|best practices?|industry standard|powerful|state of the art|sota|cutting edge|modern|popular choice|works? (?:well|great|best)|performan\w+|enterprise|seamless\w*|flexib\w+|good|better|best|great|nice|standard|common|everyone uses|important|very|really|scale|synergy|high|quality|optimal|accurate|accuracy|optimi[sz]ed|holistic\w*|discriminative|beauty|leverag\w+|cutting|battle[- ]tested|elegant\w*|maturity|production[- ]ready|fast|low latency|cost[- ]effective|any scale|web scale|cloud[- ]native|future[- ]proof|benefits?|advantages?|proven|rich|deep|advanced|smart|automatic\w*|reliab\w+|big tech|google|facebook|meta|netflix|youtube|uber|tiktok)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """One sentence: its text's span in the answer, its words, and its clauses as token ranges."""

    text: str
    start: int
    end: int
    words: tuple[Token, ...]
    clauses: tuple[tuple[int, int], ...]


def sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order; spans cover everything but the white space between them."""
    found, start = [], 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if match and _ABBREVIATION.search(text[start:end]):
            continue
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip(" \t\n-*•;"))
        right = start + len(piece.rstrip(" \t\n;"))
        if right > left:
            found.append(_sentence(text, left, right))
        start = match.end() if match else len(text)
    return found


def _sentence(text: str, start: int, end: int) -> Sentence:
    body = text[start:end]
    words = tuple(t._replace(start=t.start + start, end=t.end + start) for t in tokens(body))
    breaks = [start + m.end() for m in _CLAUSE_BREAK.finditer(body)]
    edges, clauses, first = [*breaks, end + 1], [], 0
    for edge in edges:
        last = first
        while last < len(words) and words[last].start < edge:
            last += 1
        if last > first:
            clauses.append((first, last))
        first = last
    return Sentence(body, start, end, words, tuple(clauses))


def polarity(
    sentence: Sentence, first: int, last: int, before: str, after: str, strict: bool = False, own: bool = False
) -> Polarity:
    """How tokens `first` to `last` (exclusive) of a sentence are meant.

    `strict` is for pitfalls, where one false challenge ends trust: any sign of negation, supposition, repair or of somebody
    else's opinion in the sentence or its neighbours counts. `own` (for pitfalls) says that the matched wording holds its own negation.
    """
    if strict:
        return _strict(sentence, first, last, before, after, own)
    clause = clause_text(sentence, first, last)
    lead = _lead_text(sentence, first)
    rest = rest_of(sentence, last)
    turned_down = (
        _CONSIDERED.search(clause) or _dismissed(sentence, after) or _TURNED_DOWN.search(sentence.text) or _LEFT_OUT.search(rest)
    )
    if _negated(lead) or turned_down or REJECTION_AFTER.match(rest[:60].lstrip(" ,")):
        return "rejected"
    if _REPAIR_FIRST.search(lead) and (_REPAIR_INSIDE.search(rest_of(sentence, last)) or _REPAIR_INSIDE.match(after.lstrip())):
        return "rejected"
    if _REPAIR_INSIDE.match(after.lstrip()) and re.match(
        r"\s*(?:no|wait|scratch|actually no|strike|sorry)", after, re.IGNORECASE
    ):
        return "rejected"
    if (
        _OPTION.search(lead)
        or re.match(r"\s*(?:if we had|suppose|imagine)\b", clause, re.IGNORECASE)
        or _OTHERS.match(clause.lstrip())
    ):
        return "hypothetical"
    hedge = _HEDGED_NUMBER.sub(
        " ", lead + sentence.text[sentence.words[first].start - sentence.start : sentence.words[last - 1].end - sentence.start]
    )
    return "hedged" if _HEDGE.search(hedge) else "asserted"


def _strict(sentence: Sentence, first: int, last: int, before: str, after: str, own: bool) -> Polarity:
    text = sentence.text
    inside = text[sentence.words[first].start - sentence.start : sentence.words[last - 1].end - sentence.start]
    around = text.replace(inside, " … ", 1) if own else text
    bare = _WEAK_NEGATION.sub(" ", around)
    if (
        NEGATION.search(bare)
        or re.search(r"\bnot (?:only|just|merely)\b", around, re.IGNORECASE)
        or REJECTION_AFTER.search(around)
    ):
        return "rejected"
    if _REPAIR_FIRST.search(text) or _REPAIR_INSIDE.search(around) or _REPAIR_INSIDE.match(after.lstrip()):
        return "rejected"
    if REJECTION_AFTER.match(_subject(after)) or re.match(r"\s*(?:but|however|except|though|yet)\b", after, re.IGNORECASE):
        return "rejected"
    if _OTHERS.search(text) or HYPOTHESIS.search(text) or text.rstrip().endswith("?"):
        return "hypothetical"
    return "hedged" if _HEDGE.search(text) or _OPTION.search(text) else "asserted"


def _dismissed(sentence: Sentence, after: str) -> bool:
    """ "Why not X?" that the next sentence answers."""
    return bool(after.strip()) and bool(re.search(r"\bwhy not\b[^?]*\?\s*$", sentence.text, re.IGNORECASE))


def _subject(after: str) -> str:
    """What follows "that", "this" or "it" at the head of the next sentence."""
    match = re.match(r"\s*(?:and |but |well,? |of course,? )?(?:that|this|it|which|those|they)(?=['’\s])", after, re.IGNORECASE)
    return re.sub(r"^['’]s\b", "is", after[match.end() :]).lstrip() if match else ""


def _negated(lead: str) -> bool:
    """Whether a negation in the seven words before a match governs it."""
    close = " ".join(_WEAK_NEGATION.sub(" ", lead).split()[-7:])
    found = None
    for found in NEGATION.finditer(close):  # noqa: B007
        pass
    if found is None or (found.group().lower() == "without" and NEGATION.search(close[: found.start()])):
        return False
    between = close[found.end() :]
    return not re.search(r"\b(?:but|because|so|then|and|only|just|enough|until|than)\b|[,;:]", between, re.IGNORECASE)


def clause_text(sentence: Sentence, first: int, last: int) -> str:
    """The clauses that hold tokens `first` to `last`."""
    low = max((a for a, _ in sentence.clauses if a <= first), default=0)
    high = min((b for _, b in sentence.clauses if b >= last), default=len(sentence.words))
    return sentence.text[sentence.words[low].start - sentence.start : sentence.words[high - 1].end - sentence.start]


def _lead_text(sentence: Sentence, first: int) -> str:
    """What stands before a token in its own clause."""
    low = max((a for a, _ in sentence.clauses if a <= first), default=0)
    begin = sentence.words[low].start if sentence.words else sentence.start
    return sentence.text[begin - sentence.start : sentence.words[first].start - sentence.start]


def rest_of(sentence: Sentence, last: int) -> str:
    """What stands after a token in its sentence."""
    return sentence.text[sentence.words[last - 1].end - sentence.start :]


def lists_names(text: str) -> bool:
    """Whether a stretch of text strings together names of products and papers: vocabulary, not an argument."""
    names = re.findall(r"(?<=[\w,;] )(?:[A-Z][A-Za-z0-9]*[A-Z0-9][\w-]*|[A-Z][a-z]{2,}[\w-]*)", text)
    return len([n for n in names if n not in _PLAIN_NAMES]) >= 4


def gives_reason(text: str) -> bool:
    """Whether a stretch of text gives a reason with content in it, not praise of a technology."""
    for match in _REASON.finditer(text):
        because = _FLUFF.sub(" ", _SENTENCE_END.split(text[match.end() :], maxsplit=1)[0][:160])
        if lists_names(because):
            continue
        if len([w for w in re.findall(r"[a-zA-Z0-9%]{3,}", because) if w.lower() not in _EMPTY]) >= 2:
            return True
    return False


_PLAIN_NAMES = frozenset(
    [
        "CTR",
        "AUC",
        "NDCG",
        "GPU",
        "CPU",
        "TV",
        "API",
        "SQL",
        "ANN",
        "HNSW",
        "QPS",
        "DAU",
        "AB",
        "II",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "YouTube",
        "Python",
        "Android",
        "English",
        "Shorts",
    ]
)
_EMPTY = frozenset(
    [
        "the",
        "and",
        "that",
        "this",
        "with",
        "our",
        "for",
        "are",
        "its",
        "it's",
        "can",
        "will",
        "would",
        "you",
        "your",
        "they",
        "them",
        "their",
        "have",
        "has",
        "been",
        "very",
        "much",
        "also",
        "just",
        "then",
        "than",
        "every",
        "highly",
        "all",
        "any",
        "some",
        "more",
        "most",
        "such",
        "thing",
        "things",
        "way",
        "component",
        "components",
        "solution",
        "system",
        "approach",
        "lot",
        "made",
        "make",
        "makes",
        "kind",
        "part",
        "people",
        "really",
        "quite",
    ]
)


def bare(text: str) -> str:
    """A text without negations that negate nothing ("not only", "no doubt")."""
    return _WEAK_NEGATION.sub(" ", text)


def of_others(text: str) -> bool:
    """Whether it tells what others do or think."""
    return bool(_OTHERS.search(text))


def hedges(text: str) -> bool:
    """Whether it is offered as a maybe."""
    return bool(_HEDGE.search(text) or _OPTION.search(text))


def considers(text: str) -> bool:
    """Whether something is told as looked at or turned down rather than picked."""
    return bool(_CONSIDERED.search(text))


def takes_back(text: str, after: str) -> bool:
    """Whether something is repaired in a sentence or at the head of the next."""
    return bool(_REPAIR_FIRST.search(text) or _REPAIR_INSIDE.search(text) or _REPAIR_INSIDE.match(after.lstrip()))


def vague(text: str) -> int:
    """How often a stretch of text draws back from saying something definite."""
    return len(_VAGUE.findall(text))


def weighs(text: str) -> bool:
    """Whether an alternative or a cost is set against what is said."""
    return bool(_WEIGHED.search(text))


def argues(text: str) -> bool:
    """Whether a sentence carries its point: by a reason, a cost or a quantity, and without drawing back."""
    return (
        not vague(text) and not lists_names(text) and (gives_reason(text) or weighs(text) or any(n.unit for n in numbers(text)))
    )


def foresees_failure(text: str) -> bool:
    """Whether a failure is considered."""
    return bool(_FAILURE.search(text))
