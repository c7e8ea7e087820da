"""Chapter 01: who was asked, where and how."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from atc.disclosure import Ratio, Release, Released, together
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed, notices
from atc.exhibits.charts import Canvas, sitemap, units
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT
from atc.indicators import reponse, terrain
from atc.indicators.measures import lignes
from atc.reference import load_background
from atc.typography import capitalise, enumeration, in_words, lower_first
from atc.waves import Wave

_INTERVIEWS = "entretiens.entretien&recueil=monographie"


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
def fig_01_01(vague: Wave, release: Release) -> Draft:
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
            release.facts(shown, "Sites de l’expérimentation et monographies : faits publics"),
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
def fig_01_02(vague: Wave, release: Release) -> Draft:
    """Recipients and respondents of the flash questionnaire, by role."""
    flash = vague.table("questionnaire_flash")
    asked, answered = "questionnaire_flash.territoire", "questionnaire_flash.territoire&repondu=oui"
    asked_on = release.count(reponse.nombre_de_territoires_destinataires(flash), asked)
    answered_on = release.count(reponse.nombre_de_territoires_repondants(flash), answered)
    everyone = release.boxes(
        reponse.ensemble(flash), "questionnaire_flash.repondant", by=("repondu",), answers=True
    )
    whole = Ratio(everyone.row().effectif, everyone.row().total)
    by_role = _answers_by_role(vague, release)
    rows = [
        units.UnitRow(row.libelle, "", row.effectif, row.total, Ratio(row.effectif, row.total).shown)
        for row in by_role
    ]
    text = whole.texte(vague.report.small_numbers, pourcentage_publie=vague.settings.published)
    rows.append(units.UnitRow("Ensemble", "", whole.effectif, whole.total, text))
    return Draft(
        title=capitalise(
            f"{whole.effectif.of('destinataire')} sur {text.split(' sur ')[1]} ont répondu au questionnaire "
            "flash"
        ),
        subtitle="Acteurs institutionnels, répondant.es parmi les destinataires",
        table=DataTable(
            together({"roles": by_role, "ensemble": everyone}, "ligne"),
            [
                Column("libelle", "Rôle"),
                Column("total", "Destinataires", 0),
                Column("effectif", "Répondant.es", 0),
            ],
        ),
        reading=f"Le questionnaire est envoyé à {whole.total.of('personne')} sur "
        f"{asked_on.of('territoire')} ; {whole.effectif} répondent, sur "
        f"{answered_on.of('territoire')}.",
        alt="Destinataires et répondant.es par rôle. " + listed((row.label, row.text) for row in rows),
        base=Base(whole.total, "destinataires"),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Le questionnaire est envoyé à toutes les personnes concernées : il n’y a pas de marge "
        "d’échantillonnage. "
        "Celles et ceux qui n’ont pas répondu peuvent penser autrement : c’est la limite principale.",
    )


def _answers_by_role(vague: Wave, release: Release) -> Released:
    """Respondents out of recipients: role by role, or State and local authorities where that masks less."""
    flash = vague.table("questionnaire_flash")

    def crossed(one: Release, counts: pd.DataFrame) -> Released:
        return one.crossing(counts, "questionnaire_flash.repondant", rows="role", columns="repondu")

    detailed = release.unmasked(lambda one: crossed(one, reponse.par_role(flash, vague.dictionary)))
    found = detailed or crossed(release, reponse.par_institution(flash))
    return found.reshaped(lambda frame: frame[frame["repondu"] == "oui"])


@exhibit(
    "T01-03",
    uses=("entretiens.*", "territoires.territoire", "territoires.commune"),
)
def tab_01_03(vague: Wave, release: Release) -> Draft:
    """Fieldwork of the monographs, site by site, with whom was met there where the report printed it."""
    interviews, sites = vague.table("entretiens"), vague.table("territoires")
    met = terrain.rencontres(interviews, sites, vague.dictionary, "monographie")
    observed = terrain.noms_des_sites_observes(interviews, sites)
    named = release.names(observed, "entretiens.entretien&nature=observation")
    observations = release.count(
        terrain.nombre_d_observations(interviews), "entretiens.entretien&nature=observation"
    )
    total = release.count(terrain.nombre_d_entretiens(interviews, "monographie"), _INTERVIEWS)
    columns = [Column("commune", "Territoire"), Column("total", "Entretiens", 0)]
    if release.may_cross(met, "territoire", "fonction"):
        found = release.crossing(met, _INTERVIEWS, rows="territoire", columns="fonction", margins=False)
        by_site = found.reshaped(_by_site)
        columns.append(Column("fonctions", "Fonctions rencontrées"))
    else:
        found = release.distribution(terrain.par_site(met), _INTERVIEWS, by=("territoire",))
        by_site = found.reshaped(lambda frame: frame.assign(total=frame["effectif"]))
    most = by_site.leader("total")
    leaders = [row.commune for row in by_site if most and row.total == most.total]
    return Draft(
        title=f"{capitalise(in_words(len(by_site)))} monographies, {total.of('entretien')}",
        subtitle="Entretiens de chaque monographie",
        table=DataTable(by_site, columns),
        reading=f"Le terrain compte {total.of('entretien')} et {observations.of('observation')} "
        f"d’instance de pilotage{f' ({enumeration(named)})' if named else ''}."
        + (
            f" Il est le plus fourni à {enumeration(leaders)} : {most.total.of('entretien')}." if most else ""
        ),
        alt="",
        base=Base(total, "entretiens des monographies"),
        note="Les entretiens téléphoniques avec les animateur.trices des autres sites ne sont pas comptés "
        "ici.",
    )


def _by_site(frame: pd.DataFrame) -> pd.DataFrame:
    """One row = one site, with the functions met there in words."""
    rows = [
        {
            "territoire": site,
            "commune": some["commune"].iloc[0],
            "total": some["total"].iloc[0],
            "fonctions": ", ".join(f"{row.effectif} {lower_first(row.libelle)}" for row in lignes(some)),
        }
        for site, some in frame.groupby("territoire", sort=False)
    ]
    return pd.DataFrame(rows, columns=["territoire", "commune", "total", "fonctions"])


@exhibit("F01-04", uses=("entretiens.*",))
def fig_01_04(vague: Wave, release: Release) -> Draft:
    """Whom the interviews of the monographs heard, by wider group."""
    counts = notices.personnes_rencontrees(vague, release).descending()
    first, least = counts.leader(), _least(counts)
    total = next(iter(counts)).total
    rows = [
        units.UnitRow(
            row.libelle,
            "",
            row.effectif,
            text=row.effectif.shown,
            color=BLUE if row == least or not least else BLUE_LIGHT,
        )
        for row in counts
    ]
    told = [
        f"{row.effectif} avec la catégorie « {lower_first(row.libelle)} »" for row in (first, least) if row
    ]
    return Draft(
        title=f"{least.libelle} : {least.effectif.of('entretien')} sur {total}"
        if least
        else "Qui les entretiens ont fait entendre",
        subtitle="Entretiens des monographies, selon la personne rencontrée",
        table=DataTable(
            counts, [Column("libelle", "Personne rencontrée"), Column("effectif", "Entretiens", 0)]
        ),
        reading=f"Sur {total.of('entretien')}, on en compte {' et '.join(told)}."
        if told
        else f"Les monographies comptent {total.of('entretien')}.",
        alt="Entretiens par catégorie de personne. " + listed((row.label, row.text) for row in rows),
        base=Base(total, "entretiens des monographies"),
        draw=lambda canvas: units.draw(canvas, rows),
    )


def _least(counts: Released) -> Any | None:
    """The row that is known to be the smallest, if one is."""
    last = min(counts, key=lambda row: int(row.effectif.high))
    others = [row.effectif.low for row in counts if row != last]
    return last if last.effectif.high <= min(others, default=last.effectif.high) else None
