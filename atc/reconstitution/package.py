"""Write the wave: one CSV a table, and the ``datapackage.json`` that says what they are.

UTF-8 without byte order mark, commas, line feeds on every system: the files are compared byte for
byte and by SHA-256.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from atc.datapackage import FILE
from atc.dictionary import Dictionary, Table, load_dictionary
from atc.paths import Project
from atc.reconstitution.provenance import EXPLAINED, ORIGINS
from atc.reconstitution.solving import Rows
from atc.reconstitution.wave import SEED, WAVE, reconstitute
from atc.settings import load_settings

_SOURCES = (
    {
        "title": (
            "Animation territoriale citoyenne : les premiers enseignements de l’évaluation "
            "d’impact participative de l’expérimentation. Résultats intermédiaires, Asdo études, "
            "décembre 2020"
        ),
        "description": (
            "Résultats publiés que les lignes reproduisent ; aucune de ses phrases n’est reprise."
        ),
    },
    {
        "title": "Site du centre socioculturel La Croisée",
        "path": "https://csc-lacroisee.org",
        "description": "Liste des quinze sites.",
    },
    {
        "title": "Site de Bleu Blanc Zèbre",
        "path": "https://bleublanczebre.fr",
        "description": "Calendrier de l’expérimentation et réseaux qui la portent.",
    },
    {
        "title": "Site de la Fonda",
        "path": "https://fonda.asso.fr",
        "description": "Calendrier de l’expérimentation et réseaux qui la portent.",
    },
    {
        "title": "Code officiel géographique, INSEE",
        "path": "https://www.insee.fr",
        "description": "Noms et codes des communes.",
    },
)
_LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _resource(table: Table, content: bytes) -> dict[str, Any]:
    origin = ORIGINS[table.name]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.label,
        "description": table.description,
        # Version 2 of the standard replaces the profile tabular-data-resource by this type.
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dictionnaire": f"data/dictionary/{table.name}.json",
        "collecte": asdict(origin.collecte),
        "statuts": {column: origin.statuts[column] for column in table.fields},
        "reserves": [asdict(caution) for caution in origin.reserves],
        "lecture": origin.lecture,
    }


def _descriptor(project: Project, dictionary: Dictionary, contents: Mapping[str, bytes]) -> dict[str, Any]:
    wave = load_settings(project).wave(WAVE)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "atc-2020-automne",
        "title": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "description": "Lignes pseudonymisées qui reproduisent les résultats publiés du rapport "
        "intermédiaire. Les personnes n’existent pas : aucune réponse réelle n’a été publiée.",
        "version": "1.0.0",
        # From the wave and not the clock: two runs must give the same bytes.
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": WAVE,
        "graine": SEED,
        "champ_collecte": {
            "debut": "2020-07",
            "fin": "2020-11",
            "libelle": "de l’été à l’automne 2020",
        },
        "statut": dict(EXPLAINED),
        "licenses": [_LICENCE],
        "sources": list(_SOURCES),
        "contributors": [{"title": "Les auteurs des cahiers ATC", "roles": ["creator"]}],
        "resources": [_resource(dictionary.table(name), contents[name]) for name in contents],
    }


def build(project: Project) -> dict[str, bytes]:
    """Every file of the wave: name -> content.

    Args:
        project: Its dictionary orders the columns, its settings date the wave.

    Raises:
        FigureNotReproduced: The published figures cannot be reproduced.
    """
    dictionary = load_dictionary(project)
    tables = reconstitute()
    contents = {name: csv_bytes(dictionary.table(name), rows) for name, rows in sorted(tables.items())}
    descriptor = _descriptor(project, dictionary, contents)
    files = {f"{name}.csv": content for name, content in contents.items()}
    text = json.dumps(descriptor, ensure_ascii=False, indent=2)
    return files | {FILE: f"{text}\n".encode()}


def write_wave(project: Project, folder: Path) -> list[Path]:
    """Write the wave into ``folder``, created if need be; other files there are left alone.

    Nothing is written unless everything was solved.
    """
    files = build(project)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / name for name in files]
    for path, content in zip(written, files.values(), strict=True):
        path.write_bytes(content)
    return written
