"""« Tri à plat »: how many answered each modalité, in the display that fits the type of the variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.desk import notes
from atc.desk.asked import Asked
from atc.desk.choices import BOXES, DATE, MAP, NUMBER, SCORE, unit
from atc.desk.counting import boxes, field_of, one_way, what_of
from atc.disclosure import Released
from atc.exhibits import Base, Column, DataTable, Draft, ratios_aloud
from atc.exhibits.charts import columns, sitemap, units
from atc.indicators import measures, terrain
from atc.indicators.measures import lignes
from atc.reference import load_background
from atc.typography import capitalise, enumeration, lower_first, number

#: Beyond this, names on a map hide one another.
_MOST_SITES = 40
MERGED = "Des tranches voisines sont réunies, là où trop peu de personnes ou de sites s’y trouvent."


def draft(asked: Asked) -> Draft:
    """Answer one « tri à plat »."""
    kind = asked.variable.kind
    if kind == SCORE:
        return notes.draft(asked)
    if kind == BOXES:
        return _boxes(asked)
    if kind == MAP and not asked.filters and len(asked.rows()) <= _MOST_SITES:
        return _map(asked)
    return _counts(asked)


def _counts(asked: Asked) -> Draft:
    counts = one_way(asked)
    rows, label = list(counts), asked.variable.label
    lying, standing = units.from_counts(counts), [columns.Column(row.libelle, row.effectif) for row in rows]
    middle = _median(asked)
    return Draft(
        title=f"{label} : {middle} en médiane" if middle else _title(asked, counts),
        subtitle=f"Nombre de {_several(asked)}{asked.filters_aloud()}",
        table=DataTable(counts, _columns(asked)),
        reading=_reading(asked, rows),
        alt=f"{label}. " + ratios_aloud(counts),
        base=Base(rows[0].total, asked.who),
        draw=(lambda canvas: columns.draw(canvas, standing))
        if asked.variable.kind in {NUMBER, DATE}
        else (lambda canvas: units.draw(canvas, lying)),
        note=MERGED if asked.release.record.merged else "",
    )


def _several(asked: Asked) -> str:
    return unit(asked.variable.table)[1]


def _columns(asked: Asked) -> list[Column]:
    return [
        Column("libelle", asked.variable.label),
        Column("effectif", capitalise(_several(asked)), 0),
        Column("total", "Sur", 0),
    ]


def _median(asked: Asked) -> str:
    """« 0,85 ETP »; empty for what is no number, and where it may not be known."""
    if asked.variable.kind != NUMBER or (asked.masks and asked.filters):
        return ""
    field = field_of(asked)
    resume = measures.resume(asked.rows()[field.name].dropna().astype("float64"))
    median = asked.release.summary(resume, what_of(asked)).mediane
    if median is None:
        return ""
    return f"{number(median, 0 if median.is_integer() else 2).rstrip('0').rstrip(',')} {field.unit}"


def _title(asked: Asked, counts: Released) -> str:
    label, leaders = asked.variable.label, counts.leaders()
    if not leaders or not leaders[0].effectif.high:
        return f"{label} : aucune réponse ne se détache"
    named = enumeration([f"« {row.libelle} »" for row in leaders])
    if len(leaders) > 1:
        return f"{label} : {named} à égalité"
    if leaders[0].effectif.is_withheld:
        return f"{label} : {named} arrive en tête"
    return f"{label} : {named}, {asked.told(leaders[0].effectif)} sur {leaders[0].total}"


def _reading(asked: Asked, rows: Sequence[Any]) -> str:
    """The first row that readers may know, said in full: it teaches how to read the others."""
    known = [row for row in rows if row.effectif.value] or [row for row in rows if row.effectif.high]
    if not known:
        return "Aucune réponse n’est donnée dans cette sélection."
    row = max(known, key=lambda row: int(row.effectif.low))
    several = _several(asked)
    return (
        f"Sur {asked.told(row.total)}, {row.effectif} : « {lower_first(row.libelle)} »."
        if several != "propos"
        else f"Propos du registre : {row.effectif} sur {row.total}, « {lower_first(row.libelle)} »."
    )


def _boxes(asked: Asked) -> Draft:
    labels = asked.wave.dictionary.table(asked.variable.table).in_group(asked.variable.name.partition(".")[2])
    counts = boxes(asked, labels).descending()
    rows = list(counts)
    return Draft(
        title=_title(asked, counts),
        subtitle=f"Nombre de {_several(asked)} ; plusieurs réponses possibles{asked.filters_aloud()}",
        table=DataTable(counts, _columns(asked)),
        reading=_reading(asked, rows),
        alt=f"{asked.variable.label}. " + ratios_aloud(counts),
        base=Base(max((row.total for row in rows), key=lambda total: total.high), asked.who),
        draw=lambda canvas: units.draw(canvas, units.from_counts(counts)),
    )


def _map(asked: Asked) -> Draft:
    """Where the sites are, and which ones were studied: public facts."""
    sites = asked.rows()
    labels = asked.wave.field("territoires.recueil").labels
    studied = terrain.noms_des_sites(sites, "monographie")
    points = [
        sitemap.Site(site.commune, site.longitude, site.latitude, site.recueil == "monographie")
        for site in lignes(sites)
    ]
    background = load_background(asked.wave.project)
    kinds = (labels["monographie"], "Entretien téléphonique")
    shown = sites.assign(recueil=sites["recueil"].astype(str).map(labels)).sort_values("commune")
    return Draft(
        title=f"{len(sites)} sites, {len(studied)} étudiés en monographie",
        subtitle="Sites de l’expérimentation, selon le recueil qualitatif",
        table=DataTable(
            asked.release.facts(shown, "Sites de l’expérimentation et monographies : faits publics"),
            [
                Column("commune", "Commune"),
                Column("departement", "Département"),
                Column("recueil", "Recueil"),
            ],
        ),
        reading=f"Les monographies portent sur {enumeration(studied)}." if studied else "Aucune monographie.",
        alt=f"Carte des {len(sites)} sites. En monographie : {enumeration(studied)}.",
        base=Base(len(sites), "sites"),
        draw=lambda canvas: sitemap.draw(canvas, points, background, kinds),
        note="Des points très proches sont légèrement écartés pour rester lisibles. Fond de carte : Natural "
        "Earth.",
    )
