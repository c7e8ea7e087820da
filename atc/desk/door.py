"""What notebooks call: ``atc.explorer`` and ``atc.bureau``; `preview` has ``atc.tables`` and ``atc.apercu``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from atc.desk.compute import answer
from atc.desk.view import FLAT, View, filters_named
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
    filtre: str | Sequence[str] = (),
    regrouper: Mapping[str, Sequence[str]] | None = None,
    titre: str = "",
) -> Exhibit:
    """Ask one question, and get a figure with its reading, its n, its wording and its status.

    Examples::

        donnees = atc.open_wave("2021-automne")
        atc.explorer(donnees, "carnet_de_bord.configuration")
        atc.explorer(
            donnees, "questionnaire_flash.posture", analyse="tri croisé", groupe="questionnaire_flash.role"
        )
        atc.explorer(donnees, analyse="regards croisés", depuis="2020-automne")
        atc.explorer(
            donnees,
            "questionnaire_flash.posture",
            filtre="questionnaire_flash.frein_elections=oui",
            regrouper={"Ne la soutient pas": ("observateur", "reserve")},
            titre="Qui soutient la démarche ?",
        )

    Args:
        donnees: The wave, as `atc.open_wave` gives it; its tier decides of what is masked.
        variable: ``table.colonne``, as `atc.tables` lists them; an item of the scores is
            ``scores.item=cooperation``, all of them ``scores.score``.
        analyse: « tri à plat », « tri croisé », « deux nombres », « comparaison de vagues », « regards
            croisés » or « fiche ».
        groupe: What a « tri croisé » cuts by, or the second of « deux nombres », as ``table.colonne``.
        depuis: The wave before, to compare with it.
        reseau: Keep one network only.
        role: Keep one role only.
        modele: Keep one model of priorities only.
        territoire: Keep one territory only; the one that a « fiche » is about.
        periode: Of the scores: ``avant`` or ``actuelle``.
        filtre: Keep one answer to any other variable of the table, or of its territories, as
            ``table.colonne=code``; several in a list.
        regrouper: Label -> codes that it puts together, of the variable or of the group.
        titre: In place of the computed one.

    Raises:
        UsageError: The question makes no sense, or its answer may not be seen at this tier; the message
            says what to choose instead.
    """
    named = {
        "reseau": reseau, "role": role, "modele": modele, "territoire": territoire, "periode": periode,
    }  # fmt: skip
    kept = {name: code for name, code in named.items() if code} | filters_named(filtre)
    vagues = (depuis, donnees.id) if depuis else (donnees.id,)
    view = View(vagues, donnees.diffusion, analyse, variable, groupe, kept, regrouper or {}, titre)
    return answer(view, [donnees.previous(), donnees] if depuis else [donnees])


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
