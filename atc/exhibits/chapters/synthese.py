"""Chapter 07: what to keep in mind, and how far to trust it."""

from __future__ import annotations

import math

from atc import exhibits
from atc.disclosure import Count, Release
from atc.disclosure.count import SECONDARY
from atc.exhibits import notices, paired
from atc.exhibits.selection import select
from atc.exhibits.variables import ALL_ITEMS
from atc.indicators import acteurs, animation, effets, modeles, pilotage, reponse, terrain
from atc.typography import capitalise, in_words, lower_first, number, percent
from atc.waves import Wave


def messages(vague: Wave) -> exhibits.Prose:
    """The key messages: every number is computed, and each message says what its data are worth."""
    flash, carnet = "questionnaire_flash", "carnet_de_bord"
    freins = (
        f"{flash}.frein_saturation",
        f"{flash}.frein_crise_sanitaire",
        f"{flash}.frein_elections",
        f"{flash}.frein_objet_flou",
    )
    return exhibits.messages(
        vague,
        [
            ("F01-02", (f"{flash}.repondant", f"{flash}.repondu", "entretiens.*"), _who),
            ("F02-02", (f"{carnet}.etp",), _time),
            ("F02-03", (f"{carnet}.configuration",), _alone),
            ("F02-04", (f"{carnet}.reunions_pilotage",), _meetings),
            ("F02-05", (f"{carnet}.instance_participation",), _residents),
            ("F03-03", freins, _brakes),
            ("F03-01", ("scores.*",), _views),
            ("F05-01", ("positionnements.*",), _models),
            ("F06-01", ("effets.type",), _effects),
        ],
    )


def _who(vague: Wave, release: Release) -> str:
    asked = reponse.ensemble(vague.table("questionnaire_flash"))
    told = release.boxes(asked, "questionnaire_flash.repondant", by=("repondu",), answers=True)
    answers = told.row()
    met = terrain.nombre_d_entretiens(vague.table("entretiens"), "monographie")
    interviews = release.count(met, "entretiens.entretien&recueil=monographie")
    known, whole = answers.effectif.value, answers.total.value
    share = f" ({percent(known / whole)})" if known is not None and whole else ""
    return (
        f"Une lecture partielle : {answers.effectif.of('réponse')} sur {answers.total} destinataires du "
        f"questionnaire flash{share}, et {interviews.of('entretien')} de monographie."
    )


def _time(vague: Wave, release: Release) -> str:
    time = release.summary(animation.resume_etp(vague.table("carnet_de_bord")), "carnet_de_bord.etp")
    spread = _spread(time.minimum, time.maximum, 1)
    if spread and time.moyenne is not None:
        return f"Des moyens inégaux : {spread} équivalent temps plein, {number(time.moyenne, 1)} en moyenne."
    if time.moyenne is not None:
        return f"Le temps d’animation : {number(time.moyenne, 1)} équivalent temps plein en moyenne."
    return "Un temps d’animation que trop peu de territoires ont déclaré pour qu’il soit résumé ici."


def _spread(low: float | None, high: float | None, decimals: int) -> str:
    """« de 0,4 à 1,5 », where both were reviewed."""
    if low is None or high is None or math.isnan(low):
        return ""
    return f"de {number(low, decimals)} à {number(high, decimals)}"


def _alone(vague: Wave, release: Release) -> str:
    alone = notices.configurations(vague, release).counts.row(modalite="seul")
    if alone.effectif.status == SECONDARY:
        return "Une fonction tenue à une ou à plusieurs personnes, selon les territoires."
    return (
        "Une fonction tenue à une ou à plusieurs personnes, selon les territoires : une seule l’assure sur "
        f"{alone.effectif.of('territoire')} sur {alone.total}."
    )


def _meetings(vague: Wave, release: Release) -> str:
    table = vague.table("carnet_de_bord")
    held = release.summary(pilotage.resume_reunions(table), "carnet_de_bord.reunions_pilotage")
    spread = _spread(held.minimum, held.maximum, 0)
    if spread and held.moyenne is not None:
        return f"Un pilotage à des rythmes différents : {spread} réunions, {number(held.moyenne)} en moyenne."
    if held.moyenne is not None:
        return f"Un pilotage qui se réunit : {number(held.moyenne)} fois en moyenne depuis le démarrage."
    return "Un pilotage dont trop peu de territoires ont déclaré le rythme pour qu’il soit résumé ici."


def _residents(vague: Wave, release: Release) -> str:
    box = "instance_participation"
    sitting = release.ratio(
        pilotage.part_avec_membres(vague.table("carnet_de_bord"), box),
        f"carnet_de_bord.composition&modalite={box}",
        line=box,
    )
    return (
        f"{_openness(sitting.effectif, sitting.total)} : les instances de participation citoyenne siègent "
        f"dans {sitting.effectif.of('instance')} de pilotage sur {sitting.total}."
    )


def _openness(sitting: Count, total: Count) -> str:
    """Said as far as the bounds tell."""
    if 2 * sitting.high < total.low:
        return "Un pilotage encore institutionnel"
    if 2 * sitting.low >= total.high:
        return "Un pilotage qui s’ouvre aux habitant.es"
    return "Un pilotage plus ou moins ouvert aux habitant.es"


def _brakes(vague: Wave, release: Release) -> str:
    freins = acteurs.freins(vague.table("questionnaire_flash"), vague.dictionary)
    first = release.boxes(freins, "questionnaire_flash.frein").leader()
    if first is None:
        return "Un contexte qui a freiné la démarche, de plusieurs façons."
    return (
        f"Un contexte qui a freiné la démarche : {lower_first(first.libelle)} d’abord, selon "
        f"{first.effectif.of('répondant.e')} sur {first.total}."
    )


def _views(vague: Wave, release: Release) -> str:
    return paired.in_short(select(vague, release, ALL_ITEMS))


def _models(vague: Wave, release: Release) -> str:
    table = vague.table("positionnements")
    between = release.ratio(modeles.part_entre_deux(table), "positionnements.modele_secondaire")
    return (
        f"{capitalise(in_words(modeles.nombre_de_modeles(table)))} modèles de priorités, "
        f"{in_words(modeles.nombre_de_cas(table, vague.dictionary))} cas de portage et "
        f"{in_words(modeles.nombre_d_organisations(table))} organisations ; "
        f"{between.effectif.of('site')} sur {between.total} se tiennent entre deux modèles."
    )


def _effects(vague: Wave, _: Release) -> str:
    # Kinds of effect are no persons: they are not masked.
    kinds = effets.nombre_de_types(vague.table("effets"))
    return (
        f"{capitalise(in_words(kinds, feminine=True))} sortes de premiers effets, perceptibles malgré un "
        "contexte difficile : des exemples, qui n’en mesurent pas la portée."
    )


def tab_07_01(vague: Wave) -> exhibits.Exhibit:
    """Every published figure: printed against computed."""
    return notices.tableau_des_controles(vague, "T07-01")


def tab_07_02(vague: Wave) -> exhibits.Exhibit:
    """How the traps and the vague wordings of the report were read."""
    return notices.lectures(vague, "T07-02")
