"""The quotations that may be shown, and under which name (design/privacy.md, 13 and 14)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import effectifs

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

# A name under a quotation must cover at least so many people interviewed.
PERSONNES_MINIMUM = 5
# No more of one speaker in the whole report, and never side by side.
CITATIONS_PAR_LOCUTEUR = 2
ATTRIBUTION_LARGE = "Acteur local"


def publiables(
    verbatims: pd.DataFrame, entretiens: pd.DataFrame, dictionary: Dictionary, chapitre: str
) -> pd.DataFrame:
    """Quotations of one chapter that may be shown: reviewed, by whom and when, and no speaker twice in a row.

    Returns:
        One row = one quotation, in the order to show them. ``idee``, ``texte``, ``nature`` (codes),
        ``attribution``. Nothing tells two quotations of one speaker together, nor their site.
    """
    shown = _shown(verbatims, chapitre)
    codes = shown["fonction"].astype(str)
    named = shown.assign(attribution=codes.map(attributions(entretiens, dictionary)))
    return named[["idee", "texte", "nature", "attribution"]].reset_index(drop=True)


def nombre_retenu(verbatims: pd.DataFrame, chapitre: str) -> int:
    """Quotations of one chapter that the register holds and that may not be shown."""
    return int((verbatims["chapitre"] == chapitre).sum()) - len(_shown(verbatims, chapitre))


def attributions(entretiens: pd.DataFrame, dictionary: Dictionary) -> dict[str, str]:
    """Function of the speaker -> name under the quotation.

    The wider group of functions when at least ``PERSONNES_MINIMUM`` interviews were held with it, else the
    widest name of all. One interview counts for one person.
    """
    function = dictionary.field("verbatims.fonction")
    interviews = entretiens[entretiens["nature"] == "entretien"]
    counts = effectifs.par_groupe(interviews, dictionary.field("entretiens.fonction"))
    covered = dict(zip(counts["modalite"], counts["effectif"], strict=True))
    return {
        code: function.group_labels[group]
        if covered.get(group, 0) >= PERSONNES_MINIMUM
        else ATTRIBUTION_LARGE
        for code, group in function.groups.items()
    }


def _reviewed(verbatims: pd.DataFrame) -> pd.DataFrame:
    signed = verbatims[["relu_par", "relu_le"]].notna().all(axis=1)
    return verbatims[verbatims["relu"].fillna(False).astype(bool) & signed]


def _shown(verbatims: pd.DataFrame, chapitre: str) -> pd.DataFrame:
    # Two of one speaker in the whole report: the limit is taken before the chapter is.
    reviewed = _reviewed(verbatims)
    few = reviewed[reviewed.groupby("locuteur", sort=False).cumcount() < CITATIONS_PAR_LOCUTEUR]
    kept = few[few["chapitre"] == chapitre]
    return kept.iloc[_apart(list(kept["locuteur"].astype(str)))]


def _apart(speakers: list[str]) -> list[int]:
    """Positions in the order of the register, moved only so far that nobody speaks twice in a row.

    What cannot be placed is left out; nothing is, when some order can hold everything.
    """
    waiting = list(range(len(speakers)))
    order: list[int] = []
    while waiting:
        last = speakers[order[-1]] if order else None
        free = [i for i in waiting if speakers[i] != last]
        if not free:
            break
        chosen = next((i for i in free if _rest_fits(speakers, waiting, i)), free[0])
        order.append(chosen)
        waiting.remove(chosen)
    return order


def _rest_fits(speakers: list[str], waiting: list[int], chosen: int) -> bool:
    """Whether the others can still be set apart once ``chosen`` has been placed.

    They can if nobody has more than half of the places left, rounded up, and the one who has just spoken no
    more than half rounded down: the usual condition for arranging without neighbours alike.
    """
    rest = [speakers[i] for i in waiting if i != chosen]
    just_spoke = speakers[chosen]
    return all(2 * said <= len(rest) + (who != just_spoke) for who, said in Counter(rest).items())
