"""Chapter 03: how the experiment finds its place among the actors of the territory."""

from __future__ import annotations

import pandas as pd

from atc import notices
from atc.charts import bars, dumbbell, stacked
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import acteurs, reponse, scores
from atc.indicators.lignes import lignes, plus_grande, premiere
from atc.indicators.parts import Part
from atc.typography import counted, enumeration, french, lower_first, number
from atc.waves import Wave

_SCORES = (
    "scores.repondant",
    "scores.groupe",
    "scores.territoire",
    "scores.periode",
    "scores.item",
    "scores.score",
)
_PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "
_BY_TERRITORY = (
    "L’unité est le territoire : les réponses d’un même territoire y sont résumées par leur médiane."
)
_RESPONDENTS = "acteurs institutionnels ayant répondu"


@exhibit("F03-01", uses=_SCORES)
def fig_03_01(vague: Wave) -> Draft:
    """The situation of the territory, institutional actors beside animateurs, matched by territory."""
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    compared = scores.comparaison(table, vague.dictionary, period).sort_values(
        "ecart", ascending=False, kind="stable"
    )
    groups = vague.field("scores.groupe").labels
    matched = int(compared["territoires"].max())
    rows = [
        dumbbell.PairRow(
            row.libelle,
            "",
            row.mediane_institutionnels,
            row.mediane_animateurs,
            int(row.plus_haut),
            int(row.egal),
            int(row.plus_bas),
        )
        for row in lignes(compared)
    ]
    widest = plus_grande(compared, "ecart")
    first, second = groups["institutionnels"], groups["animateurs"]
    return Draft(
        title=f"L’écart le plus grand porte sur « {widest.libelle} » : "
        f"{_score(widest.mediane_institutionnels)} contre {_score(widest.mediane_animateurs)}",
        subtitle=f"Situation {_PERIODS[period]}, de 1 (pas du tout d’accord) à 10 (tout à fait). "
        "Médiane des médianes par territoire",
        table=_score_table(table, vague, compared, period),
        reading=f"Sur « {lower_first(widest.libelle)} », la médiane est de "
        f"{_score(widest.mediane_institutionnels)} chez les "
        f"{lower_first(first)} et de {_score(widest.mediane_animateurs)} chez les {lower_first(second)} ; "
        "les premiers "
        f"notent plus haut sur {counted(int(widest.plus_haut), 'territoire')}, plus bas sur "
        f"{counted(int(widest.plus_bas), 'territoire')}.",
        alt=f"{first} puis {lower_first(second)}, médianes. "
        + listed((row.label, f"{_score(row.first)} et {_score(row.second)}") for row in rows),
        base=Base(matched, "territoires où les deux groupes ont répondu"),
        draw=lambda canvas: dumbbell.draw(canvas, rows, first, second),
        note=f"{_HINDSIGHT}{_BY_TERRITORY}" if period == scores.AVANT else _BY_TERRITORY,
    )


def _score(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _score_table(table: pd.DataFrame, vague: Wave, compared: pd.DataFrame, period: str) -> DataTable:
    """One row = one item × one group: answers by band, and the median of the matched territories."""
    bands = scores.notes_par_tranche(table, vague.dictionary, period)
    wide = bands.pivot_table(
        index=["item", "libelle_item", "groupe", "libelle_groupe", "total"],
        columns="modalite",
        values="effectif",
    ).reset_index()
    medians = compared.melt(
        id_vars=["item", "territoires"],
        value_vars=["mediane_institutionnels", "mediane_animateurs"],
        var_name="groupe",
        value_name="mediane",
    )
    medians["groupe"] = medians["groupe"].str.removeprefix("mediane_")
    order = {item: rank for rank, item in enumerate(compared["item"])}
    shown = wide.merge(medians, on=["item", "groupe"], validate="one_to_one")
    shown = shown.sort_values(
        ["item", "groupe"], key=lambda c: c.map(order) if c.name == "item" else c, ascending=[True, False]
    )
    labels = {t.modalite: t.libelle for t in scores.TRANCHES_NOTES}
    return DataTable(
        shown,
        [
            Column("libelle_item", "Phrase"),
            Column("libelle_groupe", "Groupe"),
            Column("total", "Réponses", 0),
            *(Column(code, f"Notes {label}", 0) for code, label in labels.items()),
            Column("mediane", "Médiane des territoires", 1),
            Column("territoires", "Territoires comparés", 0),
        ],
    )


@exhibit(
    "F03-02",
    uses=(
        "questionnaire_flash.repondant",
        "questionnaire_flash.role",
        "questionnaire_flash.repondu",
        "questionnaire_flash.posture",
    ),
)
def fig_03_02(vague: Wave) -> Draft:
    """Stance of the institutions, by role."""
    flash = vague.table("questionnaire_flash")
    counts = acteurs.postures_par_role(flash, vague.dictionary)
    stances = vague.field("questionnaire_flash.posture").labels
    rows = stacked.from_counts(counts, "libelle_role")
    support = counts[counts["modalite"] == "soutien"]
    leader = plus_grande(support, "part")
    everyone = acteurs.postures(flash, vague.dictionary)
    backing = premiere(everyone[everyone["modalite"] == "soutien"])
    whole = Part(backing.effectif, backing.total)
    table = counts.pivot_table(
        index=["libelle_role", "total"], columns="modalite", values="effectif", sort=False
    )
    shares = {row.libelle_role: Part(row.effectif, row.total).comptes for row in lignes(support)}
    return Draft(
        title=french(
            f"C’est chez les {lower_first(leader.libelle_role)} que le soutien est le plus fréquent : "
            f"{Part(leader.effectif, leader.total).comptes}"
        ),
        subtitle="Nombre de répondant.es, selon la posture de leur institution",
        table=DataTable(
            table.reset_index(),
            [
                Column("libelle_role", "Rôle"),
                *(Column(code, label, 0) for code, label in stances.items()),
                Column("total", "Ensemble", 0),
            ],
        ),
        reading="Soutiennent l’expérimentation : "
        + enumeration([f"{text} chez les {lower_first(label)}" for label, text in shares.items()])
        + ".",
        alt="Soutien à l’expérimentation par rôle. " + listed(shares.items()),
        base=Base(whole.total, _RESPONDENTS),
        draw=lambda canvas: stacked.draw(canvas, rows, list(stances.values())),
        note=_non_response(flash, whole, "soutiendraient l’expérimentation"),
    )


def _non_response(flash: pd.DataFrame, found: Part, what: str) -> str:
    """What the answers say of all the recipients, and why that is not enough."""
    asked = reponse.nombre_de_destinataires(flash)
    low, high = reponse.intervalle_population_finie(found.effectif, found.total, asked)
    return (
        f"Si les répondant.es étaient tirés au hasard, de {low} à {high} des {asked} destinataires {what} "
        "(intervalle hypergéométrique à 95 %). Mais la limite principale est la non-réponse, non le hasard."
    )


@exhibit(
    "F03-03",
    uses=(
        "questionnaire_flash.repondant",
        "questionnaire_flash.repondu",
        "questionnaire_flash.frein_saturation",
        "questionnaire_flash.frein_crise_sanitaire",
        "questionnaire_flash.frein_elections",
        "questionnaire_flash.frein_objet_flou",
    ),
)
def fig_03_03(vague: Wave) -> Draft:
    """What slowed the work."""
    flash = vague.table("questionnaire_flash")
    counts = acteurs.freins(flash, vague.dictionary).sort_values("effectif", ascending=False, kind="stable")
    first = premiere(counts)
    found = Part(first.effectif, first.total)
    rows = [
        bars.BarRow(row.libelle, "", row.effectif, row.total, Part(row.effectif, row.total).comptes)
        for row in lignes(counts)
    ]
    return Draft(
        title=f"{first.libelle} : le frein le plus cité, par {found.effectif} répondant.es sur {found.total}",
        subtitle="Répondant.es qui jugent que cet élément a freiné la démarche (plusieurs réponses "
        "possibles)",
        table=DataTable(
            counts,
            [Column("libelle", "Frein"), Column("effectif", "Répondant.es", 0), Column("total", "Sur", 0)],
        ),
        reading="Viennent ensuite : "
        f"{enumeration([f'{lower_first(r.label)} ({r.text})' for r in rows[1:]])}.",
        alt="Freins cités. " + listed((row.label, row.text) for row in rows),
        base=Base(reponse.nombre_de_repondants(flash), _RESPONDENTS),
        draw=lambda canvas: bars.draw(canvas, rows),
        note=_non_response(flash, found, f"citeraient « {lower_first(first.libelle)} »"),
    )


@exhibit("T03-04", uses=("legitimites.*",))
def tab_03_04(vague: Wave) -> Draft:
    """Legitimacy by network of carriers: an order, without numbers."""
    table = acteurs.legitimites_par_reseau(vague.table("legitimites"), vague.dictionary)
    easy = acteurs.reseaux_de_legitimite(vague.table("legitimites"), vague.dictionary, "acquise")
    return Draft(
        title="La légitimité de départ dépend du réseau porteur",
        subtitle="Lecture qualitative des évaluateurs, sans nombre",
        table=DataTable(
            table,
            [
                Column("libelle", "Réseau"),
                Column("legitimite", "Légitimité au démarrage"),
                Column("appui", "Ce qui aide"),
                Column("reste_a_gagner", "Ce qui reste à gagner"),
            ],
        ),
        reading=f"La légitimité est la plus facile à trouver pour : {enumeration(easy)}.",
        alt="",
        base=Base(len(table), "réseaux"),
        note="Le réseau de la plupart des sites n’est pas public : ce tableau ne peut pas être recalculé "
        "site par site.",
    )


@exhibit("T03-05", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_03_05(vague: Wave) -> Draft:
    """Quotations on the actors, those that were reviewed."""
    return notices.citations(vague, "jeux_d_acteurs")
