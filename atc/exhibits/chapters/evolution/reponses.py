"""Who answered in each wave."""

from __future__ import annotations

from typing import Any

from atc.disclosure import Count, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.evolution.rapprochement import sites, year
from atc.exhibits.charts import stacked
from atc.indicators import evolution
from atc.typography import capitalise, lower_first
from atc.waves import Wave

_ANSWERS = (
    "carnet_de_bord.territoire",
    "carnet_de_bord.repondant",
    "questionnaire_flash.territoire",
    "questionnaire_flash.repondant",
    "questionnaire_flash.repondu",
    "territoires.territoire",
)
#: Rows that count sites, and no persons.
_OF_SITES = ("carnets", "territoires")


@exhibit("F08-01", uses=_ANSWERS, uses_before=_ANSWERS)
def fig_08_01(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who answered in each wave: territories, then persons."""
    counts = _presences(vague, avant, release)
    then, now = year(avant), year(vague)
    carnets, people = (counts.row(modalite=code) for code in ("carnets", "institutionnels"))
    segments = {
        "communs": "Aux deux vagues",
        "partis": f"En {then} seulement",
        "entres": f"En {now} seulement",
    }
    rows = [
        stacked.StackRow(
            row.libelle,
            counts=(row.communs, row.partis, row.entres),
            text=f"{row.avant.shown} puis {row.apres.shown}",
            total=_at_most(row, sites(vague, avant)),
        )
        for row in counts
    ]
    columns = {"libelle": "Réponses", "avant": then, "apres": now, **segments}
    return Draft(
        title=_told_twice(carnets, people, then, now),
        subtitle=f"Réponses aux vagues de {then} et de {now}, en territoires puis en personnes",
        table=DataTable(
            counts,
            [Column(name, label, None if name == "libelle" else 0) for name, label in columns.items()],
        ),
        reading=_presence_aloud(carnets, people, then, now),
        alt="Réponses aux deux vagues, puis à une seule. "
        + listed((row.label, ", ".join(count.shown for count in row.counts)) for row in rows),
        base=Base(carnets.apres, f"carnets de bord rendus en {now}"),
        draw=lambda canvas: stacked.draw(canvas, rows, [lower_first(label) for label in segments.values()]),
        note="Une même personne porte le même pseudonyme aux deux vagues. Un écart entre elles peut venir "
        "de ce que d’autres personnes répondent.",
    )


def _presences(vague: Wave, avant: Wave, release: Release) -> Released:
    found = evolution.presences(
        avant.table("questionnaire_flash"),
        vague.table("questionnaire_flash"),
        avant.table("carnet_de_bord"),
        vague.table("carnet_de_bord"),
    )
    # Nobody knows how many persons might have answered.
    are_sites = found["modalite"].isin(_OF_SITES)
    return release.splits(
        found.assign(sites=are_sites.map({True: sites(vague, avant), False: None})),
        "evolution.presence",
        by=("modalite",),
        total="communs",
        outside={"partis": ("avant", f"{avant.id}/presence"), "entres": ("apres", f"{vague.id}/presence")},
        among="sites",
    )


def _presence_aloud(carnets: Any, people: Any, then: str, now: str) -> str:
    moves = (
        ""
        if carnets.partis.is_withheld or carnets.entres.is_withheld
        else f" : {carnets.partis} ne {_comes(carnets.partis, 'revient', 'reviennent')} pas, et "
        f"{carnets.entres} {_comes(carnets.entres, 'arrive', 'arrivent')}"
    )
    return (
        f"{capitalise(carnets.avant.of('carnet'))} en {then}, {carnets.apres} en {now}{moves}. "
        "Parmi les acteurs institutionnels, "
        f"{people.avant.of('personne')} ont répondu en {then} et {people.apres} en {now} ; "
        f"{people.communs} ont répondu deux fois."
    )


def _at_most(row: Any, sites: int) -> Count:
    """How many answered once at least: no more than this, as far as readers may know."""
    most = row.avant.high + row.apres.high - row.communs.low
    return Count.exactly(min(most, sites) if row.modalite in _OF_SITES else most)


def _told_twice(carnets: Any, people: Any, then: str, now: str) -> str:
    actor, actors = "acteur institutionnel", "acteurs institutionnels"
    twice = people.communs
    who = twice.of(actor, actors) if twice.is_masked else f"{twice.in_words()} {actors}"
    if carnets.communs.is_masked:
        return capitalise(
            f"{who} répondent deux fois, sur {people.avant} en {then} et {people.apres} en {now}"
        )
    both = capitalise(carnets.communs.in_words())
    return f"{both} territoires rendent leur carnet aux deux vagues ; {who} répondent deux fois"


def _comes(count: Count, one: str, several: str) -> str:
    return one if count.value is not None and count.value < 2 else several
