"""How to read a document, told once at its front: what each status is worth, and what masks stand for."""

from __future__ import annotations

from atc.survey.datapackage import PRINTED, REBUILT, SIMULATED, WORDS
from atc.survey.typography import capitalise, french

_MEANINGS = {
    PRINTED: "imprimé dans le rapport de l’évaluation, ou de notoriété publique.",
    REBUILT: "lignes tirées pour redonner les chiffres publiés ; le reste de la répartition est de nous.",
    SIMULATED: "exemple inventé, dans un cadre en tirets ; il montre la forme du résultat, et rien de réel.",
}
_SMALL = "« n < {} » : de 1 à {}"
_MASKS = (
    ", nombre caché pour que personne ne soit reconnu. « n > … » : tous, sauf un nombre aussi petit. "
    "« n.c. » : caché parce qu’il repose sur trop peu de réponses, ou permettrait d’en déduire un autre."
)
_BANDS = (
    "Une bande pâle va du plus petit au plus grand effectif possible. Un mot du rapport, comme « la "
    "majorité », tient la place d’un nombre qu’il n’imprime pas."
)


def legend(*floors: int, masks: bool) -> tuple[tuple[str, str], ...]:
    """Status, empty for what every document says -> the sentence that tells what it is worth.

    Args:
        floors: Fewer persons, or sites, than these are never shown.
        masks: Whether readers are anyone but the evaluation team.
    """
    worths = [(status, f"{capitalise(WORDS[status])} : {text}") for status, text in _MEANINGS.items()]
    others = (*((masking(*floors),) if masks else ()), _BANDS)
    return tuple((status, french(text)) for status, text in [*worths, *(("", text) for text in others)])


def masking(*floors: int) -> str:
    """What stands for a number that readers may not know, under the floors that it needs."""
    return french(" ; ".join(_SMALL.format(n, n - 1) for n in sorted(set(floors)) if n > 1) + _MASKS)
