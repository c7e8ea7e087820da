"""Chapter 05: priorities, backing and organisation of the sites, and what explains them."""

from __future__ import annotations

import pandas as pd

from atc.charts import units
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import modeles
from atc.indicators.lignes import lignes, plus_grande, premiere
from atc.style.canvas import Key
from atc.style.tokens import BLUE
from atc.typography import capitalise, counted, in_words, lower_first
from atc.waves import Wave


@exhibit(
    "F05-01",
    uses=(
        "positionnements.territoire",
        "positionnements.modele_principal",
        "positionnements.modele_secondaire",
    ),
)
def fig_05_01(vague: Wave) -> Draft:
    """The four models of priorities, with the sites between two."""
    table = vague.table("positionnements")
    counts = modeles.modeles(table, vague.dictionary)
    between = modeles.part_entre_deux(table)
    pairs = modeles.paires(table, vague.dictionary)
    rows = [
        units.UnitRow(
            row.libelle,
            count=row.effectif,
            total=row.total,
            also=row.secondaire,
            text=f"{row.effectif}{f' + {row.secondaire}' if row.secondaire else ''}",
        )
        for row in lignes(counts)
    ]
    keys = [Key("modèle principal", BLUE), Key("second modèle d’un site entre deux", BLUE, hollow=True)]
    crossed = [
        f"{lower_first(p.libelle_principal)} et {lower_first(p.libelle_secondaire)}" for p in lignes(pairs)
    ]
    present = modeles.nombre_de_modeles(table)
    return Draft(
        title=f"{capitalise(in_words(present))} modèles de priorités, et {counted(between.effectif, 'site')} "
        f"sur {between.total} entre deux modèles",
        subtitle="Sites, selon le modèle de priorités",
        table=DataTable(
            counts,
            [
                Column("libelle", "Modèle de priorités"),
                Column("effectif", "Sites (modèle principal)", 0),
                Column("secondaire", "Sites (second modèle)", 0),
            ],
        ),
        reading=f"Entre deux modèles : {' ; '.join(crossed)}."
        if crossed
        else "Chaque site relève d’un seul modèle.",
        alt="Sites par modèle principal. " + listed((row.label, str(row.count)) for row in rows),
        base=Base(len(table), "sites"),
        draw=lambda canvas: units.draw(canvas, rows, keys),
    )


def _census(counts: pd.DataFrame, *, what: str, subtitle: str, reading: str, heading: str) -> Draft:
    """Every site in one case and one only: its commonest case is the message."""
    rows = units.from_counts(counts)
    leader = plus_grande(counts)
    return Draft(
        title=f"{what} : {lower_first(leader.libelle)}, {counted(int(leader.effectif), 'site')} sur "
        f"{leader.total}",
        subtitle=subtitle,
        table=DataTable(
            counts, [Column("libelle", heading), Column("effectif", "Sites", 0), Column("total", "Sur", 0)]
        ),
        reading=reading,
        alt=f"{heading}. " + listed((row.label, row.text) for row in rows),
        base=Base(int(leader.total), "sites"),
        draw=lambda canvas: units.draw(canvas, rows),
    )


@exhibit("F05-02", uses=("positionnements.territoire", "positionnements.portage"))
def fig_05_02(vague: Wave) -> Draft:
    """The three cases of institutional backing, the weak one in two kinds."""
    table = vague.table("positionnements")
    cases = modeles.cas_de_portage(table, vague.dictionary)
    weak = premiere(cases[cases["modalite"] == "faible"])
    return _census(
        modeles.portages(table, vague.dictionary),
        what="Le portage le plus fréquent",
        subtitle="Sites, selon le portage institutionnel de l’animation",
        reading=f"Au total, {counted(weak.effectif, 'site')} sur {weak.total} avancent avec un "
        "soutien faible, "
        "que la distance soit assumée ou subie.",
        heading="Portage institutionnel",
    )


@exhibit("F05-03", uses=("positionnements.territoire", "positionnements.organisation"))
def fig_05_03(vague: Wave) -> Draft:
    """The three organisations of the animation."""
    table = vague.table("positionnements")
    team = modeles.part_en_organisation(table, "minoritaire")
    several = modeles.part_en_organisation(table, "atypique")
    return _census(
        modeles.organisations(table, vague.dictionary),
        what="L’organisation la plus fréquente",
        subtitle="Sites, selon l’organisation de la fonction d’animation",
        reading=f"Une équipe entière anime {counted(team.effectif, 'site')} sur {team.total} ; plusieurs "
        "structures "
        f"portent ensemble l’animation sur {counted(several.effectif, 'site')}.",
        heading="Organisation",
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
def tab_05_04(vague: Wave) -> Draft:
    """What explains the model of a site."""
    table = vague.table("positionnements")
    counts = modeles.facteurs(table, vague.dictionary)
    meaning = [vague.field(f"positionnements.{code}").description for code in counts["modalite"]]
    shown = counts.assign(sens=meaning).sort_values("effectif", ascending=False, kind="stable")
    first = premiere(shown)
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
        reading=f"Le facteur le plus souvent retenu est « {lower_first(first.libelle)} » : "
        f"{counted(int(first.effectif), 'site')} sur {first.total}.",
        alt="",
        base=Base(len(table), "sites"),
    )
