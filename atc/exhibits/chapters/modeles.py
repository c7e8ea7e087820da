"""Chapter 05: priorities, backing and organisation of the sites, and what explains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atc.disclosure import Ratio, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, ratios_aloud
from atc.exhibits.charts import units
from atc.exhibits.charts.canvas import Key
from atc.exhibits.charts.tokens import BLUE
from atc.indicators import modeles
from atc.typography import capitalise, enumeration, in_words, lower_first
from atc.waves import Wave


@exhibit(
    "F05-01",
    uses=(
        "positionnements.territoire",
        "positionnements.modele_principal",
        "positionnements.modele_secondaire",
    ),
)
def fig_05_01(vague: Wave, release: Release) -> Draft:
    """The four models of priorities, with the sites between two where they are enough to be told."""
    table, what = vague.table("positionnements"), "positionnements.modele"
    models = modeles.modeles(table, vague.dictionary)
    main = release.distribution(models, f"{what}_principal")
    between = release.ratio(modeles.part_entre_deux(table), f"{what}_secondaire")
    second = release.unmasked(
        lambda trial: trial.distribution(
            models.assign(effectif=models["secondaire"], total=models["secondaire"].sum()),
            f"{what}_secondaire",
        )
    )
    counts = main if second is None else _with_second(main, second)
    rows = [_row(row, with_second=second is not None) for row in counts]
    first, also = Key("modèle principal", BLUE), Key("second modèle d’un site entre deux", BLUE, hollow=True)
    present = capitalise(in_words(modeles.nombre_de_modeles(table)))
    return Draft(
        title=f"{present} modèles de priorités, et {between.effectif.of('site')} sur {between.total} entre "
        "deux modèles",
        subtitle="Sites, selon le modèle de priorités",
        table=DataTable(counts, _MODELS if second is None else (*_MODELS, _SECOND)),
        reading=_commonest_model(main) if second is None else _pairs(vague, release),
        alt="Sites par modèle principal. " + ratios_aloud(main),
        base=Base(between.total, "sites"),
        draw=lambda canvas: units.draw(canvas, rows, () if second is None else (first, also)),
        note="" if second is not None else "Un site entre deux modèles compte ici pour son modèle principal.",
    )


_MODELS = (Column("libelle", "Modèle de priorités"), Column("effectif", "Sites (modèle principal)", 0))
_SECOND = Column("secondaire", "Sites (second modèle)", 0)


def _with_second(main: Released, second: Released) -> Released:
    return main.reshaped(lambda frame: frame.assign(secondaire=list(second.frame["effectif"])))


def _row(row: Any, *, with_second: bool) -> units.UnitRow:
    """One model: the sites whose main one it is and, hollow, those that it shares."""
    if not with_second:
        return units.UnitRow(row.libelle, "", row.effectif, row.total, Ratio(row.effectif, row.total).shown)
    text = f"{row.effectif.shown} + {row.secondaire.shown}" if row.secondaire.high else row.effectif.shown
    return units.UnitRow(row.libelle, "", row.effectif, row.total, text, row.secondaire)


def _commonest_model(counts: Released) -> str:
    leaders = counts.leaders()
    if not leaders:
        return "Leurs effectifs sont trop proches, ou trop petits, pour qu’un modèle se détache."
    named = enumeration([f"« {lower_first(row.libelle)} »" for row in leaders])
    if leaders[0].effectif.is_withheld:
        return f"Le modèle le plus fréquent est {named}."
    told = f"{leaders[0].effectif.of('site')} sur {leaders[0].total}"
    if len(leaders) == 1:
        return f"Le modèle le plus fréquent est {named} : {told}."
    return f"Les modèles les plus fréquents sont {named} : {told} chacun."


def _pairs(vague: Wave, release: Release) -> str:
    """Which models stand side by side on one site."""
    pairs = modeles.paires(vague.table("positionnements"), vague.dictionary)
    told = release.distribution(
        pairs.assign(total=pairs["effectif"].sum()),
        "positionnements.paire",
        by=("modele_principal", "modele_secondaire"),
    )
    crossed = [
        f"{lower_first(pair.libelle_principal)} et {lower_first(pair.libelle_secondaire)}" for pair in told
    ]
    return (
        f"Entre deux modèles : {' ; '.join(crossed)}." if crossed else "Chaque site relève d’un seul modèle."
    )


@dataclass(frozen=True)
class _Census:
    """How a column is told that puts every site in one case and one only.

    Attributes:
        subtitle: What is counted.
        heading: Of the cases.
        first: « Le portage le plus fréquent ».
        firsts: The same for several.
        cases: « portages institutionnels ».
    """

    subtitle: str
    heading: str
    first: str
    firsts: str
    cases: str

    def title(self, counts: Released) -> str:
        """The commonest case is the message, if anybody can tell it."""
        leaders = counts.leaders()
        if not leaders:
            return f"Les sites se partagent entre plusieurs {self.cases}"
        if len(leaders) == len(counts):
            return f"Les sites se partagent également entre {in_words(len(counts))} {self.cases}"
        named = enumeration([lower_first(row.libelle) for row in leaders])
        if leaders[0].effectif.is_withheld:
            return f"{self.first} : {named}"
        told = f"{named}, {leaders[0].effectif.of('site')} sur {leaders[0].total}"
        return f"{self.first} : {told}" if len(leaders) == 1 else f"{self.firsts} : {told} chacun"


def _census(counts: Released, told: _Census, reading: str) -> Draft:
    rows = units.from_counts(counts)
    return Draft(
        title=told.title(counts),
        subtitle=told.subtitle,
        table=DataTable(
            counts,
            [Column("libelle", told.heading), Column("effectif", "Sites", 0), Column("total", "Sur", 0)],
        ),
        reading=reading,
        alt=f"{told.heading}. " + ratios_aloud(counts),
        base=Base(next(iter(counts)).total, "sites"),
        draw=lambda canvas: units.draw(canvas, rows),
    )


@exhibit("F05-02", uses=("positionnements.territoire", "positionnements.portage"))
def fig_05_02(vague: Wave, release: Release) -> Draft:
    """The three cases of institutional backing, the weak one in two kinds where these may be told."""
    table, what = vague.table("positionnements"), "positionnements.portage"
    cases = release.distribution(modeles.cas_de_portage(table, vague.dictionary), f"{what}.cas")
    kinds = release.unmasked(
        lambda trial: trial.distribution(modeles.portages(table, vague.dictionary), what)
    )
    weak = cases.row(modalite="faible")
    return _census(
        kinds or cases,
        _Census(
            subtitle="Sites, selon le portage institutionnel de l’animation",
            heading="Portage institutionnel",
            first="Le portage le plus fréquent",
            firsts="Les portages les plus fréquents",
            cases="portages institutionnels",
        ),
        f"Au total, {weak.effectif.of('site')} sur {weak.total} avancent avec un soutien faible, que la "
        "distance soit assumée ou subie.",
    )


@exhibit("F05-03", uses=("positionnements.territoire", "positionnements.organisation"))
def fig_05_03(vague: Wave, release: Release) -> Draft:
    """The three organisations of the animation."""
    counts = release.distribution(
        modeles.organisations(vague.table("positionnements"), vague.dictionary),
        "positionnements.organisation",
    )
    team, several = (counts.row(modalite=code) for code in ("minoritaire", "atypique"))
    return _census(
        counts,
        _Census(
            subtitle="Sites, selon l’organisation de la fonction d’animation",
            heading="Organisation",
            first="L’organisation la plus fréquente",
            firsts="Les organisations les plus fréquentes",
            cases="organisations de l’animation",
        ),
        f"Une équipe entière anime {team.effectif.of('site')} sur {team.total} ; plusieurs structures "
        f"portent ensemble l’animation sur {several.effectif.of('site')}.",
    )


@exhibit(
    "T05-04",
    uses=(
        "positionnements.territoire",
        "positionnements.facteur_profil",
        "positionnements.facteur_besoins",
        "positionnements.facteur_institutions",
    ),
)
def tab_05_04(vague: Wave, release: Release) -> Draft:
    """What explains the model of a site."""
    table = vague.table("positionnements")
    counts = modeles.facteurs(table, vague.dictionary)
    meaning = [vague.field(f"positionnements.{code}").description for code in counts["modalite"]]
    shown = release.boxes(counts.assign(sens=meaning), "positionnements.facteurs").descending()
    leaders = shown.leaders()
    return Draft(
        title=f"{capitalise(in_words(len(shown)))} facteurs se combinent pour expliquer le modèle d’un site",
        subtitle="Sites pour lesquels le facteur joue (plusieurs réponses possibles)",
        table=DataTable(
            shown,
            [
                Column("libelle", "Facteur"),
                Column("sens", "Ce que cela recouvre"),
                Column("effectif", "Sites", 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=_first_factor(leaders[0])
        if len(leaders) == 1
        else "Un site peut relever de plusieurs facteurs.",
        alt="",
        base=Base(release.count(len(table), "positionnements.territoire"), "sites"),
    )


def _first_factor(row: Any) -> str:
    return (
        f"Le facteur le plus souvent retenu est « {lower_first(row.libelle)} » : "
        f"{row.effectif.of('site')} sur {row.total}."
    )
