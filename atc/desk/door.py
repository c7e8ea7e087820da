"""The few names that notebooks call: ``atc.explorer``, ``atc.tables``, ``atc.apercu``, ``atc.bureau``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atc.desk.compute import answer
from atc.desk.preview import Listing, Preview, listing, preview
from atc.desk.view import FLAT, View
from atc.waves import Wave

if TYPE_CHECKING:
    from atc.desk.desk import Desk
    from atc.exhibits import Exhibit


def explorer(
    donnees: Wave,
    variable: str = "",
    *,
    analyse: str = FLAT,
    groupe: str = "",
    depuis: str = "",
    reseau: str = "",
    role: str = "",
    modele: str = "",
    territoire: str = "",
    periode: str = "",
) -> Exhibit:
    """Ask one question, and get a figure with its reading, its n, its wording and its status.

    Examples::

        donnees = atc.open_wave("2021-automne")
        atc.explorer(donnees, "carnet_de_bord.configuration")
        atc.explorer(
            donnees, "questionnaire_flash.posture", analyse="tri croisé", groupe="questionnaire_flash.role"
        )
        atc.explorer(donnees, analyse="regards croisés", depuis="2020-automne")

    Args:
        donnees: The wave, as `atc.open_wave` gives it; its tier decides of what is masked.
        variable: ``table.colonne``, as `atc.tables` lists them; an item of the scores is
            ``scores.item=cooperation``, all of them ``scores.score``.
        analyse: « tri à plat », « tri croisé », « comparaison de vagues », « regards croisés » or « fiche ».
        groupe: What a « tri croisé » cuts by, as ``table.colonne``.
        depuis: The wave before, to compare with it: codebooks allow no other.
        reseau: Keep one network only.
        role: Keep one role only.
        modele: Keep one model of priorities only.
        territoire: Keep one territory only; the one that a « fiche » is about.
        periode: Of the scores: ``avant`` or ``actuelle``.

    Raises:
        UsageError: The question makes no sense, or its answer may not be seen at this tier; the message
            says what to choose instead.
    """
    filters = {
        "reseau": reseau, "role": role, "modele": modele, "territoire": territoire, "periode": periode,
    }  # fmt: skip
    kept = {name: code for name, code in filters.items() if code}
    if not depuis:
        return answer(View((donnees.id,), donnees.diffusion, analyse, variable, groupe, kept), [donnees])
    view = View((depuis, donnees.id), donnees.diffusion, analyse, variable, groupe, kept)
    return answer(view, [donnees.previous(), donnees])


def tables(donnees: Wave) -> Listing:
    """What may be asked of a wave: each variable by its name, with its label, its question and its status.

    Args:
        donnees: The wave.
    """
    return listing(donnees)


def apercu(donnees: Wave, table: str, lignes: int = 20) -> Preview:
    """The first rows of a table, in words; for the evaluation team only.

    Args:
        donnees: The wave, opened at tier ``interne``.
        table: Name of the table.
        lignes: How many rows.

    Raises:
        UsageError: The tier is not ``interne``, or there is no such table.
    """
    return preview(donnees, table, lignes)


def bureau(vague: str = "") -> Desk:
    """The desk of `notebooks/explorer.ipynb`: the same questions, chosen in lists.

    Args:
        vague: The wave on which it opens; the latest one beside the one before when empty.

    Raises:
        UsageError: report.toml knows no such wave.
    """
    # Its widgets are for JupyterLab alone: those who only code do not wait for them.
    from atc.desk.desk import Desk  # noqa: PLC0415

    return Desk(vague)
