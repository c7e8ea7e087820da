"""The fieldwork: who was asked and who answered, who was met, what was seen, and what may be quoted."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import hypergeom

from atc.indicators import measures

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary

# No more of one speaker in the whole report, and never side by side.
CITATIONS_PAR_LOCUTEUR = 2
# A name that fits one or two sites of the public roster points at them.
SITES_MINIMUM = 3
ATTRIBUTION_LARGE = "Acteur local"

# --- the flash questionnaire ---


def reponses(questionnaire_flash: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
    """Recipients by role, or several joined by « | » (-> label), × whether they answered (``repondu``)."""
    rows = []
    for codes, label in roles.items():
        asked = questionnaire_flash[questionnaire_flash["role"].isin(codes.split("|"))]
        yes, total = int(asked["repondu"].fillna(False).sum()), len(asked)
        rows += [(codes, label, "oui", yes, total), (codes, label, "non", total - yes, total)]
    return pd.DataFrame(rows, columns=["role", "libelle", "repondu", "effectif", "total"])


def intervalle_population_finie(
    effectif: int, repondants: int, population: int, niveau: float = 0.95
) -> tuple[int, int]:
    """Fewest and most of the whole population that may be concerned, given how many of the respondents are.

    Exact interval for a finite population: the numbers that the two one-sided hypergeometric tests, each at
    ``(1 - niveau) / 2``, do not reject (Buonaccorsi, The American Statistician, 1987, 41(3), 215-218). It
    treats respondents as drawn at random: whoever shows it must say that non-response is the problem.
    """
    tail = (1 - niveau) / 2
    kept = [
        k
        for k in range(effectif, population - repondants + effectif + 1)
        if hypergeom.sf(effectif - 1, population, k, repondants) > tail
        and hypergeom.cdf(effectif, population, k, repondants) > tail
    ]
    return kept[0], kept[-1]


# --- interviews and observations ---


def rencontres(
    entretiens: pd.DataFrame, territoires: pd.DataFrame, dictionary: Dictionary, recueil: str = ""
) -> pd.DataFrame:
    """Who was met at each site, communes in alphabetical order; of one ``recueil``, its interviews alone.

    One row = one territory × one ``nature`` × one ``fonction`` met there, in the order of the dictionary.
    ``libelle`` is of the function, ``effectif`` in interviews or observations, ``total`` those of the site.
    """
    keys = ["territoire", "nature", "fonction"]
    places = territoires[["territoire", "commune"]].astype("str")
    met = (_interviews(entretiens, recueil) if recueil else entretiens).astype({"territoire": "str"})
    counts = met.groupby(keys, observed=True).size().rename("effectif").reset_index()
    named = counts.merge(places, on="territoire", how="left")
    named["libelle"] = named["fonction"].astype("str").map(dictionary.field("entretiens.fonction").labels)
    named["total"] = named.groupby("territoire")["effectif"].transform("sum")
    # Functions are categories, in the order of the dictionary.
    ordered = named.sort_values(["commune", "nature", "fonction"], ignore_index=True)
    return ordered[["territoire", "commune", "nature", "fonction", "libelle", "effectif", "total"]]


def entretiens_par_groupe(entretiens: pd.DataFrame, dictionary: Dictionary, recueil: str) -> pd.DataFrame:
    """Whom the interviews of one way of meeting the sites heard, by wider group of functions."""
    field = dictionary.field("entretiens.fonction")
    # A steering meeting is observed, never interviewed.
    groups = {code: label for code, label in field.group_labels.items() if code != "instance"}
    met = _interviews(entretiens, recueil)["fonction"].astype("str").map(field.groups)
    return measures.tally(groups, met)


def _interviews(entretiens: pd.DataFrame, recueil: str) -> pd.DataFrame:
    return entretiens[(entretiens["nature"] == "entretien") & (entretiens["recueil"] == recueil)]


# --- what the evaluators saw ---


def sites_par_type(effets: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Sites given as examples of each kind of effect, one at times of several: no census, no share.

    Helping the conseil citoyen is counted apart, as the report does, whatever kind it illustrates.
    """
    apart = dictionary.field("effets.appui_conseil_citoyen")
    labels = dictionary.field("effets.type").labels | {apart.name: apart.label}
    kinds = effets["type"].astype("str").mask(effets[apart.name].fillna(False).astype(bool), apart.name)
    sites = effets.groupby(kinds)["territoire"].nunique()
    counts = [(code, label, int(sites.get(code, 0))) for code, label in labels.items()]
    return pd.DataFrame(counts, columns=["modalite", "libelle", "effectif"])


# --- the quotations that may be shown, and under which name (docs/confidentialite.md, règles 13 et 14) ---


def publiables(
    verbatims: pd.DataFrame, attributions: dict[str, str], chapitre: str, cercles: Collection[str]
) -> pd.DataFrame:
    """Quotations of one chapter that may be shown: signed, dated, for one of the ``cercles`` (tiers).

    ``attributions``: function -> name; a function without one is withheld. In the order to show them, where
    nobody speaks twice in a row: nothing tells two of one speaker together, nor their site.
    """
    named = verbatims.assign(attribution=verbatims["fonction"].astype(str).map(attributions))
    signed = named[["relu_par", "relu_le"]].notna().all(axis=1) & named["relu_pour"].isin(cercles)
    fit = named[named["relu"].fillna(False).astype(bool) & signed & named["attribution"].notna()]
    # Two of one speaker in the whole report: the limit is taken before the chapter is.
    few = fit[fit.groupby("locuteur", sort=False).cumcount() < CITATIONS_PAR_LOCUTEUR]
    # The register may follow the sites, or the days: the order shown comes from the words alone.
    kept = few[few["chapitre"] == chapitre].sort_values(
        "texte", key=lambda texts: texts.map(lambda text: hashlib.sha256(text.encode()).hexdigest())
    )
    shown = kept.iloc[_apart(list(kept["locuteur"].astype(str)))]
    return shown[["idee", "texte", "nature", "attribution"]].reset_index(drop=True)


def attributions(
    entretiens: pd.DataFrame, roster: pd.DataFrame, dictionary: Dictionary, plancher: int
) -> dict[str, str]:
    """Function of the speaker -> name under the quotation; a function that no name covers is left out.

    The name is its category, never the exact post, which fits one site only. A name covers ``plancher``
    interviews at least and, if public posts bear it, `SITES_MINIMUM` sites of the public roster. « Acteur
    local » is for two at least of the categories that don't, if together they do: of one alone, another
    figure that counts the categories would say which it was.
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


def _apart(speakers: Sequence[str]) -> list[int]:
    """Positions in the order given, moved only so far that nobody speaks twice in a row.

    Of one who speaks twice and alone, the first is kept; all others can be set apart, two by two.
    """

    def orders(placed: list[int]) -> Iterator[list[int]]:
        if len(placed) == len(speakers):
            yield placed
        for i, who in enumerate(speakers):
            if i not in placed and (not placed or speakers[placed[-1]] != who):
                yield from orders([*placed, i])

    return next(orders([]), [0])
