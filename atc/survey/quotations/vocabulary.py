"""The words that are looked for, read once from ``vocabulary.toml`` and made into patterns of folded text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from atc.survey.quotations.folding import fold

# « de la », « des », « l’ »: what may stand between « rue » and the name of the street.
_LINK = r"(?: +(?:de la|de|du|des|la|le|les|aux|au))?(?: +(?:de +)?[ld]'| +)"


@dataclass(frozen=True)
class Vocabulary:
    """Patterns of folded text."""

    names: re.Pattern[str]  # first names
    capital_names: re.Pattern[str]  # first names that are words too
    departments: re.Pattern[str]
    capital_departments: re.Pattern[str]  # those that are words too
    before_place: re.Pattern[str]  # « rue », « quartier »…, up to the name that follows
    structures: re.Pattern[str]  # networks of carriers
    before_structure: re.Pattern[str]  # « association »…, up to the name that follows
    posts: re.Pattern[str]  # posts that one person holds in a place
    one_post: re.Pattern[str]  # the same, of somebody in particular: « le », « notre »…
    judgements: re.Pattern[str]  # words that judge someone
    harmless: frozenset[str]  # words with a capital that name nobody


_END = r"(?!\w)"


def words(expressions: Iterable[str], before: str = "", after: str = _END) -> re.Pattern[str]:
    """Any of these, as whole words of a folded text; a space stands for one or several."""
    longest_first = sorted((fold(e) for e in expressions), key=len, reverse=True)
    # Never matches when there is nothing to look for.
    one_of = "|".join(longest_first).replace(" ", " +") or r"(?!)"
    return re.compile(rf"(?<!\w){before}(?:{one_of}){after}")


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the package."""
    raw = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
    posts = raw["postes"]
    return Vocabulary(
        names=words(raw["prenoms"].split()),
        capital_names=words(raw["prenoms_ambigus"].split()),
        departments=words(raw["departements"]),
        capital_departments=words(raw["departements_ambigus"]),
        before_place=words(raw["lieux_suivis_d_un_nom"], after=_LINK),
        structures=words(raw["structures"]),
        before_structure=words(raw["structures_suivies_d_un_nom"], after=_LINK),
        posts=words(posts),
        one_post=words(posts, before=r"(?:l'|(?:le|la|notre|votre|leur|mon|ma|son|sa|ce|cet|cette|du|au) +)"),
        judgements=words(raw["jugements"]),
        harmless=frozenset(raw["majuscules_admises"].split()),
    )
