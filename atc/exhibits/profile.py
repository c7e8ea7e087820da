"""The sheet of one territory, for the evaluation team only: each row of it is a few known persons.

The chapter « fiche » shows it subject by subject, the desk in one table. What a wave says of a territory is a
table of ``variable`` (as the codebooks name it), ``source`` (which table or group says it), ``libelle``,
``valeur``, and ``reponse``: the same in words, missing where there is no answer.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from atc.disclosure import Count
from atc.exhibits.charts import stacked
from atc.exhibits.comparability import Comparable, then_and_now, year
from atc.exhibits.forms import amount
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import PERIODS
from atc.exhibits.selection import Selection, labels_of
from atc.exhibits.statements import statements
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import group_variable
from atc.indicators import change, scores
from atc.survey.dictionary import Field
from atc.survey.typography import day, lower_first
from atc.survey.waves import Wave

#: Tables with one row a territory, in reading order.
TABLES = ("territoires", "carnet_de_bord", "positionnements")
BECAUSE = "Fiche de territoire, pour l’équipe d’évaluation seulement"
#: Said on every sheet.
WARNING = (
    "Chaque ligne décrit quelques personnes que l’on peut reconnaître : les données sont pseudonymisées, non "
    "anonymes. Ne pas transmettre."
)
_HIDDEN = frozenset({"territoire", "longitude", "latitude"})
_COLUMNS = ("variable", "source", "libelle", "valeur", "reponse")


def answers(wave: Wave, site: str, *tables: str) -> pd.DataFrame:
    """What the rows of a territory say, column by column, keys left out; nothing where it has no row."""
    rows: list[tuple[Any, ...]] = []
    for described in map(wave.dictionary.table, tables):
        frame = wave.table(described.name)
        for row in frame[frame["territoire"].astype(str) == site].head(1).to_dict("records"):
            for name, field in described.fields.items():
                if name in row and name not in _HIDDEN and field.kind != "identifier":
                    asked = group_variable(wave.dictionary, f"{described.name}.{name}")
                    rows.append((asked.name, described.label, asked.label, *_worded(field, row[name])))
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="object")


def _worded(field: Field, value: Any) -> tuple[Any, str | None]:
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


def medians(wave: Wave, site: str, *periods: str) -> pd.DataFrame:
    """The median scores of a territory, sentence by sentence and group by group."""
    groups, items = (wave.field(f"scores.{name}").labels for name in ("groupe", "item"))
    rows = []
    for period in periods:
        table = scores.medianes_par_territoire(wave.table("scores"), period)
        known = table[table["territoire"] == site].set_index(["item", "groupe"])["mediane"]
        rows += [
            (
                f"scores.item={item}",
                f"Notes, {lower_first(who)} (situation {PERIODS[period]})",
                label,
                known[item, group],
                amount(known[item, group], decimals=1),
            )
            for item, label in items.items()
            for group, who in groups.items()
            if (item, group) in known.index
        ]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="object")


def sheet(asked: Selection) -> Draft:
    """All that the waves say of the territory that the filter names."""
    site = asked.filters["territoire"]
    waves = [wave for wave in (asked.before, asked.wave) if wave is not None]
    names = then_and_now(*waves) if len(waves) > 1 else (year(asked.wave),)
    told = {
        name: pd.concat([answers(wave, site, *TABLES), medians(wave, site, *PERIODS)])
        .dropna(subset="reponse")
        .set_index(["source", "libelle"])["reponse"]
        for name, wave in zip(names, waves, strict=True)
    }
    table = pd.concat(told, axis="columns").reset_index()
    place = labels_of(asked.wave, "territoires.territoire")[site]
    return statements(
        asked.release,
        table,
        BECAUSE,
        {"libelle": "Question", "source": "Source", **{name: name for name in names}},
        title=f"{place} : ce qu’en disent les données",
        who="réponses, notes comprises",
        subtitle="Une réponse par ligne ; les notes sont des médianes du territoire",
        reading=f"{place} : {len(table)} réponses. Un tiret : la vague n’a pas de réponse.",
        note=WARNING,
    )


def changes(before: Wave, after: Wave, site: str, joined: Comparable) -> pd.DataFrame:
    """What a territory answered in both waves, where the codebooks allow to compare.

    One row = one thing said in either wave: ``libelle``, ``source``, ``avant``, ``apres``, ``sens``, in
    words.
    """
    then, now = (_joined(wave, site, joined) for wave in (before, after))
    # By its code: the words of what is compared may have changed.
    both = then.merge(now, how="outer", on=["variable", "source"], suffixes=("_avant", ""))
    both = both.sort_values("variable", key=lambda names: names.map(joined.joined.index), kind="stable")
    ways = [_direction(*pair) for pair in zip(both["valeur_avant"], both["valeur"], strict=True)]
    return pd.DataFrame(
        {
            "libelle": both["libelle"].fillna(both["libelle_avant"]),
            # Only the present is compared.
            "source": both["source"].str.partition(" (")[0],
            "avant": both["reponse_avant"],
            "apres": both["reponse"],
            "sens": ways,
        }
    )


def _joined(wave: Wave, site: str, joined: Comparable) -> pd.DataFrame:
    tables = dict.fromkeys(name.partition(".")[0] for name in joined.joined if "=" not in name)
    periods = [scores.ACTUELLE] if joined.items else []
    said = pd.concat([answers(wave, site, *tables), medians(wave, site, *periods)])
    return said[said["variable"].isin(joined.joined)].dropna(subset="reponse")


def _direction(then: Any, now: Any) -> str:
    if pd.isna(then):
        return "sans réponse avant"
    if pd.isna(now):
        return "sans réponse ensuite"
    if isinstance(now, float):
        return change.SENS[change.sens(then, now)].lower()
    return "stable" if then == now else "change"


def among_others(asked: Selection, site: str) -> Draft:
    """The scores of one territory beside the banded distribution of the others."""
    wave, period, keys = asked.wave, asked.period, ["groupe", "item"]
    table, place = wave.table("scores"), labels_of(wave, "territoires.territoire")[site]
    there = table["territoire"].astype(str) == site
    others = scores.notes_par_tranche(table[~there], wave.dictionary, period)
    scale = scores.Scale.of(asked.field)
    bands = dict(zip(others["modalite"], others["libelle"], strict=True))
    wide = others.pivot_table(
        "effectif", [*keys, "libelle_groupe", "libelle_item"], "modalite", "sum", sort=False
    )
    own = scores.medianes_par_territoire(table[there], period)
    shown = wide.reset_index().merge(own, how="left", on=keys).fillna({"repondants": 0})
    order = list(wave.field("scores.groupe").labels)
    shown = shown.astype({"repondants": int}).sort_values(
        "groupe", key=lambda codes: codes.map(order.index), kind="stable"
    )
    headings = shown["libelle_groupe"].mask(shown["libelle_groupe"].duplicated(), "")
    rows = [
        stacked.BandRow(
            row["libelle_item"],
            heading=heading,
            counts=tuple(Count.exactly(int(row[code])) for code in bands),
            # Half-way between two bands, in the upper one.
            own=None if pd.isna(median) else sum(median > band.high for band in scale.bands),
            text="–" if pd.isna(median) else amount(median, decimals=1),
        )
        for row, median, heading in zip(shown.to_dict("records"), shown["mediane"], headings, strict=True)
    ]
    return Draft(
        title=f"{place} : ses notes parmi celles des autres territoires",
        subtitle=f"Réponses de {scale.low} à {scale.high}, par tranche ; situation {PERIODS[period]}",
        table=DataTable(
            asked.release.facts(shown, BECAUSE),
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                Column("mediane", f"Médiane, {place}", 1),
                Column("repondants", f"Réponses, {place}", 0),
                *(Column(code, f"Autres : {label}", 0) for code, label in bands.items()),
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
            canvas, rows, list(bands.values()), "réponses des autres territoires", f"médiane : {place}"
        ),
        note="Une médiane entre deux tranches est rangée dans la plus haute.",
    )
