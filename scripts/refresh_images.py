"""Remake the pictures of README.md, LISEZMOI.md and docs/guide/ in docs/images/ from the real thing.

Run it from the project's environment, after ``make report`` and ``make check`` (for Chromium)::

    .venv/bin/python scripts/refresh_images.py                  every picture
    .venv/bin/python scripts/refresh_images.py accueil pages    some of them

* ``carte``, ``etp``, ``regards``, ``evolution``, ``masque``: figures of the report;
* ``pages``: the first eight pages of rapport.pdf, side by side;
* ``accueil``: the top of index.html;
* ``lecture``: figure F02-01 in its page, unfolded, its parts numbered as LISEZMOI.md explains them;
* ``bureau``, ``bureau-tableau``, ``vue-gardee``: the desk of ``atc explore`` as it opens, its second tab, and
  the picture that its button keeps, on a copy of the project.

What each shows is noted in docs/images/empreintes.json: a test tells those that are stale. No address other
than this machine's is opened.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from what_pictures_show import FIGURES, FINGERPRINTS, fingerprint, kept

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
OUTPUTS = ROOT / "outputs"
REPORT = OUTPUTS / "2020-automne" / "financeurs"
CHAPTER = "02_feuille_de_route"
_PATIENCE = 90_000  # milliseconds for JupyterLab to show the desk
_DESK = ".atc-bureau .atc-vue svg"

# Numbers beside the parts of an exhibit, in the order of LISEZMOI.md. The texts of a chart are found by their
# first words.
_NUMBER_PARTS = """
(figure) => {
    const plain = text => text.replace(/\\s/g, ' ');
    const starts = words => [...figure.querySelectorAll('.chart-wide text')]
        .find(text => plain(text.textContent).startsWith(plain(words).slice(0, 12)));
    const code = figure.nextElementSibling;
    figure.querySelectorAll('details').forEach(details => { details.open = true; });
    code.open = true;
    const caption = figure.querySelector('caption');
    const parts = [
        starts(caption.firstChild.textContent), starts(caption.querySelector('.unit').textContent),
        starts('Source'), starts('titre publié'),
        ...['.exhibit-reading', '.exhibit-note', '.exhibit-question', '.exhibit-files', '.exhibit-data']
            .map(name => figure.querySelector(name)),
        code,
    ];
    parts.forEach((part, rank) => {
        const box = part.getBoundingClientRect(), badge = document.createElement('span');
        badge.textContent = rank + 1;
        Object.assign(badge.style, {
            position: 'absolute', left: `${box.left + scrollX - 30}px`, top: `${box.top + scrollY - 1}px`,
            width: '22px', height: '22px', borderRadius: '50%', background: '#A94A08', color: '#fff',
            font: '700 13px/22px "Atc Sans", sans-serif', textAlign: 'center',
        });
        document.body.append(badge);
    });
    const top = figure.getBoundingClientRect(), bottom = code.getBoundingClientRect();
    return {
        x: top.left + scrollX - 44, y: top.top + scrollY - 12,
        width: top.width + 60, height: bottom.bottom - top.top + 30,
    };
}
"""


def told(path: Path) -> None:
    """Say what was made."""
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


@contextmanager
def browser_page(width: int = 1280, height: int = 900) -> Iterator[Page]:
    """A page of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": width, "height": height}, locale="fr-FR")
        browser.close()


def sheet(images: Sequence[Path], path: Path, width: int, columns: int = 1) -> None:
    """Images side by side, each with a thin edge, so that a white page ends somewhere."""
    shown = "".join(f'<img src="{image.as_uri()}" alt="">' for image in images)
    style = (
        f"body{{margin:0;display:grid;grid-template-columns:repeat({columns},1fr);gap:12px;padding:12px;"
        "background:#eef1f5}img{width:100%;box-sizing:border-box;border:1px solid #c5ccd6}"
    )
    with tempfile.TemporaryDirectory() as folder, browser_page(width) as page:
        document = Path(folder) / "planche.html"
        document.write_text(f"<!doctype html><style>{style}</style>{shown}", encoding="utf-8")
        page.goto(document.as_uri())
        page.locator("body").screenshot(path=path)


def figures(paths: Mapping[str, Path]) -> None:
    """Figures of the report, as files."""
    for name, path in paths.items():
        vague, _, function = FIGURES[name]
        file = function.replace("fig_", "F").replace("_", "-") + ".png"
        sheet([OUTPUTS / vague / "financeurs" / "figures" / file], path, 900)


def pages(paths: Mapping[str, Path]) -> None:
    """The first pages of the PDF report, side by side."""
    with tempfile.TemporaryDirectory() as folder:
        with pypdfium2.PdfDocument(REPORT / "rapport.pdf") as document:
            for number, page in enumerate(list(document)[:8]):
                # As wide as it will be shown: small letters are better shrunk than drawn.
                drawn = page.render(scale=4 * 333 / page.get_width()).to_pil()
                drawn.reduce(4).save(Path(folder) / f"p-{number}.png")
        sheet(sorted(Path(folder).glob("p-*.png")), paths["pages"], 1400, columns=4)


def accueil(paths: Mapping[str, Path]) -> None:
    """The top of the front page."""
    with browser_page() as page:
        page.goto((REPORT / "index.html").as_uri())
        page.screenshot(path=paths["accueil"])


def lecture(paths: Mapping[str, Path]) -> None:
    """A figure in its page, with numbers beside its parts."""
    with browser_page() as page:
        page.goto((REPORT / "html" / f"{CHAPTER}.html").as_uri())
        area = page.locator("#F02-01").evaluate(_NUMBER_PARTS)
        page.screenshot(path=paths["lecture"], clip=area, full_page=True)


@contextmanager
def explored() -> Iterator[tuple[str, Path]]:
    """``atc explore`` on a copy of the project: the address of the desk, and where it keeps views."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "projet"
        ignored = shutil.ignore_patterns("perso", ".*")
        for name in ("data", "notebooks"):
            shutil.copytree(ROOT / name, project / name, ignore=ignored)
        shutil.copyfile(ROOT / "report.toml", project / "report.toml")
        command = [sys.executable, "-m", "atc", "explore", "--sans-navigateur"]
        environment = {**os.environ, "ATC_ROOT": str(project)}
        with subprocess.Popen(
            command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as server:
            try:
                yield _address(server), project / "notebooks" / "perso" / "vues"
            finally:
                server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    said = []
    for line in server.stdout or ():
        said.append(line)
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise SystemExit("".join(said))


def desk(paths: Mapping[str, Path]) -> None:
    """The desk as it opens, its table, and the picture that it keeps."""
    with explored() as (address, views), browser_page(width=1400, height=900) as page:
        page.set_default_timeout(_PATIENCE)
        page.goto(address)
        page.locator(_DESK).wait_for()
        page.wait_for_timeout(1500)  # JupyterLab lays cells out as they come into view
        if "bureau" in paths:
            page.screenshot(path=paths["bureau"])
        if "bureau-tableau" in paths:
            page.set_viewport_size({"width": 1720, "height": 900})  # as many columns as the desk allows
            page.locator(".atc-reponse .lm-TabBar-tab", has_text="Tableau").click()
            page.locator(".atc-bureau table.dataTable tbody tr").first.wait_for()
            page.wait_for_timeout(500)
            page.locator(".atc-reponse").screenshot(path=paths["bureau-tableau"])
        if "vue-gardee" in paths:
            page.get_by_role("button", name="Garder cette vue").click()
            page.locator(".atc-garde").wait_for()
            shutil.copyfile(next(views.glob("*.png")), paths["vue-gardee"])
    if "vue-gardee" in paths:
        sheet([paths["vue-gardee"]], paths["vue-gardee"], 900)


def lightened(path: Path) -> None:
    """The same picture in 256 colours: text and flat tints lose nothing that one sees."""
    with Image.open(path) as image:
        flat = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    flat.save(path, optimize=True)


PICTURES: Mapping[str, Callable[[Mapping[str, Path]], None]] = {
    "carte": figures,
    "etp": figures,
    "regards": figures,
    "evolution": figures,
    "masque": figures,
    "pages": pages,
    "accueil": accueil,
    "lecture": lecture,
    "bureau": desk,
    "bureau-tableau": desk,
    "vue-gardee": desk,
}


def main() -> None:
    """Remake the pictures that are asked for, or all of them, and note what they show."""
    parser = argparse.ArgumentParser(description="Remake the pictures in docs/images/.")
    parser.add_argument(
        "names", nargs="*", metavar="picture", choices=[[], *PICTURES], help=", ".join(PICTURES)
    )
    names: list[str] = parser.parse_args().names or list(PICTURES)
    IMAGES.mkdir(parents=True, exist_ok=True)
    noted = kept() if FINGERPRINTS.is_file() else {}
    for maker in dict.fromkeys(PICTURES[name] for name in names):
        paths = {name: IMAGES / f"{name}.png" for name in names if PICTURES[name] is maker}
        maker(paths)
        for name, path in paths.items():
            lightened(path)
            told(path)
            noted[name] = fingerprint(name)
    text = json.dumps(dict(sorted(noted.items())), indent=2)
    FINGERPRINTS.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
