"""Forms of no variable: counts made by hand, a table of statements, the map of the sites, quotations."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from atc.disclosure import Release, Released
from atc.exhibits.charts import sitemap
from atc.exhibits.charts.rows import Row, draw_units, unit_bar
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import DataTable, out_of
from atc.indicators.fieldwork import attributions, publiables
from atc.indicators.measures import lignes
from atc.survey.paths import read_toml
from atc.survey.read_csv import load_facts
from atc.survey.typography import capitalise, counted, enumeration, lower_first, spelled
from atc.survey.waves import Wave

#: More sites than this are counted in a sentence, not named.
_MOST_NAMED = 15
#: Nature of a quotation -> what a title says of it, and what a reader must know.
_NATURES = read_toml(__file__)["natures"]


def squares(counts: Released, base: Base, *, label: str = "libelle", **words: Any) -> Draft:
    """Counts that no form makes, one square each, under the ``theme`` of each row if it has one.

    ``label`` is the column that names a square; ``total`` may be missing.
    """
    bars, aloud = list[Row](), list[tuple[str, str]]()
    for row in counts:
        name, total = getattr(row, label), getattr(row, "total", None)
        shown = row.effectif.shown if total is None else out_of(row.effectif, total)
        bars.append(unit_bar(name, getattr(row, "theme", ""), row.effectif, total, shown))
        said = str(row.effectif) if total is None else out_of(row.effectif, total, aloud=True)
        aloud.append((name, said))
    made: dict[str, Any] = {"table": DataTable(counts, ()), "base": base, "alt": capitalise(listed(aloud))}
    return Draft(**made | {"draw": lambda canvas: draw_units(canvas, bars)} | words)


def statements(
    release: Release,
    table: pd.DataFrame,
    because: str,
    shown: Mapping[str, str] = MappingProxyType({}),
    **words: Any,
) -> Draft:
    """A table of public facts, words, documents, or of one territory for the evaluation team.

    ``who`` are counted by its rows, unless a ``base`` is given.
    """
    made = DataTable.headed(release.facts(table, because), shown)
    base = Base(len(table), words.pop("who", ""))
    return Draft(**{"title": "", "table": made, "base": base, **words})


def located(asked: Selection) -> Draft:
    """Where the sites are, and which ones were studied in a monograph, from ``territoires.recueil``."""
    sites, labels = asked.rows(), asked.wave.field("territoires.recueil").labels
    studied = sorted(sites.loc[sites["recueil"] == "monographie", "commune"])
    points = [
        sitemap.Site(site.commune, site.longitude, site.latitude, site.recueil == "monographie")
        for site in lignes(sites)
    ]
    outlines = asked.wave.project.reference / "fond_de_carte.geojson"
    background = json.loads(outlines.read_text(encoding="utf-8"))
    asked.release.public(len(sites), len(studied))
    told = f"En monographie : {enumeration(studied)}."
    if not 0 < len(studied) <= _MOST_NAMED:
        told = f"Sites en monographie : {len(studied)}."
    others = [label for code, label in labels.items() if code in set(sites["recueil"]) - {"monographie"}]
    keys = (labels["monographie"], others[0] if len(others) == 1 else "Autre recueil")
    rest = f" Sur les autres sites : {lower_first(others[0])}." if len(others) == 1 else ""
    return statements(
        asked.release,
        sites.assign(recueil=sites["recueil"].astype(str).map(labels)).sort_values("commune"),
        "Sites de l’expérimentation et monographies : faits publics",
        {"commune": "Commune", "departement": "Département", "recueil": "Recueil"},
        title=capitalise(f"{spelled(len(sites), 'site')}, {spelled(len(studied), 'étudié')} en monographie"),
        who="sites",
        alt=f"Carte des sites ({len(sites)}). {told}",
        draw=lambda canvas: sitemap.draw(canvas, points, background, keys),
        subtitle="Sites de l’expérimentation, selon le recueil qualitatif",
        reading=told + rest,
        note="Des points très proches sont légèrement écartés pour rester lisibles. Fond de carte : "
        "Natural Earth.",
    )


def quotations(vague: Wave, release: Release, chapitre: str) -> Draft:
    """Quotations of one chapter: those signed for this tier, under a name that covers enough people."""
    register, floor = vague.table("verbatims"), vague.report.small_numbers.floor
    roster = load_facts(vague.project, "roster.csv")
    names = attributions(vague.table("entretiens"), roster, vague.dictionary, floor)
    shown = publiables(register, names, chapitre, vague.report.tiers_from(vague.diffusion))
    quoted = shown["texte"].where(shown["nature"] != "citation", "« " + shown["texte"] + " »")
    natures = shown["nature"].astype(str)
    kinds = [kind for kind in _NATURES if (natures == kind).any()]
    title = _NATURES[kinds[0]][0] if len(kinds) == 1 else "{} d’acteur{s}"
    s = "s" if len(shown) > 1 else ""
    waiting = int((register["chapitre"] == chapitre).sum()) - len(shown)
    told = counted(len(shown), "propos relu est présenté", "propos relus sont présentés")
    if waiting and not release.rules.masks:
        # What is missing concerns those who can sign it.
        told += f" ; {counted(waiting, 'autre attend', 'autres attendent')} une relecture signée"
    return statements(
        release,
        shown.assign(nature=natures.map(vague.field("verbatims.nature").labels), texte=quoted),
        "Propos relus et signés pour ces lecteurs, un par un",
        {"idee": "Idée", "texte": "Propos", "attribution": "Qui parle", "nature": "Nature"},
        title=title.format(capitalise(spelled(len(shown), "propos", "propos")), s=s)
        if kinds
        else "Ce qu’en disent les acteurs",
        who="propos relus",
        status="",
        reading=f"{told if kinds else 'Aucun propos n’est encore relu et signé pour ces lecteurs'}.",
        note=" ".join(_NATURES[kind][1] for kind in kinds)
        + f" Chaque propos est attribué à une catégorie qui couvre au moins {floor} personnes "
        "rencontrées, sans lieu ni numéro.",
    )
