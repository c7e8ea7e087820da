"""Chapter 04: who holds the post, on which terms, with whose support."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from atc.disclosure import Ratio, Release, Released, together
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, ratios_aloud
from atc.exhibits.charts import Canvas, stacked, units
from atc.indicators import animation, measures
from atc.typography import lower_first
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
def fig_04_01(vague: Wave, release: Release) -> Draft:
    """Profiles and contracts."""
    table = vague.table("carnet_de_bord")
    profiles = release.distribution(animation.profils(table, vague.dictionary), "carnet_de_bord.profil")
    contracts = _contracts(animation.contrats(table, vague.dictionary), release)
    post = release.boxes(_post(vague), "carnet_de_bord")
    fixed = contracts.row(modalite="cdd")
    full, local = (post.row(modalite=name) for name in ("temps_plein", "issu_du_quartier"))
    blocks = {"Parcours": profiles, "Contrat": contracts, "Poste": post}
    rows = [row for heading, counts in blocks.items() for row in units.from_counts(counts, heading)]
    shown = together(blocks, "theme")
    return Draft(
        title=f"Des contrats à durée déterminée pour {fixed.effectif.of('animateur.trice')} sur "
        f"{fixed.total} ; {local.effectif} sur {local.total} sont issu.es du quartier",
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
        f"à temps plein sur {full.effectif.of('territoire')} sur {full.total}.",
        alt="Parcours, contrat et poste. " + ratios_aloud(shown),
        base=Base(release.count(len(table), "carnet_de_bord.territoire"), _CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Les réponses manquantes sont écartées : le total change d’une question à l’autre.",
    )


def _contracts(counts: pd.DataFrame, release: Release) -> Released:
    """Every kind of contract or, where some are too rare to be told, fixed terms alone."""
    what = "carnet_de_bord.contrat"
    every = release.unmasked(lambda trial: trial.distribution(counts, what))
    return every or release.boxes(counts[counts["modalite"] == "cdd"], what)


def _post(vague: Wave) -> pd.DataFrame:
    """The two questions on the post that are answered by yes or no."""
    table = vague.table("carnet_de_bord")
    parts = {
        "temps_plein": animation.part_a_temps_plein(table),
        "issu_du_quartier": animation.part_issus_du_quartier(table),
    }
    labels = {name: vague.field(f"carnet_de_bord.{name}").label for name in parts}
    found = parts.values()
    return measures.with_parts(labels, [part.effectif for part in found], [part.total for part in found])


@exhibit(
    "F04-02",
    uses=("carnet_de_bord.territoire", "carnet_de_bord.soutien_demarrage", "carnet_de_bord.soutien_actuel"),
)
def fig_04_02(vague: Wave, release: Release) -> Draft:
    """Support of the carrier's direction, at the start and now: every level, or the strong one alone."""
    table = vague.table("carnet_de_bord")
    counts = animation.soutien(table, vague.dictionary)
    levels = release.unmasked(lambda trial: trial.distribution(counts, _SOUTIEN, within=("moment",)))
    strong = levels or release.boxes(
        counts[counts["modalite"] == "fort"], _SOUTIEN, by=("moment", "modalite")
    )
    change = release.distribution(
        animation.evolution_du_soutien(table, vague.dictionary), "carnet_de_bord.evolution_du_soutien"
    )
    before, now = (strong.row(moment=moment, modalite="fort") for moment in animation.MOMENTS)
    shown, draw = _levels(levels, vague) if levels else _strong(strong)
    return Draft(
        title=f"Un soutien fort de la direction sur {before.effectif.of('territoire')} au démarrage, "
        f"{now.effectif} aujourd’hui",
        subtitle="Nombre de territoires, selon le soutien de la direction de la structure porteuse"
        if levels
        else "Territoires où la direction de la structure porteuse apporte un soutien fort",
        table=shown,
        reading=_directions(change),
        alt=f"Soutien fort : {Ratio(before.effectif, before.total).comptes} au démarrage, "
        f"{Ratio(now.effectif, now.total).comptes} aujourd’hui.",
        base=Base(release.count(len(table), "carnet_de_bord.territoire"), _CARNETS),
        draw=draw,
    )


_SOUTIEN = "carnet_de_bord.soutien"
_Shown = tuple[DataTable, Callable[[Canvas], Figure]]


def _levels(counts: Released, vague: Wave) -> _Shown:
    """One row per moment, one column per level."""
    levels = vague.field("carnet_de_bord.soutien_actuel").labels
    names = [f"Soutien {lower_first(label)}" for label in levels.values()]
    rows = stacked.from_counts(counts, "libelle_moment")
    wide = counts.reshaped(
        lambda frame: frame.pivot_table(
            index=["libelle_moment", "total"],
            columns="modalite",
            values="effectif",
            aggfunc="first",
            sort=False,
        ).reset_index()
    )
    columns = [
        Column("libelle_moment", "Moment"),
        *(Column(code, name, 0) for code, name in zip(levels, names, strict=True)),
        Column("total", "Réponses", 0),
    ]
    return DataTable(wide, columns), lambda canvas: stacked.draw(canvas, rows, names)


def _strong(counts: Released) -> _Shown:
    """The strong level alone, which says as much to those who may not know the others."""
    named = counts.reshaped(lambda frame: frame.assign(libelle=frame["libelle_moment"]))
    rows = units.from_counts(named)
    columns = [
        Column("libelle", "Moment"),
        Column("effectif", "Territoires au soutien fort", 0),
        Column("total", "Réponses", 0),
    ]
    return DataTable(named, columns), lambda canvas: units.draw(canvas, rows)


def _directions(change: Released) -> str:
    """Where the support went since the start, as a sentence."""
    down, stable, up = (change.row(modalite=code).effectif for code in measures.DIRECTIONS)
    ending = "n’augmente nulle part" if up.value == 0 else f"augmente sur {up}"
    return f"Le soutien baisse sur {down.of('territoire')}, reste stable sur {stable} et {ending}."
