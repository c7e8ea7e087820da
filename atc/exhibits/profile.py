"""What only the evaluation team sees: the sheet of a territory, and two numbers, point by point."""

from itertools import product
from typing import Any

import pandas as pd

from atc.disclosure import Count
from atc.exhibits.charts.rows import Row, draw_stacks, stack_bar
from atc.exhibits.charts.scales import Point, draw_points
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.scored import PERIODS
from atc.exhibits.selection import Selection, year
from atc.exhibits.sentences import amount
from atc.exhibits.statements import statements
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import group_variable, labels_of
from atc.indicators import territories
from atc.indicators.measures import lignes
from atc.survey.dictionary import Field
from atc.survey.errors import DisclosureRefused
from atc.survey.typography import capitalise, counted, day, lower_first
from atc.survey.waves import Wave

#: Tables with one row a territory, in reading order.
TABLES = ("territoires", "carnet_de_bord", "positionnements")
BECAUSE = "Fiche de territoire, pour l’équipe d’évaluation seulement"
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


def said(wave: Wave, site: str) -> pd.DataFrame:
    """What a wave says of a territory: ``source`` (which table or group), ``libelle`` and ``reponse``.

    Its rows column by column, keys left out, then its median scores; what has no answer has no row.
    """
    rows: list[tuple[str, str, str | None]] = []
    for described in map(wave.dictionary.table, TABLES):
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
    return pd.DataFrame(rows, columns=["source", "libelle", "reponse"], dtype="object").dropna()


def sheet(asked: Selection) -> Draft:
    """All that the waves say of the territory that the filter names."""
    site = asked.filters["territoire"]
    named = {year(asked.wave): asked.wave}
    if asked.before is not None:
        named = dict(zip(asked.when, (asked.before, asked.wave), strict=True))
    told = {
        name: said(wave, site).set_index(["source", "libelle"])["reponse"] for name, wave in named.items()
    }
    table = pd.concat(told, axis="columns").reset_index()
    place = labels_of(asked.wave, "territoires.territoire")[site]
    return statements(
        asked.release,
        table,
        BECAUSE,
        {"libelle": "Question", "source": "Source", **{name: name for name in named}},
        title=f"{place} : ce qu’en disent les données",
        who="réponses, notes comprises",
        subtitle="Une réponse par ligne ; les notes sont des médianes du territoire",
        reading=f"{place} : {len(table)} réponses.",
        note=f"{WARNING} Une question sans aucune réponse n’est pas listée."
        + " Un tiret : sans réponse dans cette vague. T08-06 dit ce qui se compare." * (len(named) > 1),
    )


def among_others(asked: Selection, site: str) -> Draft:
    """The scores of one territory beside the banded distribution of the others."""
    wave, period, keys = asked.wave, asked.period, ["groupe", "item"]
    table, place = wave.table("scores"), labels_of(wave, "territoires.territoire")[site]
    there = table["territoire"].astype(str) == site
    others = territories.notes_par_tranche(table[~there], wave.dictionary, period)
    bands = dict(zip(others["modalite"], others["libelle"], strict=True))
    named = [*keys, "libelle_groupe", "libelle_item"]
    wide = others.pivot_table("effectif", named, "modalite", "sum", sort=False).reset_index()
    own = territories.medianes_par_territoire(table[there], period)
    shown = wide.merge(own, how="left", on=keys).fillna({"repondants": 0}).astype({"repondants": int})
    order = list(wave.field("scores.groupe").labels)
    shown = shown.sort_values("groupe", key=lambda codes: codes.map(order.index), kind="stable")
    scale, rows = territories.Scale.of(asked.field), list[Row]()
    for row, banded in zip(lignes(shown), shown[list(bands)].to_numpy(dtype="int"), strict=True):
        # The favourable end first.
        counts = tuple(Count.exactly(int(count)) for count in banded[::-1])
        known = "sans réponse" if pd.isna(row.mediane) else f"médiane {amount(row.mediane, decimals=1)}"
        rows.append(stack_bar(row.libelle_item, row.libelle_groupe, counts, known))
    headed = {
        "libelle_item": "Phrase",
        "libelle_groupe": "Groupe",
        "mediane": f"Médiane, {place}",
        "repondants": f"Réponses, {place}",
        **{code: f"Autres : {label}" for code, label in bands.items()},
    }
    who = "réponses au plus par phrase et par groupe sur ce territoire"
    return Draft(
        title=f"{place} : ses notes parmi celles des autres territoires",
        subtitle=f"Réponses de {scale.low} à {scale.high}, par tranche ; situation {PERIODS[period]}",
        table=DataTable.headed(asked.release.facts(shown, BECAUSE), headed),
        reading="Chaque barre compte les réponses des autres territoires, tranche par tranche ; au bout, la "
        "médiane de celui-ci.",
        base=Base(int(shown["repondants"].max()), who),
        draw=lambda canvas: draw_stacks(canvas, rows, list(bands.values())[::-1]),
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
    title = f"{up.label} et {aside} : {counted(len(points), *asked.unit[:2])}"
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
        subtitle=f"{capitalise(asked.unit[1])}, selon {aside} et {lower_first(up.label)}"
        f"{asked.filters_aloud()}",
        table=DataTable(asked.release.facts(table, because), [Column("commune", "Commune"), *columns]),
        reading="{} : {} et {}.".format(*told[0]),
        alt=f"{up.label} selon {aside}. " + listed((name, f"{x}, {y}") for name, x, y in told),
        base=Base(len(points), f"{asked.unit[1]} où les deux nombres sont connus"),
        draw=lambda canvas: draw_points(canvas, points, *axes),
        note="Que deux nombres aillent ensemble ne dit pas que l’un vient de l’autre.",
    )
