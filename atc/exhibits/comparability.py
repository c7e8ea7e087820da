"""What two waves, or two groups, may be compared in, and how changes and gaps are said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Count, Measure, Release, Released, farthest
from atc.exhibits import statements
from atc.exhibits.forms import largest, printed
from atc.exhibits.model import Base, Draft
from atc.exhibits.selection import NoAnswer, Selection
from atc.exhibits.variables import ALL_ITEMS, BOXES, SCORE
from atc.indicators import change
from atc.survey import codebook
from atc.survey.typography import enumeration, half_up, lower_first, month
from atc.survey.waves import Wave

#: Said wherever people are summed up by territory.
BY_TERRITORY = "Chaque territoire compte par la médiane de ses réponses, car les personnes changent."
ONE_WAVE_ONLY = "Les territoires d’une seule vague ne sont pas comparés."
_HEADED = {
    "libelle": "Variable",
    "verdict": "Comparabilité",
    "rapproche": "Rapprochée",
    "libelle_avant": "Libellé précédent",
    "note": "Ce qui a changé",
}


def year(wave: Wave) -> str:
    """How a wave is called beside another one."""
    return str(wave.settings.date.year)


def then_and_now(before: Wave, after: Wave) -> tuple[str, str]:
    """How two waves are called: « 2020 » and « 2021 », or « mars 2021 » and « octobre 2021 »."""
    if year(before) != year(after):
        return year(before), year(after)
    return month(before.settings.date), month(after.settings.date)


@dataclass(frozen=True)
class Comparable:
    """What may be compared of one selection, or of several."""

    rows: pd.DataFrame  # the variables that the codebooks know: `atc.survey.codebook.comparability`
    joined: tuple[str, ...]  # those that may be compared, as the codebooks name them
    unknown: tuple[str, ...]  # those that no codebook knows

    @property
    def items(self) -> list[str]:
        """Codes of the items of scores that may be compared."""
        return [name.partition("=")[2] for name in self.joined if "=" in name]

    def left_out(self, *, why: bool = False) -> str:
        """What is not compared (and, on demand, ``why``), then what is although it was changed."""
        apart = self.rows[~self.rows["jointure"]].itertuples()
        changed = self.rows[self.rows["jointure"] & (self.rows["comparabilite"] != "identique")].itertuples()
        named = [f"« {r.libelle} » ({' : '.join([str(r.verdict), *_reason(r) * why])})" for r in apart]
        named += [f"« {name} » (absent du dictionnaire des variables)" for name in self.unknown]
        told = [f"Non rapproché : {enumeration(named)}."] if named else []
        told += [
            f"Rapproché quoique {r.verdict} : « {r.libelle} »"
            + "".join(f" ({said})" for said in _reason(r) * why)
            + "."
            for r in changed
        ]
        return " ".join(told)


def _reason(row: Any) -> list[str]:
    """What changed; nothing where the codebook does not say."""
    return [lower_first(row.note).rstrip(".")] if row.note else []


def every_variable(before: Wave, after: Wave) -> pd.DataFrame:
    """Variable by variable, what the two codebooks allow (see `atc.survey.codebook.comparability`)."""
    return codebook.comparability(before.codebook(), after.codebook())


def comparable(*asked: Selection) -> Comparable:
    """What may be compared of these selections of the same two waves.

    Of nothing at all, `NoAnswer`: the report lists why not, the desk says what to choose instead.
    """
    first, names, allowed = asked[0], list[str](), list[str]()
    compared = every_variable(first.former, first.wave)
    for one in asked:
        own = _names_of(one)
        names += own
        # Nothing is compared on a scale that changed.
        if one.variable.kind != SCORE or codebook.joined(compared, [ALL_ITEMS]):
            allowed += codebook.joined(compared, own)
    rows = compared[compared["variable"].isin(names)]
    labels = first.wave.dictionary.variables
    unknown = [labels[name] for name in names if name not in set(rows["variable"])]
    found = Comparable(rows, tuple(allowed), tuple(unknown))
    if not allowed:
        label = enumeration([one.variable.label for one in asked])
        then, now = then_and_now(first.former, first.wave)
        listed = partial(
            listing,
            rows=rows,
            title=f"{label} : aucun rapprochement possible entre les deux vagues",
            subtitle="Variables concernées, et ce qui a changé",
            reading="Le dictionnaire des variables n’autorise aucune comparaison sur ce sujet.",
        )
        advice = (
            f"Le codebook n’autorise pas à rapprocher « {label} » entre {then} et {now}. "
            f"{found.left_out(why=True)} Faites un « tri à plat » sur chaque vague, et lisez les deux "
            "réponses séparément."
        )
        raise NoAnswer(label, advice, instead=listed)
    return found


def _names_of(asked: Selection) -> list[str]:
    """The variable as the codebooks name it: its boxes, its items, or itself."""
    variable = asked.variable
    if variable.kind == SCORE:
        # One that neither wave asked is of another wave.
        tables = [wave.table("scores")["item"] for wave in (asked.former, asked.wave)]
        scored = {str(item) for table in tables for item in table.dropna()}
        items = [each for each in asked.wave.field("scores.item").labels if each in scored or not scored]
        items = [variable.item] if variable.item else items
        return [f"scores.item={item}" for item in items]
    return [f"{variable.table}.{box}" for box in asked.boxes] if variable.kind == BOXES else [variable.name]


def listing(release: Release, rows: pd.DataFrame, **words: str) -> Draft:
    """A table of comparability: what did not change is left blank."""
    same = rows["libelle_avant"] == rows["libelle"]
    ready = rows.assign(
        rapproche=rows["jointure"].map({True: "oui", False: "non"}),
        libelle_avant=rows["libelle_avant"].mask(same | (rows["libelle_avant"] == "")),
        note=rows["note"].mask(rows["note"] == ""),
    )
    because = "Dictionnaires des variables : aucune personne"
    return statements.statements(release, ready, because, _HEADED, who="variables", **words)


# --- the territories that are compared, and the others ---


def both_waves(asked: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both waves, filtered."""
    return asked.rows(wave=asked.former), asked.rows()


def split(
    asked: Selection,
    table: pd.DataFrame,
    what: str,
    known: str,
    *,
    by: Sequence[str] = (),
    parts: Sequence[str] = tuple(change.SENS),
    values: Sequence[str] = change.MEDIANS[1:],
    printed: Mapping[str, str] | None = None,
) -> Released:
    """Territories compared, by what became of them, beside those that each wave knows.

    ``table`` has the columns of `atc.indicators.measures.partage`, of ``parts`` (what those that are compared
    split into) and of ``values`` (medians over them). ``what`` the counts are, ``known`` and ``printed``: see
    `Release.splits`; columns ``by`` tell the rows apart.
    """
    return asked.release.splits(
        table.assign(sites=asked.sites),
        what,
        by=by,
        total="compares",
        parts=parts,
        wholes={
            "connus_avant": f"{asked.former.id}/{known}",
            "connus_apres": f"{asked.wave.id}/{known}",
        },
        among="sites",
        values=values,
        known=printed,
    )


def base_of(counts: Released, who: str) -> Base:
    """Those that are compared may have to be kept back; those that the wave knows are not."""
    return Base(largest(counts, "connus_apres"), f"territoires au plus, {who}")


def nobody(asked: Selection, fact: str, instead: str) -> NoAnswer:
    """No territory can be compared: why, and what to choose instead."""
    advice = f"{fact} dans cette sélection{asked.filters_aloud()}. Retirez le filtre, ou {instead}."
    return NoAnswer(asked.variable.label, advice, "aucune comparaison possible", f"{fact}.")


def unanswered(asked: Selection) -> NoAnswer:
    """No territory answered twice."""
    fact = f"Aucun territoire n’a répondu à « {asked.variable.label} » aux deux vagues"
    return nobody(asked, fact, "choisissez une autre variable")


def out_of(total: Count | None) -> str:
    """« sur 12 », where readers may know it."""
    return "" if total is None or total.is_masked else f" sur {total}"


# --- how changes and gaps are said, whatever is equal, none, all or withheld ---

#: More of them than this are counted, not named.
MOST_NAMED = 3


def ways(row: Any) -> dict[str, Count]:
    """« En hausse », « Stable » and « En baisse », with how many territories."""
    return {label: getattr(row, sens) for sens, label in change.SENS.items()}


def by_direction(counts: Mapping[str, Count]) -> str:
    """« en hausse sur 7 territoires et stable sur 4 ; aucun territoire en baisse », as far as it may be told.

    One way alone would be taken for the whole story: where a count is withheld, only ways that nobody went
    are told.
    """
    some = [(lower_first(way), count) for way, count in counts.items() if count.high]
    empty = [lower_first(way) for way, count in counts.items() if not count.high]
    told = [f"{way} sur {count if i else count.of('territoire')}" for i, (way, count) in enumerate(some)]
    parts = [] if any(count.is_withheld for _, count in some) else [enumeration(told)]
    return " ; ".join(filter(None, [*parts, f"aucun territoire {' ni '.join(empty)}" if empty else ""]))


def by_way(
    rows: Iterable[Any], step: Callable[[Any], float | None], down: str, up: str, same: str
) -> dict[str, list[Any]]:
    """The rows that go each way, by its name; one that is withheld goes none."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        if (value := step(row)) is not None:
            found.setdefault(down if value < 0 else up if value else same, []).append(row)
    return found


def named(rows: Sequence[Any], name: Callable[[Any], str], several: str = "phrases") -> str:
    """« a » et « b », or how many they are where a sentence holds no more."""
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} {several} à égalité"
    return enumeration([name(row) for row in rows])


def difference(then: Measure, now: Measure) -> float | None:
    """How far a median is from another, as tables print them; nothing when one of the two is not known."""
    first, second = printed(then), printed(now)
    return None if first is None or second is None else half_up(second - first, 1)


@dataclass(frozen=True)
class Largest:
    """What is largest among medians, or among what parts them."""

    rows: tuple[Any, ...]  # where it is; several when equal, none when nothing is known
    size: float  # 0 also when nothing is known
    among: str  # what a sentence adds where some are withheld, for those are compared with nothing

    @classmethod
    def of(cls, rows: Iterable[Any], size: Callable[[Any], float | None]) -> Largest:
        """The rows with the largest size, whatever its sign."""
        sizes = [(None if (found := size(row)) is None else abs(found), row) for row in rows]
        hidden = any(found is None for found, _ in sizes)
        most = max((found for found, _ in sizes if found is not None), default=0.0)
        return cls(farthest(sizes), most, " parmi les médianes communiquées" if hidden else "")

    def said(self, nothing: str, level: str, told: str) -> str:
        """One of three sentences."""
        if not self.rows:
            return nothing
        return told if self.size else level
