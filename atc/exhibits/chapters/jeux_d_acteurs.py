"""Chapter 03: how the experiment finds its place among the actors of the territory."""

from dataclasses import replace
from typing import Any

from atc.disclosure import Release, leading
from atc.exhibits import forms, scored
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft, if_told
from atc.exhibits.selection import NoAnswer, select
from atc.exhibits.statements import quotations, statements
from atc.exhibits.variables import ALL_ITEMS
from atc.exhibits.worth import worth
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.survey.datapackage import SIMULATED
from atc.survey.typography import enumeration, lower_first
from atc.survey.waves import Wave

_FLASH, _PERSON = "questionnaire_flash", "questionnaire_flash.repondant"


@exhibit("F03-01", uses=("scores.*",))
def fig_03_01(vague: Wave, release: Release) -> Draft:
    """The situation of the territory, institutional actors beside animateurs, matched by territory."""
    return scored.situation(select(vague, release, ALL_ITEMS))


def _non_response(vague: Wave, release: Release, found: Any | None, what: str) -> str:
    """What the answers say of all the recipients, and why that is not enough; made up, they say nothing.

    ``found`` are the respondents concerned, as readers may know them, and ``what`` they would be or do.
    """
    asked = release.count(measured(vague, "nombre", _PERSON), _PERSON).value
    told = found if worth(vague) != SIMULATED else None
    concerned, answered = (told.effectif.value, told.total.value) if told else (None, None)
    if asked is None or concerned is None or not answered:
        return "La limite principale est la non-réponse : qui n’a pas répondu peut penser autrement."
    low, high = fieldwork.intervalle_population_finie(concerned, answered, asked)
    return (
        f"Si les répondant.es étaient tirés au hasard, de {low} à {high} des {asked} destinataires {what} "
        "(intervalle hypergéométrique à 95 %). Mais la limite principale est la non-réponse, non le hasard."
    )


@exhibit("F03-02", uses=(_PERSON, f"{_FLASH}.role", f"{_FLASH}.repondu", f"{_FLASH}.posture"))
def fig_03_02(vague: Wave, release: Release) -> Draft:
    """Stance of the institutions: role by role where that masks nothing, all together otherwise."""
    asked = select(vague, release, f"{_FLASH}.posture")
    others = {code: label for code, label in asked.field.labels.items() if code != "soutien"}
    either = ", ou ".join(lower_first(label) if i else label for i, label in enumerate(others.values()))
    by_role, joined = replace(asked, group=f"{_FLASH}.role"), replace(asked, regrouped={either: list(others)})
    steps = (*by_role.steps, asked, joined)
    found = forms.finest(forms.distribution, *steps)
    whole = [row for row in found.counts if getattr(row, "ligne", "ensemble") == "ensemble"]
    backing = next(row for row in whole if row.modalite == "soutien")
    note = _non_response(vague, release, backing, "soutiendraient l’expérimentation")
    if len(whole) == len(found.counts):
        note += " Rôle par rôle, trop peu de personnes répondent pour que leurs nombres soient communiqués."
    shares = {lower_first(row.libelle): forms.share(row, "répondant.e") for row in whole}
    told = " ; ".join(f"{stance}, selon {share}" for stance, share in shares.items() if share)
    return found.worded(
        title=if_told("L’expérimentation est soutenue selon {}", shares[lower_first(backing.libelle)]),
        reading=if_told("L’expérimentation : l’institution {}.", told) or found.reading,
        note=note,
    )


@exhibit("F03-03", uses=(_PERSON, f"{_FLASH}.repondu", f"{_FLASH}.freins"))
def fig_03_03(vague: Wave, release: Release) -> Draft:
    """What slowed the work."""
    found = forms.distribution(select(vague, release, f"{_FLASH}.freins"))
    leaders = leading(found.counts)
    first = leaders[0] if len(leaders) == 1 else None
    what = f"citeraient « {lower_first(first.libelle)} »" if first else ""
    return found.worded(note=_non_response(vague, release, first, what))


@exhibit("T03-04", uses=("legitimites.*",))
def tab_03_04(vague: Wave, release: Release) -> Draft:
    """Legitimacy by network of carriers: an order, without numbers."""
    table = vague.table("legitimites").sort_values("reseau")
    if table.empty:
        raise NoAnswer("Légitimité des réseaux porteurs", "Aucun réseau n’est lu dans cette vague.")
    easy = measured(vague, "noms", "legitimites.reseau", filtre="legitimite=acquise")
    networks, kinds = (vague.field(f"legitimites.{name}").labels for name in ("reseau", "legitimite"))
    return statements(
        release,
        table.assign(
            libelle=table["reseau"].astype("str").map(networks),
            legitimite=table["legitimite"].astype("str").map(kinds),
        ),
        "Lecture des évaluateurs par réseau porteur : aucune personne n’est comptée",
        title="La légitimité de départ, d’un réseau porteur à l’autre",
        reading=if_told("La légitimité est la plus facile à trouver pour : {}.", enumeration(easy))
        or "Aucun réseau n’a, au démarrage, une légitimité facile à trouver.",
    )


@exhibit("T03-05", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_03_05(vague: Wave, release: Release) -> Draft:
    """Quotations on the actors, those that were reviewed."""
    return quotations(vague, release, "jeux_d_acteurs")
