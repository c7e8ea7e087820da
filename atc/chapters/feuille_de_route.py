"""Chapter 02: how far the sites have come in setting the animation up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.figure import Figure

from atc.charts import columns, units
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import animation, pilotage
from atc.indicators.effectifs import Resume
from atc.indicators.lignes import lignes, plus_grande, premiere
from atc.style import Canvas
from atc.typography import capitalise, counted, enumeration, in_words, lower_first, number
from atc.waves import Wave

_CARNETS = "carnets de bord rendus"


def _counted_table(counts: pd.DataFrame, heading: str) -> DataTable:
    shown = [Column("libelle", heading), Column("effectif", "Territoires", 0), Column("total", "Sur", 0)]
    return DataTable(counts, shown)


def _rows_aloud(counts: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return ((row.libelle, number(row.effectif)) for row in lignes(counts))


@exhibit("F02-01", uses=("carnet_de_bord.territoire", "carnet_de_bord.debut_contrat"))
def fig_02_01(vague: Wave) -> Draft:
    """Contract starts by quarter."""
    counts = animation.debuts_par_trimestre(vague.table("carnet_de_bord"))
    quarters = list(lignes(counts))
    first, last = _busiest_pair([quarter.effectif for quarter in quarters])
    pair = quarters[first : last + 1]
    busy, total = sum(quarter.effectif for quarter in pair), pair[0].total
    bars = [
        columns.Column(f"T{row.trimestre}", row.effectif, str(row.annee), first <= i <= last)
        for i, row in enumerate(quarters)
    ]
    between = " et ".join(f"le {quarter.libelle}" for quarter in pair)
    detail = enumeration([f"{quarter.effectif} au {quarter.libelle}" for quarter in pair])
    return Draft(
        title=f"{capitalise(in_words(busy))} contrats sur {in_words(total)} commencent entre {between}",
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
        table=_counted_table(counts, "Trimestre de début"),
        reading=f"Parmi les {counted(total, 'territoire')} dont le carnet est revenu, {detail} "
        "commencent leur animation.",
        alt="Nombre de contrats par trimestre. " + listed(_rows_aloud(counts)),
        base=Base(total, _CARNETS),
        draw=lambda canvas: columns.draw(canvas, bars),
    )


def _busiest_pair(starts: Sequence[int]) -> tuple[int, int]:
    """First and last of the two neighbouring quarters with most starts."""
    if len(starts) == 1:
        return 0, 0
    first = max(range(len(starts) - 1), key=lambda i: starts[i] + starts[i + 1])
    return first, first + 1


@exhibit("F02-02", uses=("carnet_de_bord.territoire", "carnet_de_bord.etp"))
def fig_02_02(vague: Wave) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    table = vague.table("carnet_de_bord")
    return _spread(
        animation.resume_etp(table),
        animation.etp_par_tranche(table),
        decimals=1,
        unit="ETP",
        topic="pour animer la démarche",
        subtitle="Territoires, selon le temps consacré à l’animation, en équivalent temps plein (ETP)",
        heading="Temps d’animation (ETP)",
    )


@exhibit(
    "F02-03",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.configuration",
        "territoires.territoire",
        "territoires.commune",
    ),
)
def fig_02_03(vague: Wave) -> Draft:
    """How the animation is staffed."""
    table = vague.table("carnet_de_bord")
    counts = animation.configurations(table, vague.dictionary)
    shared = animation.noms_en_configuration(table, vague.table("territoires"), "partage")
    alone = animation.part_en_configuration(table, "seul")
    rows = units.from_counts(counts)
    return Draft(
        title=f"Une seule personne anime la démarche sur {_how_many(alone.effectif, alone.total)}",
        subtitle="Territoires, selon la configuration de l’animation",
        table=_counted_table(counts, "Configuration"),
        reading="La fonction est partagée entre plusieurs professionnel.les sur "
        f"{counted(len(shared), 'site')} : "
        f"{enumeration(shared)}.",
        alt="Configuration de l’animation. " + listed((row.label, row.text) for row in rows),
        base=Base(alone.total, _CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )


def _how_many(count: int, total: int) -> str:
    if 2 * count == total:
        return "la moitié des territoires"
    return f"{in_words(count)} territoires sur {in_words(total)}"


@exhibit("F02-04", uses=("carnet_de_bord.territoire", "carnet_de_bord.reunions_pilotage"))
def fig_02_04(vague: Wave) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    table = vague.table("carnet_de_bord")
    return _spread(
        pilotage.resume_reunions(table),
        pilotage.reunions_par_tranche(table),
        decimals=0,
        unit="réunions",
        topic="de pilotage selon les territoires",
        subtitle="Territoires, selon le nombre de réunions de l’instance de pilotage déjà tenues",
        heading="Réunions tenues",
    )


def _spread(
    resume: Resume,
    bands: pd.DataFrame,
    *,
    decimals: int,
    unit: str,
    topic: str,
    subtitle: str,
    heading: str,
) -> Draft:
    """A quantity by territory: its extremes, its mean and its bands."""
    low, mean, high, median = (
        number(value, decimals) for value in (resume.minimum, resume.moyenne, resume.maximum, resume.mediane)
    )
    span = columns.Span(
        resume.minimum,
        resume.moyenne,
        resume.maximum,
        low,
        f"moyenne {mean} {unit}",
        high,
        resume.maximum * 1.08,
    )
    bars = [columns.Column(row.libelle, row.effectif) for row in lignes(bands)]

    def draw(canvas: Canvas) -> Figure:
        return columns.draw(canvas, bars, span)

    commonest = plus_grande(bands)
    return Draft(
        title=f"De {low} à {high} {unit} {topic}, {mean} en moyenne",
        subtitle=subtitle,
        table=_counted_table(bands, heading),
        reading=f"La médiane est de {median} {unit}. Le cas le plus fréquent est "
        f"« {lower_first(commonest.libelle)} » : {counted(int(commonest.effectif), 'territoire')} "
        f"sur {resume.effectif}.",
        alt=f"De {low} à {high} {unit}, {mean} en moyenne. Répartition des territoires : "
        + listed(_rows_aloud(bands)),
        base=Base(resume.effectif, _CARNETS),
        draw=draw,
    )


@exhibit(
    "F02-05",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.instances",
        "carnet_de_bord.instance_institutionnels",
        "carnet_de_bord.instance_associations",
        "carnet_de_bord.instance_participation",
    ),
)
def fig_02_05(vague: Wave) -> Draft:
    """Who sits in the steering body."""
    table = vague.table("carnet_de_bord")
    counts = pilotage.composition(table, vague.dictionary)
    only = pilotage.part_exclusivement_institutionnelle(table, vague.dictionary)
    single = pilotage.part_a_instance_unique(table)
    institutions, associations, residents = (
        pilotage.part_avec_membres(table, f"instance_{kind}")
        for kind in ("institutionnels", "associations", "participation")
    )
    rows = units.from_counts(counts)
    return Draft(
        title=f"Des associations siègent dans {associations.effectif} instances de pilotage sur "
        f"{associations.total}, "
        f"des instances de participation dans {residents.effectif}",
        subtitle="Territoires, selon les membres de l’instance de pilotage (plusieurs réponses possibles)",
        table=_counted_table(counts, "Membres de l’instance"),
        reading=f"Les institutions siègent dans {institutions.effectif} instances sur {institutions.total} "
        "; elles y "
        f"sont seules dans {only.effectif}. L’instance de pilotage est unique sur "
        f"{counted(single.effectif, 'territoire')} "
        f"sur {single.total}.",
        alt="Membres de l’instance de pilotage. " + listed((row.label, row.text) for row in rows),
        base=Base(len(table), _CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )


@exhibit(
    "F02-06",
    uses=(
        "carnet_de_bord.territoire",
        "carnet_de_bord.theme_engagement_citoyen",
        "carnet_de_bord.theme_solidarite_alimentaire",
        "carnet_de_bord.theme_cadre_de_vie",
        "carnet_de_bord.theme_reussite_educative",
        "carnet_de_bord.theme_femmes_espace_public",
        "carnet_de_bord.theme_autres",
    ),
)
def fig_02_06(vague: Wave) -> Draft:
    """Themes chosen or discussed."""
    table = vague.table("carnet_de_bord")
    counts = pilotage.themes(table, vague.dictionary)
    others = counts["modalite"] == "theme_autres"
    named = counts[~others].sort_values("effectif", ascending=False, kind="stable")
    ordered = pd.concat([named, counts[others]])
    leader = premiere(named)
    rows = units.from_counts(ordered)
    return Draft(
        title=f"{leader.libelle} : la thématique nommée la plus fréquente, sur "
        f"{counted(int(leader.effectif), 'territoire')}",
        subtitle="Territoires, selon les thématiques retenues ou en discussion (plusieurs réponses "
        "possibles)",
        table=_counted_table(ordered, "Thématique"),
        reading=f"{capitalise(in_words(int((named['effectif'] > 0).sum()), feminine=True))} thématiques "
        "sont nommées ; "
        f"{counted(int(counts[others]['effectif'].sum()), 'territoire')} en citent aussi d’autres.",
        alt="Thématiques. " + listed((row.label, row.text) for row in rows),
        base=Base(len(table), _CARNETS),
        draw=lambda canvas: units.draw(canvas, rows),
    )
