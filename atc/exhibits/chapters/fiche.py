"""The sheet of one territory: for the evaluation team only, since each row of it is a few known persons."""

from atc.disclosure import Release
from atc.disclosure.recorder import INTERNAL
from atc.exhibits import profile, scored
from atc.exhibits.declare import complete_exhibit, exhibit, release_for
from atc.exhibits.model import Draft, Exhibit, Prose
from atc.exhibits.selection import Selection, select
from atc.exhibits.variables import ALL_ITEMS, variable
from atc.survey.errors import UsageError, shown
from atc.survey.waves import Wave

_SITES = ("territoires.territoire", "territoires.commune")


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
    before = vague.previous().using(profile.READ) if vague.settings.previous else None
    release = release_for(vague, "T90-01", before)
    wave, scores = vague.using(profile.READ), variable(vague.dictionary, ALL_ITEMS)
    asked = Selection(wave, release, scores, before, filters={"territoire": territoire})
    waves = [wave, before] if before else [wave]
    return complete_exhibit("T90-01", waves, profile.sheet(asked), release, files=False)


@exhibit("F90-02", uses=("scores.*", *_SITES), files=False)
def notes(vague: Wave, release: Release, territoire: str) -> Draft:
    """The scores of all territories, beside which its own medians are read."""
    commune(vague, territoire)
    return scored.bands(select(vague, release, ALL_ITEMS))
