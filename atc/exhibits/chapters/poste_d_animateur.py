"""Chapter 04: who holds the post, on which terms, with whose support."""

from atc.disclosure import Release, Released
from atc.exhibits import forms
from atc.exhibits import selection as counting
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, if_told
from atc.exhibits.selection import Selection, select
from atc.exhibits.sentences import TOO_SMALL, by_direction
from atc.exhibits.statements import squares
from atc.exhibits.variables import YES_NO
from atc.indicators import measures
from atc.survey.typography import lower_first
from atc.survey.waves import Wave

_BOARD, _SITE = "carnet_de_bord", "carnet_de_bord.territoire"


#: Question -> theme.
_POST = {
    "profil": "Parcours",
    "contrat": "Contrat",
    "temps_plein": "Poste",
    "issu_du_quartier": "Poste",
}


def _counted(asked: Selection) -> Released:
    """Every answer; of a yes or no, those who say yes; of contracts, fixed terms if others are too rare."""
    if asked.variable.kind == YES_NO:
        return counting.only(asked, "oui").reshaped(lambda frame: frame.assign(libelle=asked.variable.label))
    if asked.field.name != "contrat":
        return counting.one_way(asked)
    return asked.unmasked(counting.one_way) or counting.only(asked, "cdd")


@exhibit("F04-01", uses=(_SITE, *(f"{_BOARD}.{name}" for name in _POST)))
def fig_04_01(vague: Wave, release: Release) -> Draft:
    """Profiles, contracts and posts: four questions side by side, each out of those that answered it."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _POST}
    counts = counting.side_by_side(asked, _counted, "question").reshaped(
        lambda frame: frame.assign(theme=frame["question"].map(_POST))
    )
    fixed = [
        forms.share(row, "animateur.trice") for row in counts if row.modalite == "cdd" and row.effectif.high
    ]
    return squares(
        counts,
        Base(release.count(len(vague.table(_BOARD)), _SITE), ""),
        title=if_told("Des contrats à durée déterminée pour {}", "".join(fixed))
        or "Parcours, contrat et poste des animateur.trices",
        reading=forms.largest_aloud(list(counts), asked["profil"].unit),
    )


_MOMENTS = dict(zip(("soutien_demarrage", "soutien_actuel"), measures.MOMENTS, strict=True))


@exhibit("F04-02", uses=(_SITE, *(f"{_BOARD}.{name}" for name in _MOMENTS)))
def fig_04_02(vague: Wave, release: Release) -> Draft:
    """Strong support of the carrier's direction, at the start and now; which way support went since."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _MOMENTS}
    found = counting.side_by_side(asked, lambda one: counting.only(one, "fort"), "moment")
    strong = found.reshaped(lambda frame: frame.assign(libelle_moment=frame["moment"].map(_MOMENTS)))
    shares = {lower_first(row.libelle_moment): forms.share(row, "territoire") for row in strong}
    told = ", ".join(f"{where} {when}" for when, where in shares.items() if where)
    then, now = (vague.table(_BOARD)[name] for name in _MOMENTS)
    levels = list(asked["soutien_actuel"].field.labels)
    steps = measures.tally(measures.DIRECTIONS, measures.directions(then, now, levels))
    change = release.distribution(steps, f"{_BOARD}.evolution_du_soutien")
    reading = if_told(
        "Soutien depuis le démarrage : {}.", by_direction({r.libelle: r.effectif for r in change})
    )
    if not next(iter(change)).total.high:
        reading = "Aucun territoire n’a répondu pour les deux moments."
    return squares(
        strong,
        Base(release.count(len(vague.table(_BOARD)), _SITE), ""),
        label="libelle_moment",
        title=if_told("Un soutien fort de la direction : {}", told)
        or "Le soutien de la direction de la structure porteuse",
        subtitle="Territoires où la direction de la structure porteuse apporte un soutien fort",
        reading=reading or TOO_SMALL,
    )
