"""The experiment at a glance: its calendar and its abbreviations, public facts that no answer changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from atc.exhibits.charts import calendar
from atc.exhibits.declare import let_printed, release_for, sealed
from atc.exhibits.model import Exhibit, listed
from atc.exhibits.statements import statements
from atc.indicators.measures import lignes
from atc.survey.errors import refusal
from atc.survey.reference import load_facts
from atc.survey.waves import Wave

_CALENDAR, _ABBREVIATIONS = "calendrier.csv", "sigles.csv"


def dates(vague: Wave, id_: str) -> Exhibit:
    """What took place when, as far as a wave knows: the experiment, its context, each collection.

    `DataRefused` if ``calendrier.csv`` is at fault.
    """
    rows = load_facts(vague.project, _CALENDAR, vague.id)
    # The heading of a group stands over its first event only.
    opened = rows["rubrique"].where(rows["rubrique"] != rows["rubrique"].shift(), "")
    events = [
        calendar.Event(row.quoi, heading, _day(row.debut), _day(row.fin), row.quand)
        for row, heading in zip(lignes(rows), opened, strict=True)
    ]
    return _table(
        vague,
        id_,
        rows,
        {"rubrique": "Rubrique", "quoi": "Ce qui a lieu", "quand": "Quand", "source": "Source"},
        title="Deux ans d’expérimentation, entre élections et confinements",
        reading="Chaque recueil est placé à côté de ce qui a pu ralentir la démarche.",
        alt="Calendrier. " + listed((event.label, event.when) for event in events),
        draw=lambda canvas: calendar.draw(canvas, events),
    )


def abbreviations(vague: Wave, id_: str) -> Exhibit:
    """The abbreviations that the report uses, in words; `DataRefused` if ``sigles.csv`` is at fault."""
    rows = load_facts(vague.project, _ABBREVIATIONS)
    shown = {"sigle": "Sigle", "mot": "Ce qu’il veut dire"}
    return _table(vague, id_, rows, shown, title="Les sigles du rapport", reading="Par ordre alphabétique.")


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        message, remedy = "Date illisible", "Écrivez l’année, le mois et le jour : 2020-03-17"
        raise refusal(f"data/reference/{_CALENDAR}", message, remedy, value=written) from error


def _table(vague: Wave, id_: str, rows: pd.DataFrame, shown: dict[str, str], **words: Any) -> Exhibit:
    release = release_for(vague, id_)
    let_printed(release, *(str(cell) for cell in rows.to_numpy().ravel()))
    draft = statements(release, rows, "Calendrier et sigles : faits publics", shown, who="lignes", **words)
    return sealed(
        vague, draft, release, id=id_, source="Source : sources publiques et rapport.", status="publié"
    )
