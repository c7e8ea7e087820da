"""docs/dictionnaire.md is what the dictionary says, no more and no less."""

from dictionary_page import PAGE, described_waves, page
from survey.validation.small_wave import HERE

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project

PROJECT = Project(HERE)


def test_the_committed_page_is_up_to_date_and_names_every_column() -> None:
    text = page(load_dictionary(PROJECT), described_waves(PROJECT))
    assert (HERE / PAGE).read_text(encoding="utf-8") == text, "lancez : python scripts/dictionary_page.py"
    for table in load_dictionary(PROJECT):
        section = text.split(f"\n## {table.name}\n")[1].partition("\n## ")[0]
        assert all(f"\n| `{name}` |" in section for name in table.fields)
