"""How much time, and how many meetings."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.disclosure import Release, Released, Summary
from atc.exhibits import Base, Draft, exhibit
from atc.exhibits.chapters.feuille_de_route.tableaux import CARNETS, bands_aloud, counted_table
from atc.exhibits.charts import Canvas, columns
from atc.indicators import animation, measures, pilotage
from atc.typography import enumeration, lower_first, number
from atc.waves import Wave


@dataclass(frozen=True)
class _Quantity:
    """How a quantity by territory is told."""

    subtitle: str
    heading: str
    one: str
    many: str
    topic: str
    #: The title when extremes are withheld: the value, then « moyenne » or « médiane ».
    middle: str
    decimals: int

    def amount(self, value: float) -> str:
        return f"{number(value, self.decimals)} {self.many if value >= 2 else self.one}"


_ETP = _Quantity(
    subtitle="Territoires, selon le temps consacré à l’animation, en équivalent temps plein (ETP)",
    heading="Temps d’animation (ETP)",
    one="ETP",
    many="ETP",
    topic="pour animer la démarche",
    middle="{} en {} pour animer la démarche",
    decimals=1,
)
_REUNIONS = _Quantity(
    subtitle="Territoires, selon le nombre de réunions de l’instance de pilotage déjà tenues",
    heading="Réunions tenues",
    one="réunion",
    many="réunions",
    topic="de pilotage selon les territoires",
    middle="{} de l’instance de pilotage en {} par territoire",
    decimals=0,
)


@exhibit("F02-02", uses=("carnet_de_bord.territoire", "carnet_de_bord.etp"))
def fig_02_02(vague: Wave, release: Release) -> Draft:
    """Time given to the animation: extremes and mean, then bands."""
    table, what = vague.table("carnet_de_bord"), "carnet_de_bord.etp"
    bands = release.distribution(
        animation.etp_par_tranche(table), what, bands=measures.merged(animation.TRANCHES_ETP)
    )
    return _spread(release.summary(animation.resume_etp(table), what), bands, _ETP)


@exhibit("F02-04", uses=("carnet_de_bord.territoire", "carnet_de_bord.reunions_pilotage"))
def fig_02_04(vague: Wave, release: Release) -> Draft:
    """Steering meetings held: extremes and mean, then bands."""
    table, what = vague.table("carnet_de_bord"), "carnet_de_bord.reunions_pilotage"
    bands = release.distribution(
        pilotage.reunions_par_tranche(table), what, bands=measures.merged(pilotage.TRANCHES_REUNIONS)
    )
    return _spread(release.summary(pilotage.resume_reunions(table), what), bands, _REUNIONS)


def _spread(summary: Summary, bands: Released, told: _Quantity) -> Draft:
    """A quantity by territory: its extremes and its mean where they may be known, and its bands."""
    span, bars = _span(summary, told), [columns.Column(row.libelle, row.effectif) for row in bands]

    def draw(canvas: Canvas) -> Figure:
        return columns.draw(canvas, bars, span)

    title = _title(summary, told)
    median = "" if summary.mediane is None else f"La médiane est de {told.amount(summary.mediane)}. "
    return Draft(
        title=title,
        subtitle=told.subtitle,
        table=counted_table(bands, told.heading),
        reading=median + _commonest(bands),
        alt=f"{title}. Répartition des territoires : {bands_aloud(bands)}",
        base=Base(summary.effectif, CARNETS),
        draw=draw,
    )


def _commonest(bands: Released) -> str:
    leaders = bands.leaders()
    if len(bands) > 2 and len(leaders) == 1:
        (row,) = leaders
        told = f"{row.effectif.of('territoire')} sur {row.total}"
        return f"Le cas le plus fréquent est « {lower_first(row.libelle)} » : {told}."
    parts = [f"{row.effectif} dans la tranche « {lower_first(row.libelle)} »" for row in bands]
    return f"Territoires : {enumeration(parts)}."


def _title(summary: Summary, told: _Quantity) -> str:
    low, high, mean = summary.minimum, summary.maximum, summary.moyenne
    if low is not None and high is not None and mean is not None:
        start, end, middle = (number(value, told.decimals) for value in (low, high, mean))
        return f"De {start} à {end} {told.many} {told.topic}, {middle} en moyenne"
    if mean is not None:
        return told.middle.format(told.amount(mean), "moyenne")
    if summary.mediane is not None:
        return told.middle.format(told.amount(summary.mediane), "médiane")
    return told.heading


def _span(summary: Summary, told: _Quantity) -> columns.Span | None:
    """The line of extremes; none when one of them is withheld, for a mean says nothing without a scale."""
    low, high, mean = summary.minimum, summary.maximum, summary.moyenne
    if low is None or high is None or mean is None:
        return None
    start, end = (number(value, told.decimals) for value in (low, high))
    return columns.Span(low, mean, high, start, f"moyenne {told.amount(mean)}", end, high * 1.08)
