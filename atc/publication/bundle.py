"""The files of a publication: what the run made and what goes with it, made-up rows included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Template

from atc.intake.simulate import Plan, simulate
from atc.publication.finished import Finished
from atc.rendering.html import dictionary_page, with_downloads
from atc.run.manifest import content_hash
from atc.run.plan import cover as cover_of
from atc.survey.dictionary import Table
from atc.survey.typography import day, french, lower_first
from atc.survey.waves import Wave

PUBLIC = "public"
#: What tells a publication from any other folder or archive.
MANIFEST = "manifest.json"


def compose(finished: Finished, wave: Wave, crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Path -> bytes of what would leave; rows, by table of ``crowds``, only go to everybody."""
    run = finished.manifest
    cover = cover_of(wave.report, run.vague, run.diffusion)
    everybody = run.diffusion == PUBLIC
    made_up = synthetic_files(wave) if everybody else {}
    said = {"cover": cover, "synthetic": made_up, "data": wave.package.licence}
    papers = {name: _paper(name, said) for name in ("LISEZMOI.txt", "LICENCE.txt")}
    papers["dictionnaire.html"] = dictionary_page(wave.dictionary, wave.package, cover)
    downloads = (
        ("dictionnaire.html", "Dictionnaire des données"),
        *((path, f"Lignes inventées, {path.rpartition('/')[2]}") for path in sorted(made_up)),
        ("LISEZMOI.txt", "Comment lire, citer et réutiliser"),
        ("LICENCE.txt", "Licences"),
    )
    papers["index.html"] = with_downloads(finished.files["index.html"].decode(), downloads)
    rows = real_files({name: wave.table(name) for name in crowds}, crowds) if everybody else {}
    files = {**finished.files, **made_up, **rows, **{name: text.encode() for name, text in papers.items()}}
    files[MANIFEST] = _manifest(finished, files, wave).encode()
    return files


def _paper(name: str, said: Mapping[str, Any]) -> str:
    source = Path(__file__).with_name(f"{name}.j2").read_text(encoding="utf-8")
    template = Template(source, trim_blocks=True, keep_trailing_newline=True)
    return french(template.render(said, lower_first=lower_first, day=day))


def _manifest(finished: Finished, files: Mapping[str, bytes], wave: Wave) -> str:
    """What was published, from which code, questions and data, as JSON.

    It bears no hash of a single data file: a reader could test guesses about one row against it.
    """
    run = finished.manifest
    content: dict[str, Any] = {
        "vague": run.vague,
        "diffusion": run.diffusion,
        "date": run.date,
        "rapport": wave.settings.report,
        "versions": dict(run.versions),
        "code": run.code,
        "donnees": content_hash(dict(run.data)),
        "figures": {
            exhibit.id: {
                "titre": exhibit.told["title"],
                "carnet": f"notebooks/{exhibit.chapter}.ipynb",
                "cellule": exhibit.cell,
                "appel": exhibit.call,
                "colonnes": exhibit.told["uses"],
                "statut": exhibit.told["status"],
            }
            for exhibit in finished.exhibits
        },
        "fichiers": {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# --- rows: synthetic ones with the same schema, and real ones only if nobody stands out ---------------------
# k and l are those of the field: k-anonymity (Sweeney, 2002) over every quasi-identifier of the dictionary,
# and distinct l-diversity (Machanavajjhala et al., 2007) of every sensitive item.

K_MINIMUM, L_MINIMUM = 5, 2
FOLDER = "donnees-synthetiques"
#: Of every draw: it says nothing of the data, which it never sees.
_SEED, _SITES = 20211231, 15


@dataclass(frozen=True)
class Crowd:
    """How far the rows of one table hide each other."""

    k: int  # rows of the smallest group alike in all quasi-identifiers together
    # Fewest distinct values of a sensitive item in such a group; None without one.
    l: int | None  # noqa: E741 -- the field's own name
    has_identifier: bool  # rows bear pseudonyms, which never leave

    @property
    def may_leave(self) -> bool:
        """Whether the rows may be published."""
        return self.k >= K_MINIMUM and (self.l is None or self.l >= L_MINIMUM) and not self.has_identifier


def crowd(table: Table, frame: pd.DataFrame) -> Crowd:
    """Measure k and l of a table; not to have answered tells rows apart too."""
    kinds = {name: field.kind for name, field in table.fields.items()}
    quasi = [name for name, kind in kinds.items() if kind == "quasi-identifier"]
    identified = "identifier" in kinds.values()
    if frame.empty:
        return Crowd(0, None, identified)
    texts = frame.astype("str").fillna("")
    groups = texts.groupby(quasi, sort=False) if quasi else texts.groupby(lambda _: 0)
    sensitive = (name for name, kind in kinds.items() if kind == "sensitive")
    diversity = min((int(groups[name].nunique().min()) for name in sensitive), default=None)
    return Crowd(int(groups.size().min()), diversity, identified)


def synthetic_files(wave: Wave) -> dict[str, bytes]:
    """One CSV per table of rows that nobody gave, drawn from the dictionary: no real row is read."""
    plan = Plan(wave.id, wave.settings.date, _SITES, _SEED, wave.dictionary)
    return {
        f"{FOLDER}/{name}.csv": _csv(pd.DataFrame(rows, columns=list(wave.dictionary.table(name).fields)))
        for name, rows in simulate(plan).items()
    }


def real_files(tables: Mapping[str, pd.DataFrame], crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Real rows of the tables whose k and l allow it; in this survey, in general none."""
    return {f"donnees/{name}.csv": _csv(tables[name]) for name, found in crowds.items() if found.may_leave}


def _csv(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()
