"""The rules of the column ``arrondi``: from a computed value to the text that the report would print.

A rule in words (« la moitié », « la plupart ») answers its words only within its bounds, stated in its
docstring; outside them it answers the counts, which no printed text equals, so that the control fails and
says what was found. The bounds are our reading of the report, which gives none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from atc.indicators.parts import Part
from atc.typography import number, percent

Rule = Callable[[Any], str]


def tel_quel(value: float) -> str:
    """A number with all its decimals and no others: 0.4 -> « 0,4 », 8.0 -> « 8 »."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return number(value, max(0, -int(exponent)))


def entier(value: float) -> str:
    """Nearest whole number, a half going up: 2.5 -> « 3 », 2.49 -> « 2 »."""
    return number(value)


def decimale_1(value: float) -> str:
    """One digit after the comma, a half going up: 0.75 -> « 0,8 », 0.849 -> « 0,8 », 0.85 -> « 0,9 »."""
    return number(value, 1)


def pourcentage(value: float) -> str:
    """A share from 0 to 1 as a whole percentage, a half going up: 0.565 -> « 57 % »."""
    return percent(value)


def texte(value: str) -> str:
    """A text as it stands."""
    return value


def liste(value: Sequence[str]) -> str:
    """Names in the order given, all of them, separated by commas."""
    return ", ".join(value)


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


def une_trentaine(value: int) -> str:
    """« une trentaine » from 27 to 33, a tenth on either side; else the number."""
    return "une trentaine" if 27 <= value <= 33 else number(value)


def seuil_de_cinq(value: int) -> str:
    """« moins de 5 » from 0 to 4, « au moins 5 » from 5 on: the floor of the rules on quotations."""
    return "moins de 5" if value < 5 else "au moins 5"


def plusieurs(value: int) -> str:
    """« plusieurs » from 2 on; else the number."""
    return "plusieurs" if value >= 2 else number(value)


def tres_varies(value: int) -> str:
    """« très variés » from 3 distinct kinds on; else the number."""
    return "très variés" if value >= 3 else number(value)


def tous(value: Part) -> str:
    """« tous » when nobody is left out of at least one; else the counts."""
    return "tous" if value.effectif == value.total > 0 else value.comptes


def pas_tous(value: Part) -> str:
    """« pas tous » when at least one is concerned and at least one is not; else the counts."""
    return "pas tous" if 0 < value.effectif < value.total else value.comptes


def moitie(value: Part) -> str:
    """« la moitié » when no other count is closer to half: 7 of 14, 7 or 8 of 15; else the counts."""
    near = value.total > 0 and abs(2 * value.effectif - value.total) <= 1
    return "la moitié" if near else value.comptes


def majorite(value: Part) -> str:
    """« la majorité » above half, without being all; else the counts."""
    return "la majorité" if value.total < 2 * value.effectif < 2 * value.total else value.comptes


def la_plupart(value: Part) -> str:
    """« la plupart » from two thirds on, without being all; else the counts."""
    most = 3 * value.effectif >= 2 * value.total and value.effectif < value.total
    return "la plupart" if most else value.comptes


def souvent(value: Part) -> str:
    """« souvent » above half, without being always; else the counts."""
    return "souvent" if value.total < 2 * value.effectif < 2 * value.total else value.comptes


def certains(value: Part) -> str:
    """« certains » from 2 on and under half; else the counts."""
    return "certains" if 4 <= 2 * value.effectif < value.total else value.comptes


def quelques(value: Part) -> str:
    """« quelques » from 2 to a third; else the counts."""
    few = value.effectif >= 2 and 3 * value.effectif <= value.total
    return "quelques" if few else value.comptes


def parfois(value: Part) -> str:
    """« parfois » from 1 on and under half; else the counts."""
    return "parfois" if 2 <= 2 * value.effectif < value.total else value.comptes


def rarement(value: Part) -> str:
    """« rarement » from 1 to a quarter; else the counts."""
    seldom = value.effectif >= 1 and 4 * value.effectif <= value.total
    return "rarement" if seldom else value.comptes


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        tel_quel,
        entier,
        decimale_1,
        pourcentage,
        texte,
        liste,
        ordre,
        une_trentaine,
        seuil_de_cinq,
        plusieurs,
        tres_varies,
        tous,
        pas_tous,
        moitie,
        majorite,
        la_plupart,
        souvent,
        certains,
        quelques,
        parfois,
        rarement,
    )
}
