"""Chapter 03: how the experiment finds its place among the actors of the territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Release, Released, farthest, together
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, forms, listed
from atc.exhibits.charts import dumbbell
from atc.exhibits.crossing import crossing
from atc.exhibits.quotations import quotations
from atc.exhibits.selection import NoAnswer, select
from atc.indicators import acteurs, reponse, scores
from atc.indicators.lignes import lignes, premiere
from atc.typography import capitalise, enumeration, lower_first, number, spelled
from atc.waves import Wave

_FLASH = "questionnaire_flash"
_RESPONDENTS = "acteurs institutionnels ayant répondu"
_ANSWER = ("répondant.e", "répondant.es", _RESPONDENTS)
_TOO_FEW = " Rôle par rôle, trop peu de personnes répondent pour que leurs nombres soient communiqués."
_PRINTED_ORDER = " L’ordre entre les rôles est celui que le rapport intermédiaire a imprimé, sans nombre."


def _non_response(vague: Wave, release: Release, found: Any | None, what: str) -> str:
    """What the answers say of all the recipients, and why that is not enough.

    Args:
        vague: With the recipients of the questionnaire.
        release: Of the exhibit.
        found: Respondents concerned, as readers may know them: ``effectif`` and ``total``.
        what: What these would be or do, for all the recipients.
    """
    recipients = reponse.nombre_de_destinataires(vague.table(_FLASH))
    asked = release.count(recipients, f"{_FLASH}.repondant").value
    concerned, answered = (found.effectif.value, found.total.value) if found else (None, None)
    if asked is None or concerned is None or not answered:
        return "La limite principale est la non-réponse : qui n’a pas répondu peut penser autrement."
    low, high = reponse.intervalle_population_finie(concerned, answered, asked)
    return (
        f"Si les répondant.es étaient tirés au hasard, de {low} à {high} des {asked} destinataires {what} "
        "(intervalle hypergéométrique à 95 %). Mais la limite principale est la non-réponse, non le hasard."
    )


@exhibit("F03-02", uses=tuple(f"{_FLASH}.{name}" for name in ("repondant", "role", "repondu", "posture")))
def fig_03_02(vague: Wave, release: Release) -> Draft:
    """Stance of the institutions: role by role where that masks nothing, all together otherwise."""
    asked = select(vague, release, f"{_FLASH}.posture")
    others = {code: label for code, label in asked.field.labels.items() if code != "soutien"}
    either = ", ou ".join(lower_first(label) if i else label for i, label in enumerate(others.values()))
    steps = (asked.by(f"{_FLASH}.role"), asked, asked.regroup({either: list(others)}))
    found = forms.finest(lambda one: crossing(one) if one.group else forms.distribution(one), *steps)
    whole = [row for row in found.counts if getattr(row, "ligne", "ensemble") == "ensemble"]
    by_role = len(whole) < len(found.counts)
    backing = next(row for row in whole if row.modalite == "soutien")
    # The interim report prints an order, without numbers: it is said as far as it was reviewed.
    ahead = _ahead(vague, release)
    told = [
        f"selon {share}, {'elle' if i else 'leur institution'} {lower_first(row.libelle)}"
        for i, row in enumerate(row for row in whole if row.effectif.high)
        if (share := forms.share(row, "répondant.e"))
    ]
    return found.worded(
        title=_supporters(ahead, backing),
        subtitle="Nombre de répondant.es, selon la posture de leur institution envers l’expérimentation",
        reading=f"L’expérimentation : {' ; '.join(told)}." if told else found.reading,
        base=Base(found.base.n, _RESPONDENTS),
        note=_non_response(vague, release, backing, "soutiendraient l’expérimentation")
        + ("" if by_role else _TOO_FEW)
        + (_PRINTED_ORDER if ahead and not by_role else ""),
    )


def _ahead(vague: Wave, release: Release) -> Sequence[str]:
    """Roles that support most often, where they may be named and are not all of them."""
    flash = vague.table(_FLASH)
    leading = acteurs.roles_en_tete(flash, vague.dictionary, "soutien")
    alike = len(leading) == flash.loc[flash["posture"].notna(), "role"].nunique()
    return (not alike and release.names(leading, f"{_FLASH}.posture=soutien")) or ()


def _supporters(ahead: Sequence[str], backing: Any) -> str:
    support = forms.share(backing, "répondant.e")
    if ahead:
        who = enumeration([lower_first(label) for label in ahead])
        return f"Les {who} soutiennent l’expérimentation plus souvent que les autres" + (
            f" ; en tout, {support}" if support else ""
        )
    if support:
        said = f"sur {backing.total}"
        told = backing.effectif.of(f"répondant.e {said} dit", f"répondant.es {said} disent")
        return f"{capitalise(told)} que leur institution soutient l’expérimentation"
    return "La posture des institutions envers l’expérimentation"


@exhibit("F03-03", uses=(f"{_FLASH}.repondant", f"{_FLASH}.repondu", f"{_FLASH}.freins"))
def fig_03_03(vague: Wave, release: Release) -> Draft:
    """What slowed the work."""
    asked = select(vague, release, f"{_FLASH}.freins")
    found = forms.boxes(asked)
    leaders = found.counts.leaders()
    first = leaders[0] if len(leaders) == 1 else None
    then = [
        lower_first(row.libelle) + ("" if row.effectif.is_withheld else f" ({row.effectif} sur {row.total})")
        for row in found.counts
        if row not in leaders
    ]
    named = enumeration([lower_first(row.libelle) for row in leaders])
    most = forms.share(leaders[0], "répondant.e") if leaders and leaders[0].effectif.high else ""
    return found.worded(
        title=forms.headline(found.counts, "le frein le plus cité", "les freins les plus cités", _ANSWER)
        or "Ce qui a freiné la démarche, selon les répondant.es",
        subtitle="Répondant.es qui jugent que cet élément a freiné la démarche (plusieurs réponses "
        "possibles)",
        table=forms.counted_table(asked, found.counts, "Frein", "Répondant.es"),
        reading=f"{'Viennent ensuite' if leaders else 'Freins cités'} : {enumeration(then)}."
        if then
        else found.reading,
        base=Base(
            release.count(
                reponse.nombre_de_repondants(vague.table(_FLASH)), f"{_FLASH}.repondant&repondu=oui"
            ),
            _RESPONDENTS,
        ),
        note=_non_response(
            vague, release, first, f"citeraient « {lower_first(first.libelle)} »" if first else ""
        ),
        message=f"Un contexte qui a freiné la démarche : {named} d’abord, selon {most}." if most else "",
    )


@exhibit("T03-04", uses=("legitimites.*",))
def tab_03_04(vague: Wave, release: Release) -> Draft:
    """Legitimacy by network of carriers: an order, without numbers."""
    table = acteurs.legitimites_par_reseau(vague.table("legitimites"), vague.dictionary)
    if table.empty:
        raise NoAnswer("Légitimité des réseaux porteurs", "Aucun réseau n’est lu dans cette vague.")
    easy = acteurs.reseaux_de_legitimite(vague.table("legitimites"), vague.dictionary, "acquise")
    found = list(dict.fromkeys(table["legitimite"].dropna()))
    return forms.statements(
        release,
        table,
        "Lecture des évaluateurs par réseau porteur : aucune personne n’est comptée",
        {
            "libelle": "Réseau",
            "legitimite": "Légitimité au démarrage",
            "appui": "Ce qui aide",
            "reste_a_gagner": "Ce qui reste à gagner",
        },
        title="La légitimité de départ diffère d’un réseau porteur à l’autre"
        if len(found) != 1
        else f"Une même légitimité de départ, d’un réseau porteur à l’autre : {lower_first(found[0])}",
        who="réseaux",
        subtitle="Lecture qualitative des évaluateurs, sans nombre",
        reading=f"La légitimité est la plus facile à trouver pour : {enumeration(easy)}."
        if easy
        else "Aucun réseau n’a, au démarrage, une légitimité facile à trouver.",
        note="Le réseau de la plupart des sites n’est pas public : ce tableau ne peut pas être recalculé "
        "site par site.",
    )


@exhibit("T03-05", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_03_05(vague: Wave, release: Release) -> Draft:
    """Quotations on the actors, those that were reviewed."""
    return quotations(vague, release, "jeux_d_acteurs")


# --- the situation of the territory, seen by two groups ---

_SCORES = ("repondant", "groupe", "territoire", "periode", "item", "score")
_PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "
_BY_TERRITORY = (
    "L’unité est le territoire : les réponses d’un même territoire y sont résumées par leur médiane."
)
_MERGED = " Des tranches de notes voisines sont réunies là où trop peu de personnes répondent."


@exhibit("F03-01", uses=tuple(f"scores.{name}" for name in _SCORES))
def fig_03_01(vague: Wave, release: Release) -> Draft:
    """The situation of the territory, institutional actors beside animateurs, matched by territory."""
    table = vague.table("scores")
    if not table["score"].notna().any():
        raise NoAnswer("Notes sur la situation du territoire", "Personne n’a noté la situation.")
    period = scores.periode_jugee(table)
    compared = release.splits(
        scores.comparaison(table, vague.dictionary, period),
        f"scores.territoire&periode={period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=("mediane_institutionnels", "mediane_animateurs"),
    ).reshaped(_by_gap)
    first, second = vague.field("scores.groupe").labels.values()
    rows = [
        dumbbell.PairRow(
            row.libelle, "", *_medians(row), row.plus_haut, row.egal, row.plus_bas, row.territoires
        )
        for row in compared
    ]
    aloud = ((row.label, f"{_score(row.first)} et {_score(row.second)}") for row in rows)
    widest = farthest((_gap(row), row) for row in compared)
    scored = _score_table(vague, release, compared)
    notes = [_HINDSIGHT if period == scores.AVANT else "", _BY_TERRITORY]
    notes.append(_MERGED if release.record.merged else "")
    return Draft(
        title=_widest(widest, compared),
        subtitle=f"Situation {_PERIODS[period]}, de 1 (pas du tout d’accord) à 10 (tout à fait). "
        "Médiane des médianes par territoire",
        table=scored,
        reading=_gap_aloud(widest, lower_first(first), lower_first(second)),
        alt=f"{first} puis {lower_first(second)}, médianes. " + listed(aloud),
        base=Base(
            max((row.territoires for row in compared), key=lambda count: count.high),
            "territoires où les deux groupes ont répondu",
        ),
        draw=lambda canvas: dumbbell.draw(canvas, rows, first, second),
        note="".join(notes),
        message=f"Deux regards sur la situation {'de départ' if period == scores.AVANT else 'actuelle'} : "
        + (
            f"institutions et animateur.trices s’écartent le plus sur {_phrases(widest)}."
            if widest and _gap(widest[0])
            else "les médianes des deux groupes sont les mêmes."
            if widest
            else "trop peu de territoires ont les réponses des deux groupes pour les comparer."
        ),
    )


def _medians(row: Any) -> tuple[Measure, Measure]:
    """Medians of institutional actors and of animateurs on one item."""
    return row.mediane_institutionnels, row.mediane_animateurs


def _lead(row: Any) -> float | None:
    """How much higher the first group is."""
    first, second = (median.known for median in _medians(row))
    return None if first is None or second is None else first - second


def _gap(row: Any) -> float | None:
    lead = _lead(row)
    return None if lead is None else abs(lead)


def _by_gap(frame: pd.DataFrame) -> pd.DataFrame:
    # What is withheld comes last, whatever it is.
    leads = pd.Series([_lead(row) for row in lignes(frame)], index=frame.index, dtype="float64")
    return frame.loc[leads.sort_values(ascending=False, kind="stable", na_position="last").index]


def _score(value: Measure) -> str:
    if value.known is None:
        return "non communiquée" if value.value is None else "sans valeur"
    return number(value.known, 0 if value.known.is_integer() else 1)


def _phrases(rows: Sequence[Any]) -> str:
    return enumeration([f"« {lower_first(row.libelle)} »" for row in rows])


def _widest(rows: Sequence[Any], compared: Released) -> str:
    """Where the two medians are furthest apart: the phrase, or how many are equal."""
    if not rows:
        return "La situation du territoire, notée par les deux groupes"
    # What is withheld is compared with nothing.
    among = "" if all(_gap(row) is not None for row in compared) else " parmi les médianes communiquées"
    if not _gap(rows[0]):
        return f"Aucun écart entre les deux groupes{among}"
    if len(rows) > 1:
        return f"L’écart le plus grand{among} est le même sur {spelled(len(rows), 'phrase', feminine=True)}"
    first, second = (_score(median) for median in _medians(rows[0]))
    return f"L’écart le plus grand{among} porte sur « {rows[0].libelle} » : {first} contre {second}"


def _gap_aloud(rows: Sequence[Any], first: str, second: str) -> str:
    if not rows:
        return (
            "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
        )
    medians = [[_score(median) for median in _medians(row)] for row in rows]
    (high, low), *_ = medians
    if len(rows) > 1:
        pairs = [f"{a} et {b} sur {_phrases([row])}" for row, (a, b) in zip(rows, medians, strict=True)]
        return f"Médianes des {first} puis des {second} : {enumeration(pairs)}."
    told = [
        f"plus {way} sur {count.of('territoire')}"
        for way, count in (("haut", rows[0].plus_haut), ("bas", rows[0].plus_bas))
        if not count.is_withheld
    ]
    return (
        f"Sur {_phrases(rows)}, la médiane est de {high} chez les {first} et de {low} chez les "
        f"{second}{f' ; les premiers notent {enumeration(told)}' if told else ''}."
    )


def _score_table(vague: Wave, release: Release, compared: Released) -> DataTable:
    """One row = one item × one group: answers by band, and the median of the matched territories."""
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    bands = scores.notes_par_tranche(table, vague.dictionary, period)
    released = {
        f"{item}|{group}": release.distribution(
            some.drop(columns=["item", "groupe"]),
            f"scores.score&groupe={group}&item={item}&periode={period}",
            bands=_band,
        )
        for (item, group), some in bands.groupby(["item", "groupe"], sort=False)
    }
    groups = vague.field("scores.groupe").labels
    return DataTable(
        together(released, "ligne").reshaped(lambda frame: _wide(frame, compared, groups)),
        [
            Column("libelle", "Phrase"),
            Column("libelle_groupe", "Groupe"),
            Column("total", "Réponses", 0),
            Column("notes", "Réponses par tranche de notes"),
            Column("mediane", "Médiane des territoires", 1),
            Column("territoires", "Territoires comparés", 0),
        ],
    )


def _band(labels: Sequence[str]) -> str:
    """« 1 à 3 » and « 4 ou 5 » together: « 1 à 5 »."""
    return f"{labels[0].split()[0]} à {labels[-1].split()[-1]}"


def _wide(bands: pd.DataFrame, compared: Released, groups: Mapping[str, str]) -> pd.DataFrame:
    """Bands in words, since they differ from one row to another, then the median."""
    rows = []
    for item in compared:
        for group, label in groups.items():
            some = bands[bands["ligne"] == f"{item.item}|{group}"]
            rows.append(
                {
                    "libelle": item.libelle,
                    "libelle_groupe": label,
                    "total": premiere(some).total,
                    "notes": " ; ".join(f"{row.libelle} : {row.effectif.shown}" for row in lignes(some)),
                    "mediane": getattr(item, f"mediane_{group}"),
                    "territoires": item.territoires,
                }
            )
    return pd.DataFrame(rows)
