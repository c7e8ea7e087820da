"""Draw wave 2020-automne again: rows that give each figure that the report printed.

No row of the evaluation was ever published, only aggregates. One module a table proposes rows, so built that
counts hold as they stand; what is left (a mean, an order) is had by starting again until it holds. Every draw
comes from one seed, so that the same files are written on any machine::

    python data/reconstitution/redraw.py                 rewrites data/raw/2020-automne
    python data/reconstitution/redraw.py --to FOLDER     writes elsewhere, to compare

README.md, beside, says which tables are drawn and which are files.
"""

import argparse
import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import carnet_de_bord
import questionnaire_flash
import scores
from targets import SEED, WAVE, Printed, read_printed

from atc.intake.simulate import Draws, NothingToDrawError
from atc.intake.wavefiles import csv_bytes
from atc.survey import codebook, datapackage
from atc.survey.codebook import codebook_bytes, variables
from atc.survey.dictionary import Dictionary, Rows, Tables, load_dictionary
from atc.survey.paths import Project, find_project

Propose = Callable[[Draws, Printed, Tables], Rows]
Holds = Callable[[Rows, Printed], bool]
#: What the form of 2020 offered, where the dictionary has changed since: a contract may begin later.
OFFERED = {"carnet_de_bord.debut_contrat": "date, du 2019-09-01 au 2021-12-31"}
#: In this order: those who answered are those who score.
DRAWN: dict[str, tuple[Propose, Holds]] = {
    "carnet_de_bord": (carnet_de_bord.propose, carnet_de_bord.holds),
    "questionnaire_flash": (questionnaire_flash.propose, questionnaire_flash.holds),
    "scores": (scores.propose, scores.holds),
}
#: What the draws rest on, and never change.
READ = ("territoires", "positionnements")
# The hardest table keeps about one proposal in ten; beyond this many, the targets contradict each other.
ATTEMPTS = 1_000


def draw(name: str, printed: Printed, tables: Tables) -> Rows:
    """Rows of one table, such that all that was printed of it holds.

    Raises:
        SystemExit: No proposal does.
    """
    draws, (propose, holds) = Draws(SEED, name), DRAWN[name]
    for _ in range(ATTEMPTS):
        try:
            rows = propose(draws, printed, tables)
        except NothingToDrawError:  # too few candidates left: this proposal led nowhere
            continue
        if holds(rows, printed):
            return rows
    raise SystemExit(
        f"{name}: no rows found. Do the figures of data/reference/publie.csv contradict each other?"
    )


def codebook_of(dictionary: Dictionary, rows: Rows) -> bytes:
    """Every variable of a first wave is new; an item that nobody scored was not asked."""
    scored = {f"scores.item={row['item']}" for row in rows}
    asked = (
        replace(entry, options=OFFERED.get(entry.variable, entry.options))
        for entry in variables(dictionary)
        if entry.variable in scored or not entry.variable.startswith("scores.item=")
    )
    return codebook_bytes(WAVE, asked)


def files(project: Project) -> dict[str, bytes]:
    """What is made here: drawn tables, codebook, and the description with the hash of every table."""
    folder, dictionary = project.raw(WAVE), load_dictionary(project)
    printed = read_printed(project.reference / "publie.csv")
    tables: dict[str, Rows] = {}
    for name in READ:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    for name in DRAWN:
        tables[name] = draw(name, printed, tables)
    made = {f"{name}.csv": csv_bytes(dictionary.table(name), tables[name]) for name in DRAWN}
    made[codebook.FILE] = codebook_of(dictionary, tables["scores"])
    described = json.loads((folder / datapackage.FILE).read_bytes())
    for resource in described["resources"]:
        path = resource["path"]
        content = made[path] if path in made else (folder / path).read_bytes()
        resource["bytes"], resource["hash"] = len(content), f"sha256:{hashlib.sha256(content).hexdigest()}"
    made[datapackage.FILE] = f"{json.dumps(described, ensure_ascii=False, indent=2)}\n".encode()
    return made


def main() -> None:
    """Write the files, once all of them are made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path, help=f"where to write; data/raw/{WAVE} by default"
    )
    project = find_project()
    folder: Path = parser.parse_args().to or project.raw(WAVE)
    made = files(project)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (folder / name).write_bytes(content)
    print(f"{len(made)} files written: {', '.join(made)}")


if __name__ == "__main__":
    main()
