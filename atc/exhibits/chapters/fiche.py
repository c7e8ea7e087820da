"""The sheet of one territory: for the evaluation team only, since each row of it is a few known persons."""

import pandas as pd

from atc.disclosure import Release
from atc.disclosure.recorder import INTERNAL
from atc.exhibits import profile
from atc.exhibits.comparability import comparable
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, Exhibit, Prose, prose
from atc.exhibits.selection import select, then_and_now
from atc.exhibits.statements import statements
from atc.exhibits.variables import ALL_ITEMS
from atc.indicators import fieldwork
from atc.survey.errors import UsageError, shown
from atc.survey.typography import counted, lower_first
from atc.survey.waves import Wave

_SITES = ("territoires.territoire", "territoires.commune")
#: What is compared with the wave before.
_MEASURES = ("carnet_de_bord.etp", "carnet_de_bord.reunions_pilotage")
_MODEL = "positionnements.modele_principal"
_CHANGING = ("scores.*", "carnet_de_bord.territoire", *_MEASURES, "positionnements.territoire", _MODEL)


def commune(vague: Wave, territoire: str) -> str:
    """Name of a territory, once it is known that its sheet may be shown.

    A `UsageError` tells that the tier is not ``interne``, or that there is no such territory.
    """
    if vague.diffusion != INTERNAL:
        raise UsageError(
            f"Une fiche de territoire se fait en diffusion « {INTERNAL} », non « {vague.diffusion} » : elle "
            "montre les réponses de quelques personnes. Relancez avec atc run --fiches."
        )
    sites = vague.using(_SITES).table("territoires")
    names = dict(zip(sites["territoire"].astype(str), sites["commune"].astype(str), strict=True))
    if territoire not in names:
        raise UsageError(
            f"Le territoire « {shown(territoire)} » est inconnu. "
            f"Territoires de la vague : {', '.join(names)}."
        )
    return names[territoire]


def ouverture(vague: Wave, territoire: str) -> Prose:
    """Whose sheet this is, and who may read it: see `commune`."""
    opening = f"{commune(vague, territoire)}. {vague.settings.label}, pour l’équipe d’évaluation seulement."
    return Prose((opening, profile.WARNING), "precaution")


@exhibit("T90-01", uses=("carnet_de_bord.*", *_SITES), files=False)
def carnet(vague: Wave, release: Release, territoire: str) -> Draft:
    """The logbook of the territory, question by question."""
    name, table = commune(vague, territoire), profile.answers(vague, territoire, "carnet_de_bord")
    back = f"Le carnet compte {counted(len(table), 'question')}."
    return statements(
        release,
        table,
        profile.BECAUSE,
        title=f"{name} : {'carnet de bord' if len(table) else 'aucun carnet de bord rendu'}",
        reading=back if len(table) else "Aucun carnet de ce territoire n’est revenu pour cette vague.",
    )


@exhibit("F90-02", uses=("scores.*", *_SITES), files=False)
def notes(vague: Wave, release: Release, territoire: str) -> Draft:
    """Its scores beside the banded distribution of the other territories."""
    commune(vague, territoire)
    return profile.among_others(select(vague, release, ALL_ITEMS), territoire)


@exhibit("T90-03", uses=("entretiens.*", *_SITES), files=False)
def entretiens(vague: Wave, release: Release, territoire: str) -> Draft:
    """Whom the evaluators met there."""
    name = commune(vague, territoire)
    met = fieldwork.rencontres(vague.table("entretiens"), vague.table("territoires"), vague.dictionary)
    own = met[met["territoire"] == territoire]
    natures = own["nature"].astype(str).map(vague.field("entretiens.nature").labels)
    total = int(own["effectif"].sum())
    return statements(
        release,
        own.assign(nature=natures),
        profile.BECAUSE,
        title=f"{name} : {counted(total, 'rencontre')}",
        base=Base(total, ""),
        reading=f"L’évaluation compte {counted(total, 'rencontre')} sur ce territoire.",
    )


@exhibit("T90-04", uses=("positionnements.*", "effets.*", *_SITES), files=False)
def modeles_et_effets(vague: Wave, release: Release, territoire: str) -> Draft:
    """Its models, as the evaluators read them, and the effects seen there."""
    name, effects = commune(vague, territoire), vague.table("effets")
    seen = effects[effects["territoire"].astype(str) == territoire]
    kinds = seen["type"].astype(str).map(vague.field("effets.type").labels).map(lower_first)
    summed = pd.DataFrame({"libelle": "Effet : " + kinds, "reponse": seen["resume"].astype(str)})
    return statements(
        release,
        pd.concat([profile.answers(vague, territoire, "positionnements"), summed], ignore_index=True),
        profile.BECAUSE,
        title=f"{name} : modèles et premiers effets",
        reading=f"Effets relevés sur ce territoire : {len(seen)}.",
    )


def changement(vague: Wave, territoire: str) -> Exhibit | Prose:
    """What changed there since the wave before; a sentence when there is none."""
    commune(vague, territoire)
    if vague.settings.previous is None:
        return prose("C’est la première vague : rien ne la précède à quoi comparer ce territoire.")
    return tab_changement(vague, territoire)


@exhibit("T90-05", uses=(*_CHANGING, *_SITES), uses_before=_CHANGING, files=False)
def tab_changement(vague: Wave, avant: Wave, release: Release, territoire: str) -> Draft:
    """Measure by measure, then and now; nothing that the codebooks do not allow to join."""
    names = (*_MEASURES, ALL_ITEMS, _MODEL)
    joined = comparable(*(select(vague, release, name, before=avant) for name in names))
    then, now = then_and_now(avant, vague)
    return statements(
        release,
        profile.changes(avant, vague, territoire, joined),
        profile.BECAUSE,
        {"libelle": "Mesure", "source": "Source", "avant": then, "apres": now, "sens": "Sens"},
        title=f"{commune(vague, territoire)} : ce qui change entre {then} et {now}",
    )
