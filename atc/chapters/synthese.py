"""Chapter 07: what to keep in mind, and how far to trust it."""

from __future__ import annotations

from atc import exhibit, notices
from atc.indicators import acteurs, animation, effets, modeles, pilotage, reponse, scores, terrain
from atc.indicators.lignes import plus_grande
from atc.typography import capitalise, counted, in_words, lower_first, number, percent
from atc.waves import Wave


def messages(vague: Wave) -> exhibit.Prose:
    """The key messages: every number is computed, and each message says what its data are worth."""
    flash, carnet = "questionnaire_flash", "carnet_de_bord"
    return exhibit.messages(
        vague,
        [
            ((f"{flash}.repondant", f"{flash}.repondu", "entretiens.*"), _who),
            ((f"{carnet}.etp", f"{carnet}.configuration"), _means),
            ((f"{carnet}.reunions_pilotage",), _meetings),
            ((f"{carnet}.instance_participation",), _residents),
            (
                (
                    f"{flash}.frein_saturation",
                    f"{flash}.frein_crise_sanitaire",
                    f"{flash}.frein_elections",
                    f"{flash}.frein_objet_flou",
                ),
                _brakes,
            ),
            (("scores.*",), _views),
            (("positionnements.*",), _models),
            (("effets.type",), _effects),
        ],
    )


def _who(vague: Wave) -> str:
    answers = reponse.participation(vague.table("questionnaire_flash"))
    interviews = terrain.nombre_d_entretiens(vague.table("entretiens"), "monographie")
    return (
        f"Une lecture partielle : {counted(answers.effectif, 'réponse')} sur {answers.total} "
        "destinataires du "
        f"questionnaire flash ({percent(answers.part)}), et {counted(interviews, 'entretien')} de "
        "monographie."
    )


def _means(vague: Wave) -> str:
    table = vague.table("carnet_de_bord")
    time = animation.resume_etp(table)
    alone = animation.part_en_configuration(table, "seul")
    return (
        f"Des moyens inégaux : de {number(time.minimum, 1)} à {number(time.maximum, 1)} équivalent temps "
        "plein, "
        f"{number(time.moyenne, 1)} en moyenne ; une seule personne anime la démarche sur "
        f"{counted(alone.effectif, 'territoire')} sur {alone.total}."
    )


def _meetings(vague: Wave) -> str:
    held = pilotage.resume_reunions(vague.table("carnet_de_bord"))
    return (
        f"Un pilotage à des rythmes différents : de {number(held.minimum)} à {number(held.maximum)} "
        "réunions, "
        f"{number(held.moyenne)} en moyenne."
    )


def _residents(vague: Wave) -> str:
    sitting = pilotage.part_avec_membres(vague.table("carnet_de_bord"), "instance_participation")
    few = 2 * sitting.effectif < sitting.total
    how = "Un pilotage encore institutionnel" if few else "Un pilotage qui s’ouvre aux habitant.es"
    return (
        f"{how} : les instances de participation citoyenne siègent dans "
        f"{counted(sitting.effectif, 'instance')} de pilotage sur {sitting.total}."
    )


def _brakes(vague: Wave) -> str:
    counts = acteurs.freins(vague.table("questionnaire_flash"), vague.dictionary)
    first = plus_grande(counts)
    return (
        f"Un contexte qui a freiné la démarche : {lower_first(first.libelle)} d’abord, selon "
        f"{counted(int(first.effectif), 'répondant.e')} sur {first.total}."
    )


def _views(vague: Wave) -> str:
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    compared = scores.comparaison(table, vague.dictionary, period)
    widest = plus_grande(compared, "ecart")
    when = "de départ" if period == scores.AVANT else "actuelle"
    return (
        f"Deux regards sur la situation {when} : institutions et animateur.trices s’écartent le plus sur "
        f"« {lower_first(widest.libelle)} »."
    )


def _models(vague: Wave) -> str:
    table = vague.table("positionnements")
    between = modeles.part_entre_deux(table)
    return (
        f"{capitalise(in_words(modeles.nombre_de_modeles(table)))} modèles de priorités, "
        f"{in_words(modeles.nombre_de_cas(table, vague.dictionary))} cas de portage et "
        f"{in_words(modeles.nombre_d_organisations(table))} organisations ; "
        f"{counted(between.effectif, 'site')} sur "
        f"{between.total} se tiennent entre deux modèles."
    )


def _effects(vague: Wave) -> str:
    kinds = effets.nombre_de_types(vague.table("effets"))
    return (
        f"{capitalise(in_words(kinds, feminine=True))} sortes de premiers effets, perceptibles malgré un "
        "contexte difficile : des exemples, qui n’en mesurent pas la portée."
    )


def tab_07_01(vague: Wave) -> exhibit.Exhibit:
    """Every published figure: printed against computed."""
    return notices.tableau_des_controles(vague, "T07-01")


def tab_07_02(vague: Wave) -> exhibit.Exhibit:
    """How the traps and the vague wordings of the report were read."""
    return notices.lectures(vague, "T07-02")
