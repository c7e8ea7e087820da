"""The rules of the column ``arrondi``: from a computed value to the text that the report would print.

Words (« la moitié », « la plupart ») are said within their bounds only; outside them the number or the
counts are, which no printed text equals, so that the control fails and says what was found. The bounds are
our reading of the report, which gives none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from atc.indicators.measures import Part
from atc.typography import number, percent

Rule = Callable[[Any], str]


def tel_quel(value: float) -> str:
    """A number with all its decimals and no others: 0.4 -> « 0,4 », 8.0 -> « 8 »."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return number(value, max(0, -int(exponent)))


def ordre(value: Mapping[str, float]) -> str:
    """Names from the largest number to the smallest: « A > B », and « A = B » when they are equal.

    Raises:
        ValueError: A number is missing, so there is no order.
    """
    if any(each != each for each in value.values()):  # noqa: PLR0124 (the definition of NaN)
        raise ValueError("a value is missing: no order")
    ranked = sorted(value, key=lambda name: -value[name])
    text = ranked[0]
    for before, after in pairwise(ranked):
        text += f" {'=' if value[before] == value[after] else '>'} {after}"
    return text


def _of_count(words: str, holds: Callable[[int], bool], otherwise: Rule = number) -> Rule:
    return lambda value: words if holds(value) else otherwise(value)


def _of_share(words: str, holds: Callable[[int, int], bool]) -> Rule:
    def rule(value: Part) -> str:
        return words if holds(value.effectif, value.total) else value.comptes

    return rule


RULES: Mapping[str, Rule] = {
    "tel_quel": tel_quel,
    # A half goes up: 2.5 -> « 3 », 0.85 -> « 0,9 », 0.565 -> « 57 % ».
    "entier": number,
    "decimale_1": lambda value: number(value, 1),
    "pourcentage": percent,
    "texte": str,
    "liste": ", ".join,
    "ordre": ordre,
    # A tenth on either side.
    "une_trentaine": _of_count("une trentaine", lambda n: 27 <= n <= 33),
    # The floor of the rules on quotations.
    "seuil_de_cinq": _of_count("moins de 5", lambda n: n < 5, lambda _: "au moins 5"),
    "plusieurs": _of_count("plusieurs", lambda n: n >= 2),
    "tres_varies": _of_count("très variés", lambda n: n >= 3),
    "tous": _of_share("tous", lambda n, total: n == total > 0),
    "pas_tous": _of_share("pas tous", lambda n, total: 0 < n < total),
    # No other count is closer to half: 7 of 14, 7 or 8 of 15.
    "moitie": _of_share("la moitié", lambda n, total: total > 0 and abs(2 * n - total) <= 1),
    # Above half, without being all.
    "majorite": _of_share("la majorité", lambda n, total: total < 2 * n < 2 * total),
    "souvent": _of_share("souvent", lambda n, total: total < 2 * n < 2 * total),
    # From two thirds on, without being all.
    "la_plupart": _of_share("la plupart", lambda n, total: 3 * n >= 2 * total and n < total),
    # From two on, and under half or up to a third.
    "certains": _of_share("certains", lambda n, total: n >= 2 and 2 * n < total),
    "quelques": _of_share("quelques", lambda n, total: n >= 2 and 3 * n <= total),
    # From one on, and under half or up to a quarter.
    "parfois": _of_share("parfois", lambda n, total: n >= 1 and 2 * n < total),
    "rarement": _of_share("rarement", lambda n, total: n >= 1 and 4 * n <= total),
}
