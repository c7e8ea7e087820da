"""Variable by variable, what the codebooks allow to compare."""

from __future__ import annotations

import pandas as pd

from atc import codebook
from atc.datapackage import STATUSES
from atc.exhibits import Base, DataTable, Exhibit
from atc.exhibits.chapters.evolution.rapprochement import COMPARED, compare, readable
from atc.exhibits.declare import release_for
from atc.typography import counted, enumeration, french, lower_first, number
from atc.waves import Wave


def tab_08_06(vague: Wave) -> Exhibit:
    """Item by item, what can be held against the wave before."""
    avant = vague.previous()
    compared = compare(vague, avant)
    counts = {code: int((compared["comparabilite"] == code).sum()) for code in codebook.VERDICTS}
    rows = _shown(compared, vague)
    joined = int(compared["jointure"].sum())
    release = release_for(vague, "T08-06")
    table = DataTable(release.facts(rows, "Codebooks : des variables, et personne"), COMPARED)
    release.check((), table.texts)
    statuses = {s for wave in (avant, vague) for s in _statuses(wave)}
    return Exhibit(
        id=release.exhibit,
        title=french(f"{joined} variables sur {len(compared)} se comparent d’une vague à l’autre"),
        subtitle=french(
            "Les variables identiques sont comptées par table ; les phrases notées et toutes "
            "les autres sont listées"
        ),
        table=table,
        reading=french(
            "D’après le codebook : "
            + enumeration(
                [f"{number(count)} {_plural(code, count)}" for code, count in counts.items() if count]
            )
            + ". Une variable reformulée ou dont l’échelle a changé n’est rapprochée que si le codebook "
            "l’autorise, et la figure le dit."
        ),
        alt="",
        base=Base(len(compared), "variables"),
        note="",
        source=french(
            f"Source : codebooks de la {lower_first(avant.settings.label)} et de la "
            f"{lower_first(vague.settings.label)}."
        ),
        questions=(),
        status=max(statuses, key=STATUSES.index),
        status_note="",
        uses=(),
        draw=None,
        let_out=release.record.plain(),
    )


def _statuses(vague: Wave) -> set[str]:
    """A codebook is worth what the surveyed columns of its wave are worth."""
    return {
        vague.package.status(f"{name}.{column}")
        for name in ("carnet_de_bord", "questionnaire_flash", "scores")
        for column in vague.dictionary.table(name).fields
    }


_NOUNS = {
    "identique": ("identique", "identiques"),
    "reformule": ("reformulée", "reformulées"),
    "rescale": ("dont l’échelle a changé", "dont l’échelle a changé"),
    "nouveau": ("nouvelle", "nouvelles"),
    "disparu": ("disparue", "disparues"),
}


def _plural(code: str, count: int) -> str:
    return _NOUNS[code][count > 1]


def _shown(compared: pd.DataFrame, vague: Wave) -> pd.DataFrame:
    """Every item and every changed variable; the others as one line a table."""
    ready = readable(compared)
    told = ready["variable"].str.contains("=") | (ready["comparabilite"] != "identique")
    quiet = [
        {
            "libelle": f"{vague.dictionary.table(str(table)).label} : {_others(len(some))}",
            "verdict": codebook.VERDICTS["identique"],
            "rapproche": "oui",
        }
        for table, some in ready[~told].groupby("table", sort=False)
    ]
    return pd.concat([ready[told], pd.DataFrame(quiet)], ignore_index=True)


def _others(count: int) -> str:
    return counted(count, "autre variable", "autres variables")
