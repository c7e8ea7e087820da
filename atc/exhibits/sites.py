"""The map of the sites: public facts."""

from __future__ import annotations

from atc.exhibits.charts import sitemap
from atc.exhibits.model import Base, Draft
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.indicators import terrain
from atc.reference import load_background
from atc.typography import enumeration


def located(asked: Selection) -> Draft:
    """Where the sites are, and which ones were studied in a monograph.

    Args:
        asked: ``territoires.recueil``, with the columns of `Variable` on a map.
    """
    sites = asked.rows()
    labels = asked.wave.field("territoires.recueil").labels
    studied = terrain.noms_des_sites(sites, "monographie")
    points = [
        sitemap.Site(site["commune"], site["longitude"], site["latitude"], site["recueil"] == "monographie")
        for site in sites.to_dict("records")
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
        alt=f"Carte des {len(sites)} sites. "
        + (f"En monographie : {enumeration(studied)}." if studied else "Aucune monographie."),
        base=Base(len(sites), "sites"),
        draw=lambda canvas: sitemap.draw(canvas, points, background, kinds),
        note="Des points très proches sont légèrement écartés pour rester lisibles. Fond de carte : Natural "
        "Earth.",
    )
