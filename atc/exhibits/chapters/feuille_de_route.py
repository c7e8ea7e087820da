"""Chapter 02: how far the sites have come in setting the animation up."""

from __future__ import annotations

from typing import Any

from atc.disclosure import Release
from atc.exhibits import forms
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft
from atc.exhibits.selection import Selection, select
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, enumeration, lower_first
from atc.survey.waves import Wave

_BOARD = "carnet_de_bord"


@exhibit("F02-01", uses=(f"{_BOARD}.territoire", f"{_BOARD}.debut_contrat"))
def fig_02_01(vague: Wave, release: Release) -> Draft:
    """Contract starts by quarter."""
    found = forms.distribution(select(vague, release, f"{_BOARD}.debut_contrat"))
    leaders = [row for row in found.counts.leaders() if row.effectif.high]
    return found.worded(
        title=(_started(leaders[0]) if len(leaders) == 1 else "") or found.title,
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
    )


def _started(row: Any) -> str:
    """« 8 contrats sur 14 ont débuté au 4e trimestre 2019 »; nothing where no number may be told."""
    told, when = forms.share(row, "contrat"), lower_first(row.libelle).replace("jusqu’au", "au plus tard au")
    when = f"au {when}" if when[0].isdigit() else when
    return f"{told} {'a' if row.effectif.high == 1 else 'ont'} débuté {when}" if told else ""


@exhibit("F02-02", uses=(f"{_BOARD}.territoire", f"{_BOARD}.etp"))
def fig_02_02(vague: Wave, release: Release) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.etp")
    return _summed(asked, "Pour animer la démarche", "Des moyens inégaux").worded(
        subtitle="Territoires, selon le temps consacré à l’animation, en équivalent temps plein (ETP)"
    )


def _summed(asked: Selection, lead: str, unequal: str) -> Draft:
    """A number in a few values; what they are called in the synthesis when they differ."""
    told = forms.summary(asked)
    middle = forms.in_short(asked, told)
    differ = told.minimum is not None and told.minimum != told.maximum
    return forms.distribution(asked).worded(
        title=f"{lead} : {middle}" if middle else asked.variable.label,
        message=f"{unequal if differ else lead} : {middle}."
        if middle
        else f"{asked.variable.label} : trop peu de territoires l’ont déclaré pour le résumer ici.",
    )


_SITES = ("territoires.territoire", "territoires.commune")


@exhibit("F02-03", uses=(f"{_BOARD}.territoire", f"{_BOARD}.configuration", *_SITES))
def fig_02_03(vague: Wave, release: Release) -> Draft:
    """How the animation is staffed: every configuration or, where that masks some, one person or several."""
    asked = select(vague, release, f"{_BOARD}.configuration")
    several = [code for code in asked.field.labels if code != "seul"]
    found = forms.finest(forms.distribution, asked, asked.regroup({"À plusieurs": several}))
    alone = found.counts.row(modalite="seul")
    half = alone.effectif.value is not None and 2 * alone.effectif.value == alone.total.value
    told = forms.share(alone, "territoire")
    where = "Sur la moitié des territoires" if half else f"Dans {told}" if told else ""
    return found.worded(
        title=f"{where}, une seule personne anime la démarche"
        if where
        else "Une ou plusieurs personnes animent la démarche",
        subtitle="Territoires, selon la configuration de l’animation",
        reading=_shared(vague, release, found),
    )


def _shared(vague: Wave, release: Release, found: Draft) -> str:
    """On how many sites the function is shared, and which ones where their names were published."""
    rows = [row for row in found.counts if row.modalite == "partage"]
    if not rows:
        return "Sur les autres territoires, une seconde personne vient en appui, ou la fonction est partagée."
    named = measured(vague, "noms", "territoires.commune", filtre=f"{_BOARD}.configuration=partage")
    names = release.names(named, f"{_BOARD}.configuration&modalite=partage")
    which = f" : {enumeration(names)}" if names else ""
    sites = rows[0].effectif.of("site")
    return f"La fonction est partagée entre plusieurs professionnel.les sur {sites}{which}."


@exhibit("F02-04", uses=(f"{_BOARD}.territoire", f"{_BOARD}.reunions_pilotage"))
def fig_02_04(vague: Wave, release: Release) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.reunions_pilotage")
    return _summed(asked, "L’instance de pilotage", "Un pilotage à des rythmes différents").worded(
        subtitle="Territoires, selon le nombre de réunions de l’instance de pilotage déjà tenues"
    )


@exhibit("F02-05", uses=(f"{_BOARD}.territoire", f"{_BOARD}.instances", f"{_BOARD}.composition"))
def fig_02_05(vague: Wave, release: Release) -> Draft:
    """Who sits in the steering body."""
    place, what = f"{_BOARD}.territoire", f"{_BOARD}.composition"
    found = forms.distribution(select(vague, release, what))
    boxes = vague.dictionary.table(_BOARD).in_group("composition")
    alone = ";".join(f"{box}={'oui' if box == 'instance_institutionnels' else 'non'}" for box in boxes)
    answered = ";".join(f"{box}=*" for box in boxes)
    only = release.ratio(
        measured(vague, "part", place, valeur=alone, filtre=answered),
        f"{what}&modalite=institutionnels_seuls",
    )
    single = release.ratio(
        measured(vague, "part", place, valeur="instances=unique", filtre="instances=*"),
        f"{_BOARD}.instances&modalite=unique",
    )
    sitting = {row.modalite: forms.share(row, "territoire") for row in found.counts}
    who = {"associations": "des associations", "participation": "des instances de participation"}
    places = [(text, where) for code, text in who.items() if (where := sitting.get(f"instance_{code}"))]
    told = [
        f"{text} {'à celui' if i else 'siègent au pilotage'} de {where}"
        for i, (text, where) in enumerate(places)
    ]
    residents = sitting.get("instance_participation")
    readings = (
        ("Les institutions siègent sur", sitting.get("instance_institutionnels")),
        ("Elles siègent seules sur", forms.share(only, "territoire")),
        ("L’instance de pilotage est unique sur", forms.share(single, "territoire")),
    )
    return found.worded(
        title=capitalise(", ".join(told)) or found.title,
        subtitle="Territoires, selon les membres de l’instance de pilotage (plusieurs réponses possibles)",
        reading=" ".join(f"{text} {where}." for text, where in readings if where) or found.reading,
        message=f"Qui pilote : des instances de participation citoyenne siègent dans {residents}."
        if residents
        else "",
    )


@exhibit("F02-06", uses=(f"{_BOARD}.territoire", f"{_BOARD}.themes"))
def fig_02_06(vague: Wave, release: Release) -> Draft:
    """Themes chosen or discussed, the unnamed ones last."""
    asked, others = select(vague, release, f"{_BOARD}.themes"), "theme_autres"
    found = forms.distribution(asked, last=others)
    named = found.counts.reshaped(lambda frame: frame[frame["modalite"] != others])
    return found.worded(
        title=forms.commonest(asked.variable.label, named, asked.unit),
        subtitle="Territoires, selon les thématiques retenues ou en discussion (plusieurs réponses "
        "possibles)",
        reading=forms.largest_aloud(list(named), asked.unit),
    )
