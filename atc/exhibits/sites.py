"""The map of the sites: public facts."""

from __future__ import annotations

from atc.exhibits import forms
from atc.exhibits.charts import sitemap
from atc.exhibits.model import Draft
from atc.exhibits.selection import Selection
from atc.indicators.measures import lignes
from atc.reference import load_background
from atc.typography import capitalise, enumeration, spelled


def located(asked: Selection) -> Draft:
    """Where the sites are, and which ones were studied in a monograph.

    Args:
        asked: ``territoires.recueil``, with the columns that a variable on a map has.
    """
    sites = asked.rows()
    labels = asked.wave.field("territoires.recueil").labels
    studied = sorted(sites.loc[sites["recueil"] == "monographie", "commune"])
    points = [
        sitemap.Site(site.commune, site.longitude, site.latitude, site.recueil == "monographie")
        for site in lignes(sites)
    ]
    background = load_background(asked.wave.project)
    told = f"En monographie : {enumeration(studied)}." if studied else "Aucun site en monographie."
    called = " Sur les autres sites, entretien téléphonique avec l’animateur.trice."
    return forms.statements(
        asked.release,
        sites.assign(recueil=sites["recueil"].astype(str).map(labels)).sort_values("commune"),
        "Sites de l’expérimentation et monographies : faits publics",
        {"commune": "Commune", "departement": "Département", "recueil": "Recueil"},
        title=capitalise(f"{spelled(len(sites), 'site')}, {spelled(len(studied), 'étudié')} en monographie"),
        who="sites",
        subtitle="Sites de l’expérimentation, selon le recueil qualitatif",
        reading=told + (called if len(studied) < len(sites) else ""),
        note="Des points très proches sont légèrement écartés pour rester lisibles. Fond de carte : "
        "Natural Earth.",
    ).worded(
        alt=f"Carte des sites ({len(sites)}). {told}",
        draw=lambda canvas: sitemap.draw(
            canvas, points, background, (labels["monographie"], "Entretien téléphonique")
        ),
    )
