"""« Tri à plat »: how many answered each modalité, in the display that fits the type of the variable."""

from __future__ import annotations

from atc.desk import notes
from atc.desk.asked import Asked
from atc.exhibits import Base, Column, DataTable, Draft, crossing, forms
from atc.exhibits.charts import sitemap
from atc.exhibits.selection import Selection
from atc.exhibits.variables import ALL_ITEMS, BOXES, MAP, SCORE
from atc.indicators import terrain
from atc.indicators.measures import lignes
from atc.reference import load_background
from atc.typography import enumeration

#: Beyond this, names on a map hide one another.
_MOST_SITES = 40


def draft(asked: Asked) -> Draft:
    """Answer one « tri à plat »."""
    kind, selected = asked.variable.kind, selection(asked)
    if kind == SCORE:
        return notes.draft(asked)
    if kind == BOXES:
        return forms.boxes(selected)
    if kind == MAP and not asked.filters and len(asked.rows()) <= _MOST_SITES:
        return _map(asked)
    return forms.distribution(selected)


def crossed(asked: Asked) -> Draft:
    """Answer one « tri croisé »."""
    if asked.view.groupe == "scores.groupe" and asked.variable.name == ALL_ITEMS:
        return notes.draft(asked)
    return crossing.crossing(selection(asked))


def selection(asked: Asked) -> Selection:
    """What a form counts, of what is asked at the desk."""
    return Selection(
        asked.wave, asked.release, asked.variable, asked.before, asked.view.groupe, asked.view.filtres
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
