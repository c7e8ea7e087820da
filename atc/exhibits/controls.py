"""What the report printed and what it says: tables, cards and paragraphs, and what the audit knows of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

import pandas as pd

from atc.disclosure import Release
from atc.disclosure.exceptions import HEARD, HIDE, SHOW, read_exceptions
from atc.exhibits import statements as tables
from atc.exhibits.argument import HEADING, OURS, PARAGRAPH, WORDS, Statement, statements, words
from atc.exhibits.declare import let_printed, release_for, sealed
from atc.exhibits.model import Base, Exhibit, Prose
from atc.exhibits.published import (
    DIFFERENT,
    EQUAL,
    EXPLAINED,
    NOT_SHOWN,
    PRINTED,
    Control,
    controls,
    read_register,
)
from atc.exhibits.variables import variable
from atc.survey import datapackage
from atc.survey.typography import capitalise, counted, day, french, lower_first, number
from atc.survey.waves import Wave

#: Stands for what the rows give when it is not what the report printed.
_ELSEWHERE = "diffère : voir la version interne"
_WORDS = {"id": "Repère", "enonce": "Valeur", "imprime": "Imprimé"}
_CIRCULAR = (
    "Là où les données sont reconstituées, elles le sont à partir de ces mêmes chiffres : l’égalité montre "
    "qu’elles les respectent et que le calcul est juste, elle ne les confirme pas."
)
_VERDICTS = _WORDS | {"calcule": "Recalculé", "verdict": "Verdict", "statut": "Données"}
_READINGS = _WORDS | {"lecture": "Lecture retenue"}
#: Opens what a table of controls says when a value is no longer that of the report.
TO_MEND = "À reprendre avant toute diffusion"
# Rule of the printed figures that count the people behind an attribution.
_PERSONS = "seuil_de_cinq"
_VARIABLE = re.compile(r"\{(\w+\.\w+)\}")


def controles(vague: Wave, chapitre: str) -> Exhibit | None:
    """The controls that close a chapter, by its notebook; nothing in a wave of which nothing was printed."""
    return tableau_des_controles(vague, f"C{chapitre[:2]}-00", chapitre)


def tableau_des_controles(vague: Wave, id_: str, chapitre: str | None = None) -> Exhibit | None:
    """Printed against computed: the figures of one notebook, or all; nothing where nothing was printed."""
    found = [each for each in controls(vague, chapitre) if each.verdict != NOT_SHOWN]
    equal = sum(control.verdict == EQUAL for control in found)
    title = f"{counted(equal, 'valeur retrouvée', 'valeurs retrouvées')} sur {number(len(found))} imprimées"
    shown = _VERDICTS
    if explained := sum(control.verdict == EXPLAINED for control in found):
        title += f", {counted(explained, 'écart expliqué', 'écarts expliqués')}"
        shown = _VERDICTS | {"explication": "Explication de l’écart"}
    reading = "« Recalculé » : le résultat obtenu à partir des données, dans les mots du rapport."
    if wrong := [control.id for control in found if control.verdict == DIFFERENT]:
        reading = f"{TO_MEND} : {', '.join(wrong)}."
    return _table(vague, id_, found, shown, title, reading)


def lectures(vague: Wave, id_: str) -> Exhibit | None:
    """How the contradictions and the vague wordings of the report were read."""
    read = [each for each in controls(vague) if each.verdict != NOT_SHOWN and each.lecture]
    verbs = ("valeur imprimée a dû être interprétée", "valeurs imprimées ont dû être interprétées")
    reading = "Un mot imprécis, ou une contradiction du rapport, oblige à choisir une interprétation."
    return _table(vague, id_, read, _READINGS, counted(len(read), *verbs), reading)


def exceptions(vague: Wave, id_: str) -> Exhibit | None:
    """The cells that somebody reviewed, and showed or masked against the rule; no value is told here."""
    reviewed = [each for each in read_exceptions(vague.project) if each.vague == vague.id]
    if not reviewed:
        return None
    told = {
        SHOW: "Montré quoique petit",
        HIDE: "Masqué quoique assez grand",
        HEARD: "Alerte relue, qui peut rester",
    }
    rows = pd.DataFrame(
        {
            "piece": each.exhibit,
            "effet": told[each.effet],
            # The ids of the printed figures stand in the file; a reader of the page needs the reason.
            "raison": re.sub(r" \([^()]*\)$", "", each.raison),
            "relu": f"{each.relu_par}, {day(each.relu_le)}",
        }
        for each in reviewed
    ).drop_duplicates()
    alike = rows.groupby(["effet", "raison", "relu"], sort=False)["piece"]
    rows = alike.agg(", ".join).reset_index()
    shown = {"piece": "Pièces", "effet": "Décision", "raison": "Raison", "relu": "Relecture"}
    draft = tables.statements(
        release_for(vague, id_),
        rows,
        "Décisions de relecture, sans aucune valeur",
        shown,
        title="Ce qui se montre ou se masque par exception",
        who="décisions",
        reading="Contre la règle des petits nombres, une case n’est montrée ou masquée qu’une fois relue et "
        "signée.",
    )
    source = "Source : registre des exceptions, tenu par l’équipe d’évaluation."
    return sealed(vague, draft, release_for(vague, id_), id=id_, source=source, status="publié")


def _table(
    vague: Wave, id_: str, found: Sequence[Control], shown: Mapping[str, str], title: str, reading: str
) -> Exhibit | None:
    if not vague.settings.published:
        return None
    release = release_for(vague, id_)
    known = found
    if release.rules.masks:
        # How many people stand behind a name that the report quotes is for the evaluation team.
        theirs = {each.id for each in read_register(vague.project) if each.arrondi == _PERSONS}
        found = [control for control in found if control.id not in theirs]
        if len(found) < len(known):
            reading += " Celles qui portent sur les personnes citées ne se lisent que dans l’équipe."
    rows = pd.DataFrame(list(found), columns=[field.name for field in fields(Control)], dtype="str")
    # Everybody may read in the report the numbers that it printed, however small.
    printed = re.findall(r"\d+", " ".join(f"{c.imprime} {c.lecture}" for c in found))
    release.public(*map(int, printed))
    if release.rules.masks:
        # What is computed leaves the evaluation team only where it is public.
        differs = rows["verdict"].isin([DIFFERENT, EXPLAINED])
        rows = rows.assign(calcule=rows["calcule"].mask(differs, _ELSEWHERE))
    tell(vague, release, {control.id for control in known if control.verdict == EQUAL})
    told = tables.statements(
        release, rows, PRINTED, shown, title=title, who="valeurs imprimées", reading=reading
    )
    made = {control.statut for control in found} & {datapackage.WORDS[status] for status in datapackage.MADE}
    return sealed(
        vague,
        told.worded(
            base=Base(len(known), told.base.who),
            note=_CIRCULAR if made else "",
        ),
        release,
        id=id_,
        source=f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}.",
        # Each row says what its own data are worth.
        status="",
    )


def tell(vague: Wave, release: Release, held: Collection[str]) -> None:
    """Add to the record what the report says of masked counts without printing them.

    « La plupart », or one case before another, is no count; beside the counts that another exhibit shows, it
    may be enough to compute one. ``held`` are the ids of the printed values that the rows give back.
    """
    for printed in read_register(vague.project) if release.rules.masks else ():
        first, *others = printed.comptes.split(" > ")
        if printed.id not in held or not first:
            continue
        if others:
            release.rank([first, *others])
            continue
        possible = printed.possible(printed.address.on(vague).total)
        # A word that leaves one value (« la moitié » of fourteen) is a number that the report printed.
        if len(possible) > 1:
            release.record.believe(release.named(first), (possible[0], possible[-1]))


# --- what it says without a number ---


def enonces(vague: Wave, id_: str) -> Exhibit | Prose | None:
    """What the report says at one place: a table of statements, or a paragraph before an exhibit of the data.

    Nothing in a wave of which no report says this.
    """
    found = statements(vague, id_)
    if paragraph := [each for each in found if each.rubrique == PARAGRAPH]:
        return _prose(vague, paragraph, "prose")
    cells = [each for each in found if each.rubrique not in {*WORDS, HEADING}]
    return _cards(vague, id_, cells) if cells else None


def _cards(vague: Wave, id_: str, told: list[Statement]) -> Exhibit:
    """Cards, one row a subject, when there are several subjects; else one row a statement."""
    said, release = words(vague, id_), release_for(vague, id_)
    subject = next(each.texte for each in statements(vague, id_) if each.rubrique == HEADING)

    def labelled(found: re.Match[str]) -> str:
        """``{effets.type}`` as readers know it."""
        return lower_first(variable(vague.dictionary, found[1]).label)

    texts = {(each.sujet, each.rubrique): capitalise(_VARIABLE.sub(labelled, each.texte)) for each in told}
    subjects, headings = (list(dict.fromkeys(parts)) for parts in zip(*texts, strict=True))
    if len(subjects) > 1:
        cards = [{"sujet": s} | {h: texts[s, h] for h in headings if (s, h) in texts} for s in subjects]
        shown = {"sujet": subject} | {heading: heading for heading in headings}
    else:
        cards = [{"rubrique": heading, "texte": text} for (_, heading), text in texts.items()]
        shown = {"rubrique": subject, "texte": "Ce que dit le rapport"}
    rows = pd.DataFrame(cards)
    let_printed(release, *texts.values(), *said.values())
    draft = tables.statements(
        release,
        rows,
        PRINTED,
        shown,
        title=said.get("title", subjects[0]),
        who="énoncés",
        reading=said.get("reading", "Redit dans nos mots."),
        note=said.get("note", ""),
    )
    return sealed(vague, draft, release, id=id_, source=_source(vague, told), status="publié")


def messages(vague: Wave) -> Prose | None:
    """The messages of the report's own synthesis; nothing in a wave of which there is none."""
    found = list(statements(vague, "messages"))
    return _prose(vague, found, "messages") if found else None


def _prose(vague: Wave, told: list[Statement], kind: str) -> Prose:
    release = release_for(vague, told[0].exhibit)
    texts = [each.texte for each in told]
    let_printed(release, *texts)
    release.check(texts)
    kept = texts if kind == "messages" else [" ".join(texts)]
    return Prose(tuple(map(french, kept)), kind, source=french(_source(vague, told)))


def _source(vague: Wave, told: list[Statement]) -> str:
    if told[0].statut == OURS:
        return "Source : proposition de l’équipe, d’après les questions que le rapport laisse ouvertes."
    sections = ", ".join(f"« {section} »" for section in dict.fromkeys(each.section for each in told))
    return f"Source : {lower_first(vague.settings.report)}, {sections}."
