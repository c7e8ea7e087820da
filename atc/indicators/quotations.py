"""The quotations that may be shown, and under which name (docs/confidentialite.md, règles 13 et 14)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary

# No more of one speaker in the whole report, and never side by side.
CITATIONS_PAR_LOCUTEUR = 2
# A name that fits one or two sites of the public roster points at them.
SITES_MINIMUM = 3
ATTRIBUTION_LARGE = "Acteur local"


def publiables(
    verbatims: pd.DataFrame,
    attributions: dict[str, str],
    chapitre: str,
    cercles: Collection[str],
) -> pd.DataFrame:
    """Quotations of one chapter that may be shown: signed, dated, for these readers; nobody twice in a row.

    Args:
        verbatims: The register.
        attributions: Function -> name, as `attributions` gives them; a function without one is withheld.
        chapitre: Code of the chapter in the register.
        cercles: Tiers of which one must be signed for: that of the page, and the wider ones.

    Returns:
        One row = one quotation, in the order to show them. ``idee``, ``texte``, ``nature`` (codes),
        ``attribution``. Nothing tells two quotations of one speaker together, nor their site.
    """
    named = verbatims.assign(attribution=verbatims["fonction"].astype(str).map(attributions))
    signed = named[["relu_par", "relu_le"]].notna().all(axis=1) & named["relu_pour"].isin(cercles)
    fit = named[named["relu"].fillna(False).astype(bool) & signed & named["attribution"].notna()]
    # Two of one speaker in the whole report: the limit is taken before the chapter is.
    few = fit[fit.groupby("locuteur", sort=False).cumcount() < CITATIONS_PAR_LOCUTEUR]
    # The register may follow the sites, or the days: the order shown comes from the words alone.
    kept = few[few["chapitre"] == chapitre].sort_values("texte", key=lambda texts: texts.map(_drawn))
    shown = kept.iloc[_apart(list(kept["locuteur"].astype(str)))]
    return shown[["idee", "texte", "nature", "attribution"]].reset_index(drop=True)


def attributions(
    entretiens: pd.DataFrame, roster: pd.DataFrame, dictionary: Dictionary, plancher: int
) -> dict[str, str]:
    """Function of the speaker -> name under the quotation; a function that no name covers is left out.

    The name is its category or else a wider one, never the exact post: a title such as « chargé.e de
    mission » fits one site only. A name covers ``plancher`` interviews at least, one counting for one
    person, and `SITES_MINIMUM` sites of the public roster; one that no public post bears (inhabitants) joins
    to nothing there: the interviews alone decide. « Acteur local » is for the categories that don't, two at
    least that together do: of one alone, another figure that counts the categories would say which it was.
    """
    met = entretiens.loc[entretiens["nature"] == "entretien", "fonction"].astype(str)
    field = dictionary.field("verbatims.fonction")
    alike = {
        name: [f for f, its in field.groups.items() if its == group]
        for group, name in field.group_labels.items()
    }

    def covered(functions: Collection[str]) -> bool:
        sites = roster.loc[roster["fonction"].isin(functions), "territoire"].nunique()
        return met.isin(functions).sum() >= plancher and not 0 < sites < SITES_MINIMUM

    names = {f: name for name, functions in alike.items() if covered(functions) for f in functions}
    left = [some for some in alike.values() if some[0] not in names and met.isin(some).any()]
    together = [f for functions in left for f in functions]
    if len(left) > 1 and covered(together):
        names |= dict.fromkeys(together, ATTRIBUTION_LARGE)
    return names


def _drawn(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _apart(speakers: list[str]) -> list[int]:
    """Positions in the order given, moved only so far that nobody speaks twice in a row.

    What cannot be placed is left out; nothing is, when some order can hold everything.
    """
    waiting = list(range(len(speakers)))
    order: list[int] = []
    while waiting:
        last = speakers[order[-1]] if order else None
        free = [i for i in waiting if speakers[i] != last]
        if not free:
            break
        chosen = next((i for i in free if _rest_fits(speakers, waiting, i)), free[0])
        order.append(chosen)
        waiting.remove(chosen)
    return order


def _rest_fits(speakers: list[str], waiting: list[int], chosen: int) -> bool:
    """Whether the others can still be set apart once ``chosen`` has been placed.

    They can if nobody has more than half of the places left, rounded up, and the one who has just spoken no
    more than half rounded down: the usual condition for arranging without neighbours alike.
    """
    rest = [speakers[i] for i in waiting if i != chosen]
    just_spoke = speakers[chosen]
    return all(2 * said <= len(rest) + (who != just_spoke) for who, said in Counter(rest).items())
