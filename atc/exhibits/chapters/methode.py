"""Chapter 01: who was asked, where and how."""

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released, leading, together
from atc.exhibits import notices
from atc.exhibits.charts.rows import Event, draw_calendar
from atc.exhibits.declare import exhibit, let_printed, public_table, release_for
from atc.exhibits.model import Base, Draft, Exhibit, if_told, listed
from atc.exhibits.selection import NoAnswer, select
from atc.exhibits.statements import located, squares
from atc.exhibits.table import DataTable
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.indicators.measures import lignes
from atc.survey.errors import refusal
from atc.survey.read_csv import load_facts
from atc.survey.typography import capitalise, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_MET = "entretiens.entretien"
# More sites than this are summed up on a page.
_MOST_ROWS = 40
_PLACE = ("territoire", "commune", "departement", "recueil", "longitude", "latitude")
# What took place when, in data/reference.
_CALENDAR = "calendrier.csv"


def fig_01_07(vague: Wave) -> Exhibit:
    """What happened when, as far as a wave knows: the experiment, what slowed it, what was collected."""
    rows = load_facts(vague.project, _CALENDAR, vague.id)
    events = [
        Event(row.quoi, row.rubrique, start=_day(row.debut), end=_day(row.fin), text=row.quand)
        for row in lignes(rows)
    ]
    alt = "Calendrier. " + listed((event.label, event.text) for event in events)
    return _public(vague, "F01-07", rows, alt=alt, draw=lambda canvas: draw_calendar(canvas, events))


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        message, remedy = "Date illisible", "Écrivez l’année, le mois et le jour : 2020-03-17"
        raise refusal(f"data/reference/{_CALENDAR}", message, remedy, value=written) from error


def tab_01_08(vague: Wave) -> Exhibit:
    """The abbreviations of the report."""
    return _public(vague, "T01-08", load_facts(vague.project, "sigles.csv"))


def _public(vague: Wave, id_: str, rows: pd.DataFrame, **words: Any) -> Exhibit:
    """A table of public facts, as they are: everybody may read the small numbers in them."""
    release, words["source"] = release_for(vague, id_), "Source : sources publiques et rapport."
    let_printed(release, *(str(cell) for cell in rows.to_numpy().ravel()))
    return public_table(vague, release, rows, "Calendrier et sigles : faits publics", who="lignes", **words)


@exhibit("F01-01", uses=tuple(f"territoires.{name}" for name in _PLACE))
def fig_01_01(vague: Wave, release: Release) -> Draft:
    """Map of the sites, the monographs set apart."""
    return located(select(vague, release, "territoires.recueil"))


_FLASH, _NOBODY = "questionnaire_flash", Count.exactly(0)


@exhibit("F01-02", uses=tuple(f"{_FLASH}.{name}" for name in ("repondant", "territoire", "role", "repondu")))
def fig_01_02(vague: Wave, release: Release) -> Draft:
    """Recipients and respondents of the flash questionnaire, by role."""
    if vague.table(_FLASH).empty:
        raise NoAnswer("Questionnaire flash", "Personne n’a été interrogé dans cette vague.")
    places, answered = f"{_FLASH}.territoire", "repondu=oui"
    asked_on = release.count(measured(vague, "nombre", places), places)
    answered_on = release.count(measured(vague, "nombre", places, filtre=answered), f"{places}&{answered}")
    counts = _answers(vague, release)
    whole = counts.row(ligne="ensemble")
    sent, given = whole.total, whole.effectif
    told = Ratio(given, sent).texte(vague.report.small_numbers, pourcentage_publie=vague.settings.published)
    among = f"sur {sent}{told.removeprefix(Ratio(given, sent).comptes)}"
    title = given.of(f"destinataire {among} a répondu", f"destinataires {among} ont répondu")
    return squares(
        counts,
        Base(sent, "destinataires"),
        title=f"{capitalise(title)} au questionnaire flash",
        reading=f"Questionnaire envoyé à {sent.of('personne')} sur {asked_on.of('territoire')} : "
        f"{given.of('réponse')}, de {answered_on.of('territoire')}.",
    )


def _answers(vague: Wave, release: Release) -> Released:
    """Respondents out of recipients: everybody, then role by role, or State and local authorities alone."""
    flash, role, what = vague.table(_FLASH), vague.field(f"{_FLASH}.role"), f"{_FLASH}.repondant"
    every = fieldwork.reponses(flash, {"|".join(role.labels): "Ensemble"}).drop(columns="role")
    told = release.boxes(every[every["repondu"] == "oui"], what, by=("repondu",), answers=True)
    wider = {
        "|".join(code for code, its in role.groups.items() if its == group): label
        for group, label in role.group_labels.items()
    }

    def crossed(one: Release, roles: dict[str, str]) -> Released:
        return one.crossing(fieldwork.reponses(flash, roles), what, rows="role", columns="repondu")

    detailed = release.unmasked(lambda one: crossed(one, role.labels)) or crossed(release, wider)
    # Of a role that nobody holds, nobody could answer.
    roles = detailed.reshaped(lambda frame: frame[(frame["repondu"] == "oui") & (frame["total"] != _NOBODY)])
    return together({"roles": roles, "ensemble": told}, "ligne")


@exhibit("T01-03", uses=("entretiens.*", "territoires.territoire", "territoires.commune"))
def tab_01_03(vague: Wave, release: Release) -> Draft:
    """Fieldwork of the monographs, site by site, with whom was met there where the report printed it."""
    entretiens, sites = vague.table("entretiens"), vague.table("territoires")
    met = fieldwork.rencontres(entretiens, sites, vague.dictionary, "monographie")
    if met.empty:
        raise NoAnswer("Entretiens des monographies", "Aucun entretien de monographie dans cette vague.")
    observations, interviews = f"{_MET}&nature=observation", f"{_MET}&recueil=monographie"
    seen = measured(vague, "noms", "territoires.commune", filtre="entretiens.nature=observation")
    named = if_told(" ({})", enumeration(release.names(seen, observations) or ()))
    observed = release.count(measured(vague, "nombre", _MET, filtre="nature=observation"), observations)
    total = release.count(int(met["effectif"].sum()), interviews)
    if release.may_cross(met, "territoire", "fonction"):
        found = release.crossing(met, interviews, rows="territoire", columns="fonction", margins=False)
        by_site = found.reshaped(_by_site)
    else:
        sites = met.drop_duplicates("territoire")[["territoire", "commune", "total"]]
        sites = sites.assign(effectif=sites["total"], total=int(met["effectif"].sum()))
        found = release.distribution(sites, interviews, by=("territoire",))
        by_site = found.reshaped(lambda frame: frame.assign(total=frame["effectif"]))
    release.public(len(by_site))
    summary = None
    if len(by_site) > _MOST_ROWS:
        # Every row of the table is released: how many are alike tells no more.
        alike = Counter(row.total.shown for row in sorted(by_site, key=lambda row: int(row.total.low)))
        release.public(*alike.values())
        rows = pd.DataFrame(alike.items(), columns=["total", "monographies"])
        because = "Monographies, selon leurs nombres d’entretiens tels que montrés"
        shown = {"total": "Entretiens d’une monographie", "monographies": "Monographies"}
        summary = DataTable.headed(release.facts(rows, because), shown)
    return Draft(
        title=f"{capitalise(spelled(len(by_site), 'monographie', feminine=True))}, {total.of('entretien')}",
        table=DataTable(by_site, ()),
        summary=summary,
        reading=f"Le terrain compte {total.of('entretien')} et {observed.of('observation')} d’instance de "
        f"pilotage{named}.",
        base=Base(total, "entretiens des monographies"),
        note="Le détail, une monographie par ligne, est dans le fichier CSV et dans le classeur."
        if summary
        else "",
    )


def _by_site(frame: pd.DataFrame) -> pd.DataFrame:
    """One row = one site, with the functions met there in words."""
    told = frame.assign(fonctions=[f"{row.libelle} : {row.effectif}" for row in lignes(frame)])
    taken: dict[str, Any] = {"commune": "first", "total": "first", "fonctions": " ; ".join}
    return told.groupby("territoire", sort=False, as_index=False).agg(taken)


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
    told = [
        f"{enumeration([lower_first(row.libelle) for row in some])}, "
        f"{some[0].effectif.of('entretien')}{' chaque fois' * (len(some) > 1)}"
        for some in (most, least)
        if some
    ]
    return squares(
        counts,
        Base(total, "entretiens des monographies"),
        title=f"Les moins entendus : {told[-1]} sur {total}" if least else "Qui les entretiens font entendre",
        topic=not least,
        reading=if_told("Les plus entendus : {} sur {}.", most and told[0], total)
        or f"Les monographies comptent {total.of('entretien')}.",
    )
