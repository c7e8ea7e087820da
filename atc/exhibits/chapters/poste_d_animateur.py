"""Chapter 04: who holds the post, on which terms, with whose support."""

from collections.abc import Callable, Mapping

from atc.disclosure import Release, Released
from atc.exhibits import forms
from atc.exhibits import selection as counting
from atc.exhibits.charts.rows import MOST, draw_stacks, draw_units, stack_bars, unit_bar
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, if_told, listed, ratios_aloud
from atc.exhibits.selection import Selection, select
from atc.exhibits.table import DataTable, out_of
from atc.indicators import measures
from atc.survey.typography import capitalise, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_BOARD = "carnet_de_bord"


def _contracts(asked: Selection) -> Released:
    """Every kind of contract or, where some are too rare to be told, fixed terms alone."""
    every = asked.release.unmasked(lambda trial: counting.one_way(asked.through(trial)))
    return every or counting.only(asked, "cdd")


def _yes(asked: Selection) -> Released:
    """Those who say yes, under the name of the question."""
    return counting.only(asked, "oui").reshaped(lambda frame: frame.assign(libelle=asked.variable.label))


#: Question -> theme, and how its answers are counted.
_POST: Mapping[str, tuple[str, Callable[[Selection], Released]]] = {
    "profil": ("Parcours", counting.one_way),
    "contrat": ("Contrat", _contracts),
    "temps_plein": ("Poste", _yes),
    "issu_du_quartier": ("Poste", _yes),
}
#: Question, answer and whom it is said of.
_TOLD = (
    ("contrat", "cdd", "animateur.trice"),
    ("temps_plein", "oui", "territoire"),
    ("issu_du_quartier", "oui", "issu.e du quartier", "issu.es du quartier"),
)


@exhibit("F04-01", uses=(f"{_BOARD}.territoire", *(f"{_BOARD}.{name}" for name in _POST)))
def fig_04_01(vague: Wave, release: Release) -> Draft:
    """Profiles, contracts and posts: four questions side by side, each out of those that answered it."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _POST}
    counts = counting.side_by_side(asked, lambda one: _POST[one.field.name][1](one), "question").reshaped(
        lambda frame: frame.assign(theme=[_POST[name][0] for name in frame["question"]])
    )
    known = {(row.question, row.modalite): row for row in counts if row.effectif.high}
    fixed, full, local = (
        forms.share(known[name, code], *words) if (name, code) in known else ""
        for name, code, *words in _TOLD
    )
    profiles = forms.present(counts.reshaped(lambda frame: frame[frame["question"] == "profil"]))
    title = (if_told("Des contrats à durée déterminée pour {}", fixed), local)
    told = (
        f"on compte {spelled(profiles, 'parcours', 'parcours différents')}" if profiles else "",
        if_told("le poste est à temps plein sur {}", full),
    )
    bars = [
        unit_bar(row.libelle, row.theme, row.effectif, row.total, out_of(row.effectif, row.total))
        for row in counts
    ]
    headings = {"libelle": "Caractéristique", "theme": "Thème", "effectif": "Territoires", "total": "Sur"}
    return Draft(
        title=" ; ".join(filter(None, title)) or "Parcours, contrat et poste des animateur.trices",
        subtitle="Territoires, selon le parcours, le contrat et le poste de l’animateur.trice",
        table=DataTable.headed(counts, headings),
        reading=if_told("{}.", capitalise(" ; ".join(filter(None, told))))
        or forms.largest_aloud(list(counts), asked["profil"].unit),
        alt="Parcours, contrat et poste. " + ratios_aloud(counts),
        base=_returned(vague, release),
        draw=lambda canvas: draw_units(canvas, bars),
        note="Les réponses manquantes sont écartées : le total change d’une question à l’autre.",
    )


def _returned(vague: Wave, release: Release) -> Base:
    boards = release.count(len(vague.table(_BOARD)), f"{_BOARD}.territoire")
    return Base(boards, "carnets de bord rendus")


_MOMENTS = dict(zip(("soutien_demarrage", "soutien_actuel"), measures.MOMENTS, strict=True))


@exhibit("F04-02", uses=(f"{_BOARD}.territoire", f"{_BOARD}.soutien_demarrage", f"{_BOARD}.soutien_actuel"))
def fig_04_02(vague: Wave, release: Release) -> Draft:
    """Support of the carrier's direction, at the start and now: every level, or the strong one alone."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _MOMENTS}
    labels = asked["soutien_actuel"].field.labels

    def every(trial: Release) -> Released:
        return counting.side_by_side(asked, lambda one: counting.one_way(one.through(trial)), "moment")

    levels = release.unmasked(every) if len(labels) <= MOST else None
    found = levels or counting.side_by_side(asked, lambda one: counting.only(one, "fort"), "moment")
    counts = found.reshaped(lambda frame: frame.assign(libelle_moment=frame["moment"].map(_MOMENTS)))
    strong = [row for row in counts if row.modalite == "fort"]
    shares = [(forms.share(row, "territoire"), lower_first(row.libelle_moment)) for row in strong]
    told = enumeration([f"sur {where} {when}" for where, when in shares if where])
    bars = [
        unit_bar(row.libelle_moment, "", row.effectif, row.total, out_of(row.effectif, row.total))
        for row in strong
    ]
    names = [f"Soutien {lower_first(name)}" for name in labels.values()]
    headings = {"libelle_moment": "Moment", "libelle": "Soutien", "effectif": "Territoires", "total": "Sur"}
    return Draft(
        title=if_told("Un soutien fort de la direction {}", told)
        or "Le soutien de la direction de la structure porteuse",
        subtitle="Nombre de territoires, selon le soutien de la direction de la structure porteuse"
        if levels
        else "Territoires où la direction de la structure porteuse apporte un soutien fort",
        table=DataTable.headed(counts, headings),
        reading=_directions(vague, release, list(labels)),
        alt="Soutien fort. "
        + listed((row.libelle_moment, out_of(row.effectif, row.total, aloud=True)) for row in strong),
        base=_returned(vague, release),
        draw=lambda canvas: (
            draw_stacks(canvas, stack_bars(counts, "libelle_moment"), names)
            if levels
            else draw_units(canvas, bars)
        ),
    )


#: Direction -> what the support does on some territories, and on none.
_VERBS = {
    "baisse": ("baisse", "ne baisse"),
    "stable": ("reste stable", "n’est stable"),
    "hausse": ("augmente", "n’augmente"),
}


def _directions(vague: Wave, release: Release, levels: list[str]) -> str:
    """Where the support went since the start, as a sentence."""
    then, now = (vague.table(_BOARD)[name] for name in _MOMENTS)
    steps = measures.tally(measures.DIRECTIONS, measures.directions(then, now, levels))
    change = release.distribution(steps, f"{_BOARD}.evolution_du_soutien")
    if not next(iter(change)).total.high:
        return "Aucun territoire n’a répondu pour les deux moments."
    told = [
        f"{some} sur {row.effectif.of('territoire')}" if row.effectif.high else f"{none} nulle part"
        for row, (some, none) in ((row, _VERBS[row.modalite]) for row in change)
        if not row.effectif.is_withheld
    ]
    return f"Le soutien {enumeration(told)}." if told else "Trop peu de territoires répondent pour le dire."
