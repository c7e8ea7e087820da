"""Stance of the institutions towards the experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from atc.disclosure import Ratio, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.jeux_d_acteurs.repondants import RESPONDENTS, non_response
from atc.exhibits.charts import Canvas, stacked, units
from atc.indicators import acteurs
from atc.indicators.measures import premiere
from atc.typography import capitalise, enumeration, lower_first
from atc.waves import Wave

_POSTURE = "questionnaire_flash.posture"
_TOO_FEW = " Rôle par rôle, trop peu de personnes répondent pour que leurs nombres soient communiqués."
_PRINTED_ORDER = " L’ordre entre les rôles est celui que le rapport intermédiaire a imprimé, sans nombre."


@exhibit(
    "F03-02",
    uses=(
        "questionnaire_flash.repondant",
        "questionnaire_flash.role",
        "questionnaire_flash.repondu",
        "questionnaire_flash.posture",
    ),
)
def fig_03_02(vague: Wave, release: Release) -> Draft:
    """Stance of the institutions: role by role where that masks nothing, all together otherwise."""
    flash = vague.table("questionnaire_flash")
    by_role = release.unmasked(
        lambda one: one.crossing(
            acteurs.postures_par_role(flash, vague.dictionary), _POSTURE, rows="role", columns="modalite"
        )
    )
    everyone = release.distribution(acteurs.postures(flash, vague.dictionary), _POSTURE, bands=_either)
    # The interim report prints an order, without numbers: it is said as far as it was reviewed.
    ahead = release.names(acteurs.roles_en_tete(flash, vague.dictionary, "soutien"), f"{_POSTURE}=soutien")
    backing = next((row for row in everyone if row.modalite == "soutien"), None)
    share = Ratio(backing.effectif, backing.total) if backing else None
    labels = vague.field(_POSTURE).labels
    return Draft(
        title=_supporters(ahead, backing),
        subtitle="Nombre de répondant.es, selon la posture de leur institution envers l’expérimentation",
        table=_stance_table(everyone, by_role, labels),
        reading="Posture de l’institution. " + listed((row.libelle, _out_of(row)) for row in everyone)
        if by_role is None
        else _support_aloud(by_role),
        alt="Posture des institutions. "
        + listed((row.libelle, Ratio(row.effectif, row.total).shown) for row in everyone),
        base=Base(premiere(everyone.frame).total, RESPONDENTS),
        draw=_stances(everyone, by_role, labels),
        note=non_response(flash, release, share, "soutiendraient l’expérimentation")
        + ("" if by_role else _TOO_FEW)
        + (_PRINTED_ORDER if ahead and by_role is None else ""),
    )


def _either(labels: Sequence[str]) -> str:
    """Name of several stances put together."""
    return ", ou ".join([labels[0], *(lower_first(label) for label in labels[1:])])


def _out_of(row: Any) -> str:
    return Ratio(row.effectif, row.total).comptes


def _supporters(ahead: Sequence[str] | None, backing: Any | None) -> str:
    support = f"{backing.effectif.of('répondant.e')} sur {backing.total}" if backing else ""
    if ahead:
        who = enumeration([lower_first(label) for label in ahead])
        return f"Les {who} soutiennent le plus souvent l’expérimentation" + (
            f" ; en tout, {support} la soutiennent" if support else ""
        )
    if support:
        return f"{capitalise(support)} disent que leur institution soutient l’expérimentation"
    return "La posture des institutions envers l’expérimentation"


def _support_aloud(by_role: Released) -> str:
    shares = [
        f"{_out_of(row)} chez les {lower_first(row.libelle_role)}"
        for row in by_role
        if row.modalite == "soutien"
    ]
    return f"Soutiennent l’expérimentation : {enumeration(shares)}."


def _stance_table(everyone: Released, by_role: Released | None, labels: Mapping[str, str]) -> DataTable:
    if by_role is None:
        return DataTable(
            everyone,
            [Column("libelle", "Posture"), Column("effectif", "Répondant.es", 0), Column("total", "Sur", 0)],
        )
    return DataTable(
        by_role.reshaped(_roles_wide),
        [
            Column("libelle_role", "Rôle"),
            *(Column(code, label, 0) for code, label in labels.items()),
            Column("total", "Ensemble", 0),
        ],
    )


def _roles_wide(frame: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "libelle_role": label,
            "total": premiere(some).total,
            **dict(zip(some["modalite"], some["effectif"], strict=True)),
        }
        for label, some in frame.groupby("libelle_role", sort=False)
    ]
    return pd.DataFrame(rows)


def _stances(
    everyone: Released, by_role: Released | None, labels: Mapping[str, str]
) -> Callable[[Canvas], Figure]:
    if by_role is None:
        return lambda canvas: units.draw(canvas, units.from_counts(everyone))
    rows = stacked.from_counts(by_role, "libelle_role")
    return lambda canvas: stacked.draw(canvas, rows, list(labels.values()))
