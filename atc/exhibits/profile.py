"""What only the evaluation team sees: the sheet of a territory, and two numbers, point by point."""

from itertools import product
from typing import Any

import pandas as pd

from atc.exhibits.charts.scales import Point, draw_points
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.scored import PERIODS
from atc.exhibits.selection import Selection, then_and_now
from atc.exhibits.sentences import amount
from atc.exhibits.statements import statements
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import group_variable, labels_of
from atc.indicators import fieldwork, territories
from atc.indicators.measures import lignes
from atc.survey.dictionary import Field
from atc.survey.errors import DisclosureRefused
from atc.survey.typography import capitalise, counted, day, lower_first
from atc.survey.waves import Wave

#: Tables with one row a territory, in reading order.
_TABLES = ("territoires", "carnet_de_bord", "positionnements")
#: All that a sheet reads.
READ = tuple(f"{table}.*" for table in (*_TABLES, "scores", "effets", "entretiens"))
_BECAUSE = "Fiche de territoire, pour l’équipe d’évaluation seulement"
#: Said on every sheet.
WARNING = (
    "Chaque ligne décrit quelques personnes que l’on peut reconnaître : les données sont pseudonymisées, non "
    "anonymes. Ne pas transmettre."
)
#: What names a point.
COMMUNE = "territoires.commune"
_HIDDEN = frozenset({"territoire", "longitude", "latitude"})


def in_words(field: Field, value: Any, decimals: int = 2) -> str | None:
    """An answer in words; nothing where there is none."""
    if pd.isna(value):
        return None
    if field.categories:
        return field.labels[str(value)]
    if field.type == "boolean":
        return "oui" if value else "non"
    if field.type in {"integer", "number"}:
        return amount(float(value), field.unit, decimals)
    return day(value) if field.type == "date" else str(value)


def _said(wave: Wave, site: str) -> pd.Series:
    """What a wave says of a territory, in words, by source (a table, or a group of it) and question.

    Its rows column by column, keys left out, its median scores, the effects seen there and whom the
    evaluators met; what has no answer has no row.
    """
    rows: list[tuple[str | None, ...]] = []
    for described in map(wave.dictionary.table, _TABLES):
        frame = wave.table(described.name)
        for row in frame[frame["territoire"].astype(str) == site].head(1).to_dict("records"):
            for field in described.fields.values():
                if field.name in row and field.name not in _HIDDEN and field.kind != "identifier":
                    asked = group_variable(wave.dictionary, f"{field.table}.{field.name}")
                    rows.append((described.label, asked.label, in_words(field, row[field.name])))
    groups, items = (wave.field(f"scores.{name}").labels for name in ("groupe", "item"))
    for period, situation in PERIODS.items():
        table = territories.medianes_par_territoire(wave.table("scores"), period)
        known = table[table["territoire"] == site].set_index(["item", "groupe"])["mediane"]
        for item, group in product(items, groups):
            if (item, group) in known.index:
                source = f"Notes, {lower_first(groups[group])} (situation {situation})"
                rows.append((source, items[item], amount(known[item, group], decimals=1)))
    effects = wave.table("effets")
    kind, seen, nature = map(wave.field, ("effets.type", "effets.resume", "entretiens.nature"))
    rows += [
        ("Premiers effets", in_words(kind, row.type), in_words(seen, row.resume))
        for row in lignes(effects[effects["territoire"].astype(str) == site])
    ]
    met = fieldwork.rencontres(wave.table("entretiens"), wave.table("territoires"), wave.dictionary)
    rows += [
        (f"Rencontres : {lower_first(nature.labels[str(row.nature)])}", row.libelle, str(row.effectif))
        for row in lignes(met[met["territoire"].astype(str) == site])
    ]
    table = pd.DataFrame(rows, columns=["source", "libelle", "reponse"], dtype="object").dropna()
    # A site may illustrate one kind of effect twice.
    return table.groupby(["source", "libelle"], sort=False)["reponse"].agg(" ; ".join)


def sheet(asked: Selection) -> Draft:
    """All that the waves say of the territory that the filter names."""
    site = asked.filters["territoire"]
    named = zip(then_and_now(*asked.waves), asked.waves, strict=True)
    told = {name: _said(wave, site) for name, wave in named}
    table = pd.concat(told, axis="columns").reset_index()
    place = labels_of(asked.wave, "territoires.territoire")[site]
    return statements(
        asked.release,
        table,
        _BECAUSE,
        {"libelle": "Question", "source": "Source", **{name: name for name in told}},
        title=f"{place} : ce qu’en disent les données",
        who="réponses, notes et rencontres comprises",
        subtitle="Une réponse par ligne ; les notes sont des médianes du territoire",
        reading=f"{place} : {counted(len(table), 'réponse')}.",
        note=f"{WARNING} Une question sans aucune réponse n’est pas listée."
        + " Un tiret : sans réponse dans cette vague. T08-06 dit ce qui se compare." * (len(told) > 1),
    )


# --- two numbers against each other ---


def two_numbers(asked: Selection) -> Draft:
    """A number against another one: the group of the selection goes to the right."""
    if asked.masks:
        raise DisclosureRefused(f"{asked.release.exhibit} : un point est un site, et se reconnaît.")
    up, right = asked.field, asked.wave.field(asked.group)
    found = asked.rows(asked.group, COMMUNE).dropna(subset=[up.name, right.name])
    if found.empty:
        raise asked.nobody()
    table = found.sort_values([right.name, up.name], ascending=False)[["commune", right.name, up.name]]
    points = [Point(str(name), float(x), float(y)) for name, x, y in table.itertuples(index=False)]
    xs, ys = (table[field.name].astype("float64") for field in (right, up))
    middle, aside = xs.median(), lower_first(right.label)
    above, rest = ys[xs > middle], ys[xs <= middle]
    title = f"{up.label} et {aside} : {counted(len(points), asked.unit.one, asked.unit.several)}"
    if len(above):
        title = (
            f"{up.label} : {amount(above.median(), up.unit)} en médiane au-dessus de "
            f"{amount(middle, right.unit)}, {amount(rest.median())} sinon"
        )
    told = [(p.name, amount(p.x, right.unit), amount(p.y, up.unit)) for p in points]
    columns = [Column(f.name, f.label, 0 if f.type == "integer" else 2) for f in (right, up)]
    because = "Deux nombres par site, pour l’équipe d’évaluation seulement"
    axes = [f"{field.label} ({field.unit})" for field in (right, up)]
    return Draft(
        title=title,
        subtitle=f"{capitalise(asked.unit.several)}, selon {aside} et {lower_first(up.label)}"
        f"{asked.filters_aloud()}",
        table=DataTable(asked.release.facts(table, because), [Column("commune", "Commune"), *columns]),
        reading="{} : {} et {}.".format(*told[0]),
        alt=f"{up.label} selon {aside}. " + listed((name, f"{x}, {y}") for name, x, y in told),
        base=Base(len(points), f"{asked.unit.several} où les deux nombres sont connus"),
        draw=lambda canvas: draw_points(canvas, points, *axes),
        note="Que deux nombres aillent ensemble ne dit pas que l’un vient de l’autre.",
    )
