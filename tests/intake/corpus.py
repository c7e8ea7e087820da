"""Exports with one defect each, beside the small right ones of `world`."""

import os
from collections.abc import Callable
from pathlib import Path

from intake import traps
from intake.exports import csv_bytes, xlsx_bytes
from intake.traps import put, rezip
from intake.world import LISTE, SHEETS, World

Spoil = Callable[[World], object]
DEFECTS: dict[str, Spoil] = {}
#: Those that cost other readers gigabytes or minutes, one of each mechanism.
GREEDY = [
    "a million rows", "bomb in the sheet", "bomb that lies about its size", "far cell",
    "one text in a million cells", "twenty thousand columns", "zip bomb",
]  # fmt: skip


def defect(name: str, spoil: Spoil) -> None:
    assert name not in DEFECTS
    DEFECTS[name] = spoil


def instead(name: str, file: str, make: Callable[[Path], object], called: str = "") -> None:
    """A defect that is something else in the place of a file, or under another name."""

    def spoil(world: World) -> None:
        world.path(file).unlink()
        make(world.path(called or file))
        if called:
            world.edit_mapping(file, called)

    defect(name, spoil)


def edit(name: str, file: str, old: str, new: str, encoding: str = "utf-8") -> None:
    """A defect that is one passage of one file."""

    def spoil(world: World) -> None:
        text = world.path(file).read_bytes()
        assert old.encode(encoding) in text, f"{old!r} is not in {file}"
        world.write(file, text.replace(old.encode(encoding), new.encode(encoding), 1))

    defect(name, spoil)


def raw(name: str, file: str, change: Callable[[bytes], bytes]) -> None:
    defect(name, lambda world: world.edit(file, change))


def mapped(name: str, old: str, new: str) -> None:
    defect(name, lambda world: world.edit_mapping(old, new))


def sheet(name: str, title: str, row: int, column: int, value: object) -> None:
    """A defect that is one cell of the workbook."""

    def spoil(world: World) -> None:
        sheets = {key: [list(cells) for cells in rows] for key, rows in SHEETS.items()}
        sheets[title][row][column] = value
        world.write("terrain.xlsx", xlsx_bytes(sheets))

    defect(name, spoil)


def liste(name: str, make: Callable[[bytes], bytes]) -> None:
    """A defect of a workbook whose only sheet the mapping does not name."""

    def spoil(world: World) -> None:
        world.path("liste.csv").unlink()
        world.write("liste.xlsx", make(xlsx_bytes({"Feuil1": LISTE})))
        world.edit_mapping("liste.csv", "liste.xlsx")

    defect(name, spoil)


def in_sheet(name: str, old: str, new: str) -> None:
    """A defect that is one passage of the XML of that sheet."""
    liste(name, lambda content: rezip(content, {traps.SHEET: put(old, new)}))


raw("empty", "flash.csv", lambda _: b"")
raw("blank", "flash.csv", lambda _: b"\xef\xbb\xbf\r\n \r\n")
raw("too heavy", "flash.csv", lambda old: old + b"x" * 5_100_000)
raw("a million rows", "flash.csv", lambda old: old.rstrip() + b"\r\n;x" * 1_000_000)
raw("six thousand rows", "liste.csv", lambda old: old + b"a;b;c\r\n" * 6_000)
raw("twenty thousand columns", "liste.csv", lambda old: old.replace(b"\r\n", b";x" * 20_000 + b"\r\n"))
raw("giant cell", "liste.csv", lambda old: old.replace(b"Grenoble", b"G" * 200_000))
instead("symbolic link", "liste.csv", lambda path: path.symlink_to(path.parents[1] / "cle"))
instead("pipe", "liste.csv", os.mkfifo)
instead("folder", "liste.csv", Path.mkdir)
instead("other kind of file", "liste.csv", lambda path: path.write_bytes(b"PK"), "liste.ods")
instead("pickle", "liste.csv", lambda path: path.write_bytes(b"cos\nsystem\n(S'ls'\ntR."), "liste.pkl")
instead("expected file not given", "carnet.csv", lambda _: None)
defect("file that nobody expects", lambda world: world.write("notes.csv", b"a;b\r\n1;2\r\n"))

raw("mixed encodings", "flash.csv", lambda old: old.replace(b"AVIGNON", b"Avignon \xe9t\xe9 " + "é".encode()))
raw("two files end to end", "liste.csv", lambda old: old + old)
raw("NUL", "flash.csv", lambda old: old.replace(b"AVIGNON", b"AVI\0GNON"))
raw("encoded twice", "flash.csv", lambda old: old.decode("utf-8-sig").encode().decode("cp1252").encode())
raw("Mac letters", "liste.csv", lambda old: old.decode("cp1252").encode("mac-roman"))
raw("unknown bytes", "liste.csv", lambda old: old.replace(b"Ville", b"\x81\x8d"))
raw("lost letters", "flash.csv", lambda old: old.replace("é".encode(), "\ufffd".encode()))

raw("unknown separator", "flash.csv", lambda old: old.replace(b";", b"^"))
raw("short line", "flash.csv", lambda old: old.replace(b'"vie",', b"").replace(b'"NSP";', b""))
raw("long line", "flash.csv", lambda old: old.replace(b'"NSP";', b'"NSP";"";'))
raw("quote left open", "flash.csv", lambda old: old.replace(b'"NSP"', b'"NSP'))
raw("quote in a cell", "flash.csv", lambda old: old.replace(b'"NSP"', b'"N"SP"'))
raw("heading only", "flash.csv", lambda old: old.split(b"\r\n")[0] + b"\r\n")
edit("same heading twice", "liste.csv", "Jeton;Site;", "Jeton;Jeton;", "cp1252")
edit("same heading but for a no-break space", "liste.csv", "Jeton;Site;", "Site\u00a0;Site;", "cp1252")
raw("column without a name", "liste.csv", lambda old: old.replace(b"Jeton;Site;", b"Jeton;;"))
edit("missing column", "carnet.csv", "poste/etp", "poste/etpp")
raw(
    "extra column",
    "liste.csv",
    lambda old: old.replace(b"Jeton;", b"Remarques;Jeton;").replace(b"tok-", b"rien;tok-"),
)
raw("cut in the middle of a line", "carnet.csv", lambda old: old[:-60])

liste("old .xls renamed", lambda _: traps.ole("Workbook"))
liste("password", lambda _: traps.ole("EncryptedPackage"))
liste("web page renamed", lambda _: b"<html><body><table><tr><td>Jeton</td></tr></table></body></html>")
liste("CSV renamed", lambda _: csv_bytes(LISTE))
liste("cut workbook", lambda old: old[: len(old) // 2])
liste("damaged part", lambda old: old.replace(old[200:240], bytes(40), 1))
liste("zip bomb", lambda old: rezip(old, add={"xl/media/image1.png": bytes(50_000_000)}))
in_sheet("bomb in the sheet", "</sheetData>", "</sheetData>" + " " * 40_000_000)
liste(
    "bomb that lies about its size",
    lambda old: traps.understated(
        rezip(old, {traps.SHEET: put("</sheetData>", "</sheetData>" + " " * 400_000_000)}), traps.SHEET, 2_000
    ),
)
liste("a thousand parts", lambda old: rezip(old, add={f"xl/media/{i}.png": b"x" for i in range(1_000)}))
liste("same part twice", traps.repeated_entry)
in_sheet("far cell", "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
in_sheet("cell of no column", "</sheetData>", '<row><c r="AAAA1048576"><v>1</v></c></row></sheetData>')
in_sheet("far column", "</row>", '<c r="XFD1"><v>1</v></c></row>')
in_sheet("far cell without its row", "</sheetData>", '<row><c r="A900000"><v>1</v></c></row></sheetData>')
liste(
    "external entity",
    lambda old: rezip(
        old,
        {"xl/sharedStrings.xml": put("<sst", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst')},
    ),
)
in_sheet("entity bomb", "<worksheet", '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><worksheet')
in_sheet(
    "formula without its result", '<c r="B2" t="s"><v>4</v></c>', '<c r="B2"><f>"Saint"&amp;"-Gilles"</f></c>'
)
in_sheet("cell in error", '<c r="B2" t="s"><v>4</v></c>', '<c r="B2" t="e"><v>#N/A</v></c>')
liste(
    "hidden sheet",
    lambda old: rezip(
        old, {"xl/workbook.xml": put('<sheet name="Feuil1"', '<sheet state="hidden" name="Feuil1"')}
    ),
)
liste("two sheets and no name", lambda _: xlsx_bytes({"Feuil1": LISTE, "Brouillon": LISTE}))
liste(
    "one text in a million cells",
    lambda old: rezip(
        old,
        {
            "xl/sharedStrings.xml": put("<t>Jeton</t>", f"<t>{'x' * 900_000}</t>"),
            traps.SHEET: put(
                "</sheetData>",
                "".join(
                    f'<row r="{r}">' + "".join(f'<c r="{c}{r}" t="s"><v>0</v></c>' for c in "ABC") + "</row>"
                    for r in range(5, 4_000)
                )
                + "</sheetData>",
            ),
        },
    ),
)
liste("first row empty", lambda _: xlsx_bytes({"Feuil1": [[], [], *LISTE]}))
liste("empty sheet", lambda _: xlsx_bytes({"Feuil1": []}))
mapped("absent sheet", "feuille: Effets", "feuille: Effet")

edit("score of 11", "flash.csv", '"7";"10"', '"7";"11"')
edit("score read as a date", "carnet.csv", ";5;6;", ";01/05/2021;6;")
edit("misspelt site", "carnet.csv", "saint gilles", "Saint-Giles")
edit("site called NA", "flash.csv", "AVIGNON", "NA")
edit("unknown site", "carnet.csv", "saint gilles", "Nogent")
edit("unknown role", "liste.csv", "Ville", "Préfecture", "cp1252")
edit("unknown code of an option", "flash.csv", '"A3"', '"A9"')
edit("other, where there is no other", "flash.csv", '"A3"', '"-oth-"')
edit("unknown ticked option", "carnet.csv", "autres", "autres sport")
edit("neither yes nor no", "carnet.csv", ";oui;animation", ";peut-être;animation")
edit("number read as a date", "carnet.csv", ";0,5;", ";05-janv;")
edit("number with its unit", "carnet.csv", ";0,5;", ";0,5 ETP;")
edit("date that does not exist", "carnet.csv", "01/10/2019", "31/09/2019")
edit("date in words", "carnet.csv", "01/10/2019", "octobre 2019")
edit("date the American way", "carnet.csv", "01/10/2019", "10/25/2019")
sheet("required answer missing", "Entretiens", 1, 2, "")
edit("nobody to name", "carnet.csv", "a.b@exemple.org", "")
sheet("number cell with a date", "Effets", 1, 4, "2021-06-05")
sheet("code of an interview badly formed", "Entretiens", 1, 0, "1")

edit("same respondent twice", "flash.csv", "tok-interco-avignon", "tok-dp-gilles")
edit("same recipient twice", "liste.csv", "tok-ville-grenoble", "tok-dp-gilles", "cp1252")
edit("respondent who is no recipient", "flash.csv", "tok-interco-avignon", "tok-inconnu")
edit("scores of another territory", "flash.csv", "AVIGNON", "Grigny")


# --- What names people
sheet("e-mail address in a text", "Effets", 1, 5, "Voir avec jeanne.martin@exemple.org pour la suite.")
sheet("telephone number in a text", "Effets", 1, 5, "Appeler le 06 12 34 56 78 avant de passer.")
sheet("IP address in a text", "Effets", 1, 5, "Réponse de 192.168.12.7, à vérifier.")
sheet("web address in a text", "Effets", 1, 5, "Voir https://exemple.org/jeanne.")
sheet("date and time in a text", "Effets", 1, 5, "Saisi le 2021-09-03 10:12:00.")
sheet("technical identifier in a text", "Effets", 1, 5, "uuid:0f8fad5b-d9cb-469f-a165-70867728950e")
mapped("e-mail column kept as a text", "profil: poste/profil", "profil: poste/courriel")
mapped("date of the answer kept", "debut_contrat: poste/debut", "debut_contrat: _submission_time")
mapped("person without pseudonym", "{colonne: Jeton, pseudonyme: R}", "Jeton")
mapped("persons said to be codes", "{colonne: Jeton, pseudonyme: R}", "{colonne: Jeton, deja_code: oui}")
mapped("free text that nobody declared", 'ignorer: ["Q4[other]"]', "ignorer: []")

mapped("unknown key", "ignorer:", "ignore:")
mapped("key twice", "    outil: limesurvey\n", "    outil: limesurvey\n    outil: kobo\n")
defect("alias", lambda world: world.mapping.write_text("vague: &a x\ntitre: *a\n", encoding="utf-8"))
mapped("tag that runs code", "titre: ", "titre: !!python/object/apply:os.system ")
mapped("broken YAML", "sources:\n", "sources:\n\t- x\n")
mapped("too deep", "sites:\n", "description: " + "[" * 50 + "]" * 50 + "\nsites:\n")
mapped("unknown tool", "outil: kobo", "outil: kobotoolbox")
mapped("unknown table", "      entretiens:", "      entretien:")
mapped("unknown column", "          contrat: poste/contrat", "          contrats: poste/contrat")
mapped("unknown code", "A1: soutien", "A1: soutient")
mapped("unknown status", "territoires: publié}", "territoires: publie}")
mapped("column forgotten", "          contrat: poste/contrat\n", "")
mapped("table forgotten", "reprendre: {territoires: 2020-automne}\n", "")
mapped("column and constant", "etp: poste/etp", 'etp: {colonne: poste/etp, constante: "1"}')
mapped("guess not confirmed", "etp: poste/etp", "etp: {colonne: poste/etp, a_confirmer: oui}")
mapped("columns not sorted", "    outil: kobo\n", "    outil: kobo\n    a_classer: [poste/etp]\n")
mapped("collection not completed", "collecte: {libelle: automne 2021,", "collecte: {libelle: à compléter,")
mapped("another wave", "vague: 2021-automne", "vague: 2020-automne")
mapped("misspelt column of the export", "etp: poste/etp", "etp: poste/et")
defect("mapping in Latin letters", lambda world: world.mapping.write_bytes("titre: é".encode("cp1252")))
defect("empty mapping", lambda world: world.mapping.write_bytes(b"# rien\n"))
defect("no mapping", lambda world: world.mapping.unlink())


def key(name: str, change: Callable[[Path], object], moved: str = "") -> None:
    """A defect of the key, or of where it is."""

    def spoil(world: World) -> None:
        change(world.key)
        world.key = world.key.parent / moved if moved else world.key

    defect(name, spoil)


key("key in the project", lambda path: path.rename(path.parent / "projet" / "cle"), "projet/cle")
key("no key", Path.unlink)
key("key that others may read", lambda path: path.chmod(0o640))
key("short key", lambda path: path.write_bytes(b"secret"))
key("key without chance", lambda path: path.write_bytes(b"a" * 64))
key("linked key", lambda path: path.with_name("lien").symlink_to(path), "lien")


def _inside(world: World) -> None:
    world.exports = world.exports.rename(world.project.root / "exports")


defect("export inside the project", _inside)
