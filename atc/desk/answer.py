"""The doors of Python: a question and its exhibit, what may be asked, the rows for the evaluation team."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
from pandas.io.formats.style import Styler

from atc.desk.view import ANALYSES, CHANGE, CROSSED, FLAT, LENSES, NUMBERS, SHEET, View, check, refused
from atc.disclosure import Count, Measure, Release
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.disclosure.recorder import INTERNAL
from atc.exhibits import forms, moments, profile, scored, statements, two_waves
from atc.exhibits import variables as asking
from atc.exhibits.declare import complete_exhibit, release_for
from atc.exhibits.model import Draft, Exhibit
from atc.exhibits.published import Printed, read_register
from atc.exhibits.selection import Selection
from atc.exhibits.table import Told
from atc.exhibits.variables import ALL_ITEMS, BOXES, FILTERS, MAP, SCORE, Variable
from atc.indicators import territories
from atc.survey.errors import DisclosureRefused, shown
from atc.survey.typography import capitalise, french
from atc.survey.waves import Wave

#: Beyond this, names on a map hide one another.
_MOST_SITES = 40
_SITE = "territoires.territoire"


def explorer(
    donnees: Wave,
    variable: str = "",
    *,
    analyse: str = FLAT,
    groupe: str = "",
    depuis: str = "",
    filtre: str | Sequence[str] = (),
    regrouper: Mapping[str, Sequence[str]] | None = None,
    titre: str = "",
    **filtres: str,
) -> Exhibit:
    """Ask one question, and get a figure with its reading, its n, its wording and its status.

    ``filtre`` is ``table.colonne=code``, or several of them; ``reseau="fcsf"`` and the like are filters too.
    Examples, of ``donnees = atc.open_wave("2021-automne")``::

        atc.explorer(donnees, "carnet_de_bord.configuration", filtre="territoires.reseau=fcsf")
        atc.explorer(donnees, analyse="regards croisés", depuis="2020-automne", titre="Qui note plus haut ?")
    """
    vagues = (depuis, donnees.id) if depuis else (donnees.id,)
    names = {column: name for name, (_, column) in FILTERS.items()}
    kept = {name: code for name, code in filtres.items() if code}
    for text in [filtre] if isinstance(filtre, str) else filtre:
        column, _, code = (part.strip() for part in text.partition("="))
        if not column or not code:
            raise refused("filtre_illisible", filtre=shown(text))
        kept[names.get(column, column)] = code
    view = View(vagues, donnees.diffusion, analyse, variable, groupe, kept, regrouper or {}, titre)
    return answer(view, [donnees.previous(), donnees] if depuis else [donnees])


def answer(view: View, waves: Sequence[Wave]) -> Exhibit:
    """Answer a view whose waves are open, in the order of time.

    A `UsageError` tells why it makes no sense, or would show nothing but masks, and what to choose instead;
    `DisclosureRefused`, that its answer would tell a small count.
    """
    found = check(view, waves)
    columns = _columns(view, found, waves[-1])
    *before, wave = (opened.using(columns) for opened in waves)
    release = _release(view, found, waves)
    former = before[0] if before else None
    asked = Selection(wave, release, found, former, view.groupe, view.filtres, view.regrouper)
    made = _ANSWERS[view.analyse](asked)
    if view.titre:
        try:
            release.check((view.titre,))
        except DisclosureRefused as error:
            raise refused("titre", seuil=release.rules.floor, interne=INTERNAL) from error
        made = made.worded(title=view.titre)
    if instead := _all_masked(view, made):
        made = made.worded(note=f"{made.note} Tout est masqué, faute d’effectifs : {instead}.".strip())
    return complete_exhibit(view.id, [wave, *before], made, release)


# --- analysis -> form ---


def _counted(asked: Selection) -> Draft:
    kind, plain = asked.variable.kind, not (asked.chosen or asked.regrouped or asked.group)
    if kind == MAP and plain and len(asked.rows()) <= _MOST_SITES:
        return statements.located(asked)
    banded = asked.variable.name == ALL_ITEMS if asked.group == "scores.groupe" else not asked.group
    return scored.bands(asked) if kind == SCORE and banded else forms.finest(forms.distribution, *asked.steps)


def _change(asked: Selection) -> Draft:
    kind = asked.variable.kind
    if kind == SCORE:
        return moments.moments(asked)
    # Beyond the evaluation team, those who say yes in each wave would give away who moved.
    followed = kind == asking.MODALITES or (kind == asking.YES_NO and not asked.masks)
    return (two_waves.moves if followed else two_waves.measured)(asked)


_ANSWERS: Mapping[str, Callable[[Selection], Draft]] = {
    FLAT: _counted,
    CROSSED: _counted,
    NUMBERS: profile.two_numbers,
    CHANGE: _change,
    LENSES: lambda asked: (scored.situation if asked.before is None else scored.gap)(asked),
    SHEET: profile.sheet,
}


# --- what these readers may know of it ---


def _all_masked(view: View, made: Draft) -> str:
    """What to choose where all counts are masked; empty where one is told.

    How many answered is an answer by itself, unless something cuts or filters it: a table of nothing but
    masks is refused.
    """
    frame = made.counts.frame
    # All groups together may be known where none is by itself.
    own = frame[frame["ligne"] != forms.EVERYBODY[0]] if "ligne" in frame else frame
    if _tells(made, own, without="total"):
        return ""
    whole = frame.drop(own.index)
    steps = {
        "choisissez un groupe plus large": view.groupe,
        "réunissez des réponses": ANALYSES[view.analyse].joins,
        f"faites un « {FLAT} »": len(whole) and _tells(made, whole, without="total"),
        "retirez le filtre": view.kept,
        f"faites un « {FLAT} » sur chaque vague": view.analyse == CHANGE,
    }
    advice = ", ".join(step for step, helps in steps.items() if helps)
    instead = f"{advice}{', ou ' * bool(advice)}prenez la diffusion « {INTERNAL} »"
    if view.analyse != FLAT or view.kept or not _tells(made, own):
        raise refused("tout_masque", diffusion=view.diffusion, choix=capitalise(instead))
    return instead


def _tells(made: Draft, rows: pd.DataFrame, without: str = "") -> bool:
    """Whether some count or median of these rows is told, were it in a word of the report."""
    cells = [cell for column in made.table.columns if column.name != without for cell in rows[column.name]]
    counts = [cell for cell in cells if isinstance(cell, Count)]
    told = [not c.is_masked or c.of_the_rest or isinstance(c, Told) for c in counts]
    return not told or any(told) or any(c.known is not None for c in cells if isinstance(c, Measure))


def printed(wave: Wave, found: Variable) -> list[Printed]:
    """What ``publie.csv`` addresses of the answers to one variable alone."""

    def asks(each: Printed) -> set[str]:
        conditions = (*each.address.kept, *each.address.chosen)
        summed = each.address.columns if each.address.measure.numeric else ()
        return {column.dotted for column in (*summed, *(condition.column for condition in conditions))}

    return [each for each in read_register(wave.project) if asks(each) and asks(each) <= set(found.columns)]


def _release(view: View, found: Variable, waves: Sequence[Wave]) -> Release:
    """What the report prints of a variable is known: to its own view, and to a crossing as a margin."""
    *before, wave = waves
    release = release_for(wave, view.id, *before)
    if not (release.rules.masks and ANALYSES[view.analyse].joins) or found.kind in {BOXES, SCORE, MAP}:
        return release
    rows, column, known = wave.table(found.table), found.name.partition(".")[2], printed(wave, found)
    answered = asking.coded(found, wave.field(found.name), rows[column])
    for each in known if wave.settings.published else ():
        conditions = (*each.address.kept, *each.address.chosen)
        if each.mesure != "nombre" or (len(conditions), len(each.address.columns)) != (1, 1):
            continue
        code, key = "|".join(sorted(conditions[0].answers)), each.address.columns[0].field.name
        many = int((answered.codes == code).sum())
        # Of other things than rows, or of other rows, it is another count.
        if many and rows[key].is_unique and each.said(many) == french(each.attendu):
            release.tell(f"{found.name}&modalite={code}", Count.exactly(many))
    if not view.regrouper:
        ends = ("minimum", "maximum") if view.analyse == FLAT and not view.kept else ()
        reviewed, lines = read_exceptions(wave.project), {found.name, *answered.labels}
        release.exceptions = {
            cell: row
            for exhibit in {each.exhibit for each in known}
            for cell, row in of_exhibit(reviewed, wave.id, exhibit).items()
            if row.colonne in ("effectif", *ends) and row.ligne in lines
        }
    return release


def _columns(view: View, found: Variable, wave: Wave) -> tuple[str, ...]:
    """Every column that the answer reads: its source, questions and status follow from them."""
    if view.analyse == SHEET:
        return profile.READ
    linked = [view.groupe] if view.groupe else []
    # How many sites there are decides what two waves may tell of those they share.
    matching = len(view.vagues) > 1 and "territoire" in wave.dictionary.table(found.table).fields
    linked += [_SITE] if matching else []
    linked += [_SITE, profile.COMMUNE] if view.filtres.get("territoire") or view.analyse == NUMBERS else []
    return (*found.columns, *asking.needed(found.table, linked, view.filtres))


# --- what may be asked, and the rows themselves ---


def tables(donnees: Wave, table: str = "") -> Styler:
    """What may be asked of a wave, or of one table: each variable with its label, question and status."""
    rows = [
        {
            "Table": described.label,
            "Variable": name,
            "Libellé": found.label,
            "Type": found.kind,
            "Question posée": next((q for c in found.columns if (q := donnees.field(c).question)), ""),
            "Statut": donnees.package.worst(found.columns),
        }
        for described in ([donnees.dictionary.table(table)] if table else donnees.dictionary)
        for name, found in asking.variables(donnees.dictionary, described.name).items()
    ]
    title = french(f"{donnees.settings.label} : ce que l’on peut demander")
    return pd.DataFrame(rows).style.hide(axis="index").set_caption(title)


def behind(view: View, wave: Wave, answer: str = "", group: str = "") -> pd.DataFrame:
    """The rows, in words, that one bar or cell of a view counts; all of its rows when neither is chosen.

    ``answer`` and ``group`` are codes of the exhibit's table. A `UsageError` tells why nothing is shown.
    """
    if wave.diffusion != INTERNAL:
        raise refused("lignes", diffusion=wave.diffusion, vague=wave.id, interne=INTERNAL)
    if ANALYSES[view.analyse].waves != (1,):
        raise refused("lignes_derriere")
    found = asking.variable(wave.dictionary, view.variable)
    chosen = dict(view.kept)
    if found.item:
        chosen["scores.item"] = found.item
    if found.kind == SCORE:
        chosen.setdefault("periode", territories.periode_jugee(wave.table("scores")))
    if answer and found.kind == BOXES:
        chosen[f"{view.table}.{answer}"] = "oui"
    elif answer:
        chosen[ALL_ITEMS if found.kind == SCORE else found.name] = answer
    if group:
        chosen[view.groupe or "scores.groupe"] = group
    frame, words = asking.linked_rows(wave, view.table, (), chosen), {}
    for name, column in wave.dictionary.table(view.table).fields.items():
        # Whole numbers stay numbers, to be sorted as such.
        whole, plain = column.type == "integer", replace(column, unit="")
        words[column.label] = [
            value if whole and not pd.isna(value) else profile.in_words(plain, value, 4)
            for value in frame[name]
        ]
    return pd.DataFrame(words)
