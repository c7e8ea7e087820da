"""What may be joined between two waves, and the words that say what may not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from atc import codebook
from atc.disclosure import Count, Measure, Release
from atc.exhibits import Base, Column, DataTable, Draft
from atc.indicators.measures import lignes
from atc.typography import enumeration, lower_first, number
from atc.waves import Wave

#: Said wherever people are summed up by territory.
BY_TERRITORY = (
    "L’unité est le territoire, car les personnes changent d’une vague à l’autre ; les réponses d’un même "
    "territoire y sont résumées par leur médiane."
)

#: Columns of a table of comparability.
COMPARED = (
    Column("libelle", "Variable"),
    Column("verdict", "Comparabilité"),
    Column("rapproche", "Rapprochée"),
    Column("libelle_avant", "Libellé précédent"),
    Column("note", "Ce qui a changé"),
)


def sites(vague: Wave, avant: Wave) -> int:
    """How many sites there are: everybody knows, and can tell how few an answer may be missing from."""
    return len({str(code) for each in (avant, vague) for code in each.table("territoires")["territoire"]})


def year(vague: Wave) -> str:
    """How a wave is called beside the other one."""
    return str(vague.settings.date.year)


def score(value: Measure) -> str:
    """A median, with its half when it has one."""
    if value.known is None:
        return "non communiquée" if value.value is None else "sans valeur"
    return number(value.known, 0 if value.known.is_integer() else 1)


def out_of(total: Count) -> str:
    """« sur 12 », where readers may know it."""
    return "" if total.is_masked else f" sur {total}"


def compare(vague: Wave, avant: Wave) -> pd.DataFrame:
    """What the two codebooks allow (see `atc.codebook.comparability`)."""
    return codebook.comparability(avant.codebook(), vague.codebook())


def joined_items(compared: pd.DataFrame, vague: Wave) -> list[str]:
    """Items that may be joined; none when the scale itself may not."""
    variables = {f"scores.item={code}": code for code in vague.field("scores.item").labels}
    if not codebook.joined(compared, ["scores.score"]):
        return []
    return [variables[name] for name in codebook.joined(compared, variables)]


def left_out(compared: pd.DataFrame, variables: Iterable[str]) -> str:
    """What is not joined and why, then what is joined although it was changed."""
    names = list(variables)
    known = compared[compared["variable"].isin(names)]
    apart = [f"« {row.libelle} » ({row.verdict})" for row in lignes(known[~known["jointure"]])]
    unknown = set(names) - set(known["variable"])
    apart += [f"« {name} » (absent du codebook)" for name in names if name in unknown]
    changed = known[known["jointure"] & (known["comparabilite"] != "identique")]
    sentences = []
    if apart:
        sentences.append(f"Non rapproché entre les deux vagues : {enumeration(apart)}.")
    sentences += [
        f"« {row.libelle} » est rapproché quoique {row.verdict} : {lower_first(row.note).rstrip('.')}."
        for row in lignes(changed)
    ]
    return " ".join(sentences)


def item_variables(vague: Wave) -> list[str]:
    """The scored items, as the codebooks name them."""
    return [f"scores.item={code}" for code in vague.field("scores.item").labels]


def nothing_to_join(release: Release, compared: pd.DataFrame, variables: Sequence[str], what: str) -> Draft:
    """An exhibit without anything to join: the list of what there was, and why not."""
    rows = readable(compared[compared["variable"].isin(list(variables))])
    return Draft(
        title=f"{what} : aucun rapprochement possible entre les deux vagues",
        subtitle="Variables concernées, et ce qui a changé",
        table=DataTable(release.facts(rows, "Codebooks : des variables, et personne"), COMPARED),
        reading="Le codebook n’autorise aucune comparaison sur ce sujet.",
        alt="",
        base=Base(len(rows), "variables"),
    )


def readable(compared: pd.DataFrame) -> pd.DataFrame:
    """A table of comparability for `COMPARED`: what did not change is left blank."""
    same = compared["libelle_avant"] == compared["libelle"]
    return compared.assign(
        rapproche=compared["jointure"].map({True: "oui", False: "non"}),
        libelle_avant=compared["libelle_avant"].mask(same | (compared["libelle_avant"] == "")),
        note=compared["note"].mask(compared["note"] == ""),
    )
