"""How to read a document, told once at its front: what each status is worth, and what masks stand for."""

from __future__ import annotations

from atc.datapackage import PRINTED, REBUILT, SIMULATED, WORDS
from atc.typography import capitalise, french

_MEANINGS = {
    PRINTED: "imprimé dans le rapport de l’évaluation, ou de notoriété publique.",
    REBUILT: "lignes tirées pour redonner les chiffres publiés ; le reste de la répartition est de nous.",
    SIMULATED: "exemple inventé, dans un cadre en tirets ; il montre la forme du résultat, et rien de réel.",
}
_MASKS = (
    "« n < {0} » : de 1 à {1}, nombre caché pour que personne ne soit reconnu. « n > … » : tous, sauf 1 à "
    "{1}. « n.c. » : caché parce qu’il repose sur trop peu de réponses, ou permettrait d’en déduire un autre."
)
_BANDS = (
    "Une bande pâle va du plus petit au plus grand effectif possible. Un mot du rapport, comme « la "
    "majorité », tient la place d’un nombre qu’il n’imprime pas."
)


def legend(floor: int, *, masks: bool) -> tuple[tuple[str, str], ...]:
    """Status, empty for what every document says -> the sentence that tells what it is worth.

    Args:
        floor: Fewer persons than this are never shown.
        masks: Whether readers are anyone but the evaluation team.
    """
    worths = [(status, f"{capitalise(WORDS[status])} : {text}") for status, text in _MEANINGS.items()]
    others = (*((masking(floor),) if masks else ()), _BANDS)
    return tuple((status, french(text)) for status, text in [*worths, *(("", text) for text in others)])


def masking(floor: int) -> str:
    """What stands for a number that readers may not know."""
    return french(_MASKS.format(floor, floor - 1))
