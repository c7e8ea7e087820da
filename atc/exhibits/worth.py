"""What an element of the report is worth, decided here and nowhere else, and the words that say so.

A title or a sentence that the report printed is ``publié``; any other, and all that is drawn or listed, is
worth the least sure of the columns behind it. What is made up says so in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from atc.survey.datapackage import EXAMPLE, PRINTED, REBUILT, SIMULATED, STATUSES, WORDS
from atc.survey.waves import Wave

#: Status of a title in the words of ``notebooks/formulations.csv``.
REWORDED = "reformulé"
_BEGINNING = re.compile(r"(?:^|(?<=[.!?] ))(?=[^\W_a-zà-ÿ]|«)")


def least_sure(statuses: Iterable[str]) -> str:
    """Of several; nothing at all is sure."""
    return max(statuses, key=STATUSES.index, default=PRINTED)


def worth(*waves: Wave) -> str:
    """Status of the least sure of the columns that these waves let through, or of what they make together.

    A pseudonym only tells rows apart, whoever made it up.
    """
    return least_sure(
        wave.package.worst([c for c in sorted(wave.columns) if wave.field(c).kind != "identifier"])
        for wave in waves
    )


def mention(status: str, said: str, *, drawn: bool) -> str:
    """The few words beside an exhibit; none where everything was collected, or where each row says it.

    ``status`` is of what it draws or lists, ``said`` of its title, which the evaluators may have worded.
    """
    if said == status or said not in (PRINTED, REWORDED) or not WORDS.get(status):
        return WORDS.get(status, "")
    shown = "répartition" if drawn else "contenu"
    of_shown = {
        PRINTED: "données publiées",
        REBUILT: "répartition reconstituée" if drawn else "contenu reconstitué",
        SIMULATED: f"{shown} : {WORDS[SIMULATED]}",
    }
    return f"titre {'publié' if said == PRINTED else 'de l’équipe'}, {of_shown[status]}"


def example(text: str, *, once: bool = False) -> str:
    """A text that rests on made-up values: each of its sentences says so, or the first for them all.

    Once is enough in a wave of which nothing was printed, where no sentence beside it is surer.
    """
    return _BEGINNING.sub(EXAMPLE, text, count=int(once))
