"""The desk as somebody meets it: `atc explore` for real, JupyterLab for real, in Chromium."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chromium import launched
from clone import copy_project
from playwright.sync_api import Page, expect

from atc.survey.paths import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_WAIT = 60_000
#: The figure comes last: once it is another one, everything else is there.
_STATE = """(document.querySelector('.atc-bureau .atc-vue')?.dataset.vue
    || document.querySelector('.atc-bureau .atc-refus')?.innerText || '')"""
_DESK, _VIEW = ".atc-bureau", ".atc-vue"


@dataclass
class Session:
    """JupyterLab on the desk, and what the page said and asked for."""

    page: Page
    project: Project
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def shown(self) -> str:
        """All that the answer says."""
        return self.page.locator(f"{_DESK} .atc-reponse").inner_text()

    def choose(self, label: str, option: str | int) -> str:
        """Choose another option in one list, wait for its answer, and return what it says."""
        before, control = self.state(), self.page.get_by_label(label, exact=True)
        control.select_option(index=option) if isinstance(option, int) else control.select_option(option)
        return self.answered(before)

    def state(self) -> str:
        """Which view stands there, or why there is none."""
        return str(self.page.evaluate(_STATE))

    def answered(self, before: str) -> str:
        """What is shown, once it answers something else."""
        # While it is computed for other readers, nothing stands there.
        changed = f"before => !['', before].includes({_STATE})"
        self.page.wait_for_function(changed, arg=before, timeout=_WAIT)
        return self.shown()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, validated: Path) -> Iterator[Session]:
    """One JupyterLab for all: it takes most of the time."""
    project = copy_project(tmp_path_factory.mktemp("bureau") / "projet", validated)
    command = [sys.executable, "-m", "atc", "explore", "--sans-navigateur"]
    process = subprocess.Popen(
        command,
        cwd=project.root,
        env={**os.environ, "ATC_ROOT": str(project.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        with launched() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            session = Session(page, project)
            page.on("console", lambda m: session.errors.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: session.errors.append(str(error)))
            page.on("request", lambda request: session.asked.append(request.url))
            page.goto(_address(process))
            page.wait_for_selector(f"{_DESK} {_VIEW} svg", timeout=_WAIT)
            yield session
    finally:
        process.terminate()
        process.wait(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise AssertionError("".join(said))


def test_the_desk_is_there_without_a_key_and_in_french(session):
    page = session.page
    expect(page.get_by_role("menuitem", name="Fichier")).to_be_visible()
    assert "L’écart le plus grand" in session.shown()
    assert page.locator(f"{_DESK} select:visible").count() == 5
    # Our own fonts: with others, titles would be cut.
    assert page.evaluate("document.fonts.check('15px \"Atc Sans\"')")


def test_it_answers_the_question_of_the_evaluation_and_keeps_the_figure(session):
    answer = session.choose("Analyse", "Tri à plat")
    answer = session.choose("Analyse", "Regards croisés")
    answer = session.choose("Vague", "Les deux : 2020 et 2021")
    assert "2020" in answer
    assert "2021" in answer
    assert "l’écart se resserre" in answer
    button = session.page.get_by_role("button", name="Garder cette vue")
    # As it opens, at the size of an ordinary screen: nobody scrolls to keep a view, nor to know that it is.
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    kept = session.page.locator(".atc-garde")
    expect(kept).to_contain_text("notebooks/perso/vues", timeout=_WAIT)
    expect(kept).to_be_in_viewport(ratio=1)
    kept = sorted(path.name for path in (session.project.own_notebooks / "vues").iterdir())
    stem = "regards-croises_scores-score_2020-automne_2021-automne_financeurs"
    assert kept == [f"{stem}{extension}" for extension in (".csv", ".png", ".py", ".svg")]


def test_a_view_is_added_to_a_notebook_of_one_s_own(session):
    session.page.get_by_label("Carnet", exact=True).fill("Mes regards")
    session.page.get_by_role("button", name="Ajouter au carnet").click()
    expect(session.page.locator(".atc-garde")).to_contain_text("perso/mes_regards", timeout=_WAIT)
    assert (session.project.own_notebooks / "mes_regards.ipynb").is_file()


def test_every_list_changes_what_is_shown(session):
    session.choose("Analyse", "Tri à plat")
    session.choose("Table", "Carnet de bord des animateur.trices")
    assert "Configuration" in session.choose("Variable", "Configuration de l’animation")
    assert "illustration" in session.choose("Vague", "Vague d’automne 2021")
    session.choose("Table", "Questionnaire flash aux acteurs institutionnels")
    session.choose("Variable", "Posture vis-à-vis de l’expérimentation")
    session.choose("Qui lira", "Interne")
    session.choose("Analyse", "Tri croisé")
    assert "Binôme" in session.choose("Selon (groupe)", "Portage institutionnel")
    session.choose("Analyse", "Tri à plat")
    for label in ("Réseau", "Rôle", "Modèle de priorités", "Territoire", "Autre filtre"):
        assert "filtre" in session.choose(label, 1)
        session.choose(label, 0)


def test_the_rows_behind_a_bar_and_a_table_to_paste_have_their_tabs(session):
    page = session.page
    page.locator(".atc-reponse .lm-TabBar-tab", has_text="Lignes").click()
    told = page.locator(".atc-reponse .dt-info:visible")
    expect(told).to_contain_text("sur 36", timeout=_WAIT)
    page.get_by_label("Réponse", exact=True).select_option("La soutient")
    expect(told).not_to_contain_text("sur 36", timeout=_WAIT)
    page.locator(".atc-reponse .lm-TabBar-tab", has_text="Copier").click()
    assert "\tPersonnes\tSur" in page.locator(".atc-reponse textarea:visible").input_value()
    page.locator(".atc-reponse .lm-TabBar-tab", has_text="Vue").click()


def test_the_keyboard_is_enough(session):
    session.choose("Analyse", "Regards croisés")
    before = session.state()
    analysis = session.page.get_by_label("Analyse", exact=True)
    analysis.focus()
    analysis.press("ArrowUp")
    session.answered(before)
    analysis.press("Tab")
    focused = session.page.evaluate("document.activeElement.labels?.[0]?.innerText")
    assert focused == "Vague"


def test_nothing_went_wrong_and_nothing_came_from_elsewhere(session):
    assert session.errors == []
    hosts = {url.split("/")[2] for url in session.asked if url.startswith(("http:", "https:", "ws:", "wss:"))}
    assert {host.partition(":")[0] for host in hosts} <= {"localhost", "127.0.0.1"}
