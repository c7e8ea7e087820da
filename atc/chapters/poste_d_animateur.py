"""Chapter 04: who holds the post, on which terms, with whose support."""

from __future__ import annotations

import pandas as pd

from atc.charts import stacked, units
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import animation
from atc.indicators.effectifs import with_parts
from atc.typography import counted
from atc.waves import Wave

_CARNETS = "carnets de bord rendus"


@exhibit(
    "F04-01",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.profil",
        "carnet_de_bord.contrat",
        "carnet_de_bord.temps_plein",
        "carnet_de_bord.issu_du_quartier",
    ),
)
def fig_04_01(vague: Wave) -> Draft:
    """Profiles and contracts."""
    table = vague.table("carnet_de_bord")
    fixed = animation.part_en_contrat(table, "cdd")
    full = animation.part_a_temps_plein(table)
    local = animation.part_issus_du_quartier(table)
    labels = {
        name: vague.field(f"carnet_de_bord.{name}").label for name in ("temps_plein", "issu_du_quartier")
    }
    ticked = with_parts(labels, [full.effectif, local.effectif], [full.total, local.total])
    blocks = {
        "Parcours": animation.profils(table, vague.dictionary),
        "Contrat": animation.contrats(table, vague.dictionary),
        "Poste": ticked,
    }
    rows = [row for heading, counts in blocks.items() for row in units.from_counts(counts, heading)]
    shown = pd.concat([counts.assign(theme=heading) for heading, counts in blocks.items()])
    return Draft(
        title=f"Des contrats à durée déterminée pour {fixed.comptes} animateur.trices ; "
        f"{local.effectif} sur {local.total} sont issu.es du quartier",
        subtitle="Territoires, selon le parcours, le contrat et le poste de l’animateur.trice",
        table=DataTable(
            shown,
            [
                Column("libelle", "Caractéristique"),
                Column("theme", "Thème"),
                Column("effectif", "Territoires", 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=f"{animation.nombre_de_profils(table)} parcours différents sont représentés ; le poste est "
        "à temps plein "
        f"sur {counted(full.effectif, 'territoire')} sur {full.total}.",
        alt="Parcours, contrat et poste. " + listed((row.label, row.text) for row in rows),
        base=Base(len(table), _CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Les réponses manquantes sont écartées : le total change d’une question à l’autre.",
    )


@exhibit(
    "F04-02",
    uses=("carnet_de_bord.territoire", "carnet_de_bord.soutien_demarrage", "carnet_de_bord.soutien_actuel"),
)
def fig_04_02(vague: Wave) -> Draft:
    """Support of the carrier's direction, at the start and now."""
    table = vague.table("carnet_de_bord")
    counts = animation.soutien(table, vague.dictionary)
    levels = vague.field("carnet_de_bord.soutien_actuel").labels
    strong = counts[counts["modalite"] == "fort"].set_index("moment")
    before, now = strong.loc["soutien_demarrage"], strong.loc["soutien_actuel"]
    change = animation.evolution_du_soutien(table, vague.dictionary).set_index("modalite")["effectif"]
    rows = stacked.from_counts(counts, "libelle_moment")
    wide = counts.pivot_table(
        index=["libelle_moment", "total"], columns="modalite", values="effectif", sort=False
    )
    return Draft(
        title=f"Un soutien fort de la direction sur {before.effectif} territoires au démarrage, "
        f"{now.effectif} aujourd’hui",
        subtitle="Nombre de territoires, selon le soutien de la direction de la structure porteuse",
        table=DataTable(
            wide.reset_index(),
            [
                Column("libelle_moment", "Moment"),
                *(Column(code, f"Soutien {label.lower()}", 0) for code, label in levels.items()),
                Column("total", "Réponses", 0),
            ],
        ),
        reading=f"Le soutien baisse sur {counted(int(change['baisse']), 'territoire')}, reste stable sur "
        f"{change['stable']} et augmente sur {change['hausse']}.",
        alt=f"Soutien fort : {before.effectif} sur {before.total} au démarrage, {now.effectif} sur "
        f"{now.total} aujourd’hui.",
        base=Base(len(table), _CARNETS),
        draw=lambda canvas: stacked.draw(
            canvas, rows, [f"Soutien {label.lower()}" for label in levels.values()]
        ),
    )
