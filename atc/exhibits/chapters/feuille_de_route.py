"""Chapter 02: how far the sites have come in setting the animation up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.disclosure import Release, leading
from atc.exhibits import Draft, exhibit, forms, notices
from atc.exhibits.selection import select
from atc.indicators import animation, pilotage
from atc.typography import capitalise, enumeration, in_words, quarter
from atc.waves import Wave

_BOARD = "carnet_de_bord"


@exhibit("F02-01", uses=(f"{_BOARD}.territoire", f"{_BOARD}.debut_contrat"))
def fig_02_01(vague: Wave, release: Release) -> Draft:
    """Contract starts by quarter, the two busiest neighbours set apart where anybody can tell."""
    found = forms.distribution(select(vague, release, f"{_BOARD}.debut_contrat"))
    rows = list(found.counts)
    busy = _busiest(rows)
    told = [f"{row.effectif} {_when([row])}" for row in busy if not row.effectif.is_masked]
    total = rows[0].total
    return found.worded(
        title=f"{capitalise(in_words(sum(row.effectif.low for row in busy)))} contrats sur "
        f"{total.in_words()} ont débuté {_when(busy)}"
        if busy
        else f"Les contrats ont débuté {_when(rows)}",
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
        reading=f"Sur les {total.of('territoire')} qui ont rendu leur carnet, {enumeration(told)}."
        if told
        else found.reading,
    )


def _busiest(rows: Sequence[Any]) -> Sequence[Any]:
    """The two neighbouring periods with most starts, or the one of two; nothing when nobody can tell."""
    length = 2 if len(rows) > 2 else 1
    runs = [rows[i : i + length] for i in range(len(rows) - length + 1)]
    first = max(runs, key=lambda run: sum(row.effectif.low for row in run))
    least = sum(row.effectif.low for row in first)
    others = [sum(row.effectif.high for row in run) for run in runs if run is not first]
    unsure = any(row.effectif.is_masked for row in first) or max(others, default=0) >= least
    return [] if unsure else first


def _when(rows: Sequence[Any]) -> str:
    codes = [code for row in rows for code in row.modalite.split("|")]
    ends = [quarter(int(year), int(index)) for year, index in (code.split("-T") for code in codes)]
    return f"au {ends[0]}" if len(ends) == 1 else f"entre le {ends[0]} et le {ends[-1]}"


@exhibit("F02-02", uses=(f"{_BOARD}.territoire", f"{_BOARD}.etp"))
def fig_02_02(vague: Wave, release: Release) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.etp")
    middle = forms.in_short(asked, forms.summary(asked))
    return forms.distribution(asked).worded(
        title=f"{capitalise(middle)} pour animer la démarche" if middle else asked.variable.label,
        subtitle="Territoires, selon le temps consacré à l’animation, en équivalent temps plein (ETP)",
    )


_SITES = ("territoires.territoire", "territoires.commune")


@exhibit("F02-03", uses=(f"{_BOARD}.territoire", f"{_BOARD}.configuration", *_SITES))
def fig_02_03(vague: Wave, release: Release) -> Draft:
    """How the animation is staffed: every configuration or, where that masks some, one person or several."""
    found = notices.configurations(vague, release)
    alone = found.counts.row(modalite="seul")
    half = alone.effectif.value is not None and 2 * alone.effectif.value == alone.total.value
    where = "la moitié des territoires" if half else f"{alone.effectif.of('territoire')} sur {alone.total}"
    return found.worded(
        title=f"Une seule personne anime la démarche sur {where}",
        subtitle="Territoires, selon la configuration de l’animation",
        reading=_shared(vague, release, found),
    )


def _shared(vague: Wave, release: Release, found: Draft) -> str:
    """On how many sites the function is shared, and which ones where their names were published."""
    rows = [row for row in found.counts if row.modalite == "partage"]
    if not rows:
        return "Sur les autres territoires, une seconde personne vient en appui, ou la fonction est partagée."
    named = animation.noms_en_configuration(vague.table(_BOARD), vague.table("territoires"), "partage")
    names = release.names(named, f"{_BOARD}.configuration&modalite=partage")
    which = f" : {enumeration(names)}" if names else ""
    sites = rows[0].effectif.of("site")
    return f"La fonction est partagée entre plusieurs professionnel.les sur {sites}{which}."


@exhibit("F02-04", uses=(f"{_BOARD}.territoire", f"{_BOARD}.reunions_pilotage"))
def fig_02_04(vague: Wave, release: Release) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.reunions_pilotage")
    middle = forms.in_short(asked, forms.summary(asked))
    return forms.distribution(asked).worded(
        title=f"Réunions de pilotage : {middle}" if middle else asked.variable.label,
        subtitle="Territoires, selon le nombre de réunions de l’instance de pilotage déjà tenues",
    )


@exhibit("F02-05", uses=(f"{_BOARD}.territoire", f"{_BOARD}.instances", f"{_BOARD}.composition"))
def fig_02_05(vague: Wave, release: Release) -> Draft:
    """Who sits in the steering body."""
    table, what = vague.table(_BOARD), f"{_BOARD}.composition"
    found = forms.boxes(select(vague, release, what))
    only = release.ratio(
        pilotage.part_exclusivement_institutionnelle(table, vague.dictionary),
        f"{what}&modalite=institutionnels_seuls",
    )
    single = release.ratio(pilotage.part_a_instance_unique(table), f"{_BOARD}.instances&modalite=unique")
    institutions, associations, residents = (
        found.counts.row(modalite=f"instance_{who}")
        for who in ("institutionnels", "associations", "participation")
    )
    sitting = associations.effectif.of("instance de pilotage", "instances de pilotage")
    return found.worded(
        title=f"Des associations siègent dans {sitting} sur {associations.total}, des instances de "
        f"participation dans {residents.effectif}",
        subtitle="Territoires, selon les membres de l’instance de pilotage (plusieurs réponses possibles)",
        reading=f"Les institutions siègent dans {institutions.effectif.of('instance')} sur "
        f"{institutions.total} ; elles y sont seules dans {only.effectif}. L’instance de pilotage est unique "
        f"sur {single.effectif.of('territoire')} sur {single.total}.",
    )


_OTHERS = "theme_autres"


@exhibit("F02-06", uses=(f"{_BOARD}.territoire", f"{_BOARD}.themes"))
def fig_02_06(vague: Wave, release: Release) -> Draft:
    """Themes chosen or discussed, the unnamed ones last."""
    found = forms.boxes(select(vague, release, f"{_BOARD}.themes"), last=_OTHERS)
    named = [row for row in found.counts if row.modalite != _OTHERS and row.effectif.high]
    others = found.counts.row(modalite=_OTHERS)
    how_many = capitalise(in_words(len(named), feminine=True))
    leaders = leading(named)
    return found.worded(
        title=f"{leaders[0].libelle} : la thématique nommée la plus fréquente, sur "
        f"{leaders[0].effectif.of('territoire')}"
        if len(leaders) == 1
        else f"{how_many} thématiques nommées par les territoires",
        subtitle="Territoires, selon les thématiques retenues ou en discussion (plusieurs réponses "
        "possibles)",
        reading=f"{how_many} thématiques sont nommées ; d’autres encore sont citées sur "
        f"{others.effectif.of('territoire')} sur {others.total}.",
    )
