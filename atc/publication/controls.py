"""The controls of the gate, one function each: what was looked for, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from atc.disclosure.audit import Record, audit
from atc.disclosure.exceptions import Reviewed, heard
from atc.exhibits.controls import TO_MEND
from atc.publication.attack import attack
from atc.publication.bundle import PUBLIC, Bundle
from atc.publication.finished import Finished, records
from atc.publication.gate import ALERT, PASSED, REFUSED, Line, concluded
from atc.publication.scan import Known, Piece, scan
from atc.publication.scan.rules.prose import everybody
from atc.publication.signing import NO, YES
from atc.survey.reference import load_roster
from atc.survey.typography import french
from atc.survey.waves import Wave, unfinished

_EVERYBODY = "Tous ou aucun"
_READ_AGAIN = (
    "Vérifiez que ce que partagent tous, ou personne, peut se dire ; avant la diffusion « public », "
    "signez dans le classeur que --rapport alertes.xlsx écrit (oui, raison, nom, date), puis relancez la "
    "même commande"
)

_NOT_SAID = (
    "Changez la phrase, ou masquez la figure : une personne a dit que cela ne se dit pas à ces lecteurs"
)
_READY = "Prêt à partir"
_CORRECT = "Corrigez la donnée, ou la valeur imprimée de data/reference/publie.csv, puis relancez atc verify"
Words = Callable[[str], str]


def content(bundle: Bundle, known: Known, written: Iterable[Piece] = ()) -> Iterator[Line]:
    """Everything that the files hold, decoded, and what the evaluators wrote, at its source."""
    found = [
        Line(
            "Contenu", f.file, REFUSED, f"{f.place} : {f.rule}{f' ({f.excerpt})' * bool(f.excerpt)}", f.remedy
        )
        for f in scan(bundle.files, known, written)
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


def everybody_or_nobody(
    finished: Finished, reviewed: Iterable[Reviewed], written: Iterable[Piece] = (), words: Words = str
) -> Iterator[Line]:
    """0 %, 100 %, « tous », « aucun »: a person reads them again, and must have before everybody may.

    A signature repeats the alert as the run tells it, or in words.
    """
    read = dict(heard(reviewed, finished.manifest.vague))
    verdict = REFUSED if finished.manifest.diffusion == PUBLIC else ALERT
    found = []
    # A sentence that says again what its exhibit says is read with it.
    alerts = [(each.id, alert) for each in finished.let_out for alert in each.let_out.alerts]
    alerts += [(piece.file, f"« {text} »") for piece in written for text in everybody(piece.text)]
    for where, alert in dict.fromkeys(alerts):
        signed = read.pop((where, alert), None) or read.pop((where, words(alert)), None)
        told = words(alert)
        if signed is None:
            found.append(Line(_EVERYBODY, where, verdict, told, _READ_AGAIN, alert))
        elif signed.valeur == NO:
            found.append(
                Line(_EVERYBODY, where, REFUSED, f"{told} ({signed.relu_par} : non)", _NOT_SAID, alert)
            )
        else:
            found.append(Line(_EVERYBODY, where, PASSED, f"{told} (relu par {signed.relu_par})", "", alert))
    for left in read.values():
        # A workbook is written again without what no longer occurs.
        if left.valeur not in (YES, NO):
            remedy = "Retirez la ligne, ou corrigez-la et faites-la relire"
            found.append(Line(_EVERYBODY, left.place, REFUSED, "cette alerte ne se produit plus", remedy))
    yield from concluded(_EVERYBODY, found, "aucune part de 0 % ou de 100 %")


def ready(finished: Finished, wave: Wave) -> Iterator[Line]:
    """What says of itself that it is not ready: controls that differ, statuses denied, no licence."""
    found = [
        Line(_READY, exhibit.id, REFUSED, exhibit.told["reading"].rstrip("."), _CORRECT)
        for exhibit in finished.exhibits
        if exhibit.told["reading"].startswith(TO_MEND)
    ]
    found += [
        Line(_READY, left.where, REFUSED, french(left.message), french(left.remedy))
        for left in unfinished(wave)
        if left.stops
    ]
    yield from concluded(_READY, found, "rien ne se dit inachevé")


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
