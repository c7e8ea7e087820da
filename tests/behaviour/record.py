"""What users see, written as JSON, so that a change of the code is read as a change of what they see.

``python -m behaviour.record`` writes all of it under tests/behaviour/ (`make freeze`); with the beginning of
some names after it, such as ``exhibits views/public``, those files only. `test_behaviour` compares.
"""

import csv
import difflib
import itertools
import json
import re
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import lxml.html
from behaviour import commands
from handed import CALLS, hand_over
from notebook_craft import calls, code_cells, read
from views import REPOSITORY, answered

import atc
from atc.desk.view import View
from atc.survey.errors import AtcError

HERE = Path(__file__).resolve().parent
REPORT = tomllib.loads((REPOSITORY / "report.toml").read_text(encoding="utf-8"))
WAVES = tuple(REPORT["vagues"])
TIERS = tuple(name for name in REPORT["diffusions"] if name != "defaut")
#: One entry: a field that somebody reads -> its text, or its lines.
Entry: TypeAlias = dict[str, Any]
Entries: TypeAlias = dict[str, Entry]


#: Elements that stand within a line; all others begin a new one.
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "tspan"}
SPOKEN = ("alt", "aria-label")
#: In no text.
BREAK = "\ue000"
#: A chart places its texts where it wants: see `charts`.
UNSEEN = {"script", "style", "text"}


def texts(html: str) -> list[str]:
    """``element: its text``, for each element that has some, in the order of the page; charts left out."""
    page = lxml.html.fromstring(html)
    for element in list(page.iter()):
        if element.tag in UNSEEN or not isinstance(element.tag, str):
            element.drop_tree()
    for element in page.iter():
        spoken = [f"{BREAK}{element.tag} {name}: {element.get(name)}" for name in SPOKEN if element.get(name)]
        block = "" if element.tag in INLINE else f"{BREAK}{element.tag}: "
        element.text = f"{''.join(spoken)}{block}{element.text or ''}"
        if block and element is not page:
            element.tail = f"{BREAK}{element.getparent().tag}: {element.tail or ''}"
    # Spaces of the source; no-break ones are seen.
    lines = (re.sub(r"[ \n\t]+", " ", line).strip(" ") for line in page.text_content().split(BREAK))
    return [line for line in lines if not re.fullmatch(r"(\w+:)?", line)]


def shown(made: Any) -> Entry:
    """An exhibit field by field, its chart not drawn; of computed prose, its text."""
    if made is None:  # the report of another wave says it
        return {"text": []}
    if not isinstance(made, atc.Exhibit):
        return {"text": texts(made._repr_html_())}
    fields = (
        "id", "title", "subtitle", "reading", "alt", "note", "source", "questions", "status", "mention",
        "message", "masking_note",
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


def cells(slug: str, **parameters: str) -> Entries:
    """``carnet cellule`` -> what each code cell of a notebook shows."""
    code = code_cells(read(slug))
    made = calls((cell.source for cell in code), **parameters)
    return {f"{slug} {code[rank].id}": told(make) for rank, make in made}


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


def viewed(view: View) -> Entry:
    """A view, and what the desk answers."""
    asked = {name: getattr(view, name) for name in ("vagues", "diffusion", "analyse", "variable", "groupe")}
    return {"asked": asked | {"filtres": dict(view.filtres)}} | told(partial(answered, view))


def views(tier: str) -> Entries:
    """The views that the file holds, asked again: drawn once at random, some of each analysis and refusal."""
    kept = {key: entry["asked"] for key, entry in frozen(f"views/{tier}.json").items()}
    return {key: viewed(View(**asked | {"vagues": tuple(asked["vagues"])})) for key, asked in kept.items()}


def pages(bundle: Path, outputs: Path) -> Entries:
    """The text of each page that is handed over, of its charts apart, and the list of files."""
    found: Entries = {
        name: {"files": names(folder)} for name, folder in (("bundle", bundle), ("outputs", outputs))
    }
    for name in found["bundle"]["files"]:
        if name.endswith(".txt"):
            found[name] = {"text": (bundle / name).read_text(encoding="utf-8").splitlines()}
        elif name.endswith(".html"):
            html = (bundle / name).read_text(encoding="utf-8")
            found[name] = {"text": texts(html)} | charts(html)
    return found


def names(folder: Path) -> list[str]:
    """Every file of a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def charts(html: str) -> Entry:
    """``chart id`` -> the texts of each chart of a page, in no order."""
    drawn = {
        svg.get("aria-labelledby", "").partition("-title")[0]: svg.iter("text")
        for svg in lxml.html.fromstring(html).iter("svg")
    }
    return {f"chart {id_}": sorted(text.text_content() for text in found) for id_, found in drawn.items()}


def said(scene: Callable[[Path], commands.Scene], *, ordered: bool = True) -> Entries:
    """What the calls of a scene say."""
    with tempfile.TemporaryDirectory() as folder:
        return commands.played(scene, Path(folder).resolve(), ordered=ordered)


@cache
def built(base: Path) -> dict[str, Entries]:
    """File under tests/behaviour/ -> what a build of both waves left in a folder (`handed`) and said."""
    found = {"commands/published.json": json.loads((base / CALLS).read_text(encoding="utf-8"))}
    for wave in WAVES:
        found[f"pages/{wave}.json"] = pages(base / wave, base / "projet" / "outputs" / wave / "financeurs")
    return found


@cache
def rebuilt() -> dict[str, Entries]:
    """The same, of a build of one's own."""
    with tempfile.TemporaryDirectory() as folder:
        hand_over(Path(folder).resolve())
        return built(Path(folder).resolve())


#: File under tests/behaviour/ -> what makes it, in a few seconds; the slow ones in minutes.
QUICK: dict[str, Callable[[], Entries]] = {
    **{f"exhibits/{w}.{t}.json": partial(exhibits, w, t) for w, t in itertools.product(WAVES, TIERS)},
    **{f"fiches/{wave}.json": partial(fiches, wave) for wave in WAVES},
    **{f"views/{tier}.json": partial(views, tier) for tier in TIERS},
    "commands/typed.json": partial(said, commands.typed),
}
SLOW: dict[str, Callable[[], Entries]] = {
    "commands/spoilt.json": partial(said, commands.spoilt),
    "commands/checked.json": partial(said, commands.checked),
    "commands/imported.json": partial(said, commands.imported),
    "commands/ran.json": partial(said, commands.ran, ordered=False),
}
BUILT = ("commands/published.json", *(f"pages/{wave}.json" for wave in WAVES))


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
    for name, make in (QUICK | SLOW | {name: lambda name=name: rebuilt()[name] for name in BUILT}).items():
        if name.startswith(tuple(asked) or ""):
            path = HERE / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(make()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
