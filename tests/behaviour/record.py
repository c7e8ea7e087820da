"""What users see, written as JSON, so that a change of the code is read as a change of what they see.

``python -m behaviour.record`` writes all of it under tests/behaviour/ (`make freeze`); with ``exhibits``,
``fiches`` or ``views`` after it, that part only. `test_behaviour` compares.
"""

from __future__ import annotations

import ast
import csv
import difflib
import itertools
import json
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import lxml.html
import nbformat
from views import REPOSITORY, answered, opened

import atc
from atc.desk.view import View
from atc.errors import AtcError

HERE = Path(__file__).resolve().parent
REPORT = tomllib.loads((REPOSITORY / "report.toml").read_text(encoding="utf-8"))
WAVES = tuple(REPORT["vagues"])
TIERS = tuple(name for name in REPORT["diffusions"] if name != "defaut")
#: One entry: a field that somebody reads -> its text, or its lines.
Entry: TypeAlias = dict[str, Any]
Entries: TypeAlias = dict[str, Entry]

# --- what is shown, as fields ---

#: Elements that stand within a line; all others begin a new one.
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "tspan"}
UNSEEN = {"script", "style", "head"}


def texts(html: str) -> list[str]:
    """``element: its text``, for each element that has some, in the order of the page."""
    lines: list[str] = []

    def walk(element: Any, block: str, line: list[str]) -> None:
        spoken = {name: element.get(name) for name in ("alt", "aria-label")}
        lines.extend(f"{element.tag} {name}: {words}" for name, words in spoken.items() if words)
        line.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and child.tag not in UNSEEN:
                if child.tag in INLINE:
                    walk(child, block, line)
                else:
                    end(block, line)
                    own: list[str] = []
                    walk(child, child.tag, own)
                    end(child.tag, own)
            line.append(child.tail or "")

    def end(block: str, line: list[str]) -> None:
        # Spaces of the source only: no-break ones are seen.
        told = " ".join("".join(line).replace("\n", " ").split(" "))
        told = " ".join(word for word in told.split(" ") if word)
        lines.extend([f"{block}: {told}"] if told else [])
        line.clear()

    page = lxml.html.fromstring(html)
    whole: list[str] = []
    walk(page, page.tag, whole)
    end(page.tag, whole)
    return lines


def shown(made: Any) -> Entry:
    """An exhibit field by field, its chart not drawn; of computed prose, its text."""
    if not isinstance(made, atc.Exhibit):
        return {"text": texts(made._repr_html_())}
    fields = (
        "id", "title", "subtitle", "reading", "alt", "note", "source", "questions", "status", "status_note",
        "masking_note",
    )  # fmt: skip
    return {name: getattr(made, name) for name in fields} | {
        "base": str(made.base),
        "headings": " | ".join(column.label for column in made.table.columns),
        "rows": [" | ".join(row) for row in made.table.rows],
        "csv": made.table.csv().splitlines(),
    }


def told(make: Callable[[], Any]) -> Entry:
    """What a call shows, or the sentence that refuses it."""
    try:
        return shown(make())
    except AtcError as refusal:
        return {"exit_code": refusal.exit_code, "refusal": str(refusal)}


# --- exhibits: every call of every notebook, as the notebook makes it ---


def cells(slug: str, **parameters: str) -> Entries:
    """``carnet cellule`` -> what each code cell of a notebook shows."""
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{slug}.ipynb", as_version=nbformat.NO_CONVERT)
    names: dict[str, Any] = {}
    found: Entries = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", ()):
            names |= parameters
        elif cell.cell_type == "code":
            *before, last = ast.parse(cell.source).body
            exec(ast.unparse(before), names)
            found[f"{slug} {cell.id}"] = told(partial(eval, ast.unparse(last), names))
    return found


def exhibits(wave: str, tier: str) -> Entries:
    """All chapters of a wave, as the readers of a tier see them."""
    slugs = list(REPORT["rapport"]["chapitres"])
    slugs += REPORT["rapport"]["chapitres_evolution"] if "precedente" in REPORT["vagues"][wave] else []
    return {key: entry for slug in slugs for key, entry in cells(slug, vague=wave, diffusion=tier).items()}


def fiches(wave: str) -> Entries:
    """The sheet of each territory, for the evaluation team."""
    with (REPOSITORY / f"data/raw/{wave}/territoires.csv").open(encoding="utf-8") as rows:
        sites = [row["territoire"] for row in csv.DictReader(rows)]
    return {
        f"{site} {key.partition(' ')[2]}": entry
        for site in sites
        for key, entry in cells("fiche_territoire", vague=wave, diffusion="interne", territoire=site).items()
    }


# --- views of the desk ---

#: Tried at each tier; of those, how many are kept of each analysis, and of each reason to refuse.
TRIED, ANSWERED, REFUSED = 12_000, 19, 2
#: What may be typed; in each list, a word that does not exist.
ANALYSES = ("tri à plat", "tri croisé", "comparaison de vagues", "regards croisés", "fiche", "tri magique")
ASKED = ((WAVES[0],), (WAVES[1],), WAVES, WAVES[::-1])
FILTERS = {
    "reseau": "territoires.reseau",
    "role": "questionnaire_flash.role",
    "modele": "positionnements.modele_principal",
    "territoire": "territoires.territoire",
    "periode": "scores.periode",
    "couleur": "scores.periode",
}


def values(column: str) -> list[str]:
    """What the rows of the last wave hold, and a value that they don't."""
    table, _, name = column.partition(".")
    with (REPOSITORY / f"data/raw/{WAVES[-1]}/{table}.csv").open(encoding="utf-8", newline="") as rows:
        return [*sorted({row[name] for row in csv.DictReader(rows)} - {""}), "atlantide"]


def tried(tier: str) -> Iterator[View]:
    """Any analysis of any variable, half of them cut by something, and half filtered."""
    dice = random.Random(f"2021 {tier}")
    listing = atc.tables(opened(WAVES[-1], "interne")).frame
    variables = [*listing["Variable"], "", "carnet_de_bord.configuratoin"]
    groups = [*listing.loc[listing["Type"] == "modalités", "Variable"], "scores.groupe", "scores.score"]
    codes = {name: values(column) for name, column in FILTERS.items()}
    for _ in range(TRIED):
        names = sorted(dice.sample(list(codes), dice.choice((0, 0, 0, 1, 1, 2))))
        filters = {name: dice.choice(codes[name]) for name in names}
        group = dice.choice(("", dice.choice(groups)))
        yield View(dice.choice(ASKED), tier, dice.choice(ANALYSES), dice.choice(variables), group, filters)


def draw(tier: str) -> Entries:
    """The first views of each analysis, and the first refusals of each kind; seeded."""
    kinds: Counter[str] = Counter()
    kept: Entries = {}
    for view in tried(tier):
        entry = viewed(view)
        # What is quoted or listed is not the reason.
        kind = re.sub(r"«[^»]*»|:.*", "", entry["refusal"]) if "refusal" in entry else view.analyse
        if kinds[kind] < (REFUSED if "refusal" in entry else ANSWERED) and view.id not in kept:
            kinds[kind] += 1
            kept[view.id] = entry
    return kept


def viewed(view: View) -> Entry:
    """A view, and what the desk answers."""
    asked = {name: getattr(view, name) for name in ("vagues", "diffusion", "analyse", "variable", "groupe")}
    return {"asked": asked | {"filtres": dict(view.filtres)}} | told(partial(answered, view))


def views(tier: str) -> Entries:
    """The views that the file holds, asked again: drawn once, they stay when the desk offers more."""
    kept = {key: entry["asked"] for key, entry in frozen(f"views/{tier}.json").items()}
    again = {key: viewed(View(**asked | {"vagues": tuple(asked["vagues"])})) for key, asked in kept.items()}
    return again or draw(tier)


# --- files ---


#: File under tests/behaviour/ -> what makes it.
PARTS: dict[str, Callable[[], Entries]] = {
    **{f"exhibits/{w}.{t}.json": partial(exhibits, w, t) for w, t in itertools.product(WAVES, TIERS)},
    **{f"fiches/{wave}.json": partial(fiches, wave) for wave in WAVES},
    **{f"views/{tier}.json": partial(views, tier) for tier in TIERS},
}


def frozen(name: str) -> Entries:
    """What a file holds; nothing where there is none."""
    path = HERE / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def text(entries: Entries) -> str:
    """Sorted and indented: a change is a few lines of a diff."""
    return json.dumps(entries, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def differences(before: Entries, after: Entries) -> Iterator[str]:
    """Each field that differs, with its lines before and after."""
    for key in sorted({*before, *after}):
        if key not in after:
            yield f"{key}: no longer there"
        elif key not in before:
            yield f"{key}: new"
        else:
            for field in sorted({*before[key], *after[key]}):
                old, new = (
                    json.dumps(side[key].get(field), ensure_ascii=False, indent=0) for side in (before, after)
                )
                changed = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
                lines = [line for line in changed if not line.startswith(("---", "+++", "@@"))]
                if lines:
                    yield "\n".join([f"{key}, {field}:", *lines])


def main(asked: list[str]) -> None:
    """Write the parts that are asked for, or all."""
    for name, make in PARTS.items():
        if not asked or name.split("/")[0] in asked:
            path = HERE / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(make()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
