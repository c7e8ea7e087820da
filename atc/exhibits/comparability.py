"""What two waves may be compared in, as their codebooks allow, and the territories that both know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from atc.disclosure import Release, Released
from atc.exhibits import statements
from atc.exhibits.model import Base, Draft
from atc.exhibits.selection import NoAnswer, Selection
from atc.exhibits.sentences import largest
from atc.exhibits.variables import ALL_ITEMS, BOXES, SCORE
from atc.indicators import territories
from atc.survey import codebook
from atc.survey.typography import enumeration, lower_first
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
        """What is not compared (and ``why``), then what is although it was changed."""
        apart, changed = list[str](), list[str]()
        for row in self.rows.to_dict("records"):
            reason = [lower_first(row["note"]).rstrip(".")] if why and row["note"] else []
            if not row["jointure"]:
                apart.append(f"« {row['libelle']} » ({' : '.join([row['verdict'], *reason])})")
            elif row["comparabilite"] != "identique":
                beside = f" ({reason[0]})" if reason else ""
                changed.append(f"Rapproché quoique {row['verdict']} : « {row['libelle']} »{beside}.")
        apart += [f"« {name} » (absent du dictionnaire des variables)" for name in self.unknown]
        return " ".join([f"Non rapproché : {enumeration(apart)}.", *changed] if apart else changed)


def every_variable(*waves: Wave) -> pd.DataFrame:
    """Variable by variable, what the codebooks allow (see `atc.survey.codebook.comparability`)."""
    return codebook.comparability(*(wave.codebook() for wave in waves))


def in_all(waves: Sequence[Wave], *asked: Selection) -> Comparable:
    """What may be compared of these selections from the first to the last of successive waves."""
    names, allowed = list[str](), list[str]()
    compared = every_variable(*waves)
    for one in asked:
        names += (own := _names_of(one))
        # Nothing is compared on a scale that changed.
        if one.variable.kind != SCORE or codebook.joined(compared, [ALL_ITEMS]):
            allowed += codebook.joined(compared, own)
    rows = compared[compared["variable"].isin(names)]
    labels = waves[-1].dictionary.variables
    unknown = [labels[name] for name in names if name not in set(rows["variable"])]
    return Comparable(rows, tuple(allowed), tuple(unknown))


def comparable(*asked: Selection) -> Comparable:
    """What may be compared of selections of the same two waves; `NoAnswer`, which says why, if nothing."""
    first = asked[0]
    found = in_all((first.former, first.wave), *asked)
    if found.joined:
        return found
    label = enumeration([one.variable.label for one in asked])
    listed = partial(
        listing,
        rows=found.rows,
        title=f"{label} : aucun rapprochement possible entre les deux vagues",
        subtitle="Variables concernées, et ce qui a changé",
        reading="Le dictionnaire des variables n’autorise aucune comparaison sur ce sujet.",
    )
    advice = (
        f"Le codebook n’autorise pas à rapprocher « {label} » entre {first.when[0]} et {first.when[1]}. "
        f"{found.left_out(why=True)} Faites un « tri à plat » sur chaque vague, et lisez les deux "
        "réponses séparément."
    )
    raise NoAnswer(label, advice, instead=listed)


def _names_of(asked: Selection) -> list[str]:
    """The variable as the codebooks name it: its boxes, its items, or itself."""
    variable = asked.variable
    if variable.kind == BOXES:
        return [f"{variable.table}.{box}" for box in asked.boxes]
    if variable.kind != SCORE or variable.item:
        return [variable.name]
    # One that neither wave asked is of another wave.
    scored = {str(i) for w in (asked.former, asked.wave) for i in w.table("scores")["item"].dropna()}
    items = asked.wave.field("scores.item").labels
    return [f"scores.item={item}" for item in items if item in scored or not scored]


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


def split(
    asked: Selection,
    table: pd.DataFrame,
    what: str,
    known: str,
    *,
    by: Sequence[str] = (),
    parts: Sequence[str] = tuple(territories.SENS),
    values: Sequence[str] = territories.MEDIANS[1:],
    printed: Mapping[str, str] | None = None,
) -> Released:
    """Territories compared, by what became of them (``parts``), beside those that each wave knows.

    ``table`` has the columns of `measures.partage`, of ``parts`` and of ``values`` (medians over those that
    are compared). The other names: see `Release.splits`.
    """
    return asked.release.splits(
        table.assign(sites=asked.sites),
        what,
        by=by,
        total="compares",
        parts=parts,
        wholes={"connus_avant": f"{asked.former.id}/{known}", "connus_apres": f"{asked.wave.id}/{known}"},
        among="sites",
        values=values,
        known=printed,
    )


def base_of(counts: Released, who: str) -> Base:
    """Those that are compared may have to be kept back; those that the wave knows are not."""
    return Base(largest(counts, "connus_apres"), f"territoires au plus, {who}")


def nobody(asked: Selection, fact: str = "", instead: str = "choisissez une autre variable") -> NoAnswer:
    """No territory can be compared: why (none answered twice), and what to choose instead."""
    fact = fact or f"Aucun territoire n’a répondu à « {asked.variable.label} » aux deux vagues"
    advice = f"{fact} dans cette sélection{asked.filters_aloud()}. Retirez le filtre, ou {instead}."
    return NoAnswer(asked.variable.label, advice, "aucune comparaison possible", f"{fact}.")
