"""The sheet of one territory: for the evaluation team only, since each row of it is a few known persons."""

from atc.disclosure import Release
from atc.disclosure.recorder import INTERNAL
from atc.exhibits import profile
from atc.exhibits.declare import complete_exhibit, exhibit, release_for
from atc.exhibits.model import Base, Draft, Exhibit, Prose
from atc.exhibits.selection import Selection, select
from atc.exhibits.statements import statements
from atc.exhibits.variables import ALL_ITEMS, variable
from atc.indicators import fieldwork
from atc.survey.errors import UsageError, shown
from atc.survey.typography import counted
from atc.survey.waves import Wave

_SITES = ("territoires.territoire", "territoires.commune")
_ALL = tuple(f"{table}.*" for table in (*profile.TABLES, "scores"))


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


def reponses(vague: Wave, territoire: str) -> Exhibit:
    """All that is known of it, this wave beside the one before."""
    commune(vague, territoire)
    both = [vague, vague.previous()] if vague.settings.previous else [vague]
    waves = [wave.using(_ALL) for wave in both]
    release = release_for(vague, "T90-01", *waves[1:])
    chosen = {"territoire": territoire}
    asked = Selection(waves[0], release, variable(vague.dictionary, ALL_ITEMS), *waves[1:], filters=chosen)
    return complete_exhibit("T90-01", waves, profile.sheet(asked), release, files=False)


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


@exhibit("T90-04", uses=("effets.*", *_SITES), files=False)
def effets(vague: Wave, release: Release, territoire: str) -> Draft:
    """The first effects that the evaluators saw there."""
    name, effects = commune(vague, territoire), vague.table("effets")
    seen = effects[effects["territoire"].astype(str) == territoire]
    return statements(
        release,
        seen.assign(type=seen["type"].astype(str).map(vague.field("effets.type").labels)),
        profile.BECAUSE,
        title=f"{name} : premiers effets",
        reading=f"Effets relevés sur ce territoire : {len(seen)}.",
    )
