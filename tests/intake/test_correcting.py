"""A table corrected in a French Excel: what changed, cell by cell, then a wave that passes; or nothing."""

import re

import pytest
from intake import exports
from intake.world import Desk

from atc.intake.wavefiles import correct
from atc.survey.errors import DataRefused
from atc.survey.validation import validate_wave

WAVE = "2020-automne"


def wave(desk: Desk) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in desk.project.raw(WAVE).iterdir()}


def saved(desk: Desk, table: str, encoding: str = "cp1252", **cells: str) -> bytes:
    """A table as a French Excel saves it, once cells of its first row were changed."""
    rows = exports.rows(table, WAVE, desk.project)
    rows[0] |= cells
    grid = [list(rows[0]), *([_french(cell) for cell in row.values()] for row in rows)]
    return exports.csv_bytes(grid, encoding=encoding)


def _french(cell: str) -> str:
    cell = re.sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3/\2/\1", cell)
    if re.fullmatch(r"-?\d+\.\d+", cell):
        return f"{float(cell):g}".replace(".", ",")
    return cell.lstrip("0") if re.fullmatch(r"0\d+", cell) else cell


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_every_table_saved_by_excel_comes_back_as_it_was(desk, encoding):
    before = wave(desk)
    desk.receive({f"{t.name}.csv": saved(desk, t.name, encoding) for t in exports.dictionary()})
    assert correct(desk.project, WAVE, sorted(desk.exports.iterdir())) == []
    assert wave(desk) == before


def test_a_changed_cell_is_shown_and_the_wave_passes(desk):
    path = desk.exports / "carnet corrigé.csv"
    path.write_bytes(saved(desk, "carnet_de_bord", etp="0,4", contrat="CDD"))
    site = exports.rows("carnet_de_bord", WAVE)[0]
    assert correct(desk.project, WAVE, [path]) == [
        f"carnet_de_bord, {site['territoire']}, contrat : « {site['contrat']} » → « cdd »",
        f"carnet_de_bord, {site['territoire']}, etp : « {site['etp']} » → « 0.4 »",
    ]
    frame = validate_wave(desk.project, WAVE)["carnet_de_bord"]
    assert frame.loc[frame["territoire"] == site["territoire"], "etp"].tolist() == [0.4]


def test_all_faults_come_at_once_and_nothing_is_written(desk):
    path = desk.exports / "carnet_de_bord.csv"
    path.write_bytes(saved(desk, "carnet_de_bord", etp="9,5", debut_contrat="bientôt", contrat="interim"))
    before = wave(desk)
    with pytest.raises(DataRefused) as refused:
        correct(desk.project, WAVE, [path])
    places = {(fault.file, fault.line, fault.column.partition(" ")[0]) for fault in refused.value.faults}
    assert places == {("carnet_de_bord.csv", 2, name) for name in ("etp", "debut_contrat", "contrat")}
    assert wave(desk) == before


def test_saved_in_its_place_the_check_says_what_to_type_and_typing_it_helps(desk):
    path = desk.project.raw(WAVE) / "carnet_de_bord.csv"
    path.write_bytes(saved(desk, "carnet_de_bord", etp="0,7"))
    with pytest.raises(DataRefused) as refused:
        validate_wave(desk.project, WAVE)
    command = f"atc import --corriger data/raw/{WAVE}/carnet_de_bord.csv --vague {WAVE}"
    assert all(command in fault.remedy for fault in refused.value.faults)
    # Outside git nothing is left of the table before: it is said, not guessed.
    (told,) = correct(desk.project, WAVE, [path])
    assert "ne peuvent pas être montrés" in told
    validate_wave(desk.project, WAVE)


def test_a_row_that_went_or_came_is_told(desk):
    text = saved(desk, "effets").decode("cp1252").splitlines()
    text[1] = text[1].replace("F-001", "F-999")
    path = desk.exports / "effets.csv"
    path.write_bytes("\r\n".join(text).encode("cp1252"))
    assert correct(desk.project, WAVE, [path]) == [
        "effets, F-999 : ligne ajoutée",
        "effets, F-001 : ligne retirée",
    ]


def test_a_column_that_went_is_refused(desk):
    text = saved(desk, "effets").decode("cp1252").replace("resume", "résumé")
    path = desk.exports / "effets.csv"
    path.write_bytes(text.encode("cp1252"))
    with pytest.raises(DataRefused, match="En-tête inattendu"):
        correct(desk.project, WAVE, [path])
