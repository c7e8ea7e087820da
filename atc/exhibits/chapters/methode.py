"""Chapter 01: who was asked, where and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released, leading, together
from atc.exhibits import notices, statements
from atc.exhibits.charts import units
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT
from atc.exhibits.declare import exhibit, let_printed, release_for, sealed
from atc.exhibits.model import Base, Draft, Exhibit, listed, ratios_aloud
from atc.exhibits.selection import NoAnswer, select
from atc.exhibits.sentences import MOST_NAMED
from atc.exhibits.table import Column, DataTable
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.indicators.measures import lignes
from atc.survey.errors import refusal
from atc.survey.reference import load_facts
from atc.survey.typography import at, capitalise, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_INTERVIEWS = "entretiens.entretien&recueil=monographie"
_OBSERVED = "entretiens.entretien&nature=observation"
_PLACE = ("territoire", "commune", "departement", "recueil", "longitude", "latitude")
# What took place when, in data/reference.
_CALENDAR = "calendrier.csv"


def fig_01_07(vague: Wave) -> Exhibit:
    """What happened when, as far as a wave knows: the experiment, what slowed it, what was collected."""
    rows = load_facts(vague.project, _CALENDAR, vague.id)
    # The heading of a group stands over its first event only.
    opened = rows["rubrique"].where(rows["rubrique"] != rows["rubrique"].shift(), "")
    events = [
        units.Event(row.quoi, heading, _day(row.debut), _day(row.fin), row.quand)
        for row, heading in zip(lignes(rows), opened, strict=True)
    ]
    return _public(
        vague,
        "F01-07",
        rows,
        {"rubrique": "Rubrique", "quoi": "Ce qui a lieu", "quand": "Quand", "source": "Source"},
        title="Deux ans d’expérimentation, entre élections et confinements",
        reading="Chaque recueil est placé à côté de ce qui a pu ralentir la démarche.",
        alt="Calendrier. " + listed((event.label, event.when) for event in events),
        draw=lambda canvas: units.draw_calendar(canvas, events),
    )


def tab_01_08(vague: Wave) -> Exhibit:
    """The abbreviations of the report."""
    rows = load_facts(vague.project, "sigles.csv")
    shown = {"sigle": "Sigle", "mot": "Ce qu’il veut dire"}
    return _public(
        vague, "T01-08", rows, shown, title="Les sigles du rapport", reading="Par ordre alphabétique."
    )


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        message, remedy = "Date illisible", "Écrivez l’année, le mois et le jour : 2020-03-17"
        raise refusal(f"data/reference/{_CALENDAR}", message, remedy, value=written) from error


def _public(vague: Wave, id_: str, rows: pd.DataFrame, shown: dict[str, str], **words: Any) -> Exhibit:
    release = release_for(vague, id_)
    let_printed(release, *(str(cell) for cell in rows.to_numpy().ravel()))
    draft = statements.statements(
        release, rows, "Calendrier et sigles : faits publics", shown, who="lignes", **words
    )
    return sealed(
        vague, draft, release, id=id_, source="Source : sources publiques et rapport.", status="publié"
    )


@exhibit("F01-01", uses=tuple(f"territoires.{name}" for name in _PLACE))
def fig_01_01(vague: Wave, release: Release) -> Draft:
    """Map of the sites, the monographs set apart."""
    return statements.located(select(vague, release, "territoires.recueil"))


_NOBODY = Count.exactly(0)
_ASKED = ("repondant", "territoire", "role", "repondu")


@exhibit("F01-02", uses=tuple(f"questionnaire_flash.{name}" for name in _ASKED))
def fig_01_02(vague: Wave, release: Release) -> Draft:
    """Recipients and respondents of the flash questionnaire, by role."""
    flash, what = vague.table("questionnaire_flash"), "questionnaire_flash"
    if flash.empty:
        raise NoAnswer("Questionnaire flash", "Personne n’a été interrogé dans cette vague.")
    asked_on = release.count(measured(vague, "nombre", f"{what}.territoire"), f"{what}.territoire")
    answered_on = release.count(
        measured(vague, "nombre", f"{what}.territoire", filtre="repondu=oui"),
        f"{what}.territoire&repondu=oui",
    )
    roles = vague.field(f"{what}.role").labels
    both = fieldwork.reponses(flash, {"|".join(roles): "Ensemble"}).drop(columns="role")
    everyone = release.boxes(
        both[both["repondu"] == "oui"], f"{what}.repondant", by=("repondu",), answers=True
    )
    counts = together({"roles": _answers_by_role(vague, release), "ensemble": everyone}, "ligne")
    whole = Ratio(everyone.row().effectif, everyone.row().total)
    told = whole.texte(vague.report.small_numbers, pourcentage_publie=vague.settings.published)
    share = told.removeprefix(whole.comptes)
    out_of = f"sur {whole.total}{share}"
    answers = f"{whole.effectif.of('réponse')} pour {whole.total.of('destinataire')} du questionnaire flash"
    return Draft(
        title=capitalise(
            whole.effectif.of(f"destinataire {out_of} a répondu", f"destinataires {out_of} ont répondu")
        )
        + " au questionnaire flash",
        subtitle="Acteurs institutionnels, répondant.es parmi les destinataires",
        table=DataTable(
            counts,
            [
                Column("libelle", "Rôle"),
                Column("total", "Destinataires", 0),
                Column("effectif", "Répondant.es", 0),
            ],
        ),
        reading=f"Questionnaire envoyé à {whole.total.of('personne')} sur {asked_on.of('territoire')} : "
        f"{whole.effectif.of('réponse')}, de {answered_on.of('territoire')}.",
        alt="Destinataires et répondant.es par rôle. " + ratios_aloud(counts),
        base=Base(whole.total, "destinataires"),
        draw=lambda canvas: units.draw(canvas, units.from_counts(counts)),
        note="Le questionnaire est envoyé à toutes les personnes concernées : il n’y a pas de marge "
        "d’échantillonnage. Celles et ceux qui n’ont pas répondu peuvent penser autrement : c’est la limite "
        "principale.",
        message=f"Une lecture {'complète' if whole.part == 1 else 'partielle'} : {answers}{share}.",
    )


def _answers_by_role(vague: Wave, release: Release) -> Released:
    """Respondents out of recipients: role by role, or State and local authorities where that masks less."""
    flash = vague.table("questionnaire_flash")
    role = vague.field("questionnaire_flash.role")
    wider = {
        "|".join(code for code, its in role.groups.items() if its == group): label
        for group, label in role.group_labels.items()
    }

    def crossed(one: Release, counts: pd.DataFrame) -> Released:
        return one.crossing(counts, "questionnaire_flash.repondant", rows="role", columns="repondu")

    detailed = release.unmasked(lambda one: crossed(one, fieldwork.reponses(flash, role.labels)))
    found = detailed or crossed(release, fieldwork.reponses(flash, wider))
    # Of a role that nobody holds, nobody could answer.
    return found.reshaped(lambda frame: frame[(frame["repondu"] == "oui") & (frame["total"] != _NOBODY)])


@exhibit("T01-03", uses=("entretiens.*", "territoires.territoire", "territoires.commune"))
def tab_01_03(vague: Wave, release: Release) -> Draft:
    """Fieldwork of the monographs, site by site, with whom was met there where the report printed it."""
    interviews, territories = vague.table("entretiens"), vague.table("territoires")
    met = fieldwork.rencontres(interviews, territories, vague.dictionary, "monographie")
    if met.empty:
        raise NoAnswer("Entretiens des monographies", "Aucun entretien de monographie dans cette vague.")
    seen = measured(vague, "noms", "territoires.commune", filtre="entretiens.nature=observation")
    named = release.names(seen, _OBSERVED)
    held = {"nature=observation": _OBSERVED, "nature=entretien;recueil=monographie": _INTERVIEWS}
    observed, total = (
        release.count(measured(vague, "nombre", "entretiens.entretien", filtre=kept), what)
        for kept, what in held.items()
    )
    columns = [Column("commune", "Territoire"), Column("total", "Entretiens", 0)]
    if release.may_cross(met, "territoire", "fonction"):
        found = release.crossing(met, _INTERVIEWS, rows="territoire", columns="fonction", margins=False)
        by_site = found.reshaped(_by_site)
        columns.append(Column("fonctions", "Fonctions rencontrées"))
    else:
        found = release.distribution(fieldwork.par_site(met), _INTERVIEWS, by=("territoire",))
        by_site = found.reshaped(lambda frame: frame.assign(total=frame["effectif"]))
    release.public(len(by_site))
    leaders = by_site.leaders("total")
    places = enumeration([at(row.commune) for row in leaders])
    return Draft(
        title=f"{capitalise(spelled(len(by_site), 'monographie', feminine=True))}, {total.of('entretien')}",
        subtitle="Entretiens de chaque monographie",
        table=DataTable(by_site, columns),
        reading=f"Le terrain compte {total.of('entretien')} et {observed.of('observation')} d’instance de "
        f"pilotage{f' ({enumeration(named)})' if named else ''}."
        + (
            f" Il est le plus fourni {places} : {leaders[0].total.of('entretien')}."
            if 0 < len(leaders) <= MOST_NAMED
            and len(leaders) < len(by_site)
            and not leaders[0].total.is_withheld
            else ""
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
            "fonctions": " ; ".join(f"{row.libelle} : {row.effectif}" for row in lignes(some)),
        }
        for site, some in frame.groupby("territoire", sort=False)
    ]
    return pd.DataFrame(rows)


@exhibit("F01-04", uses=("entretiens.*",))
def fig_01_04(vague: Wave, release: Release) -> Draft:
    """Whom the interviews of the monographs heard, by wider group."""
    counts = notices.interviewed(vague, release).descending()
    rows, total = list(counts), next(iter(counts)).total
    if not total.high:
        raise NoAnswer("Entretiens des monographies", "Aucun entretien de monographie dans cette vague.")
    most, least = (
        () if len(some) == len(rows) or any(row.effectif.is_withheld for row in some) else some
        for some in (leading(rows), leading(rows, least=True))
    )
    told = enumeration(
        [f"{some[0].effectif.of('entretien')} avec {_categories(some)}" for some in (most, least) if some]
    )
    drawn = [
        units.UnitRow(
            row.libelle,
            "",
            row.effectif,
            text=row.effectif.shown,
            color=BLUE if row in least or not least else BLUE_LIGHT,
        )
        for row in rows
    ]
    each = " chaque fois," if len(least) > 1 else ""
    few = enumeration([row.libelle for row in least])
    return Draft(
        title=f"{few} : {least[0].effectif.of('entretien')}{each} sur {total}"
        if least
        else "Qui les entretiens ont fait entendre",
        subtitle="Entretiens des monographies, selon la personne rencontrée",
        table=DataTable(
            counts, [Column("libelle", "Personne rencontrée"), Column("effectif", "Entretiens", 0)]
        ),
        reading=f"Sur {total} en tout, on compte {told}."
        if told
        else f"Les monographies comptent {total.of('entretien')}.",
        alt="Entretiens par catégorie de personne. " + listed((row.label, row.text) for row in drawn),
        base=Base(total, "entretiens des monographies"),
        draw=lambda canvas: units.draw(canvas, drawn),
        message=f"Des voix inégalement entendues dans les monographies : {told}, sur {total}."
        if told
        else f"Des voix entendues dans {total.of('entretien')} de monographie.",
    )


def _categories(rows: Sequence[Any]) -> str:
    named = enumeration([f"« {lower_first(row.libelle)} »" for row in rows])
    return f"la catégorie {named}" if len(rows) == 1 else f"chacune des catégories {named}"
