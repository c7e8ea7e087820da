"""Chapter 03: how the experiment finds its place among the actors of the territory."""

import math
from typing import Any

from atc.disclosure import Release
from atc.exhibits import forms, scored
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, if_told
from atc.exhibits.selection import NoAnswer, select
from atc.exhibits.statements import quotations, statements
from atc.exhibits.variables import ALL_ITEMS
from atc.exhibits.worth import worth
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.survey.datapackage import SIMULATED
from atc.survey.typography import capitalise, enumeration, lower_first
from atc.survey.waves import Wave

_FLASH, _PERSON = "questionnaire_flash", "questionnaire_flash.repondant"
_RESPONDENTS = "acteurs institutionnels ayant répondu"


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
    steps = (*asked.by(f"{_FLASH}.role").steps, asked, asked.regroup({either: list(others)}))
    found = forms.finest(forms.distribution, *steps)
    whole = [row for row in found.counts if getattr(row, "ligne", "ensemble") == "ensemble"]
    backing = next(row for row in whole if row.modalite == "soutien")
    shares = [
        (forms.share(row, "répondant.e"), lower_first(row.libelle)) for row in whole if row.effectif.high
    ]
    told = [
        f"selon {share}, {'elle' if i else 'leur institution'} {label}"
        for i, (share, label) in enumerate(shares)
        if share
    ]
    note = _non_response(vague, release, backing, "soutiendraient l’expérimentation")
    if len(whole) == len(found.counts):
        note += " Rôle par rôle, trop peu de personnes répondent pour que leurs nombres soient communiqués."
    return found.worded(
        title=_supporters(vague, release, backing),
        subtitle="Nombre de répondant.es, selon la posture de leur institution envers l’expérimentation",
        reading=if_told("L’expérimentation : {}.", " ; ".join(told)) or found.reading,
        base=Base(found.base.n, _RESPONDENTS),
        note=note,
    )


def _supporters(vague: Wave, release: Release, backing: Any) -> str:
    """The roles that support most often, where they may be named and are not all of them; or how many do.

    The interim report prints an order, without numbers: it is said as far as it was reviewed.
    """
    asked = {"valeur": "posture=soutien", "filtre": "posture=*"}
    rates = measured(vague, "taux_selon", f"{_PERSON};role", **asked)
    known = {role: rate for role, rate in rates.items() if not math.isnan(rate)}
    leading = [role for role, rate in known.items() if rate == max(known.values()) > 0]
    ahead = len(leading) != len(known) and release.names(leading, f"{_FLASH}.posture=soutien")
    support, said = forms.share(backing, "répondant.e"), f"sur {backing.total}"
    if ahead:
        who = enumeration([lower_first(label) for label in ahead])
        told = if_told(" ; en tout, {}", support)
        return f"Les {who} soutiennent l’expérimentation plus souvent que les autres{told}"
    if support:
        told = backing.effectif.of(f"répondant.e {said} dit", f"répondant.es {said} disent")
        return f"{capitalise(told)} que leur institution soutient l’expérimentation"
    return "La posture des institutions envers l’expérimentation"


@exhibit("F03-03", uses=(_PERSON, f"{_FLASH}.repondu", f"{_FLASH}.freins"))
def fig_03_03(vague: Wave, release: Release) -> Draft:
    """What slowed the work."""
    asked = select(vague, release, f"{_FLASH}.freins")
    found = forms.distribution(asked)
    leaders = found.counts.leaders()
    first = leaders[0] if len(leaders) == 1 else None
    then = [
        lower_first(row.libelle) + ("" if row.effectif.is_withheld else f" ({row.effectif} sur {row.total})")
        for row in found.counts
        if row not in leaders and row.effectif.low
    ]
    named = enumeration([lower_first(row.libelle) for row in leaders])
    most = forms.share(leaders[0], "répondant.e") if leaders and leaders[0].effectif.high else ""
    answered = measured(vague, "nombre", _PERSON, filtre="repondu=oui")
    leads = ("le frein le plus cité", "les freins les plus cités")
    title = forms.headline(found.counts, *leads, ("répondant.e", "répondant.es", _RESPONDENTS))
    what = f"citeraient « {lower_first(first.libelle)} »" if first else ""
    return found.worded(
        title=title,
        subtitle="Répondant.es qui jugent que cet élément a freiné la démarche (plusieurs réponses "
        "possibles)",
        table=forms.counted_table(asked, found.counts, "Frein", "Répondant.es"),
        reading=if_told("{} : {}.", "Viennent ensuite" if leaders else "Freins cités", enumeration(then))
        or found.reading,
        base=Base(release.count(answered, f"{_PERSON}&repondu=oui"), _RESPONDENTS),
        note=_non_response(vague, release, first, what),
        message=if_told("Un contexte qui a freiné la démarche : {} d’abord, selon {}.", named, most),
    )


@exhibit("T03-04", uses=("legitimites.*",))
def tab_03_04(vague: Wave, release: Release) -> Draft:
    """Legitimacy by network of carriers: an order, without numbers."""
    table = vague.table("legitimites").sort_values("reseau")
    if table.empty:
        raise NoAnswer("Légitimité des réseaux porteurs", "Aucun réseau n’est lu dans cette vague.")
    easy = measured(vague, "noms", "legitimites.reseau", filtre="legitimite=acquise")
    networks, kinds = (vague.field(f"legitimites.{name}").labels for name in ("reseau", "legitimite"))
    table = table.assign(
        libelle=table["reseau"].astype("str").map(networks),
        legitimite=table["legitimite"].astype("str").map(kinds),
    )
    found = list(dict.fromkeys(table["legitimite"].dropna()))
    headings = {"libelle": "Réseau", "legitimite": "Légitimité au démarrage"}
    headings |= {"appui": "Ce qui aide", "reste_a_gagner": "Ce qui reste à gagner"}
    return statements(
        release,
        table,
        "Lecture des évaluateurs par réseau porteur : aucune personne n’est comptée",
        headings,
        title="La légitimité de départ diffère d’un réseau porteur à l’autre"
        if len(found) != 1
        else f"Une même légitimité de départ, d’un réseau porteur à l’autre : {lower_first(found[0])}",
        who="réseaux",
        subtitle="Lecture qualitative des évaluateurs, sans nombre",
        reading=if_told("La légitimité est la plus facile à trouver pour : {}.", enumeration(easy))
        or "Aucun réseau n’a, au démarrage, une légitimité facile à trouver.",
        note="Le réseau de la plupart des sites n’est pas public : ce tableau ne peut pas être recalculé "
        "site par site.",
    )


@exhibit("T03-05", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_03_05(vague: Wave, release: Release) -> Draft:
    """Quotations on the actors, those that were reviewed."""
    return quotations(vague, release, "jeux_d_acteurs")
