"""Chapter 08: what changed since the wave before, and what may be compared at all.

Nothing is joined that the codebooks do not allow: what is left out of scores is listed in T08-06, of the rest
in the note of each exhibit.
"""

from typing import Any

from atc.disclosure import Ratio, Release
from atc.exhibits import moments, two_waves
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.comparability import every_variable, listing
from atc.exhibits.declare import exhibit, release_for, sealed
from atc.exhibits.forms import share
from atc.exhibits.model import Base, Draft, Exhibit, if_told, listed
from atc.exhibits.selection import select, then_and_now
from atc.exhibits.sentences import by_direction, ways
from atc.exhibits.table import DataTable
from atc.exhibits.variables import ALL_ITEMS
from atc.exhibits.worth import worth
from atc.indicators import territories
from atc.survey.typography import capitalise, counted, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_SITES, _CARNET, _FLASH = "territoires.territoire", "carnet_de_bord", "questionnaire_flash"
_SITE = f"{_CARNET}.territoire"
_FLASHED = tuple(f"{_FLASH}.{name}" for name in ("territoire", "repondant", "repondu"))
_ANSWERS = (_SITE, f"{_CARNET}.repondant", *_FLASHED, _SITES)
_SCORES = ("scores.*", _SITES)
_NUMBERS, _BODY = (f"{_CARNET}.etp", f"{_CARNET}.reunions_pilotage"), f"{_CARNET}.composition"
_MODEL = "positionnements.modele_principal"
_PLACED = ("positionnements.territoire", _MODEL, _SITES)
_SAME_KEY = "Une même personne porte le même pseudonyme aux deux vagues."
_OTHER_KEY = (
    "Les pseudonymes des deux vagues ne viennent pas de la même clé : personne ne peut dire qui a répondu "
    "deux fois, et seuls les territoires sont rapprochés."
)


@exhibit("F08-01", uses=_ANSWERS, before="last")
def fig_08_01(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who answered in each wave: territories, then persons."""
    found = territories.presences(
        *(wave.table(name) for name in (_FLASH, _CARNET) for wave in (avant, vague))
    )
    # Persons are the same under one key alone.
    known = avant.package.key == vague.package.key
    of_sites = found["modalite"].isin(["carnets", "territoires"])
    sites = len({str(s) for wave in (avant, vague) for s in wave.table("territoires")["territoire"]})
    # Nobody knows how many persons might have answered.
    counts = release.splits(
        found.assign(sites=of_sites.map({True: sites, False: None}))[of_sites | known],
        "evolution.presence",
        by=("modalite",),
        total="communs",
        wholes={"avant": f"{avant.id}/presence", "apres": f"{vague.id}/presence"},
        among="sites",
    )
    then, now = then_and_now(avant, vague)
    moments = {"avant": then, "apres": now, "communs": "Aux deux vagues"}
    bars = [
        unit_bar(label, row.libelle, getattr(row, name), text=getattr(row, name).shown)
        for row in counts
        for name, label in moments.items()
    ]
    told = {row.modalite: _answered(row, then, now) for row in counts}
    actors = told["institutionnels" if known else "territoires"]
    return Draft(
        title=f"Acteurs institutionnels{'' if known else ', en territoires'} : {actors}",
        subtitle=f"Réponses aux vagues de {then} et de {now}, en territoires{' puis en personnes' * known}",
        table=DataTable.headed(counts, {"libelle": "Réponses", **moments}),
        reading=f"Carnets de bord : {told['carnets']}.",
        alt=listed((row.libelle, told[row.modalite]) for row in counts),
        base=Base(counts.row(modalite="carnets").apres, f"carnets de bord rendus en {now}"),
        draw=lambda canvas: draw_units(canvas, bars),
        note=(_SAME_KEY if known else _OTHER_KEY)
        + " Un écart entre elles peut venir de ce que d’autres personnes répondent.",
    )


def _answered(row: Any, then: str, now: str) -> str:
    """« 17 réponses en 2020, 20 en 2021, dont 7 aux deux vagues », as far as it may be told."""
    twice = "" if row.communs.is_withheld else f", dont {row.communs} aux deux vagues"
    return f"{row.avant.of('réponse')} en {then}, {row.apres} en {now}{twice}"


@exhibit("F08-02", uses=_SCORES, before="all")
def fig_08_02(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Scores before the start, then in each wave, by territory, two lenses."""
    asked = select(vague, release, ALL_ITEMS, before=avant)
    return moments.moments(asked, (*avant.succession(), vague))


@exhibit("F08-03", uses=_SCORES, before="last")
def fig_08_03(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Comparisons of a territory on an item that go up, and that go down, all items together."""
    return moments.comparisons(select(vague, release, ALL_ITEMS, before=avant))


@exhibit("F08-04", uses=(_SITE, _SITES, *_NUMBERS), before="last")
def fig_08_04(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Time of animation and meetings, then and now."""
    found = two_waves.measured(*(select(vague, release, name, before=avant) for name in _NUMBERS))
    title = ""
    for time in (row for row in found.counts if row.modalite == "etp"):
        both = (("augmente", time.hausse), ("diminue", time.baisse))
        (verb, most), (_, least) = sorted(both, key=lambda way: -int(way[1].low))
        # One way that is known to be ahead says enough in a title: the reading tells all three.
        where = share(Ratio(most, time.compares), "territoire") if most.low > least.high else ""
        every = if_told("Le temps d’animation : {}", by_direction(ways(time)))
        title = if_told(f"Le temps d’animation {verb} sur {{}}", where) or every
    return found.worded(title=title)


@exhibit("F08-07", uses=(_SITE, _SITES, _BODY), before="last")
def fig_08_07(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who sits in the steering body, in each wave."""
    return two_waves.measured(select(vague, release, _BODY, before=avant))


@exhibit("F08-05", uses=_PLACED, before="last")
def fig_08_05(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Models of priorities: who moved from which to which or, where that masks too much, how many moved."""
    kept = ("le même modèle", "un autre modèle")
    return two_waves.moves(select(vague, release, _MODEL, before=avant), kept)


def tab_08_06(vague: Wave) -> Exhibit:
    """Item by item, what can be held against the wave before."""
    avant, release = vague.previous(), release_for(vague, "T08-06")
    compared = every_variable(avant, vague)
    verdicts = compared["verdict"].value_counts(sort=False).to_dict()
    told = compared["variable"].str.contains("=") | (compared["comparabilite"] != "identique")
    left, quiet = len(compared) - int(compared["jointure"].sum()), int((~told).sum())
    apart = f"{capitalise(spelled(left, 'variable', feminine=True))} sur {len(compared)}"
    title = f"{apart} ne se {'compare' if left == 1 else 'comparent'} pas d’une vague à l’autre"
    quietly = counted(quiet, "variable identique non listée", "variables identiques non listées")
    draft = listing(
        release,
        compared[told],
        title=title if left else "Toutes les variables se comparent d’une vague à l’autre",
        subtitle="Phrases notées, et variables qui changent",
        reading="Une variable reformulée ou dont l’échelle a changé n’est rapprochée que si le dictionnaire "
        f"des variables l’autorise, et la figure le dit. Les {len(compared)} variables : "
        f"{enumeration([f'{verdict} ({n})' for verdict, n in verdicts.items()])}.",
        note=f"{capitalise(quietly)}." if quiet else "",
    )
    surveyed = [
        f"{name}.{column}"
        for name in (_CARNET, _FLASH, "scores")
        for column in vague.dictionary.table(name).fields
    ]
    waves = [lower_first(wave.settings.label) for wave in (avant, vague)]
    return sealed(
        vague,
        draft.worded(base=Base(len(compared), "variables")),
        release,
        id=release.exhibit,
        source=f"Source : dictionnaires des variables de la {' et de la '.join(waves)}.",
        # A codebook is worth what the surveyed columns of its wave are worth.
        status=worth(avant.using(surveyed), vague.using(surveyed)),
    )
