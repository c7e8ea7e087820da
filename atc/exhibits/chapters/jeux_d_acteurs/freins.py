"""What slowed the work."""

from __future__ import annotations

from atc.disclosure import Ratio, Release
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.jeux_d_acteurs.repondants import RESPONDENTS, non_response
from atc.exhibits.charts import units
from atc.indicators import acteurs, reponse
from atc.typography import enumeration, lower_first
from atc.waves import Wave


@exhibit(
    "F03-03",
    uses=(
        "questionnaire_flash.repondant",
        "questionnaire_flash.repondu",
        "questionnaire_flash.frein_saturation",
        "questionnaire_flash.frein_crise_sanitaire",
        "questionnaire_flash.frein_elections",
        "questionnaire_flash.frein_objet_flou",
    ),
)
def fig_03_03(vague: Wave, release: Release) -> Draft:
    """What slowed the work."""
    flash = vague.table("questionnaire_flash")
    counts = release.boxes(acteurs.freins(flash, vague.dictionary), "questionnaire_flash.frein").descending()
    first = counts.leader()
    share = Ratio(first.effectif, first.total) if first else None
    rows = [
        units.UnitRow(row.libelle, "", row.effectif, row.total, Ratio(row.effectif, row.total).shown)
        for row in counts
    ]
    cited = [
        f"{lower_first(row.libelle)} ({Ratio(row.effectif, row.total).comptes})"
        for row in counts
        if row != first
    ]
    answered = reponse.nombre_de_repondants(flash)
    return Draft(
        title=f"{first.libelle} : le frein le plus cité, par {first.effectif.of('répondant.e')} "
        f"sur {first.total}"
        if first
        else "Ce qui a freiné la démarche, selon les répondant.es",
        subtitle="Répondant.es qui jugent que cet élément a freiné la démarche (plusieurs réponses "
        "possibles)",
        table=DataTable(
            counts,
            [Column("libelle", "Frein"), Column("effectif", "Répondant.es", 0), Column("total", "Sur", 0)],
        ),
        reading=f"{'Viennent ensuite' if first else 'Freins cités'} : {enumeration(cited)}.",
        alt="Freins cités. " + listed((row.label, row.text) for row in rows),
        base=Base(release.count(answered, "questionnaire_flash.repondant&repondu=oui"), RESPONDENTS),
        draw=lambda canvas: units.draw(canvas, rows),
        note=non_response(
            flash, release, share, f"citeraient « {lower_first(first.libelle)} »" if first else ""
        ),
    )
