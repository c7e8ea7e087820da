"""Chapter 05: priorities, backing and organisation of the sites, and what explains them."""

from atc.disclosure import Count, Ratio, Release
from atc.exhibits import forms
from atc.exhibits.charts.canvas import Key
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.charts.tokens import BLUE
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft, if_told
from atc.exhibits.selection import select
from atc.exhibits.sentences import MOST_NAMED
from atc.exhibits.table import DataTable
from atc.indicators import fieldwork, measures
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, lower_first, spelled
from atc.survey.waves import Wave

_PLACED, _UNIT = "positionnements", ("site", "sites", "sites")
_SITE, _MAIN, _SECOND = (f"{_PLACED}.{n}" for n in ("territoire", "modele_principal", "modele_secondaire"))


@exhibit("F05-01", uses=(_SITE, _MAIN, _SECOND))
def fig_05_01(vague: Wave, release: Release) -> Draft:
    """The four models of priorities, with the sites between two where they are enough to be told."""
    found = forms.distribution(select(vague, release, _MAIN))
    shared = release.ratio(measured(vague, "part", _SITE, valeur="modele_secondaire=*"), _SECOND)
    seconds = measures.tally(vague.field(_MAIN).labels, vague.table(_PLACED)["modele_secondaire"])
    second = release.unmasked(lambda trial: trial.distribution(seconds, _SECOND))
    many = forms.present(found.counts)
    models = f"{capitalise(spelled(many, 'modèle'))} de priorités" if many else ""
    told = found.worded(
        title=if_told("{}, et {} entre deux modèles", models, forms.share(shared, "site")) or models,
        subtitle="Sites, selon le modèle de priorités",
    )
    if second is None:
        leads = ("le modèle le plus fréquent", "les modèles les plus fréquents")
        return told.worded(
            reading=if_told("{}.", forms.headline(found.counts, *leads, _UNIT)) or found.reading,
            note="Un site entre deux modèles compte ici pour son modèle principal.",
        )
    # Beside the sites whose main model it is, hollow, those that a model shares.
    counts = told.counts.reshaped(lambda frame: frame.assign(secondaire=list(second.frame["effectif"])))
    bars = [
        unit_bar(
            row.libelle,
            count=row.effectif,
            total=row.total,
            text=row.effectif.shown + (f" + {row.secondaire.shown}" if row.secondaire.high else ""),
            also=row.secondaire.low,
        )
        for row in counts
    ]
    keys = (Key("modèle principal", BLUE), Key("second modèle d’un site entre deux", BLUE, hollow=True))
    headings = {
        "libelle": "Modèle de priorités",
        "effectif": "Sites (modèle principal)",
        "secondaire": "Sites (second modèle)",
    }
    # Which ones stand side by side on one site.
    pairs = fieldwork.paires(vague.table(_PLACED), vague.dictionary)
    pairs = pairs.assign(total=pairs["effectif"].sum())
    by = ("modele_principal", "modele_secondaire")
    crossed = [
        f"{lower_first(pair.libelle_principal)} et {lower_first(pair.libelle_secondaire)}"
        for pair in release.distribution(pairs, f"{_PLACED}.paire", by=by)
    ]
    reading = if_told("Entre deux modèles : {}.", " ; ".join(crossed))
    return told.worded(
        table=DataTable.headed(counts, headings),
        # More pairs would be longer than the figure.
        reading=found.reading
        if len(crossed) > MOST_NAMED
        else reading or "Chaque site relève d’un seul modèle.",
        draw=lambda canvas: draw_units(canvas, bars, keys),
    )


@exhibit("F05-02", uses=(_SITE, f"{_PLACED}.portage"))
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
    table = found.table
    if full != list(found.counts.frame["libelle"]):
        worded = found.counts.reshaped(lambda frame: frame.assign(sens=full))
        shown = {column.name: column.label for column in table.columns}
        headings = {"libelle": shown["libelle"], "sens": "Ce que cela recouvre", **shown}
        table = DataTable.headed(worded, headings)
    weak = [row for row in found.counts if groups[row.modalite.partition("|")[0]] == "faible"]
    # Apart, both kinds are known.
    both = weak[0].effectif if len(weak) == 1 else Count.exactly(sum(row.effectif.low for row in weak))
    told = forms.share(Ratio(both, weak[0].total), "site")
    leads = ("le portage le plus fréquent", "les portages les plus fréquents")
    return found.worded(
        title=forms.headline(found.counts, *leads, _UNIT) or found.title,
        subtitle="Sites, selon le portage institutionnel de l’animation",
        table=table,
        reading=if_told("Un soutien faible, que la distance soit assumée ou subie : {}.", told)
        or found.reading,
    )


@exhibit("F05-03", uses=(_SITE, f"{_PLACED}.organisation"))
def fig_05_03(vague: Wave, release: Release) -> Draft:
    """The three organisations of the animation."""
    found = forms.distribution(select(vague, release, f"{_PLACED}.organisation"))
    team, several = (
        forms.share(found.counts.row(modalite=code), "site") for code in ("minoritaire", "atypique")
    )
    told = (
        if_told("une équipe entière anime {}", team),
        if_told("plusieurs structures portent ensemble l’animation sur {}", several),
    )
    leads = ("l’organisation la plus fréquente", "les organisations les plus fréquentes")
    return found.worded(
        title=forms.headline(found.counts, *leads, _UNIT) or found.title,
        subtitle="Sites, selon l’organisation de la fonction d’animation",
        reading=if_told("{}.", capitalise(" ; ".join(filter(None, told)))) or found.reading,
    )


@exhibit("T05-04", uses=(_SITE, f"{_PLACED}.facteurs"))
def tab_05_04(vague: Wave, release: Release) -> Draft:
    """What explains the model of a site."""
    found = forms.distribution(select(vague, release, f"{_PLACED}.facteurs"))
    meaning = [vague.field(f"{_PLACED}.{row.modalite}").description for row in found.counts]
    counts = found.counts.reshaped(lambda frame: frame.assign(sens=meaning))
    headings = {"libelle": "Facteur", "sens": "Ce que cela recouvre", "effectif": "Sites", "total": "Sur"}
    leads = ("le facteur le plus souvent retenu", "les facteurs les plus souvent retenus")
    first = forms.headline(found.counts, *leads, _UNIT)
    many = spelled(len(found.counts), "facteur explique", "facteurs se combinent pour expliquer")
    return found.worded(
        title=f"{capitalise(many)} le modèle d’un site",
        subtitle="Plusieurs facteurs peuvent jouer sur un site",
        table=DataTable.headed(counts, headings),
        reading=if_told("{}.", first) or "Un site peut relever de plusieurs facteurs.",
        alt="",
        draw=None,
    )
