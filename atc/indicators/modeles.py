"""What the sites put first, on whom they lean, how they are organised, and what explains it.

The evaluators' reading; one row of ``positionnements`` is one territory, so every count is in territories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Part

if TYPE_CHECKING:
    from atc.dictionary import Dictionary


def modeles(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Models of priorities.

    Returns:
        One row = one model. ``effectif`` counts the territories whose main model it is, ``secondaire`` those
        that stand between it and another main one; ``total`` and ``part`` go with ``effectif``.
    """
    main = measures.par_modalite(positionnements, dictionary.field("positionnements.modele_principal"))
    second = measures.par_modalite(positionnements, dictionary.field("positionnements.modele_secondaire"))
    columns = ["modalite", "libelle", "effectif", "secondaire", "total", "part"]
    return main.assign(secondaire=second["effectif"])[columns]


def paires(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Sites between two models.

    Returns:
        One row = one main model × one second model that at least one territory bears, in the order of the
        questionnaire. ``modele_principal``, ``libelle_principal``, ``modele_secondaire``,
        ``libelle_secondaire``, ``effectif``. Territories of a single model are left out.
    """
    labels = dictionary.field("positionnements.modele_principal").labels
    between = positionnements[["modele_principal", "modele_secondaire"]].dropna().astype(str)
    counts = between.value_counts()
    rows = [
        {
            "modele_principal": main,
            "libelle_principal": labels[main],
            "modele_secondaire": second,
            "libelle_secondaire": labels[second],
            "effectif": int(counts[main, second]),
        }
        for main in labels
        for second in labels
        if (main, second) in counts.index
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "modele_principal",
            "libelle_principal",
            "modele_secondaire",
            "libelle_secondaire",
            "effectif",
        ],
    )


def part_entre_deux(positionnements: pd.DataFrame) -> Part:
    """Territories that stand between two models, out of all."""
    second = positionnements["modele_secondaire"]
    return Part(int(second.notna().sum()), len(second))


def nombre_de_modeles(positionnements: pd.DataFrame) -> int:
    """How many models at least one territory puts first."""
    return int(positionnements["modele_principal"].nunique())


def portages(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Institutional backing, with the two ways of being weakly backed.

    Returns:
        One row = one modalité of ``portage``. ``cas``, ``libelle_cas`` (the wider case), ``modalite``,
        ``libelle``, ``effectif``, ``total``, ``part``.
    """
    backing = dictionary.field("positionnements.portage")
    counts = measures.par_modalite(positionnements, backing)
    cases = counts["modalite"].map(backing.groups)
    named = counts.assign(cas=cases, libelle_cas=cases.map(backing.group_labels))
    return named[["cas", "libelle_cas", "modalite", "libelle", "effectif", "total", "part"]]


def cas_de_portage(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Institutional backing by case.

    Returns:
        One row = one case; ``effectif`` and ``total`` in territories.
    """
    return measures.par_groupe(positionnements, dictionary.field("positionnements.portage"))


def nombre_de_cas(positionnements: pd.DataFrame, dictionary: Dictionary) -> int:
    """How many cases of backing at least one territory bears."""
    return int((cas_de_portage(positionnements, dictionary)["effectif"] > 0).sum())


def organisations(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """How the animation is organised.

    Returns:
        One row = one organisation; ``effectif`` and ``total`` in territories.
    """
    return measures.par_modalite(positionnements, dictionary.field("positionnements.organisation"))


def nombre_d_organisations(positionnements: pd.DataFrame) -> int:
    """How many organisations at least one territory bears."""
    return int(positionnements["organisation"].nunique())


def facteurs(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """What explains the model of a site; several factors may.

    Returns:
        One row = one factor; ``effectif`` and ``total`` in territories.
    """
    boxes = dictionary.table("positionnements").in_group("facteurs")
    return measures.cases(positionnements, boxes)
