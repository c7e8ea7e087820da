"""The controls of the gate, one function each: what was looked for, and what was found."""

from __future__ import annotations

import getpass
import hashlib
import re
import socket
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from atc.disclosure.audit import audit
from atc.disclosure.exceptions import Reviewed, heard
from atc.disclosure.prose import small_counts
from atc.disclosure.record import Record
from atc.exhibits.published import PRINTED
from atc.publication.attack import attack
from atc.publication.bundle import PUBLIC, Bundle
from atc.publication.finished import Finished, records
from atc.publication.gate import ALERT, PASSED, REFUSED, Line, concluded
from atc.publication.scan import Known, scan
from atc.reference import load_roster
from atc.waves import Wave

_EVERYBODY = "Tous ou aucun"
_READ_AGAIN = (
    "Vérifiez que ce que partagent tous, ou personne, peut se dire ; avant la diffusion « public », faites "
    "signer une ligne de data/reference/exceptions.csv (effet « alerte », le constat pour ligne)"
)


def content(bundle: Bundle, known: Known) -> Iterator[Line]:
    """Everything that the files hold, decoded."""
    found = [
        Line("Contenu", f.file, REFUSED, f"{f.place} : {f.rule} ({f.excerpt})", f.remedy)
        for f in scan(bundle.files, known)
    ]
    yield from concluded("Contenu", found, f"{len(bundle.files)} fichiers décodés, rien à signaler")


def deduction(finished: Finished, elsewhere: Mapping[str, Record]) -> Iterator[Line]:
    """What all exhibits and sentences give away together, with those of the other waves."""
    together = records(finished.manifest.vague, finished.let_out) | dict(elsewhere)
    masked = {key for record in together.values() for key in record.masked}
    found = [
        Line(
            "Déduction",
            ", ".join(d.exhibits) or d.key,
            REFUSED,
            f"{d.key} : {d.why}",
            "Masquez l’un des deux par une ligne « masquer » de data/reference/exceptions.csv, ou regroupez "
            "des modalités",
        )
        for d in audit(together)
    ]
    waves = {name.partition(" ")[0] for name in together}
    passed = f"{len(masked)} effectifs masqués, aucun ne se déduit ({', '.join(sorted(waves))})"
    yield from concluded("Déduction", found, passed)


def everybody_or_nobody(finished: Finished, reviewed: Iterable[Reviewed]) -> Iterator[Line]:
    """0 %, 100 %, « tous », « aucun »: a person reads them again, and must have before everybody may."""
    read = dict(heard(reviewed, finished.manifest.vague))
    verdict = REFUSED if finished.manifest.diffusion == PUBLIC else ALERT
    found = []
    # A sentence that says again what its exhibit says is read with it.
    alerts = dict.fromkeys((each.id, alert) for each in finished.let_out for alert in each.let_out.alerts)
    for exhibit, alert in alerts:
        signed = read.pop((exhibit, alert), None)
        if signed is not None:
            found.append(Line(_EVERYBODY, exhibit, PASSED, f"{alert} (relu par {signed.relu_par})"))
        else:
            found.append(Line(_EVERYBODY, exhibit, verdict, alert, _READ_AGAIN))
    for left in read.values():
        remedy = "Retirez la ligne, ou corrigez-la et faites-la relire"
        found.append(Line(_EVERYBODY, left.place, REFUSED, "cette alerte ne se produit plus", remedy))
    yield from concluded(_EVERYBODY, found, "aucune part de 0 % ou de 100 %")


def posts(finished: Finished, wave: Wave, reviewed: Iterable[Reviewed]) -> Iterator[Line]:
    """The attack by whoever knows the sites and their posts."""
    roster = load_roster(wave.project)
    of_wave = [r for r in reviewed if r.vague == wave.id]
    found = [
        Line(
            "Attaque par les postes connus",
            match.exhibit,
            REFUSED,
            f"{match.what} : un seul poste correspond ({match.fonction}, {match.territoire})",
            "Ne croisez pas le site et la fonction au-delà de la diffusion « interne »",
        )
        for match in attack(finished.let_out, roster, of_wave)
    ]
    yield from concluded(
        "Attaque par les postes connus", found, f"{len(roster)} postes, aucun seul de son espèce"
    )


def words(finished: Finished) -> Iterator[Line]:
    """Tables that count nobody, and the reviewed exceptions: what a person vouches for."""
    for exhibit in finished.exhibits:
        for because in exhibit.let_out.facts:
            yield Line("Tableau sans effectif de personnes", exhibit.id, PASSED, because)
    for display in finished.let_out:
        if display.let_out.exceptions:
            told = f"data/reference/exceptions.csv, {_lines(sorted(display.let_out.exceptions))}"
            yield Line("Exceptions relues", display.place, PASSED, told)


def _lines(numbers: list[int]) -> str:
    """« ligne 2 », « lignes 3, 7 », « lignes 18 à 50 »."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return f"lignes {first} à {last}"
    return f"ligne{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def known(finished: Finished, wave: Wave, bundle: Bundle, reviewed: Iterable[Reviewed]) -> Known:
    """What the scanner has to know of this wave and of this machine."""
    roster = load_roster(wave.project)
    small = {exhibit.id: frozenset(exhibit.let_out.small) for exhibit in finished.exhibits}
    crossed = {r.exhibit for r in reviewed if r.vague == wave.id and "|" in r.ligne}
    crossed |= {exhibit.id for exhibit in finished.exhibits if PRINTED in exhibit.let_out.facts}
    return Known(
        floor=wave.report.small_numbers.floor,
        pseudonyms=frozenset(_pseudonyms(wave)),
        sites=frozenset(roster["commune"]),
        posts=frozenset(roster["poste"]),
        contacts=frozenset(wave.report.contacts),
        machine=frozenset(name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 3),
        dates=frozenset({wave.settings.date.isoformat()}),
        authors=frozenset({wave.report.authors}),
        released=small,
        phrases=frozenset(_phrases(finished, wave.report.small_numbers.floor)),
        named=frozenset(crossed),
        synthetic=bundle.made_up,
        pictures=frozenset(
            hashlib.sha256(image).hexdigest() for path, image in bundle.files.items() if path.endswith(".png")
        ),
    )


def _phrases(finished: Finished, floor: int) -> Iterator[str]:
    """Small counts in the words of the exhibits that a reviewed exception lets tell them."""
    for exhibit in finished.exhibits:
        for text in (exhibit.told["title"], exhibit.told["reading"]):
            counts = (c for c in small_counts(text, floor) if c.value in exhibit.let_out.small)
            yield from (count.text for count in counts if re.search(r"[^\W\d]", count.text))


def _pseudonyms(wave: Wave) -> Iterator[str]:
    for table in wave.dictionary:
        frame: pd.DataFrame = wave.table(table.name)
        for name, field in table.fields.items():
            if field.kind == "identifier":
                yield from frame[name].dropna().astype(str)
