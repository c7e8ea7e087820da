"""Who sits in the steering bodies, and on what they work."""

from __future__ import annotations

from atc.disclosure import Release, Released
from atc.exhibits import Base, Draft, exhibit, ratios_aloud
from atc.exhibits.chapters.feuille_de_route.tableaux import CARNETS, counted_table
from atc.exhibits.charts import units
from atc.indicators import pilotage
from atc.typography import capitalise, in_words
from atc.waves import Wave


@exhibit(
    "F02-05",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.instances",
        "carnet_de_bord.instance_institutionnels",
        "carnet_de_bord.instance_associations",
        "carnet_de_bord.instance_participation",
    ),
)
def fig_02_05(vague: Wave, release: Release) -> Draft:
    """Who sits in the steering body."""
    table, what = vague.table("carnet_de_bord"), "carnet_de_bord.composition"
    counts = release.boxes(pilotage.composition(table, vague.dictionary), what)
    only = release.ratio(
        pilotage.part_exclusivement_institutionnelle(table, vague.dictionary),
        f"{what}&modalite=institutionnels_seuls",
    )
    single = release.ratio(pilotage.part_a_instance_unique(table), "carnet_de_bord.instances&modalite=unique")
    institutions, associations, residents = (
        counts.row(modalite=f"instance_{kind}")
        for kind in ("institutionnels", "associations", "participation")
    )
    rows = units.from_counts(counts)
    return Draft(
        title="Des associations siègent dans "
        f"{associations.effectif.of('instance de pilotage', 'instances de pilotage')} sur "
        f"{associations.total}, des instances de participation dans {residents.effectif}",
        subtitle="Territoires, selon les membres de l’instance de pilotage (plusieurs réponses possibles)",
        table=counted_table(counts, "Membres de l’instance"),
        reading=f"Les institutions siègent dans {institutions.effectif.of('instance')} sur "
        f"{institutions.total} ; elles y sont seules dans {only.effectif}. L’instance de pilotage est unique "
        f"sur {single.effectif.of('territoire')} sur {single.total}.",
        alt="Membres de l’instance de pilotage. " + ratios_aloud(counts),
        base=Base(release.count(len(table), "carnet_de_bord.territoire"), CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )


@exhibit(
    "F02-06",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.theme_engagement_citoyen",
        "carnet_de_bord.theme_solidarite_alimentaire",
        "carnet_de_bord.theme_cadre_de_vie",
        "carnet_de_bord.theme_reussite_educative",
        "carnet_de_bord.theme_femmes_espace_public",
        "carnet_de_bord.theme_autres",
    ),
)
def fig_02_06(vague: Wave, release: Release) -> Draft:
    """Themes chosen or discussed."""
    table = vague.table("carnet_de_bord")
    counts = release.boxes(pilotage.themes(table, vague.dictionary), "carnet_de_bord.themes").descending()
    named = counts.reshaped(lambda frame: frame[frame["modalite"] != _OTHERS])
    ordered = counts.reshaped(
        lambda frame: frame.sort_values("modalite", key=lambda codes: codes == _OTHERS, kind="stable")
    )
    others = counts.row(modalite=_OTHERS)
    rows = units.from_counts(ordered)
    chosen = [row for row in named if row.effectif.high]
    number_of_themes = capitalise(in_words(len(chosen), feminine=True))
    return Draft(
        title=_themes(named, number_of_themes),
        subtitle="Territoires, selon les thématiques retenues ou en discussion (plusieurs réponses "
        "possibles)",
        table=counted_table(ordered, "Thématique"),
        reading=f"{number_of_themes} thématiques sont nommées ; d’autres encore sont citées sur "
        f"{others.effectif.of('territoire')} sur {others.total}.",
        alt="Thématiques. " + ratios_aloud(ordered),
        base=Base(release.count(len(table), "carnet_de_bord.territoire"), CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )


_OTHERS = "theme_autres"


def _themes(named: Released, how_many: str) -> str:
    leaders = named.leaders()
    if len(leaders) == 1:
        (first,) = leaders
        return (
            f"{first.libelle} : la thématique nommée la plus fréquente, sur {first.effectif.of('territoire')}"
        )
    told = {row.effectif.of("territoire") for row in named if row.effectif.high}
    if len(told) == 1:
        return f"{how_many} thématiques nommées, chacune sur {told.pop()}"
    return f"{how_many} thématiques nommées par les territoires"
