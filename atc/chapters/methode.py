"""Chapter 01: who was asked, where and how."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from atc.charts import bars, sitemap
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import reponse, terrain
from atc.indicators.lignes import lignes
from atc.indicators.parts import Part
from atc.reference import load_background
from atc.style import Canvas
from atc.style.tokens import BLUE, ORANGE
from atc.typography import capitalise, counted, enumeration, in_words, lower_first
from atc.waves import Wave


@exhibit(
    "F01-01",
    uses=(
        "territoires.territoire",
        "territoires.commune",
        "territoires.departement",
        "territoires.recueil",
        "territoires.longitude",
        "territoires.latitude",
    ),
)
def fig_01_01(vague: Wave) -> Draft:
    """Map of the sites, the monographs set apart."""
    sites = vague.table("territoires")
    labels = vague.field("territoires.recueil").labels
    total = terrain.nombre_de_sites(sites)
    studied = terrain.noms_des_sites(sites, "monographie")
    points = [
        sitemap.Site(site.commune, site.longitude, site.latitude, site.recueil == "monographie")
        for site in lignes(sites)
    ]
    background = load_background(vague.project)

    def draw(canvas: Canvas) -> Figure:
        return sitemap.draw(canvas, points, background, (labels["monographie"], "Entretien téléphonique"))

    shown = sites.assign(recueil=sites["recueil"].astype(str).map(labels)).sort_values("commune")
    return Draft(
        title=f"{capitalise(in_words(total))} sites, {in_words(len(studied))} étudiés en monographie",
        subtitle="Sites de l’expérimentation, selon le recueil qualitatif",
        table=DataTable(
            shown,
            [
                Column("commune", "Commune"),
                Column("departement", "Département"),
                Column("recueil", "Recueil"),
            ],
        ),
        reading=f"Les monographies portent sur {enumeration(studied)}. L’animateur.trice des "
        f"{in_words(total - len(studied))} autres sites est interrogé.e par téléphone.",
        alt=f"Carte des {total} sites. En monographie : {enumeration(studied)}. "
        "Les autres sites sont rencontrés par téléphone.",
        base=Base(total, "sites"),
        draw=draw,
        note="Des points très proches sont légèrement écartés pour rester lisibles. Fond de carte : "
        "Natural Earth.",
    )


@exhibit(
    "F01-02",
    uses=(
        "questionnaire_flash.repondant",
        "questionnaire_flash.territoire",
        "questionnaire_flash.role",
        "questionnaire_flash.repondu",
    ),
)
def fig_01_02(vague: Wave) -> Draft:
    """Recipients and respondents of the flash questionnaire, by role."""
    flash = vague.table("questionnaire_flash")
    counts = reponse.par_role(flash, vague.dictionary)
    whole = reponse.participation(flash)
    asked_on = reponse.nombre_de_territoires_destinataires(flash)
    answered_on = reponse.nombre_de_territoires_repondants(flash)
    text = whole.texte(vague.report.small_numbers, pourcentage_publie=vague.settings.published)
    rows = [
        bars.BarRow(
            row.libelle,
            "",
            row.repondants,
            row.destinataires,
            Part(row.repondants, row.destinataires).comptes,
        )
        for row in lignes(counts)
    ]
    rows.append(bars.BarRow("Ensemble", "", whole.effectif, whole.total, text, ORANGE))
    total = pd.DataFrame(
        [{"libelle": "Ensemble", "destinataires": whole.total, "repondants": whole.effectif}]
    )
    return Draft(
        title=f"{whole.effectif} destinataires sur {text.split(' sur ')[1]} ont répondu au questionnaire "
        "flash",
        subtitle="Acteurs institutionnels, répondant.es parmi les destinataires",
        table=DataTable(
            pd.concat([counts, total]),
            [
                Column("libelle", "Rôle"),
                Column("destinataires", "Destinataires", 0),
                Column("repondants", "Répondant.es", 0),
            ],
        ),
        reading=f"Le questionnaire est envoyé à {counted(whole.total, 'personne')} sur "
        f"{counted(asked_on, 'territoire')} ; {whole.effectif} répondent, sur "
        f"{counted(answered_on, 'territoire')}.",
        alt="Destinataires et répondant.es par rôle. " + listed((row.label, row.text) for row in rows),
        base=Base(whole.total, "destinataires"),
        draw=lambda canvas: bars.draw(canvas, rows),
        note="Le questionnaire est envoyé à toutes les personnes concernées : il n’y a pas de marge "
        "d’échantillonnage. "
        "Celles et ceux qui n’ont pas répondu peuvent penser autrement : c’est la limite principale.",
    )


@exhibit(
    "T01-03",
    uses=("entretiens.*", "territoires.territoire", "territoires.commune"),
)
def tab_01_03(vague: Wave) -> Draft:
    """Fieldwork of the monographs, site by site, as the report printed it."""
    interviews = vague.table("entretiens")
    detail = terrain.detail(interviews, vague.table("territoires"), vague.dictionary)
    sites = detail[detail["recueil"] == "monographie"]
    by_site = [_site_row(str(commune), met) for commune, met in sites.groupby("commune", sort=True)]
    table = pd.DataFrame(by_site)
    total, observed = int(table["entretiens"].sum()), int(table["observations"].sum())
    most = int(table["entretiens"].max())
    leaders = [str(name) for name in table.loc[table["entretiens"] == most, "commune"]]
    whole = {"commune": "Ensemble", "entretiens": total, "observations": observed, "fonctions": ""}
    return Draft(
        title=f"{capitalise(in_words(len(by_site)))} monographies, {counted(total, 'entretien')}",
        subtitle="Entretiens et observations de chaque monographie",
        table=DataTable(
            pd.DataFrame([*by_site, whole]),
            [
                Column("commune", "Territoire"),
                Column("entretiens", "Entretiens", 0),
                Column("observations", "Observations", 0),
                Column("fonctions", "Fonctions rencontrées"),
            ],
        ),
        reading=f"Le terrain compte {counted(total, 'entretien')} et {counted(observed, 'observation')} "
        f"d’instance de pilotage. Il est le plus fourni à {enumeration(leaders)} : "
        f"{counted(most, 'entretien')}.",
        alt="",
        base=Base(total, "entretiens des monographies"),
        note="Les entretiens téléphoniques avec les animateur.trices des autres sites ne sont pas comptés "
        "ici.",
    )


def _site_row(commune: str, met: pd.DataFrame) -> dict[str, object]:
    interviews = met[met["nature"] == "entretien"]
    functions = [f"{row.effectif} {lower_first(row.libelle)}" for row in lignes(interviews)]
    return {
        "commune": commune,
        "entretiens": int(interviews["effectif"].sum()),
        "observations": int(met["effectif"].sum() - interviews["effectif"].sum()),
        "fonctions": ", ".join(functions),
    }


@exhibit("F01-04", uses=("entretiens.*",))
def fig_01_04(vague: Wave) -> Draft:
    """Whom the interviews of the monographs heard, by wider group."""
    counts = terrain.entretiens_par_groupe(vague.table("entretiens"), vague.dictionary, "monographie")
    ordered = counts.sort_values("effectif", ascending=False, kind="stable")
    first, *_, least = lignes(ordered)
    total = first.total
    rows = [
        bars.BarRow(
            row.libelle,
            "",
            row.effectif,
            0,
            str(row.effectif),
            ORANGE if row.libelle == least.libelle else BLUE,
        )
        for row in lignes(ordered)
    ]
    return Draft(
        title=f"{least.libelle} : {counted(least.effectif, 'entretien')} sur {total}",
        subtitle="Entretiens des monographies, selon la personne rencontrée",
        table=DataTable(
            ordered, [Column("libelle", "Personne rencontrée"), Column("effectif", "Entretiens", 0)]
        ),
        reading=f"Sur {counted(total, 'entretien')}, {first.effectif} sont menés avec la catégorie "
        f"« {lower_first(first.libelle)} » et {least.effectif} avec la catégorie "
        f"« {lower_first(least.libelle)} ».",
        alt="Entretiens par catégorie de personne. " + listed((row.label, row.text) for row in rows),
        base=Base(total, "entretiens des monographies"),
        draw=lambda canvas: bars.draw(canvas, rows),
    )
