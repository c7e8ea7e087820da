"""The sheet of one territory, for the evaluation team only: each row of it is a few known persons.

The chapter « fiche » shows it subject by subject, the desk in one table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atc.dictionary import Field
from atc.disclosure import Count
from atc.exhibits import statements
from atc.exhibits.charts import stacked
from atc.exhibits.comparability import Comparable, then_and_now, year
from atc.exhibits.forms import amount
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import PERIODS
from atc.exhibits.selection import Selection, labels_of
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import coded, group_variable
from atc.indicators import change, scores
from atc.typography import day, lower_first
from atc.waves import Wave

#: Tables with one row a territory, in reading order.
TABLES = ("territoires", "carnet_de_bord", "positionnements")
BECAUSE = "Fiche de territoire, pour l’équipe d’évaluation seulement"
#: Said on every sheet.
WARNING = (
    "Chaque ligne décrit quelques personnes que l’on peut reconnaître : les données sont pseudonymisées, non "
    "anonymes. Ne pas transmettre."
)
_HIDDEN = frozenset({"territoire", "longitude", "latitude"})


@dataclass(frozen=True)
class Answer:
    """One thing that a wave says of a territory.

    Attributes:
        variable: As the codebooks name it.
        source: Which table, or which group, says it.
        label: What was asked.
        value: The answer; ``None`` when there is none.
        text: The same as readers see it.
    """

    variable: str
    source: str
    label: str
    value: Any
    text: str | None


def answers(wave: Wave, site: str, table: str) -> Iterator[Answer]:
    """What the row of a territory says, column by column, keys left out; nothing when there is no row."""
    frame, described = wave.table(table), wave.dictionary.table(table)
    for row in frame[frame["territoire"].astype(str) == site].head(1).to_dict("records"):
        for name, field in described.fields.items():
            if name in row and name not in _HIDDEN and field.kind != "identifier":
                asked = f"{table}.{name}"
                label = group_variable(wave.dictionary, asked).label
                yield Answer(asked, described.label, label, *worded(field, row[name]))


def worded(field: Field, value: Any) -> tuple[Any, str | None]:
    """An answer, and its text; nothing where there is none."""
    if pd.isna(value):
        return None, None
    if field.categories:
        return str(value), field.labels[str(value)]
    if field.type == "boolean":
        return bool(value), "oui" if value else "non"
    if field.type == "date":
        return value, day(value)
    if field.type in {"integer", "number"}:
        return float(value), amount(float(value), field.unit)
    return str(value), str(value)


def medians(wave: Wave, site: str, period: str) -> Iterator[Answer]:
    """The median score of a territory on each sentence, group by group."""
    table = scores.medianes_par_territoire(wave.table("scores"), period)
    own = table[table["territoire"] == site].set_index(["item", "groupe"])["mediane"]
    groups, items = (wave.field(f"scores.{name}").labels for name in ("groupe", "item"))
    for item, label in items.items():
        for group, who in groups.items():
            if (item, group) in own.index:
                value = float(own[item, group])
                source = f"Notes, {lower_first(who)} (situation {PERIODS[period]})"
                yield Answer(f"scores.item={item}", source, label, value, amount(value, decimals=1))


def sheet(asked: Selection) -> Draft:
    """All that the waves say of the territory that the filter names."""
    site = asked.filters["territoire"]
    waves = [wave for wave in (asked.before, asked.wave) if wave is not None]
    names = then_and_now(*waves) if len(waves) > 1 else (year(asked.wave),)
    texts = [{(a.source, a.label): a.text for a in _known(wave, site)} for wave in waves]
    keys = dict.fromkeys(key for some in texts for key in some)
    rows = [(*key, *(some.get(key) for some in texts)) for key in keys]
    place = labels_of(asked.wave, "territoires.territoire")[site]
    return statements.statements(
        asked.release,
        pd.DataFrame(rows, columns=["source", "libelle", *names]),
        BECAUSE,
        {"libelle": "Question", "source": "Source", **{name: name for name in names}},
        title=f"{place} : ce qu’en disent les données",
        who="réponses, notes comprises",
        subtitle="Une réponse par ligne ; les notes sont des médianes du territoire",
        reading=f"{place} : {len(rows)} réponses. Un tiret : la vague n’a pas de réponse.",
        note=WARNING,
    )


def _known(wave: Wave, site: str) -> Iterator[Answer]:
    for table in TABLES:
        yield from (answer for answer in answers(wave, site, table) if answer.text is not None)
    for period in wave.field("scores.periode").labels:
        yield from medians(wave, site, period)


def changes(before: Wave, after: Wave, site: str, joined: Comparable) -> pd.DataFrame:
    """What a territory answered in both waves, where the codebooks allow to compare.

    Returns:
        One row = one thing said in either wave. ``libelle``, ``source``, ``avant``, ``apres``, ``sens``, in
        words.
    """
    then, now = (_joined(wave, site, joined) for wave in (before, after))
    both = then | now
    rows = [
        (both[key].label, key[1], *(said and said.text for said in pair), _direction(*pair))
        for key in sorted(both, key=lambda key: joined.joined.index(key[0]))
        for pair in [(then.get(key), now.get(key))]
    ]
    return pd.DataFrame(rows, columns=["libelle", "source", "avant", "apres", "sens"])


def _joined(wave: Wave, site: str, joined: Comparable) -> dict[tuple[str, str], Answer]:
    tables = dict.fromkeys(name.partition(".")[0] for name in joined.joined if "=" not in name)
    said = [answer for table in tables for answer in answers(wave, site, table)]
    said += medians(wave, site, scores.ACTUELLE) if joined.items else []
    # By its code: the words of what is compared may have changed.
    return {(a.variable, a.source): a for a in said if a.variable in joined.joined and a.text is not None}


def _direction(then: Answer | None, now: Answer | None) -> str:
    if then is None:
        return "absent de la première vague"
    if now is None:
        return "absent de la seconde vague"
    if isinstance(now.value, float):
        return change.SENS[change.sens(then.value, now.value)].lower()
    return "stable" if then.value == now.value else "change"


def among_others(asked: Selection) -> Draft:
    """The scores of one territory beside the banded distribution of the others."""
    site, wave, period = asked.filters["territoire"], asked.wave, asked.period
    place = labels_of(wave, "territoires.territoire")[site]
    table, keys = wave.table("scores"), ["groupe", "item"]
    others = scores.notes_par_tranche(table[table["territoire"].astype(str) != site], wave.dictionary, period)
    names = dict(zip(others["modalite"], others["libelle"], strict=True))
    wide = others.pivot_table(
        "effectif", [*keys, "libelle_groupe", "libelle_item"], "modalite", "sum", sort=False
    )
    own = scores.medianes_par_territoire(table[table["territoire"].astype(str) == site], period)
    shown = wide.reset_index().merge(own, how="left", on=keys)
    shown["repondants"] = shown["repondants"].fillna(0).astype(int)
    order = list(wave.field("scores.groupe").labels)
    shown = shown.sort_values("groupe", key=lambda codes: codes.map(order.index), kind="stable")
    headings = shown["libelle_groupe"].mask(shown["libelle_groupe"].duplicated(), "")
    rows = [
        stacked.BandRow(
            row["libelle_item"],
            heading=heading,
            counts=tuple(Count.exactly(int(row[code])) for code in names),
            own=None if pd.isna(row["mediane"]) else _band_of(asked, row["mediane"]),
            text="–" if pd.isna(row["mediane"]) else amount(row["mediane"], decimals=1),
        )
        for row, heading in zip(shown.to_dict("records"), headings, strict=True)
    ]
    return Draft(
        title=f"{place} : ses notes parmi celles des autres territoires",
        subtitle=f"Réponses de 1 à 10, par tranche ; situation {PERIODS[period]}",
        table=DataTable(
            asked.release.facts(shown, BECAUSE),
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                Column("mediane", f"Médiane, {place}", 1),
                Column("repondants", f"Réponses, {place}", 0),
                *(Column(code, f"Autres : {label}", 0) for code, label in names.items()),
            ],
        ),
        reading="Le cadre désigne la tranche où tombe la médiane du territoire ; chaque case compte "
        "les réponses des autres.",
        alt=f"{place}, médianes. " + listed((row.label, row.text) for row in rows),
        base=Base(
            int(shown["repondants"].max()),
            "réponses au plus par phrase et par groupe sur ce territoire",
        ),
        draw=lambda canvas: stacked.draw_bands(
            canvas, rows, list(names.values()), "réponses des autres territoires", f"médiane : {place}"
        ),
        note="Une médiane entre deux tranches est rangée dans la plus haute.",
    )


def _band_of(asked: Selection, median: float) -> int:
    """The band of a median; half-way between two, it goes to the upper one."""
    found = coded(asked.variable, asked.field, pd.Series([math.ceil(median)]))
    return list(found.labels).index(found.codes.iloc[0])
