"""Who answered in each wave."""

from __future__ import annotations

from atc.chapters.evolution.rapprochement import year
from atc.charts import stacked
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import evolution
from atc.indicators.lignes import lignes
from atc.typography import capitalise, counted, in_words
from atc.waves import Wave

_ANSWERS = (
    "carnet_de_bord.territoire",
    "carnet_de_bord.repondant",
    "questionnaire_flash.territoire",
    "questionnaire_flash.repondant",
    "questionnaire_flash.repondu",
)


@exhibit("F08-01", uses=_ANSWERS, uses_before=_ANSWERS)
def fig_08_01(vague: Wave, avant: Wave) -> Draft:
    """Who answered in each wave: territories, then persons."""
    counts = evolution.presences(
        avant.table("questionnaire_flash"),
        vague.table("questionnaire_flash"),
        avant.table("carnet_de_bord"),
        vague.table("carnet_de_bord"),
    )
    then, now = year(avant), year(vague)
    found = {row.modalite: row for row in lignes(counts)}
    carnets, people = found["carnets"], found["institutionnels"]
    rows = [
        stacked.StackRow(
            row.libelle,
            counts=(row.communs, row.partis, row.entres),
            text=f"{row.avant} puis {row.apres}",
        )
        for row in lignes(counts)
    ]
    segments = ["aux deux vagues", f"en {then} seulement", f"en {now} seulement"]
    return Draft(
        title=f"{capitalise(in_words(carnets.communs))} territoires rendent leur carnet aux deux "
        f"vagues ; {in_words(people.communs)} acteurs institutionnels répondent deux fois",
        subtitle=f"Réponses aux vagues de {then} et de {now}, en territoires puis en personnes",
        table=DataTable(
            counts,
            [
                Column("libelle", "Réponses"),
                Column("avant", then, 0),
                Column("apres", now, 0),
                Column("communs", "Aux deux vagues", 0),
                Column("partis", f"En {then} seulement", 0),
                Column("entres", f"En {now} seulement", 0),
            ],
        ),
        reading=f"Entre {then} et {now}, {counted(carnets.partis, 'carnet')} ne "
        f"{'revient' if carnets.partis < 2 else 'reviennent'} pas et "
        f"{counted(carnets.entres, 'carnet')} {'arrive' if carnets.entres < 2 else 'arrivent'}. "
        f"Parmi les acteurs institutionnels, {people.avant} personnes ont répondu en {then} et "
        f"{people.apres} en {now} : {people.communs} sont les mêmes.",
        alt="Réponses aux deux vagues, puis à une seule. "
        + listed((row.label, ", ".join(map(str, row.counts))) for row in rows),
        base=Base(
            carnets.communs + carnets.partis + carnets.entres,
            "territoires où un carnet au moins est revenu",
        ),
        draw=lambda canvas: stacked.draw(canvas, rows, segments),
        note="Une même personne porte le même pseudonyme aux deux vagues. Un écart entre elles peut venir "
        "de ce que d’autres personnes répondent.",
    )
