"""What an element of the report is worth, decided here and nowhere else, and the words that say so.

A title or a sentence that the report printed is ``publié``; any other, and all that is drawn or listed, is
worth the least sure of the columns behind it. What is made up says so in the same sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atc.survey.datapackage import EXAMPLE, PRINTED, REBUILT, STATUSES, WORDS
from atc.survey.paths import read_toml
from atc.survey.typography import capitalise, french

if TYPE_CHECKING:
    # A run with nothing to do needs the legend only, and no table.
    from atc.survey.waves import Wave

#: Status of a title in the words of ``notebooks/formulations.csv``.
REWORDED = "reformulé"
_BEGINNING = re.compile(r"(?:^|(?<=[.!?] ))(?=[^\W_a-zà-ÿ]|«)")
_LEGEND = read_toml(__file__)


def worth(*waves: Wave) -> str:
    """Status of the least sure of the columns that these waves let through, or of what they make together.

    A pseudonym only tells rows apart, whoever made it up.
    """
    told = [[c for c in sorted(wave.columns) if wave.field(c).kind != "identifier"] for wave in waves]
    worst = (wave.package.worst(columns) for wave, columns in zip(waves, told, strict=True))
    return max(worst, key=STATUSES.index, default=PRINTED)


def mention(status: str, said: str, *, drawn: bool) -> str:
    """The few words beside an exhibit; none where everything was collected, or where each row says it.

    ``status`` is of what it draws or lists, ``said`` of its title, which the evaluators may have worded.
    """
    if said == status or said not in (PRINTED, REWORDED) or not WORDS.get(status):
        return WORDS.get(status, "")
    shown, e = ("répartition", "e") if drawn else ("contenu", "")
    made = {PRINTED: "données publiées", REBUILT: f"{shown} reconstitué{e}"}
    title = "titre publié" if said == PRINTED else "titre de l’équipe"
    return f"{title}, {made.get(status) or f'{shown} : {WORDS[status]}'}"


def example(text: str, *, once: bool) -> str:
    """A text that rests on made-up values: each of its sentences says so, or the first for them all.

    Once is enough in a wave of which nothing was printed, where no sentence beside it is surer.
    """
    return _BEGINNING.sub(EXAMPLE, text, count=int(once))


# --- told once, at the front of a document ---


def legend(*floors: int, masks: bool) -> tuple[tuple[str, str], ...]:
    """Status, empty for what every document says -> the sentence that tells what it is worth.

    Fewer persons, or sites, than ``floors`` are never shown where a tier ``masks``.
    """
    worths = [
        (status, f"{capitalise(WORDS[status])} : {text}") for status, text in _LEGEND["meanings"].items()
    ]
    others = [masking(*floors), _LEGEND["bands"]] if masks else [_LEGEND["bands"]]
    return tuple((status, french(text)) for status, text in [*worths, *(("", text) for text in others)])


def masking(*floors: int) -> str:
    """What stands for a number that readers may not know, under the floors that it needs."""
    values = {2: "1", 3: "1 ou 2"}
    small = [f"« n < {n} » : {values.get(n, f'de 1 à {n - 1}')}" for n in sorted(set(floors)) if n > 1]
    return french(" ; ".join(small) + _LEGEND["masks"])
