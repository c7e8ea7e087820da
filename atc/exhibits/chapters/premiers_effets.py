"""Chapter 06: what has already changed."""

from __future__ import annotations

import pandas as pd

from atc.disclosure import Count, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed, notices
from atc.exhibits.charts import units
from atc.indicators import effets
from atc.typography import capitalise, in_words
from atc.waves import Wave


@exhibit(
    "F06-01",
    uses=(
        "effets.effet",
        "effets.territoire",
        "effets.type",
        "effets.appui_conseil_citoyen",
        "effets.associations",
    ),
)
def fig_06_01(vague: Wave, release: Release) -> Draft:
    """The five kinds of first effect, by number of sites given as examples."""
    table = vague.table("effets")
    # Each count stands alone: a site may illustrate several kinds of effect.
    counts = release.splits(
        effets.sites_par_type(table, vague.dictionary), "effets.type", by=("modalite",), total="effectif"
    )
    rows = [units.UnitRow(row.libelle, count=row.effectif, text=_sites(row.effectif)) for row in counts]
    present = capitalise(in_words(effets.nombre_de_types(table), feminine=True))
    return Draft(
        title=f"{present} sortes de premiers effets relevées par les évaluateurs",
        subtitle="Sites donnés en exemple par les évaluateurs, pour chaque sorte d’effet",
        table=DataTable(
            counts, [Column("libelle", "Sorte d’effet"), Column("effectif", "Sites donnés en exemple", 0)]
        ),
        reading=_gathered(table, counts, release) or "Un même site peut illustrer plusieurs sortes d’effet.",
        alt="Sites donnés en exemple par sorte d’effet. "
        + listed((row.libelle, row.effectif.of("site")) for row in counts),
        base=Base(
            release.count(int(table["territoire"].nunique()), "effets.territoire"), "sites donnés en exemple"
        ),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Des exemples, non un décompte : l’absence d’exemple ne veut pas dire l’absence d’effet. "
        "L’appui au conseil citoyen est compté à part.",
    )


def _sites(count: Count) -> str:
    return count.shown if count.is_masked else count.of("site")


def _gathered(table: pd.DataFrame, counts: Released, release: Release) -> str:
    """How many associations stand together in the projects given as examples."""
    projects = counts.row(modalite=_TOGETHER).effectif
    if not projects.high:
        return ""
    gathered = release.count(
        effets.nombre_d_associations(table, _TOGETHER), f"effets.associations&type={_TOGETHER}"
    )
    if projects.value == 1:
        return f"Le projet inter-associatif donné en exemple réunit {gathered.of('association')}."
    return f"Les projets inter-associatifs donnés en exemple réunissent {gathered.of('association')}."


_TOGETHER = "inter_associatif"


@exhibit("T06-02", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_06_02(vague: Wave, release: Release) -> Draft:
    """Quotations on the first effects, those that were reviewed."""
    return notices.citations(vague, release, "premiers_effets")
