"""Chapter 04: who holds the post, on which terms, with whose support."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from atc.disclosure import Release, Released
from atc.exhibits import forms
from atc.exhibits import selection as counting
from atc.exhibits.charts.rows import MOST, draw_stacks, draw_units, stack_bars, unit_bar, unit_bars
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, listed, ratios_aloud
from atc.exhibits.selection import Selection, select
from atc.exhibits.table import Column, DataTable, out_of
from atc.indicators import measures
from atc.survey.typography import capitalise, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_BOARD, _CARNETS = "carnet_de_bord", "carnets de bord rendus"


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


@exhibit("F04-01", uses=(f"{_BOARD}.territoire", *(f"{_BOARD}.{name}" for name in _POST)))
def fig_04_01(vague: Wave, release: Release) -> Draft:
    """Profiles, contracts and posts: four questions side by side, each out of those that answered it."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _POST}
    counts = counting.side_by_side(asked, lambda one: _POST[one.field.name][1](one), "question").reshaped(
        lambda frame: frame.assign(theme=[_POST[name][0] for name in frame["question"]])
    )
    known = {(row.question, row.modalite): row for row in counts}
    fixed, full, local = (
        forms.share(known[key], *words) if (key := (name, code)) in known else ""
        for name, code, *words in (
            ("contrat", "cdd", "animateur.trice"),
            ("temps_plein", "oui", "territoire"),
            ("issu_du_quartier", "oui", "issu.e du quartier", "issu.es du quartier"),
        )
    )
    profiles = forms.present(counts.reshaped(lambda frame: frame[frame["question"] == "profil"]))
    title = (f"Des contrats à durée déterminée pour {fixed}" if fixed else "", local)
    reading = (
        f"on compte {spelled(profiles, 'parcours', 'parcours différents')}" if profiles else "",
        f"le poste est à temps plein sur {full}" if full else "",
    )
    themes = [row.theme for row in counts]
    rows = [
        unit_bar(drawn.label, "" if theme in themes[:i] else theme, drawn.count, drawn.total, drawn.text)
        for i, (theme, drawn) in enumerate(zip(themes, unit_bars(counts), strict=True))
    ]
    return Draft(
        title=" ; ".join(filter(None, title)) or "Parcours, contrat et poste des animateur.trices",
        subtitle="Territoires, selon le parcours, le contrat et le poste de l’animateur.trice",
        table=DataTable(
            counts,
            [
                Column("libelle", "Caractéristique"),
                Column("theme", "Thème"),
                Column("effectif", "Territoires", 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=f"{capitalise(' ; '.join(filter(None, reading)))}."
        if any(reading)
        else forms.largest_aloud(list(counts), asked["profil"].unit),
        alt="Parcours, contrat et poste. " + ratios_aloud(counts),
        base=Base(release.count(len(vague.table(_BOARD)), f"{_BOARD}.territoire"), _CARNETS),
        draw=lambda canvas: draw_units(canvas, rows),
        note="Les réponses manquantes sont écartées : le total change d’une question à l’autre.",
    )


_MOMENTS = dict(zip(("soutien_demarrage", "soutien_actuel"), measures.MOMENTS, strict=True))


@exhibit("F04-02", uses=(f"{_BOARD}.territoire", f"{_BOARD}.soutien_demarrage", f"{_BOARD}.soutien_actuel"))
def fig_04_02(vague: Wave, release: Release) -> Draft:
    """Support of the carrier's direction, at the start and now: every level, or the strong one alone."""
    asked = {name: select(vague, release, f"{_BOARD}.{name}") for name in _MOMENTS}
    levels = None
    if len(asked["soutien_actuel"].field.labels) <= MOST:
        levels = release.unmasked(
            lambda trial: counting.side_by_side(
                asked, lambda one: counting.one_way(one.through(trial)), "moment"
            )
        )
    found = levels or counting.side_by_side(asked, lambda one: counting.only(one, "fort"), "moment")
    counts = found.reshaped(lambda frame: frame.assign(libelle_moment=frame["moment"].map(_MOMENTS)))
    strong = [row for row in counts if row.modalite == "fort"]
    told = [
        f"sur {where} {lower_first(row.libelle_moment)}"
        for row in strong
        if (where := forms.share(row, "territoire"))
    ]
    bars = stack_bars(counts, "libelle_moment")
    names = [f"Soutien {lower_first(label)}" for label in asked["soutien_actuel"].field.labels.values()]
    alone = [
        unit_bar(row.libelle_moment, "", row.effectif, row.total, out_of(row.effectif, row.total))
        for row in strong
    ]
    then, now = (vague.table(_BOARD)[name] for name in _MOMENTS)
    change = measures.directions(then, now, list(asked["soutien_demarrage"].field.labels))
    directions = release.distribution(
        measures.tally(measures.DIRECTIONS, change), f"{_BOARD}.evolution_du_soutien"
    )
    return Draft(
        title=f"Un soutien fort de la direction {enumeration(told)}"
        if told
        else "Le soutien de la direction de la structure porteuse",
        subtitle="Nombre de territoires, selon le soutien de la direction de la structure porteuse"
        if levels
        else "Territoires où la direction de la structure porteuse apporte un soutien fort",
        table=DataTable(
            counts,
            [
                Column("libelle_moment", "Moment"),
                Column("libelle", "Soutien"),
                Column("effectif", "Territoires", 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=_directions(directions),
        alt="Soutien fort. "
        + listed((row.libelle_moment, out_of(row.effectif, row.total, aloud=True)) for row in strong),
        base=Base(release.count(len(vague.table(_BOARD)), f"{_BOARD}.territoire"), _CARNETS),
        draw=(lambda canvas: draw_stacks(canvas, bars, names))
        if levels
        else (lambda canvas: draw_units(canvas, alone)),
    )


#: Direction -> what the support does on some territories, and on none.
_VERBS = {
    "baisse": ("baisse", "ne baisse"),
    "stable": ("reste stable", "n’est stable"),
    "hausse": ("augmente", "n’augmente"),
}


def _directions(change: Released) -> str:
    """Where the support went since the start, as a sentence."""
    if not next(iter(change)).total.high:
        return "Aucun territoire n’a répondu pour les deux moments."
    told = [
        f"{some} sur {row.effectif.of('territoire')}" if row.effectif.high else f"{none} nulle part"
        for row, (some, none) in ((row, _VERBS[row.modalite]) for row in change)
        if not row.effectif.is_withheld
    ]
    return f"Le soutien {enumeration(told)}." if told else "Trop peu de territoires répondent pour le dire."
