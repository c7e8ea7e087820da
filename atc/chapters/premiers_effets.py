"""Chapter 06: what has already changed."""

from __future__ import annotations

from atc import notices
from atc.charts import units
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import effets
from atc.indicators.lignes import lignes, plus_grande
from atc.style.canvas import Key
from atc.style.tokens import BLUE
from atc.typography import capitalise, counted, in_words, lower_first
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
def fig_06_01(vague: Wave) -> Draft:
    """The five kinds of first effect, by number of sites given as examples."""
    table = vague.table("effets")
    counts = effets.sites_par_type(table, vague.dictionary)
    gathered = effets.nombre_d_associations(table, "inter_associatif")
    rows = [
        units.UnitRow(
            row.libelle,
            count=row.effectif - row.appuis,
            total=row.effectif,
            also=row.appuis,
            text=counted(row.effectif, "site"),
        )
        for row in lignes(counts)
    ]
    keys = [Key("site donné en exemple", BLUE), Key("dont appui au conseil citoyen", BLUE, hollow=True)]
    leader = plus_grande(counts)
    return Draft(
        title=f"{capitalise(in_words(effets.nombre_de_types(table), feminine=True))} sortes de premiers "
        "effets, "
        f"surtout pour {lower_first(leader.libelle)}",
        subtitle="Sites donnés en exemple par les évaluateurs, pour chaque sorte d’effet",
        table=DataTable(
            counts,
            [
                Column("libelle", "Sorte d’effet"),
                Column("effectif", "Sites donnés en exemple", 0),
                Column("appuis", "Dont appui au conseil citoyen", 0),
            ],
        ),
        reading=f"{leader.libelle} : {counted(int(leader.effectif), 'site')}, dont {leader.appuis} pour un "
        "appui au "
        "conseil citoyen. Le projet inter-associatif donné en exemple réunit "
        f"{counted(gathered, 'association')}.",
        alt="Sites donnés en exemple par sorte d’effet. " + listed((row.label, row.text) for row in rows),
        base=Base(len(table), "exemples relevés par les évaluateurs"),
        draw=lambda canvas: units.draw(canvas, rows, keys),
        note="Des exemples, non un décompte : l’absence d’exemple ne veut pas dire l’absence d’effet.",
    )


@exhibit("T06-02", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_06_02(vague: Wave) -> Draft:
    """Quotations on the first effects, those that were reviewed."""
    return notices.citations(vague, "premiers_effets")
