"""The passages of one quotation that a person must look at before signing.

Names in free text are beyond a machine: what is found here is a help, and finding nothing proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from atc.survey import spelling
from atc.survey.quotations.folding import clean, fold, in_brackets, without_brackets
from atc.survey.quotations.vocabulary import Vocabulary, vocabulary, words
from atc.survey.spelling import emails, telephones, web_addresses

Span = tuple[int, int]

_REMEDIES = {
    "coordonnées": "ôtez-les",
    "personne": "remplacez le nom par une mention entre crochets : [une collègue]",
    "lieu": "remplacez-le par une mention entre crochets : [un quartier]",
    "structure": "remplacez-la par une mention entre crochets : [une structure]",
    "fonction": "gardez-la si plusieurs l’exercent sur chaque site, sinon élargissez : [un partenaire]",
    "nombre": "écrivez un ordre de grandeur, ou mettez-le entre crochets : [quelques]",
    "majuscule": "vérifiez que ce n’est ni un nom, ni un lieu, ni une structure",
    "jugement": "la personne se reconnaît : mettez sa fonction ou son nom entre crochets, ou écartez-le",
    "crochets": "le nom est encore lisible entre les crochets : remplacez-le",
}
_ACCOUNT = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"\d(?:[\d\s.,:/]*\d)?")
_WORD = re.compile(r"[^\W\d_]\w*")
_NAME = re.compile(r"[^\W\d_][\w’'-]*")
_CIVILITY = re.compile(
    r"(?<!\w)(?:(?:[Mm]me|[Mm]lle|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MME|M[rR]|Dr|M\.)\.? +"
    r"|M +(?=[A-ZÀ-Ý]))(?:(?:[LlDd][eau]s?|[Dd]e [Ll]a) +)?[\w’'-]+"
)
_INITIALS = re.compile(r"(?<!\w)[A-Z]\.(?:[ -]?[A-Z]\.)+")
# Where a capital says nothing: at the start, after a full stop, a colon, an opening quotation mark.
_OPENS = re.compile(r"(?:^|[.!?…:«“\"(\[–—-]\s*)$")
# Not after the « M. » of a name or after an initial.
_SENTENCE = re.compile(r"(?<![A-Z])[.!?…]+(?=\s|$)")


@dataclass(frozen=True)
class Alert:
    """A passage to look at."""

    kind: str  # what it may tell: « lieu », « personne », « jugement »…
    passage: str  # as it is written
    remedy: str  # what to do about it


def alerts(text: str, places: Sequence[str]) -> tuple[Alert, ...]:
    """What one quotation may tell, in the order of the text; a passage is told once.

    Args:
        text: As the team wrote it. What stands between brackets has been replaced, and is left alone
            unless a name can still be read there.
        places: Names of the sites, of their towns and neighbourhoods.
    """
    cleaned = clean(text)
    open_text = without_brackets(cleaned)
    found: dict[Span, str] = {}
    for kind, finder in _FINDERS.items():
        for span in finder(open_text, places):
            if not any(span[0] < end and start < span[1] for start, end in found):
                found[span] = kind
    told = [_alert(kind, cleaned[slice(*span)]) for span, kind in sorted(found.items())]
    told += [_alert("jugement", sentence) for sentence in _judging(open_text)]
    told += [_alert("crochets", inside) for inside in in_brackets(cleaned) if _is_name(inside, places)]
    return tuple(told)


def names_a_place(text: str, places: Sequence[str]) -> bool:
    """Whether a site, its town or its neighbourhood can be read outside brackets."""
    return any(_sites(without_brackets(clean(text)), places))


def judges_someone(text: str) -> bool:
    """Whether a sentence holds, outside brackets, a judgement and somebody whom readers would know."""
    return any(_judging(without_brackets(clean(text))))


def _alert(kind: str, passage: str) -> Alert:
    return Alert(kind, " ".join(passage.split()), _REMEDIES[kind])


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (match.span() for match in pattern.finditer(text))


def _starts_name(text: str, position: int) -> bool:
    return text[position : position + 1].isupper()


def _inside_sentence(text: str, span: Span) -> bool:
    """Whether the passage has a capital that its place does not explain."""
    return _starts_name(text, span[0]) and not _OPENS.search(text[: span[0]])


def _contacts(text: str, _places: Sequence[str]) -> Iterator[Span]:
    folded = spelling.fold(text, in_place=True)
    for find in (emails, telephones, web_addresses):
        yield from (match.span() for match in find(folded))
    yield from _spans(_ACCOUNT, text)


def _persons(text: str, _places: Sequence[str]) -> Iterator[Span]:
    folded, known = fold(text), vocabulary()
    yield from _spans(_CIVILITY, text)
    yield from _spans(_INITIALS, text)
    yield from _spans(known.names, folded)
    yield from (s for s in _spans(known.capital_names, folded) if _inside_sentence(text, s))


def _sites(text: str, places: Sequence[str]) -> Iterator[Span]:
    # « St Denis » and « Saint-Denis » are one town.
    folded = (re.sub(r"([^\w\s])", r"\\\1", fold(place)) for place in places)
    written = (place.replace("saint ", "(?:saint|st) ") for place in folded)
    return _spans(words(written), fold(text))


def _places(text: str, places: Sequence[str]) -> Iterator[Span]:
    folded, known = fold(text), vocabulary()
    yield from _spans(known.departments, folded)
    yield from _sites(text, places)
    yield from _named(text, known.before_place)
    yield from (s for s in _spans(known.capital_departments, folded) if _inside_sentence(text, s))


def _structures(text: str, _places: Sequence[str]) -> Iterator[Span]:
    yield from _spans(vocabulary().structures, fold(text))
    yield from _named(text, vocabulary().before_structure)


def _named(text: str, before: re.Pattern[str]) -> Iterator[Span]:
    """« rue Jean-Jaurès »: the word, and the name with a capital that follows it."""
    for match in before.finditer(fold(text)):
        name = _NAME.match(text, match.end())
        if name and _starts_name(text, match.end()):
            yield match.start(), name.end()


def _capitals(text: str, _places: Sequence[str]) -> Iterator[Span]:
    harmless = vocabulary().harmless
    for match in _WORD.finditer(text):
        if _inside_sentence(text, match.span()) and fold(match[0]) not in harmless:
            yield match.span()


def _pattern(
    choose: Callable[[Vocabulary], re.Pattern[str]],
) -> Callable[[str, Sequence[str]], Iterator[Span]]:
    return lambda text, _places: _spans(choose(vocabulary()), fold(text))


# The first to claim a passage names it.
_FINDERS: dict[str, Callable[[str, Sequence[str]], Iterator[Span]]] = {
    "coordonnées": _contacts,
    "lieu": _places,
    "structure": _structures,
    "fonction": _pattern(lambda known: known.posts),
    "personne": _persons,
    "nombre": lambda text, _places: _spans(_NUMBER, text),
    "majuscule": _capitals,
}


def _judging(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text):
        if vocabulary().judgements.search(fold(sentence)) and _someone(sentence):
            yield sentence.strip()


def _someone(sentence: str) -> bool:
    return any(_persons(sentence, ())) or vocabulary().one_post.search(fold(sentence)) is not None


def _is_name(text: str, places: Sequence[str]) -> bool:
    return any(_sites(text, places)) or any(_persons(text, ()))
