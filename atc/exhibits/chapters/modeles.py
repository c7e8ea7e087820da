"""Chapter 05: priorities, backing and organisation of the sites, and what explains them."""

from __future__ import annotations

from atc.disclosure import Count, Ratio, Release, Released
from atc.exhibits import forms
from atc.exhibits.charts.canvas import Key
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.charts.tokens import BLUE
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft
from atc.exhibits.selection import select
from atc.exhibits.table import Column, DataTable
from atc.indicators import fieldwork, measures
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, lower_first, spelled
from atc.survey.waves import Wave

_PLACED, _UNIT = "positionnements", ("site", "sites", "sites")


@exhibit(
    "F05-01",
    uses=(f"{_PLACED}.territoire", f"{_PLACED}.modele_principal", f"{_PLACED}.modele_secondaire"),
)
def fig_05_01(vague: Wave, release: Release) -> Draft:
    """The four models of priorities, with the sites between two where they are enough to be told."""
    table, what = vague.table(_PLACED), f"{_PLACED}.modele_secondaire"
    found = forms.distribution(select(vague, release, f"{_PLACED}.modele_principal"))
    shared = measured(vague, "part", f"{_PLACED}.territoire", valeur="modele_secondaire=*")
    between = forms.share(release.ratio(shared, what), "site")
    labels = vague.field(f"{_PLACED}.modele_principal").labels
    seconds = measures.tally(labels, table["modele_secondaire"])
    second = release.unmasked(lambda trial: trial.distribution(seconds, what))
    many = forms.present(found.counts)
    models = f"{capitalise(spelled(many, 'modèle') if many else 'des modèles')} de priorités"
    told = found.worded(
        title=f"{models}, et {between} entre deux modèles" if between else models,
        subtitle="Sites, selon le modèle de priorités",
    )
    if second is not None:
        return _with_second(told, second, _pairs(vague, release))
    first = forms.headline(
        found.counts, "le modèle le plus fréquent", "les modèles les plus fréquents", _UNIT
    )
    return told.worded(
        reading=f"{first}." if first else found.reading,
        note="Un site entre deux modèles compte ici pour son modèle principal.",
    )


def _with_second(told: Draft, second: Released, reading: str) -> Draft:
    """Beside the sites whose main model it is, hollow, those that a model shares."""
    counts = told.counts.reshaped(lambda frame: frame.assign(secondaire=list(second.frame["effectif"])))
    rows = [
        unit_bar(
            row.libelle,
            "",
            row.effectif,
            row.total,
            row.effectif.shown + (f" + {row.secondaire.shown}" if row.secondaire.high else ""),
            row.secondaire.low,
        )
        for row in counts
    ]
    keys = (Key("modèle principal", BLUE), Key("second modèle d’un site entre deux", BLUE, hollow=True))
    columns = [
        Column("libelle", "Modèle de priorités"),
        Column("effectif", "Sites (modèle principal)", 0),
        Column("secondaire", "Sites (second modèle)", 0),
    ]
    return told.worded(
        table=DataTable(counts, columns), reading=reading, draw=lambda canvas: draw_units(canvas, rows, keys)
    )


def _pairs(vague: Wave, release: Release) -> str:
    """Which models stand side by side on one site."""
    pairs = fieldwork.paires(vague.table(_PLACED), vague.dictionary)
    told = release.distribution(
        pairs.assign(total=pairs["effectif"].sum()),
        f"{_PLACED}.paire",
        by=("modele_principal", "modele_secondaire"),
    )
    crossed = [
        f"{lower_first(pair.libelle_principal)} et {lower_first(pair.libelle_secondaire)}" for pair in told
    ]
    return (
        f"Entre deux modèles : {' ; '.join(crossed)}." if crossed else "Chaque site relève d’un seul modèle."
    )


@exhibit("F05-02", uses=(f"{_PLACED}.territoire", f"{_PLACED}.portage"))
def fig_05_02(vague: Wave, release: Release) -> Draft:
    """The three cases of institutional backing, the weak one in two kinds where these may be told."""
    asked = select(vague, release, f"{_PLACED}.portage")
    groups, labels = asked.field.groups, asked.field.group_labels
    cases = {labels[case]: [code for code, its in groups.items() if its == case] for case in labels}
    found = forms.finest(forms.distribution, asked, asked.regroup(cases))
    # What each case is, in the full words of the dictionary: all that is left where nothing is counted.
    full = [
        capitalise(" ; ".join(lower_first(asked.field.labels[code]) for code in row.modalite.split("|")))
        for row in found.counts
    ]
    weak = [row for row in found.counts if groups[row.modalite.partition("|")[0]] == "faible"]
    # Apart, both kinds are known.
    both = weak[0].effectif if len(weak) == 1 else Count.exactly(sum(row.effectif.low for row in weak))
    told = forms.share(Ratio(both, weak[0].total), "site")
    first = forms.headline(
        found.counts, "le portage le plus fréquent", "les portages les plus fréquents", _UNIT
    )
    return found.worded(
        title=first or found.title,
        subtitle="Sites, selon le portage institutionnel de l’animation",
        table=DataTable(
            found.counts.reshaped(lambda frame: frame.assign(sens=full)),
            [found.table.columns[0], Column("sens", "Ce que cela recouvre"), *found.table.columns[1:]],
        )
        if full != list(found.counts.frame["libelle"])
        else found.table,
        reading=f"Un soutien faible, que la distance soit assumée ou subie : {told}."
        if told
        else found.reading,
    )


@exhibit("F05-03", uses=(f"{_PLACED}.territoire", f"{_PLACED}.organisation"))
def fig_05_03(vague: Wave, release: Release) -> Draft:
    """The three organisations of the animation."""
    found = forms.distribution(select(vague, release, f"{_PLACED}.organisation"))
    team, several = (
        forms.share(found.counts.row(modalite=code), "site") for code in ("minoritaire", "atypique")
    )
    told = (
        f"une équipe entière anime {team}" if team else "",
        f"plusieurs structures portent ensemble l’animation sur {several}" if several else "",
    )
    first = forms.headline(
        found.counts, "l’organisation la plus fréquente", "les organisations les plus fréquentes", _UNIT
    )
    return found.worded(
        title=first or found.title,
        subtitle="Sites, selon l’organisation de la fonction d’animation",
        reading=f"{capitalise(' ; '.join(filter(None, told)))}." if any(told) else found.reading,
    )


@exhibit("T05-04", uses=(f"{_PLACED}.territoire", f"{_PLACED}.facteurs"))
def tab_05_04(vague: Wave, release: Release) -> Draft:
    """What explains the model of a site."""
    asked = select(vague, release, f"{_PLACED}.facteurs")
    found = forms.distribution(asked)
    meaning = [vague.field(f"{_PLACED}.{row.modalite}").description for row in found.counts]
    first = forms.headline(
        found.counts, "le facteur le plus souvent retenu", "les facteurs les plus souvent retenus", _UNIT
    )
    many = spelled(len(found.counts), "facteur explique", "facteurs se combinent pour expliquer")
    return found.worded(
        title=f"{capitalise(many)} le modèle d’un site",
        subtitle="Plusieurs facteurs peuvent jouer sur un site",
        table=DataTable(
            found.counts.reshaped(lambda frame: frame.assign(sens=meaning)),
            [
                Column("libelle", "Facteur"),
                Column("sens", "Ce que cela recouvre"),
                Column("effectif", "Sites", 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=f"{first}." if first else "Un site peut relever de plusieurs facteurs.",
        alt="",
        draw=None,
    )
