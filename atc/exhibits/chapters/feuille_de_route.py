"""Chapter 02: how far the sites have come in setting the animation up."""

from dataclasses import replace

from atc.disclosure import Release
from atc.exhibits import forms
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft, if_told
from atc.exhibits.selection import select
from atc.indicators.addresses import measured
from atc.survey.typography import enumeration
from atc.survey.waves import Wave

_BOARD, _SITE = "carnet_de_bord", "carnet_de_bord.territoire"


@exhibit("F02-01", uses=(_SITE, f"{_BOARD}.debut_contrat"))
def fig_02_01(vague: Wave, release: Release) -> Draft:
    """Contract starts by quarter."""
    return forms.distribution(select(vague, release, f"{_BOARD}.debut_contrat"))


@exhibit("F02-02", uses=(_SITE, f"{_BOARD}.etp"))
def fig_02_02(vague: Wave, release: Release) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    return forms.distribution(select(vague, release, f"{_BOARD}.etp"))


@exhibit("F02-04", uses=(_SITE, f"{_BOARD}.reunions_pilotage"))
def fig_02_04(vague: Wave, release: Release) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    return forms.distribution(select(vague, release, f"{_BOARD}.reunions_pilotage"))


@exhibit("F02-03", uses=(_SITE, f"{_BOARD}.configuration", "territoires.territoire", "territoires.commune"))
def fig_02_03(vague: Wave, release: Release) -> Draft:
    """How the animation is staffed: every configuration or, where that masks some, one person or several."""
    asked = select(vague, release, f"{_BOARD}.configuration")
    several = [code for code in asked.field.labels if code != "seul"]
    found = forms.finest(forms.distribution, asked, replace(asked, regrouped={"À plusieurs": several}))
    alone, reading = found.counts.row(modalite="seul"), found.reading
    for row in (row for row in found.counts if row.modalite == "partage"):
        # Which ones, where their names were published.
        named = measured(vague, "noms", "territoires.commune", filtre=f"{_BOARD}.configuration=partage")
        names = release.names(named, f"{_BOARD}.configuration&modalite=partage")
        which = if_told(" : {}", enumeration(names or ()))
        sites = row.effectif.of("site")
        reading = f"La fonction est partagée entre plusieurs professionnel.les sur {sites}{which}."
    share = alone.effectif.high and forms.share(alone, "territoire")
    title = if_told("Dans {}, une seule personne anime la démarche", share)
    return found.worded(title=title, reading=reading)


@exhibit("F02-05", uses=(_SITE, f"{_BOARD}.instances", f"{_BOARD}.composition"))
def fig_02_05(vague: Wave, release: Release) -> Draft:
    """Who sits in the steering body."""
    what = f"{_BOARD}.composition"
    found = forms.distribution(select(vague, release, what))
    boxes = vague.dictionary.table(_BOARD).in_group("composition")
    alone = ";".join(f"{box}={'oui' if box == 'instance_institutionnels' else 'non'}" for box in boxes)
    answered = ";".join(f"{box}=*" for box in boxes)
    only = measured(vague, "part", _SITE, valeur=alone, filtre=answered)
    single = measured(vague, "part", _SITE, valeur="instances=unique", filtre="instances=*")
    apart = {
        "Les institutions siègent seules sur {}.": (only, f"{what}&modalite=institutionnels_seuls"),
        "L’instance de pilotage est unique sur {}.": (single, f"{_BOARD}.instances&modalite=unique"),
    }
    told = [if_told(said, forms.share(release.ratio(*each), "territoire")) for said, each in apart.items()]
    bodies = found.counts.row(modalite="instance_participation")
    sitting = bodies.effectif.high and forms.share(bodies, "territoire")
    title = if_told("Des instances de participation citoyenne siègent au pilotage de {}", sitting)
    return found.worded(title=title, reading=" ".join(filter(None, [found.reading, *told])))


@exhibit("F02-06", uses=(_SITE, f"{_BOARD}.themes"))
def fig_02_06(vague: Wave, release: Release) -> Draft:
    """Themes chosen or discussed; the unnamed ones, however many, lead nothing and come last."""
    asked, others = select(vague, release, f"{_BOARD}.themes"), "theme_autres"
    found = forms.distribution(asked, last=others)
    named = found.counts.reshaped(lambda frame: frame[frame["modalite"] != others])
    title = forms.commonest("Thématiques nommées", named, asked.unit)
    return found.worded(title=title, reading=forms.largest_aloud(list(named), asked.unit))
