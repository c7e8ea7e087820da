"""How the animation is staffed."""

from __future__ import annotations

from atc.disclosure import Count, Release, Released
from atc.exhibits import Base, Draft, exhibit, notices, ratios_aloud
from atc.exhibits.chapters.feuille_de_route.tableaux import CARNETS, counted_table
from atc.exhibits.charts import units
from atc.indicators import animation
from atc.typography import enumeration
from atc.waves import Wave


@exhibit(
    "F02-03",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.configuration",
        "territoires.territoire",
        "territoires.commune",
    ),
)
def fig_02_03(vague: Wave, release: Release) -> Draft:
    """How the animation is staffed."""
    counts = notices.configurations(vague, release)
    alone = counts.row(modalite="seul")
    rows = units.from_counts(counts)
    return Draft(
        title=_staffing(alone.effectif, alone.total),
        subtitle="Territoires, selon la configuration de l’animation",
        table=counted_table(counts, "Configuration"),
        reading=_shared(vague, release, counts)
        if "partage" in set(counts.frame["modalite"])
        else "Sur les autres territoires, une seconde personne vient en appui, ou la fonction est partagée.",
        alt="Configuration de l’animation. " + ratios_aloud(counts),
        base=Base(alone.total, CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )


def _staffing(alone: Count, total: Count) -> str:
    if alone.value is not None and 2 * alone.value == total.value:
        return "Une seule personne anime la démarche sur la moitié des territoires"
    return f"Une seule personne anime la démarche sur {alone.of('territoire')} sur {total}"


def _shared(vague: Wave, release: Release, counts: Released) -> str:
    """On how many sites the function is shared, and which ones where their names were published."""
    sites = counts.row(modalite="partage").effectif.of("site")
    found = animation.noms_en_configuration(
        vague.table("carnet_de_bord"), vague.table("territoires"), "partage"
    )
    names = release.names(found, "carnet_de_bord.configuration&modalite=partage")
    listed_names = f" : {enumeration(names)}" if names else ""
    return f"La fonction est partagée entre plusieurs professionnel.les sur {sites}{listed_names}."
