"""« Fiche »: all that the waves hold on one territory, for the evaluation team only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from atc.desk.asked import Asked, label
from atc.desk.joining import year
from atc.dictionary import Field
from atc.exhibits import Base, Column, DataTable, Draft
from atc.indicators import scores
from atc.indicators.measures import lignes
from atc.typography import day, number
from atc.waves import Wave

#: Tables with one row a territory, in reading order.
TABLES = ("territoires", "carnet_de_bord", "positionnements")
_HIDDEN = frozenset({"territoire", "longitude", "latitude", "repondant"})


def draft(asked: Asked) -> Draft:
    """What is known of one territory, in each wave that is asked for."""
    site = asked.view.filtres["territoire"]
    waves = [wave for wave in (asked.before, asked.wave) if wave is not None]
    found = {year(wave): dict(_known(wave, site)) for wave in waves}
    keys = dict.fromkeys(key for values in found.values() for key in values)
    rows = [
        {
            "source": source,
            "libelle": text,
            **{when: values.get((source, text)) for when, values in found.items()},
        }
        for source, text in keys
    ]
    name = label(asked.wave, "territoires.territoire", site)
    columns = ["source", "libelle", *found]
    return Draft(
        title=f"{name} : ce qu’en disent les données",
        subtitle="Une réponse par ligne ; les notes sont des médianes du territoire",
        table=DataTable(
            asked.release.facts(
                pd.DataFrame(rows, columns=columns),
                "Fiche de territoire, pour l’équipe d’évaluation seulement",
            ),
            [
                Column("libelle", "Question"),
                Column("source", "Source"),
                *(Column(when, when) for when in found),
            ],
        ),
        reading=f"{name} : {len(rows)} réponses. Un tiret : la vague n’a pas de réponse.",
        alt="",
        base=Base(len(rows), "réponses, notes comprises"),
        note="Chaque ligne décrit quelques personnes que l’on peut reconnaître : les données sont "
        "pseudonymisées, non anonymes. Ne pas transmettre.",
    )


def _known(wave: Wave, site: str) -> Iterator[tuple[tuple[str, str], str]]:
    for table in TABLES:
        frame = wave.table(table)
        own = frame[frame["territoire"].astype(str) == site]
        source = wave.dictionary.table(table).label
        for row in lignes(own.head(1)):
            for field in wave.dictionary.table(table).fields.values():
                value = getattr(row, field.name)
                if field.name not in _HIDDEN and not pd.isna(value):
                    yield (source, field.label), _shown(field, value)
    yield from _medians(wave, site)


def _shown(field: Field, value: Any) -> str:
    if field.categories:
        return field.labels[str(value)]
    if field.type == "boolean":
        return "oui" if value else "non"
    if field.type == "date":
        return day(value)
    if field.type in {"integer", "number"}:
        return f"{number(float(value), 0 if float(value).is_integer() else 1)} {field.unit}".strip()
    return str(value)


def _medians(wave: Wave, site: str) -> Iterator[tuple[tuple[str, str], str]]:
    table = wave.table("scores")
    groups, items = (wave.field(f"scores.{name}").labels for name in ("groupe", "item"))
    for period, told in wave.field("scores.periode").labels.items():
        medians = scores.medianes_par_territoire(table, period)
        for row in lignes(medians[medians["territoire"] == site]):
            source = f"Notes, {groups[row.groupe].lower()} ({told.lower()})"
            value = number(row.mediane, 0 if float(row.mediane).is_integer() else 1)
            yield (source, items[row.item]), value
