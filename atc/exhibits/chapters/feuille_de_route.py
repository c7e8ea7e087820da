"""Chapter 02: how far the sites have come in setting the animation up."""

from atc.disclosure import Release
from atc.exhibits import forms
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft, if_told
from atc.exhibits.selection import Selection, select
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, enumeration, lower_first
from atc.survey.waves import Wave

_BOARD, _SITE = "carnet_de_bord", "carnet_de_bord.territoire"


@exhibit("F02-01", uses=(_SITE, f"{_BOARD}.debut_contrat"))
def fig_02_01(vague: Wave, release: Release) -> Draft:
    """Contract starts by quarter."""
    found, title = forms.distribution(select(vague, release, f"{_BOARD}.debut_contrat")), ""
    leaders = [row for row in found.counts.leaders() if row.effectif.high]
    if len(leaders) == 1:
        when = lower_first(leaders[0].libelle).replace("jusqu’au", "au plus tard au")
        verb = "a" if leaders[0].effectif.high == 1 else "ont"
        when = f"{verb} débuté {'au ' * when[0].isdigit()}{when}"
        title = if_told("{} {}", forms.share(leaders[0], "contrat"), when)
    return found.worded(
        title=title,
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
    )


@exhibit("F02-02", uses=(_SITE, f"{_BOARD}.etp"))
def fig_02_02(vague: Wave, release: Release) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.etp")
    return _summed(asked, "Pour animer la démarche", "Des moyens inégaux").worded(
        subtitle="Territoires, selon le temps consacré à l’animation, en équivalent temps plein (ETP)"
    )


@exhibit("F02-04", uses=(_SITE, f"{_BOARD}.reunions_pilotage"))
def fig_02_04(vague: Wave, release: Release) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    asked = select(vague, release, f"{_BOARD}.reunions_pilotage")
    return _summed(asked, "L’instance de pilotage", "Un pilotage à des rythmes différents").worded(
        subtitle="Territoires, selon le nombre de réunions de l’instance de pilotage déjà tenues"
    )


def _summed(asked: Selection, lead: str, unequal: str) -> Draft:
    """A number in a few values; what they are called in the synthesis when they differ."""
    told = forms.summary(asked)
    middle = forms.in_short(asked, told)
    called = unequal if told.minimum is not None and told.minimum != told.maximum else lead
    return forms.distribution(asked).worded(
        title=if_told("{} : {}", lead, middle), message=if_told("{} : {}.", called, middle)
    )


@exhibit("F02-03", uses=(_SITE, f"{_BOARD}.configuration", "territoires.territoire", "territoires.commune"))
def fig_02_03(vague: Wave, release: Release) -> Draft:
    """How the animation is staffed: every configuration or, where that masks some, one person or several."""
    asked = select(vague, release, f"{_BOARD}.configuration")
    several = [code for code in asked.field.labels if code != "seul"]
    found = forms.finest(forms.distribution, asked, asked.regroup({"À plusieurs": several}))
    alone = found.counts.row(modalite="seul")
    half = alone.effectif.value is not None and 2 * alone.effectif.value == alone.total.value
    told = if_told("Dans {}", forms.share(alone, "territoire"))
    where = "Sur la moitié des territoires" if half else told
    shared = [row.effectif for row in found.counts if row.modalite == "partage"]
    others = "Sur les autres territoires, une seconde personne vient en appui, ou la fonction est partagée."
    reading = others if where else found.reading
    if shared:
        # Which ones, where their names were published.
        named = measured(vague, "noms", "territoires.commune", filtre=f"{_BOARD}.configuration=partage")
        names = release.names(named, f"{_BOARD}.configuration&modalite=partage")
        which = if_told(" : {}", enumeration(names or ()))
        sites = shared[0].of("site")
        reading = f"La fonction est partagée entre plusieurs professionnel.les sur {sites}{which}."
    return found.worded(
        title=if_told("{}, une seule personne anime la démarche", where),
        subtitle="Territoires, selon la configuration de l’animation",
        reading=reading,
    )


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
    sitting = {row.modalite: forms.share(row, "territoire") for row in found.counts if row.effectif.high}
    by_themselves = release.ratio(only, f"{what}&modalite=institutionnels_seuls")
    unique = release.ratio(single, f"{_BOARD}.instances&modalite=unique")
    residents, others = (sitting.get(f"instance_{who}") for who in ("participation", "associations"))
    siege = "à celui" if others else "siègent au pilotage"
    told = (
        if_told("des associations siègent au pilotage de {}", others),
        if_told("des instances de participation {} de {}", siege, residents),
    )
    readings = (
        if_told("Les institutions siègent sur {}.", sitting.get("instance_institutionnels")),
        if_told("Elles siègent seules sur {}.", forms.share(by_themselves, "territoire")),
        if_told("L’instance de pilotage est unique sur {}.", forms.share(unique, "territoire")),
    )
    return found.worded(
        title=capitalise(", ".join(filter(None, told))),
        subtitle="Territoires, selon les membres de l’instance de pilotage (plusieurs réponses possibles)",
        reading=" ".join(filter(None, readings)) or found.reading,
        message=if_told("Qui pilote : des instances de participation citoyenne siègent dans {}.", residents),
    )


@exhibit("F02-06", uses=(_SITE, f"{_BOARD}.themes"))
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
