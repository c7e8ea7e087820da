"""Chapter 08: what changed since the wave before, and what may be compared at all.

Nothing is joined that the codebooks do not allow: what is left out of scores is listed in T08-06, of the rest
in the note of each exhibit.
"""

from typing import Any

from atc.disclosure import Release
from atc.exhibits import scored, two_waves
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.comparability import comparable, every_variable, listing
from atc.exhibits.declare import exhibit, release_for, sealed
from atc.exhibits.model import Base, Draft, Exhibit, listed
from atc.exhibits.selection import Selection, select, then_and_now
from atc.exhibits.sentences import by_direction, ways
from atc.exhibits.table import DataTable
from atc.exhibits.variables import ALL_ITEMS
from atc.exhibits.worth import worth
from atc.indicators import territories
from atc.survey.typography import capitalise, counted, enumeration, lower_first, spelled
from atc.survey.waves import Wave

_SITES, _CARNET, _FLASH = "territoires.territoire", "carnet_de_bord", "questionnaire_flash"
_SITE = f"{_CARNET}.territoire"
_ANSWERS = (
    _SITE,
    f"{_CARNET}.repondant",
    f"{_FLASH}.territoire",
    f"{_FLASH}.repondant",
    f"{_FLASH}.repondu",
    _SITES,
)
_SCORES = ("scores.*", _SITES)
_NUMBERS, _BODY = (f"{_CARNET}.etp", f"{_CARNET}.reunions_pilotage"), f"{_CARNET}.composition"
_MODEL = "positionnements.modele_principal"
_PLACED = ("positionnements.territoire", _MODEL, _SITES)
_SAME_KEY = "Une même personne porte le même pseudonyme aux deux vagues."
_OTHER_KEY = (
    "Les pseudonymes des deux vagues ne viennent pas de la même clé : personne ne peut dire qui a répondu "
    "deux fois, et seuls les territoires sont rapprochés."
)


@exhibit("F08-01", uses=_ANSWERS, uses_before=_ANSWERS)
def fig_08_01(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who answered in each wave: territories, then persons."""
    found = territories.presences(
        *(wave.table(name) for name in (_FLASH, _CARNET) for wave in (avant, vague))
    )
    # Persons are the same under one key alone.
    known, lead = avant.package.key == vague.package.key, "institutionnels"
    if not known:
        found, lead = found[found["modalite"].isin(["carnets", "territoires"])], "territoires"
    sites = len({str(s) for wave in (avant, vague) for s in wave.table("territoires")["territoire"]})
    of_sites = found["modalite"].isin(["carnets", "territoires"])
    counts = release.splits(
        # Nobody knows how many persons might have answered.
        found.assign(sites=of_sites.map({True: sites, False: None})),
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
    who, first = f"Acteurs institutionnels{'' if known else ', en territoires'}", counts.row(modalite=lead)
    title = told[lead]
    if first.apres.high and not (first.communs.is_withheld or first.apres.is_withheld):
        had = "avaient" if first.communs.high > 1 else "avait"
        title = f"{first.communs} sur {first.apres} {had} déjà répondu en {then}"
        if not first.communs.high:
            title = f"aucun n’avait déjà répondu en {then}"
    return Draft(
        title=f"{who} : {title}",
        subtitle=f"Réponses aux vagues de {then} et de {now}, en territoires{' puis en personnes' * known}",
        table=DataTable.headed(counts, {"libelle": "Réponses", **moments}),
        reading=f"{who} : {told[lead]}. Carnets de bord : {told['carnets']}.",
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


@exhibit("F08-02", uses=_SCORES, uses_before=_SCORES, every=True)
def fig_08_02(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Scores before the start, then in each wave, by territory, two lenses."""
    asked = select(vague, release, ALL_ITEMS, before=avant)
    return _listed_apart(scored.moments(asked, (*avant.succession(), vague)), asked)


@exhibit("F08-03", uses=_SCORES, uses_before=_SCORES)
def fig_08_03(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Comparisons of a territory on an item that go up, and that go down, all items together."""
    asked = select(vague, release, ALL_ITEMS, before=avant)
    return _listed_apart(scored.comparisons(asked), asked)


def _listed_apart(found: Draft, asked: Selection) -> Draft:
    """Without the sentences that are not compared, which would be longer than the figure: T08-06 has them."""
    joined, note = comparable(asked), found.note
    for told in filter(None, (joined.left_out(why=True), joined.left_out())):
        note = note.replace(told, "T08-06 liste les phrases reformulées ou écartées.")
    return found.worded(note=note)


@exhibit("F08-04", uses=(_SITE, _SITES, *_NUMBERS), uses_before=(_SITE, _SITES, *_NUMBERS))
def fig_08_04(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Time of animation and meetings, then and now."""
    found = two_waves.measured(*(select(vague, release, name, before=avant) for name in _NUMBERS))
    time = [by_direction(ways(row)) for row in found.counts if row.modalite == "etp"]
    return found.worded(
        title=f"Le temps d’animation : {time[0]}" if any(time) else "",
        note=f"Les réunions se cumulent depuis le démarrage : elles ne peuvent que croître. {found.note}",
    )


@exhibit("F08-07", uses=(_SITE, _SITES, _BODY), uses_before=(_SITE, _SITES, _BODY))
def fig_08_07(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Who sits in the steering body, in each wave."""
    found = two_waves.measured(select(vague, release, _BODY, before=avant))
    who, colon, told = found.title.partition(" » : ")
    return found.worded(title=f"{who.removeprefix('« ')} au pilotage : {told}" if colon else "")


@exhibit("F08-05", uses=_PLACED, uses_before=_PLACED)
def fig_08_05(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Models of priorities: who moved from which to which or, where that masks too much, how many moved."""
    found = two_waves.moves(
        select(vague, release, _MODEL, before=avant), ("le même modèle", "un autre modèle")
    )
    nature = "Le modèle d’un site est une lecture des évaluateurs, et non une déclaration du site."
    return found.worded(note=f"{nature} {found.note}")


_VERDICTS = {
    "identique": ("identique", "identiques"),
    "reformule": ("reformulée", "reformulées"),
    "rescale": ("dont l’échelle a changé", "dont l’échelle a changé"),
    "nouveau": ("nouvelle", "nouvelles"),
    "disparu": ("disparue", "disparues"),
}


def tab_08_06(vague: Wave) -> Exhibit:
    """Item by item, what can be held against the wave before."""
    avant, release = vague.previous(), release_for(vague, "T08-06")
    compared = every_variable(avant, vague)
    verdicts = compared["comparabilite"].value_counts()
    found = [counted(verdicts[code], *nouns) for code, nouns in _VERDICTS.items() if code in verdicts]
    told = compared["variable"].str.contains("=") | (compared["comparabilite"] != "identique")
    quiet = ("variable identique n’est pas listée", "variables identiques ne sont pas listées")
    left = len(compared) - int(compared["jointure"].sum())
    apart = f"{capitalise(spelled(left, 'variable', feminine=True))} sur {len(compared)}"
    verb = "compare" if left == 1 else "comparent"
    draft = listing(
        release,
        compared[told],
        title=f"{apart} ne se {verb} pas d’une vague à l’autre"
        if left
        else "Toutes les variables se comparent d’une vague à l’autre",
        subtitle="Phrases notées, et variables qui changent",
        reading=f"D’après le dictionnaire des variables : {enumeration(found)}. Une variable reformulée ou "
        "dont l’échelle a changé n’est rapprochée que s’il l’autorise, et la figure le dit.",
        note="" if told.all() else f"{capitalise(counted(int((~told).sum()), *quiet))}.",
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
