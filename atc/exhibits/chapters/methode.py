"""Chapter 01: who was asked, where and how."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released, leading, together
from atc.exhibits import notices, statements
from atc.exhibits.charts.rows import Event, draw_calendar, draw_units, unit_bar, unit_bars
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT
from atc.exhibits.declare import exhibit, let_printed, public_table, release_for
from atc.exhibits.model import Base, Draft, Exhibit, if_told, listed, ratios_aloud
from atc.exhibits.selection import NoAnswer, select
from atc.exhibits.sentences import MOST_NAMED
from atc.exhibits.table import DataTable
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.indicators.measures import lignes
from atc.survey.errors import refusal
from atc.survey.read_csv import load_facts
from atc.survey.typography import at, capitalise, enumeration, lower_first, spelled
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
    return _public(
        vague,
        "F01-07",
        rows,
        {"rubrique": "Rubrique", "quoi": "Ce qui a lieu", "quand": "Quand", "source": "Source"},
        title="Deux ans d’expérimentation, entre élections et confinements",
        reading="Chaque recueil est placé à côté de ce qui a pu ralentir la démarche.",
        alt="Calendrier. " + listed((event.label, event.text) for event in events),
        draw=lambda canvas: draw_calendar(canvas, events),
    )


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        message, remedy = "Date illisible", "Écrivez l’année, le mois et le jour : 2020-03-17"
        raise refusal(f"data/reference/{_CALENDAR}", message, remedy, value=written) from error


def tab_01_08(vague: Wave) -> Exhibit:
    """The abbreviations of the report."""
    rows, shown = load_facts(vague.project, "sigles.csv"), {"sigle": "Sigle", "mot": "Ce qu’il veut dire"}
    words = {"title": "Les sigles du rapport", "reading": "Par ordre alphabétique."}
    return _public(vague, "T01-08", rows, shown, **words)


def _public(vague: Wave, id_: str, rows: pd.DataFrame, shown: dict[str, str], **words: Any) -> Exhibit:
    """A table of public facts, as they are: everybody may read the small numbers in them."""
    release, because = release_for(vague, id_), "Calendrier et sigles : faits publics"
    let_printed(release, *(str(cell) for cell in rows.to_numpy().ravel()))
    source = "Source : sources publiques et rapport."
    return public_table(vague, release, rows, because, shown, source=source, who="lignes", **words)


@exhibit("F01-01", uses=tuple(f"territoires.{name}" for name in _PLACE))
def fig_01_01(vague: Wave, release: Release) -> Draft:
    """Map of the sites, the monographs set apart."""
    return statements.located(select(vague, release, "territoires.recueil"))


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
    (row,) = (row for row in counts if row.ligne == "ensemble")
    whole = Ratio(row.effectif, row.total)
    told = whole.texte(vague.report.small_numbers, pourcentage_publie=vague.settings.published)
    share, sent, given = told.removeprefix(whole.comptes), whole.total, whole.effectif
    among = f"sur {sent}{share}"
    title = given.of(f"destinataire {among} a répondu", f"destinataires {among} ont répondu")
    lecture = "complète" if whole.part == 1 else "partielle"
    return Draft(
        title=f"{capitalise(title)} au questionnaire flash",
        subtitle="Acteurs institutionnels, répondant.es parmi les destinataires",
        table=DataTable.headed(
            counts, {"libelle": "Rôle", "total": "Destinataires", "effectif": "Répondant.es"}
        ),
        reading=f"Questionnaire envoyé à {sent.of('personne')} sur {asked_on.of('territoire')} : "
        f"{given.of('réponse')}, de {answered_on.of('territoire')}.",
        alt="Destinataires et répondant.es par rôle. " + ratios_aloud(counts),
        base=Base(sent, "destinataires"),
        draw=lambda canvas: draw_units(canvas, unit_bars(counts)),
        note="Le questionnaire est envoyé à toutes les personnes concernées : il n’y a pas de marge "
        "d’échantillonnage. Celles et ceux qui n’ont pas répondu peuvent penser autrement : c’est la limite "
        "principale.",
        message=f"Une lecture {lecture} : {given.of('réponse')} pour {sent.of('destinataire')} du "
        f"questionnaire flash{share}.",
    )


def _answers(vague: Wave, release: Release) -> Released:
    """Respondents out of recipients: everybody, then role by role, or State and local authorities alone."""
    flash, role = vague.table(_FLASH), vague.field(f"{_FLASH}.role")
    every = fieldwork.reponses(flash, {"|".join(role.labels): "Ensemble"}).drop(columns="role")
    told = release.boxes(
        every[every["repondu"] == "oui"], f"{_FLASH}.repondant", by=("repondu",), answers=True
    )
    wider = {
        "|".join(code for code, its in role.groups.items() if its == group): label
        for group, label in role.group_labels.items()
    }

    def crossed(one: Release, roles: dict[str, str]) -> Released:
        counts = fieldwork.reponses(flash, roles)
        return one.crossing(counts, f"{_FLASH}.repondant", rows="role", columns="repondu")

    detailed = release.unmasked(lambda one: crossed(one, role.labels)) or crossed(release, wider)
    # Of a role that nobody holds, nobody could answer.
    roles = detailed.reshaped(lambda frame: frame[(frame["repondu"] == "oui") & (frame["total"] != _NOBODY)])
    return together({"roles": roles, "ensemble": told}, "ligne")


@exhibit("T01-03", uses=("entretiens.*", "territoires.territoire", "territoires.commune"))
def tab_01_03(vague: Wave, release: Release) -> Draft:
    """Fieldwork of the monographs, site by site, with whom was met there where the report printed it."""
    met = fieldwork.rencontres(
        vague.table("entretiens"), vague.table("territoires"), vague.dictionary, "monographie"
    )
    if met.empty:
        raise NoAnswer("Entretiens des monographies", "Aucun entretien de monographie dans cette vague.")
    observations, interviews = f"{_MET}&nature=observation", f"{_MET}&recueil=monographie"
    seen = measured(vague, "noms", "territoires.commune", filtre="entretiens.nature=observation")
    named = release.names(seen, observations)
    observed = release.count(measured(vague, "nombre", _MET, filtre="nature=observation"), observations)
    held = measured(vague, "nombre", _MET, filtre="nature=entretien;recueil=monographie")
    total = release.count(held, interviews)
    headings = {"commune": "Territoire", "total": "Entretiens"}
    if release.may_cross(met, "territoire", "fonction"):
        found = release.crossing(met, interviews, rows="territoire", columns="fonction", margins=False)
        by_site = found.reshaped(_by_site)
        headings["fonctions"] = "Fonctions rencontrées"
    else:
        found = release.distribution(fieldwork.par_site(met), interviews, by=("territoire",))
        by_site = found.reshaped(lambda frame: frame.assign(total=frame["effectif"]))
    release.public(len(by_site))
    leaders, fullest = by_site.leaders("total"), ""
    if 0 < len(leaders) <= MOST_NAMED and len(leaders) < len(by_site) and not leaders[0].total.is_withheld:
        places = enumeration([at(row.commune) for row in leaders])
        fullest = f" Il est le plus fourni {places} : {leaders[0].total.of('entretien')}."
    summary, note = None, ""
    if len(by_site) > _MOST_ROWS:
        # Every row of the table is released: how many are alike tells no more.
        alike = Counter(row.total.shown for row in sorted(by_site, key=lambda row: int(row.total.low)))
        release.public(*alike.values())
        rows = pd.DataFrame(alike.items(), columns=["total", "monographies"])
        because = "Monographies, selon leurs nombres d’entretiens tels que montrés"
        shown = {"total": "Entretiens d’une monographie", "monographies": "Monographies"}
        summary = DataTable.headed(release.facts(rows, because), shown)
        note = " Le détail, une monographie par ligne, est dans le fichier CSV et dans le classeur."
    return Draft(
        title=f"{capitalise(spelled(len(by_site), 'monographie', feminine=True))}, {total.of('entretien')}",
        subtitle="Monographies, selon leur nombre d’entretiens"
        if summary
        else "Entretiens de chaque monographie",
        table=DataTable.headed(by_site, headings),
        summary=summary,
        reading=f"Le terrain compte {total.of('entretien')} et {observed.of('observation')} d’instance de "
        f"pilotage{f' ({enumeration(named)})' if named else ''}.{fullest}",
        base=Base(total, "entretiens des monographies"),
        note="Les entretiens téléphoniques avec les animateur.trices des autres sites ne sont pas comptés "
        f"ici.{note}",
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
    told = enumeration(
        [f"{some[0].effectif.of('entretien')} avec {_categories(some)}" for some in (most, least) if some]
    )
    colors = [BLUE if row in least or not least else BLUE_LIGHT for row in rows]
    bars = [
        unit_bar(row.libelle, count=row.effectif, text=row.effectif.shown, color=color)
        for row, color in zip(rows, colors, strict=True)
    ]
    title, each = "Qui les entretiens ont fait entendre", " chaque fois," if len(least) > 1 else ""
    if least:
        few = enumeration([row.libelle for row in least])
        title = f"{few} : {least[0].effectif.of('entretien')}{each} sur {total}"
    return Draft(
        title=title,
        subtitle="Entretiens des monographies, selon la personne rencontrée",
        table=DataTable.headed(counts, {"libelle": "Personne rencontrée", "effectif": "Entretiens"}),
        reading=if_told("Sur {} en tout, on compte {}.", total, told)
        or f"Les monographies comptent {total.of('entretien')}.",
        alt="Entretiens par catégorie de personne. " + listed((bar.label, bar.text) for bar in bars),
        base=Base(total, "entretiens des monographies"),
        draw=lambda canvas: draw_units(canvas, bars),
        message=if_told("Des voix inégalement entendues dans les monographies : {}, sur {}.", told, total)
        or f"Des voix entendues dans {total.of('entretien')} de monographie.",
    )


def _categories(rows: Sequence[Any]) -> str:
    named = enumeration([f"« {lower_first(row.libelle)} »" for row in rows])
    return f"la catégorie {named}" if len(rows) == 1 else f"chacune des catégories {named}"
