"""Chapter 08: what changed since the wave before, and what may be compared at all.

Nothing is joined that the codebooks do not allow: what is left out is named in the note of each exhibit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc import codebook
from atc.datapackage import STATUSES
from atc.disclosure import Count, Release, farthest
from atc.exhibits import Base, DataTable, Draft, Exhibit, exhibit, forms, listed, two_waves
from atc.exhibits import two_waves_scores as in_time
from atc.exhibits.charts import stacked
from atc.exhibits.comparability import (
    BY_TERRITORY,
    comparable,
    every_variable,
    listing,
    out_of,
    then_and_now,
)
from atc.exhibits.declare import release_for, sealed
from atc.exhibits.forms import lines_of
from atc.exhibits.scored import MOST_NAMED
from atc.exhibits.selection import select
from atc.exhibits.variables import ALL_ITEMS
from atc.indicators import change
from atc.typography import capitalise, counted, enumeration, lower_first
from atc.waves import Wave

_SITES = "territoires.territoire"
_CARNET = "carnet_de_bord"
_FLASH = "questionnaire_flash"
_ANSWERS = (
    *(f"{table}.{name}" for table in (_CARNET, _FLASH) for name in ("territoire", "repondant")),
    f"{_FLASH}.repondu",
    _SITES,
)
_SCORES = ("scores.*", _SITES)
_MEANS = ("etp", "reunions_pilotage", "composition")
_CARNETS = (*(f"{_CARNET}.{name}" for name in ("territoire", *_MEANS)), _SITES)
_MODEL = "positionnements.modele_principal"
_PLACED = ("positionnements.territoire", _MODEL, _SITES)


@exhibit("F08-01", uses=_ANSWERS, uses_before=_ANSWERS)
def fig_08_01(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who answered in each wave: territories, then persons."""
    found = change.presences(*(wave.table(name) for name in (_FLASH, _CARNET) for wave in (avant, vague)))
    sites = len({str(s) for wave in (avant, vague) for s in wave.table("territoires")["territoire"]})
    of_sites = found["modalite"].isin(["carnets", "territoires"])
    counts = release.splits(
        # Nobody knows how many persons might have answered.
        found.assign(sites=of_sites.map({True: sites, False: None})),
        "evolution.presence",
        by=("modalite",),
        total="communs",
        outside={"partis": ("avant", f"{avant.id}/presence"), "entres": ("apres", f"{vague.id}/presence")},
        among="sites",
    )
    then, now = then_and_now(avant, vague)
    parts = {"communs": "Aux deux vagues", "partis": f"En {then} seulement", "entres": f"En {now} seulement"}
    rows = [
        stacked.StackRow(
            row.libelle,
            counts=(row.communs, row.partis, row.entres),
            text=f"{row.avant.shown} puis {row.apres.shown}",
            total=_at_most(row, sites if known else None),
        )
        for row, known in zip(counts, of_sites, strict=True)
    ]
    carnets, people = (counts.row(modalite=code) for code in ("carnets", "institutionnels"))
    headed = {"libelle": "Réponses", "avant": then, "apres": now, **parts}
    return Draft(
        title=_twice(people, then, now),
        subtitle=f"Réponses aux vagues de {then} et de {now}, en territoires puis en personnes",
        table=DataTable(counts, two_waves.columns_of(headed)),
        reading=" ".join(
            f"{name} : {row.avant} en {then}, {row.apres} en {now}{_of_which(row)}."
            for name, row in (("Carnets de bord", carnets), ("Réponses d’acteurs institutionnels", people))
        ),
        alt="Réponses aux deux vagues, puis à une seule. "
        + listed((row.label, _said(row.counts)) for row in rows),
        base=Base(carnets.apres, f"carnets de bord rendus en {now}"),
        draw=lambda canvas: stacked.draw(canvas, rows, [lower_first(label) for label in parts.values()]),
        note="Une même personne porte le même pseudonyme aux deux vagues. Un écart entre elles peut venir "
        "de ce que d’autres personnes répondent.",
    )


def _at_most(row: Any, sites: int | None) -> Count:
    """How many answered once at least: no more than this, as far as readers may know."""
    most = row.avant.high + row.apres.high - row.communs.low
    return Count.exactly(most if sites is None else min(most, sites))


def _said(counts: Sequence[Count]) -> str:
    hidden = any(count.is_withheld for count in counts)
    return "nombres non communiqués" if hidden else ", ".join(map(str, counts))


def _of_which(row: Any) -> str:
    return "" if row.communs.is_withheld else f", dont {row.communs} aux deux vagues"


def _twice(people: Any, then: str, now: str) -> str:
    both = people.communs
    if both.is_withheld:
        return f"Qui a répondu en {then} et en {now}"
    if not both.high:
        return "Aucun acteur institutionnel ne répond aux deux vagues"
    who = "acteur institutionnel répond" if both.value == 1 else "acteurs institutionnels répondent"
    asked = f"sur {people.avant} en {then} et {people.apres} en {now}"
    return f"{capitalise(both.in_words())} {who} deux fois, {asked}"


@exhibit("F08-02", uses=_SCORES, uses_before=_SCORES)
def fig_08_02(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Scores before the start, then in each wave, by territory, two lenses."""
    return in_time.moments(select(vague, release, ALL_ITEMS, before=avant))


@exhibit("F08-03", uses=_SCORES, uses_before=_SCORES)
def fig_08_03(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Territories up, stable and down: item by item where that masks nothing, items together otherwise."""
    asked = select(vague, release, ALL_ITEMS, before=avant)
    found = forms.unmasked(in_time.scores, asked)
    if found is None:
        together = in_time.comparisons(asked)
        return together.worded(title=_direction(lines_of(together.counts)) or together.title)
    leaders = [row for row in found.counts.leaders("hausse") if row.hausse.high]
    row = leaders[0] if leaders else next(iter(found.counts))
    return found.worded(
        title=_progress(leaders) or "Comment les notes des territoires ont bougé d’une vague à l’autre",
        subtitle=f"Nombre de territoires, selon l’évolution de leur médiane {_between(avant, vague)}",
        reading=f"« {row.libelle_item} », selon les {lower_first(row.libelle_groupe)} : "
        f"{two_waves.ways_aloud(row)}.",
        note=f"« Stable » : la médiane du territoire est la même. {BY_TERRITORY} Ni pourcentage ni test : "
        f"les nombres sont trop petits. {comparable(asked).left_out()}",
    )


def _between(avant: Wave, vague: Wave) -> str:
    return "entre {} et {}".format(*then_and_now(avant, vague))


def _progress(leaders: Sequence[Any]) -> str:
    """What goes up on most territories; nothing beyond what a title holds."""
    if not leaders or len(leaders) > MOST_NAMED:
        return ""
    row = leaders[0]
    if len(leaders) == 1:
        return (
            f"« {row.libelle_item} » progresse le plus souvent : en hausse sur {row.hausse.of('territoire')}"
            f"{out_of(row.compares)} selon les {lower_first(row.libelle_groupe)}"
        )
    told = [f"« {each.libelle_item} » ({lower_first(each.libelle_groupe)})" for each in leaders]
    return f"Ce qui progresse le plus souvent, sur {row.hausse.of('territoire')} : {enumeration(told)}"


def _direction(lines: Sequence[Sequence[Any]]) -> str:
    """The group whose scores move most in one direction, among those that are told."""
    counts = [[row.effectif for row in some] for some in lines]
    gaps = [None if up.is_masked or down.is_masked else abs(up.low - down.low) for up, down in counts]
    most = farthest(zip(gaps, lines, strict=True))
    if len(most) != 1:
        return ""
    (up, down), group = (row.effectif.low for row in most[0]), lower_first(most[0][0].libelle_groupe)
    if up == down:
        return f"Selon les {group}, les notes montent autant qu’elles baissent"
    way = ("montent", "baissent") if up > down else ("baissent", "montent")
    return (
        f"Selon les {group}, les notes {way[0]} plus souvent qu’elles ne {way[1]} : "
        f"{max(up, down)} comparaisons contre {min(up, down)}"
    )


@exhibit("F08-04", uses=_CARNETS, uses_before=_CARNETS)
def fig_08_04(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Time of animation, meetings and steering body, then and now."""
    asked = [select(vague, release, f"{_CARNET}.{name}", before=avant) for name in _MEANS]
    found = two_waves.measured(*asked)
    time = [row for row in found.counts if row.modalite == "etp"]
    told = two_waves.ways_aloud(time[0]) if time else ""
    return found.worded(
        title=f"Le temps d’animation : {told}" if told else "Moyens et pilotage aux deux vagues",
        note=f"Les réunions se cumulent depuis le démarrage, et ne peuvent donc que croître. {found.note}",
    )


@exhibit("F08-05", uses=_PLACED, uses_before=_PLACED)
def fig_08_05(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Models of priorities: who moved from which to which or, where that masks too much, how many moved."""
    asked = select(vague, release, _MODEL, before=avant)
    found = two_waves.moves(asked, ("le même modèle", "un autre modèle"))
    nature = "Le modèle d’un site est une lecture des évaluateurs, et non une déclaration du site."
    return found.worded(note=f"{nature} {found.note}")


def tab_08_06(vague: Wave) -> Exhibit:
    """Item by item, what can be held against the wave before."""
    avant, release = vague.previous(), release_for(vague, "T08-06")
    compared = every_variable(avant, vague)
    counts = {code: int((compared["comparabilite"] == code).sum()) for code in codebook.VERDICTS}
    joined = int(compared["jointure"].sum())
    told = compared["variable"].str.contains("=") | (compared["comparabilite"] != "identique")
    quiet = [
        {
            "libelle": f"{vague.dictionary.table(str(table)).label} : "
            + counted(len(some), "autre variable", "autres variables"),
            "verdict": codebook.VERDICTS["identique"],
            "rapproche": "oui",
        }
        for table, some in compared[~told].groupby("table", sort=False)
    ]
    draft = listing(
        release,
        compared[told],
        quiet,
        title=f"{joined} variables sur {len(compared)} se comparent d’une vague à l’autre",
        subtitle="Les variables identiques sont comptées par table ; les phrases notées et les variables "
        "qui changent sont listées",
        reading="D’après le dictionnaire des variables : "
        + enumeration([counted(n, *_NOUNS[code]) for code, n in counts.items() if n])
        + ". Une variable reformulée ou dont l’échelle a changé n’est rapprochée que s’il l’autorise, et la "
        "figure le dit.",
    )
    tables = (_CARNET, _FLASH, "scores")
    surveyed = [f"{name}.{column}" for name in tables for column in vague.dictionary.table(name).fields]
    return sealed(
        draft.worded(base=Base(len(compared), "variables")),
        release,
        id=release.exhibit,
        source=f"Source : dictionnaires des variables de la {lower_first(avant.settings.label)} et de la "
        f"{lower_first(vague.settings.label)}.",
        # A codebook is worth what the surveyed columns of its wave are worth.
        status=max((wave.package.worst(surveyed) for wave in (avant, vague)), key=STATUSES.index),
    )


_NOUNS = {
    "identique": ("identique", "identiques"),
    "reformule": ("reformulée", "reformulées"),
    "rescale": ("dont l’échelle a changé", "dont l’échelle a changé"),
    "nouveau": ("nouvelle", "nouvelles"),
    "disparu": ("disparue", "disparues"),
}
