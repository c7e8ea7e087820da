"""``@exhibit``: an exhibit declares the columns that it uses, and can read no other.

Source, field dates, question wordings and status follow from that declaration, so they cannot be wrong. Its
counts go through its `Release`, and so does every sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import takewhile
from typing import Any, Literal

import pandas as pd

from atc.disclosure import Count, Release, Rules
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.disclosure.prose import small_counts
from atc.disclosure.released import PRIMARY
from atc.exhibits.model import Base, Draft, Exhibit
from atc.exhibits.published import words
from atc.exhibits.selection import NoAnswer
from atc.exhibits.sentences import TOO_SMALL
from atc.exhibits.statements import statements
from atc.exhibits.table import DataTable
from atc.exhibits.wordings import FILE, own_words
from atc.exhibits.worth import REWORDED, example, masking, worth
from atc.survey.datapackage import MADE, PRINTED, SIMULATED
from atc.survey.errors import DisclosureRefused
from atc.survey.paths import read_toml
from atc.survey.typography import aloud, enumeration, french, lower_first, opened
from atc.survey.waves import Wave

Compute = Callable[..., Draft]
#: The list of the sites.
_SITES = "territoires.territoire"
#: Exhibit -> its plain words.
_WORDS = read_toml(__file__, "chapters/words.toml")
#: More words than this, shared at the beginning of two questions, make one of them.
_SHARED = 3


def exhibit(
    id_: str, *, uses: Sequence[str], before: Literal["", "last", "all"] = "", files: bool = True
) -> Callable[[Compute], Callable[..., Exhibit]]:
    """Make an exhibit, ``F02-02`` or ``T03-04``, of a function that computes a `Draft`.

    The function takes the wave (with ``before``, the wave before too), the `Release` that makes its table fit
    to leave, and what it asks for besides (the territory of a sheet). It ``uses`` columns, ``table.colonne``
    or ``table.*``, the same of the last wave ``before``, or of all. Without ``files``, nothing is drawn for
    files of its own.
    """

    def wrap(compute: Compute) -> Callable[..., Exhibit]:
        @wraps(compute)
        def complete(vague: Wave, *arguments: str) -> Exhibit:
            waves = [vague.using(uses)]
            if before:
                last = vague.previous().using(uses)
                waves += reversed(last.succession()) if before == "all" else [last]
            release, said = release_for(vague, id_, *waves[1:2]), dict[str, str]()
            try:
                draft = _plain(id_, compute(*waves[:2], release, *arguments))
                said = words(vague, id_)
            except NoAnswer as nobody:
                # What stands in the place of an exhibit that nobody's answers can fill.
                draft = (
                    nobody.instead(release)
                    if nobody.instead
                    else statements(
                        release,
                        pd.DataFrame({"libelle": [nobody.label]}),
                        "Ce dont la vague ne dit rien : aucune personne n’est comptée",
                        {"libelle": "Question sans réponse"},
                        title=f"{nobody.label} : {nobody.told}",
                        reading=nobody.why,
                        base=Base(0, "réponses"),
                        topic=True,
                        words_alone=True,
                    )
                )
            return complete_exhibit(id_, waves, draft, release, said=said, files=files)

        return complete

    return wrap


def _plain(id_: str, draft: Draft) -> Draft:
    """In the plain words of the exhibit: ``{}`` stands for what its form says there."""
    words = dict(_WORDS.get(id_, {}))
    headings = {n: label for n, label in words.pop("headings", {}).items() if n in draft.counts.frame}
    table = DataTable.headed(draft.counts, headings) if headings else draft.table
    base = Base(draft.base.n, words.pop("who", draft.base.who))
    # What the form says of its chart stays; what only reads its table aloud reads the new headings.
    told = {"alt": "" if draft.alt == draft.table.aloud else draft.alt, "topic": draft.topic}
    said = {name: text.format(getattr(draft, name)).strip() for name, text in words.items()}
    return draft.worded(table=table, base=base, **told | said)


def let_printed(release: Release, *texts: str) -> None:
    """Let the small numbers of these texts be read: everybody may read them in the report."""
    release.public(*(n.value for text in texts for n in small_counts(text, release.rules.strictest)))


def release_for(vague: Wave, exhibit: str, avant: Wave | None = None) -> Release:
    """What makes the tables of one exhibit fit to leave: the tier of its wave, and reviewed exceptions."""
    small = vague.report.small_numbers
    rules = Rules(vague.diffusion, small.floor, small.mean, small.site_floor, vague.dictionary.protects)
    # Nothing is masked for the evaluation team: an exception has no say there.
    reviewed = read_exceptions(vague.project) if rules.masks else ()
    release = Release(vague.id, exhibit, rules, of_exhibit(reviewed, vague.id, exhibit))
    if avant is not None:
        there = of_exhibit(reviewed, avant.id, exhibit)
        release.earlier = Release(avant.id, exhibit, rules, there, release.record)
    return release


def complete_exhibit(
    id_: str,
    waves: Sequence[Wave],
    draft: Draft,
    release: Release,
    *,
    said: Mapping[str, str] | None = None,
    files: bool = True,
) -> Exhibit:
    """Add what the data's own papers say, and refuse what may not leave.

    ``waves`` are the one shown and those before that it reads; ``said`` is what the report printed of it.
    """
    current, told = waves[0], dict(said or {})
    let_printed(release, *told.values())
    if draft.draw is not None and draft.table.is_all_masked:
        reading = draft.reading if TOO_SMALL in draft.reading else f"{TOO_SMALL} {draft.reading}"
        draft = draft.worded(draw=None, words_alone=True, reading=reading)
    columns_are = worth(*waves)
    status = told.pop("status", draft.status)
    status = columns_are if status is None else status
    note = " ".join(filter(None, (told.pop("note", ""), draft.note)))
    worded = draft.worded(**told, note=note)
    if status == SIMULATED and draft.draw is None and "title" in told:
        # Where the report counts nothing, an example has nothing to draw: what is left is what it names.
        worded, status = worded.worded(table=draft.table.uncounted(), alt=""), PRINTED
    elif status == SIMULATED:
        once, marked = not current.settings.published, {"title", "reading", "alt", "message"} - set(told)
        examples = {name: example(getattr(draft, name), once=once) for name in marked}
        worded = worded.worded(**examples, topic=worded.topic)
    fields = [wave.field(column) for wave in waves for column in sorted(wave.columns)]
    ours = "" if all(field.asked for field in fields if field.question) else "de l’équipe"
    return sealed(
        current,
        worded,
        release,
        id=id_,
        source=f"Source : {_sources(waves)} ; {draft.base}.",
        questions=_questions([field.question for field in fields if field.question]),
        wording="reconstituée" if columns_are in MADE else ours,
        status=status,
        said=PRINTED if "title" in told else status,
        uses=(*sorted(current.columns), *sorted({column for wave in waves[1:] for column in wave.columns})),
        files=files,
    )


def _questions(asked: Sequence[str]) -> tuple[str, ...]:
    """Each once; the boxes of one question share its beginning: « Y a-t-il des élu.es ? … habitant.es ? »."""
    found, begun = list[str](), list[str]()
    for said in map(str.split, dict.fromkeys(asked)):
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(begun, said, strict=False))))
        if shared > _SHARED:
            found[-1] += f" … {' '.join(said[shared:])}"
        else:
            found.append(" ".join(said))
            begun = said
    return tuple(french(f"« {question} »") for question in found)


def sealed(vague: Wave, draft: Draft, release: Release, **papers: Any) -> Exhibit:
    """The exhibit of a draft and of its ``papers``, refused if a sentence tells what may not leave.

    The draft is in the words of ``notebooks/formulations.csv`` where there are some (`DataRefused` if they
    tell a number that the exhibit does not show).
    """
    own = _own_words(draft, vague, release)
    if papers["status"] == SIMULATED:
        once = not vague.settings.published
        own |= {name: example(own[name], once=once) for name in ("title", "reading") if name in own}
    draft = draft.worded(**own)
    papers |= {"source": french(papers["source"])} | ({"said": REWORDED} if "title" in own else {})
    sentences = {
        name: getattr(draft, name) for name in ("title", "subtitle", "reading", "alt", "note", "message")
    }
    release.check(tuple(sentences.values()), draft.table.texts)
    release.finish()
    told = {name: opened(french(text)) for name, text in sentences.items()} | {"alt": aloud(draft.alt)}
    shown = draft.table.released_values
    floors = {n.floor for n in shown if isinstance(n, Count) and n.status == PRIMARY} or {release.rules.floor}
    return Exhibit(
        **{**vars(draft), **told, **papers},
        masking_note=masking(*floors) if draft.table.is_masked else "",
        let_out=release.record.plain(),
    )


def public_table(
    vague: Wave,
    release: Release,
    rows: pd.DataFrame,
    because: str,
    *,
    source: str,
    status: str = PRINTED,
    **told: Any,
) -> Exhibit:
    """A table of statements that no column of the data is behind, in its own words."""
    draft = _plain(release.exhibit, statements(release, rows, because, **told))
    return sealed(vague, draft, release, id=release.exhibit, source=source, status=status)


def _own_words(draft: Draft, vague: Wave, release: Release) -> dict[str, str]:
    """The words of an evaluator, where there are some: they tell no number that the exhibit does not."""
    said = [draft.title, draft.subtitle, draft.reading, draft.alt, draft.note, draft.message, str(draft.base)]
    years = [str(wave.date.year) for wave in vague.report.waves.values()]
    cells = [cell for row in draft.table.rows for cell in row]
    words = own_words(vague.project, vague.id, release.exhibit, [*said, *cells, *years])
    try:
        release.check(tuple(words.values()))
    except DisclosureRefused as error:
        floor = release.rules.strictest
        raise DisclosureRefused(
            f"notebooks/{FILE} : le texte de {release.exhibit} donne un effectif de moins de {floor}, que "
            f"ces lecteurs ne voient pas. Écrivez « moins de {floor} », ou dites-le sans nombre."
        ) from error
    return words


def _sources(waves: Sequence[Wave]) -> str:
    """« carnet de bord (de l’été à septembre 2020) », each source once; after two waves, if there are two."""
    found, labels = dict[str, dict[str, None]](), list[str]()
    for wave in sorted(waves, key=lambda wave: wave.settings.date):
        labels.append(lower_first(wave.settings.label))
        # The list of the sites, alone, tells nothing of them.
        for column in sorted(wave.columns - {_SITES} or wave.columns):
            name = column.partition(".")[0]
            dates = found.setdefault(wave.dictionary.table(name).source, {})
            if collected := wave.package.resources[name].collected:
                dates[collected] = None
    told = " ; ".join(f"{name} ({', puis '.join(dates)})" if dates else name for name, dates in found.items())
    return told if len(waves) == 1 else f"{enumeration(labels)} : {told}"
