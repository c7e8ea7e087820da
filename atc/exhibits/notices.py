"""What every notebook prints: its precaution, what the report says there, the controls that close it.

A sentence of the report is told in the wave whose report says it; a printed figure, beside the one that the
rows give. What the report says of masked counts goes to the record of the audit.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

import pandas as pd

from atc.disclosure import Release, Released
from atc.disclosure.exceptions import HEARD, HIDE, SHOW, read_exceptions
from atc.exhibits import published
from atc.exhibits.declare import let_printed, public_table, release_for
from atc.exhibits.model import Base, Exhibit, Prose
from atc.exhibits.variables import variable
from atc.exhibits.worth import example, worth
from atc.indicators import fieldwork
from atc.survey import datapackage
from atc.survey.typography import capitalise, counted, day, french, lower_first, number
from atc.survey.waves import Wave

#: Opens what a table of controls says when a value is no longer that of the report.
TO_MEND = "À reprendre avant toute diffusion"
_CIRCULAR = (
    "Là où les données sont reconstituées, elles le sont à partir de ces mêmes chiffres : l’égalité montre "
    "qu’elles les respectent et que le calcul est juste, elle ne les confirme pas."
)
_EFFECTS = {
    SHOW: "Montré quoique petit",
    HIDE: "Masqué quoique assez grand",
    HEARD: "Alerte relue, qui peut rester",
}


def precaution(vague: Wave) -> Prose:
    """The precaution of the report: which results these are, and whose view they give."""
    release = release_for(vague, "F01-04")
    # A chapter rests on what it reads: not on every column of a table for one sentence.
    interviews = vague.using([f"entretiens.{name}" for name in ("fonction", "nature", "recueil")])
    heard = interviewed(interviews, release).row(modalite="association_habitant")
    said = [each.texte for each in published.statements(vague, "precaution")]
    texts = [vague.settings.precaution, *said]
    if heard.total.high and not heard.effectif.is_withheld:
        few = " seulement" * (not said and 2 * heard.effectif.high < heard.total.low)
        giving = f"de monographie sur {heard.total}{few} donne{'nt' * (heard.effectif.high > 1)} la parole à"
        told = f"{capitalise(heard.effectif.of('entretien'))} {giving} une association ou à un.e habitant.e."
        made_up = worth(interviews) == datapackage.SIMULATED
        texts.append(example(told, once=False) if made_up else told)
    shown = tuple(french(text) for text in texts)
    release.check(shown)
    return Prose(shown, "precaution", {release.exhibit: release.record.plain()})


def interviewed(vague: Wave, release: Release) -> Released:
    """Whom the interviews of the monographs heard, by wider group."""
    counts = fieldwork.entretiens_par_groupe(vague.table("entretiens"), vague.dictionary, "monographie")
    return release.distribution(counts, "entretiens.entretien&recueil=monographie")


# --- what the report says without a number ---


def enonces(vague: Wave, id_: str) -> Exhibit | Prose | None:
    """What the report says at one place: a table of statements, or a paragraph before an exhibit of the data.

    Cards, one row a subject, when there are several subjects; else one row a statement. Nothing in a wave of
    which no report says this.
    """
    found, said = published.statements(vague, id_), published.words(vague, id_)
    if paragraph := [each for each in found if each.rubrique == published.PARAGRAPH]:
        return _prose(vague, paragraph, "prose")
    told = [each for each in found if each.rubrique not in {*published.ELEMENTS, published.HEADING}]
    if not told:
        return None

    def named(found: re.Match[str]) -> str:
        """``{effets.type}`` as readers know it."""
        return lower_first(variable(vague.dictionary, found[1]).label)

    cells = [(s.sujet, s.rubrique, capitalise(re.sub(r"\{(\w+\.\w+)\}", named, s.texte))) for s in told]
    table = pd.DataFrame(cells, columns=["sujet", "rubrique", "texte"])
    headings, subjects = (list(dict.fromkeys(table[name])) for name in ("rubrique", "sujet"))
    subject = next(each.texte for each in found if each.rubrique == published.HEADING)
    shown = {"rubrique": subject, "texte": "Ce que dit le rapport"}
    if len(subjects) > 1:
        cards = table.pivot_table("texte", "sujet", "rubrique", aggfunc=" ".join)
        table = cards.loc[subjects, headings].reset_index()
        shown = {"sujet": subject} | {heading: heading for heading in headings}
    release = release_for(vague, id_)
    let_printed(release, *(text for _, _, text in cells), *said.values())
    words_ = {"title": subjects[0], "reading": "Redit dans nos mots.", "who": "énoncés"} | said
    return public_table(
        vague, release, table, published.PRINTED, shown=shown, source=_source(vague, told), **words_
    )


def messages(vague: Wave) -> Prose | None:
    """The messages of the report's own synthesis; nothing in a wave of which there is none."""
    found = list(published.statements(vague, "messages"))
    return _prose(vague, found, "messages") if found else None


def _prose(vague: Wave, told: list[published.Statement], kind: str) -> Prose:
    release = release_for(vague, told[0].exhibit)
    texts = [each.texte for each in told]
    let_printed(release, *texts)
    release.check(texts)
    kept = texts if kind == "messages" else [" ".join(texts)]
    return Prose(tuple(map(french, kept)), kind, source=french(_source(vague, told)))


def _source(vague: Wave, told: list[published.Statement]) -> str:
    if told[0].statut == published.OURS:
        return "Source : proposition de l’équipe, d’après les questions que le rapport laisse ouvertes."
    sections = ", ".join(f"« {section} »" for section in dict.fromkeys(each.section for each in told))
    return f"Source : {lower_first(vague.settings.report)}, {sections}."


# --- what it printed ---


def controles(vague: Wave, chapitre: str = "", id_: str = "") -> Exhibit | None:
    """Printed against computed: the figures of one notebook, or all; nothing where nothing was printed."""
    found = [c for c in published.controls(vague, chapitre or None) if c.verdict != published.NOT_SHOWN]
    verdicts = Counter(c.verdict for c in found)
    equal, explained = verdicts[published.EQUAL], verdicts[published.EXPLAINED]
    title = f"{counted(equal, 'valeur retrouvée', 'valeurs retrouvées')} sur {number(len(found))} imprimées"
    shown = {"calcule": "Recalculé", "verdict": "Verdict", "statut": "Données"}
    if explained:
        title += f", {counted(explained, 'écart expliqué', 'écarts expliqués')}"
        shown["explication"] = "Explication de l’écart"
    reading = "Chaque valeur imprimée est recalculée à partir des données, et dite avec les mots du rapport."
    if wrong := [c.id for c in found if c.verdict == published.DIFFERENT]:
        reading = f"{TO_MEND} : {', '.join(wrong)}."
    return _compared(vague, id_ or f"C{chapitre[:2]}-00", found, shown, title, reading)


def lectures(vague: Wave, id_: str) -> Exhibit | None:
    """How the contradictions and the vague wordings of the report were read."""
    read = [c for c in published.controls(vague) if c.verdict != published.NOT_SHOWN and c.lecture]
    verbs = ("valeur imprimée a dû être interprétée", "valeurs imprimées ont dû être interprétées")
    reading = "Un mot imprécis, ou une contradiction du rapport, oblige à choisir une interprétation."
    return _compared(vague, id_, read, {"lecture": "Lecture retenue"}, counted(len(read), *verbs), reading)


def _compared(
    vague: Wave,
    id_: str,
    known: Sequence[published.Control],
    shown: Mapping[str, str],
    title: str,
    reading: str,
) -> Exhibit | None:
    if not vague.settings.published:
        return None
    release, found = release_for(vague, id_), list(known)
    if release.rules.masks:
        # How many people stand behind a name that the report quotes is for the evaluation team.
        register = published.read_register(vague.project)
        theirs = {printed.id for printed in register if printed.arrondi == "seuil_de_cinq"}
        found = [c for c in known if c.id not in theirs]
        if len(found) < len(known):
            reading += " Ce qui porte sur les personnes citées ne se lit que dans l’équipe."
    rows = pd.DataFrame(found, columns=[field.name for field in fields(published.Control)], dtype="str")
    # Everybody may read in the report the numbers that it printed, however small.
    release.public(*map(int, re.findall(r"\d+", " ".join(f"{c.imprime} {c.lecture}" for c in found))))
    if release.rules.masks:
        # What is computed leaves the evaluation team only where it is public.
        differs = rows["verdict"].isin([published.DIFFERENT, published.EXPLAINED])
        rows = rows.assign(calcule=rows["calcule"].mask(differs, "diffère : voir la version interne"))
    tell(vague, release, {control.id for control in known if control.verdict == published.EQUAL})
    made = {control.statut for control in found} & {datapackage.WORDS[status] for status in datapackage.MADE}
    return public_table(
        vague,
        release,
        rows,
        published.PRINTED,
        shown={"id": "Repère", "enonce": "Valeur", "imprime": "Imprimé", **shown},
        source=f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}.",
        # Each row says what its own data are worth.
        status="",
        title=title,
        base=Base(len(known), "valeurs imprimées"),
        reading=reading,
        note=_CIRCULAR if made else "",
    )


def tell(vague: Wave, release: Release, held: Collection[str]) -> None:
    """Add to the record what the report says of masked counts without printing them.

    « La plupart », or one case before another, is no count; beside the counts that another exhibit shows, it
    may be enough to compute one. ``held`` are the ids of the printed values that the rows give back.
    """
    for printed in published.read_register(vague.project) if release.rules.masks else ():
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


def exceptions(vague: Wave, id_: str) -> Exhibit | None:
    """The cells that somebody reviewed, and showed or masked against the rule; no value is told here."""
    reviewed = [each for each in read_exceptions(vague.project) if each.vague == vague.id]
    if not reviewed:
        return None
    alike: dict[tuple[str, str, str], dict[str, None]] = {}
    for each in reviewed:
        # The ids of the printed figures stand in the file; a reader of the page needs the reason.
        reason = re.sub(r" \([^()]*\)$", "", each.raison)
        decision = (_EFFECTS[each.effet], reason, f"{each.relu_par}, {day(each.relu_le)}")
        alike.setdefault(decision, {})[each.exhibit] = None
    rows = [(", ".join(pieces), *decision) for decision, pieces in alike.items()]
    return public_table(
        vague,
        release_for(vague, id_),
        pd.DataFrame(rows, columns=["piece", "effet", "raison", "relu"]),
        "Décisions de relecture, sans aucune valeur",
        source="Source : registre des exceptions, tenu par l’équipe d’évaluation.",
    )
