"""Remake the pictures of README.md and LISEZMOI.md in docs/images/ from the real thing.

Run it from the project's environment, after ``make report`` and ``make check`` (for Chromium)::

    .venv/bin/python scripts/refresh_images.py                  every picture
    .venv/bin/python scripts/refresh_images.py figure pages     some of them

* ``figure``: figure F02-02, reduced;
* ``pages``: the first eight pages of rapport.pdf, side by side (needs pdftoppm, in Debian's poppler-utils);
* ``accueil``: the top of index.html;
* ``lecture``: figure F02-01 in its page, unfolded, its parts numbered as LISEZMOI.md explains them;
* ``jupyterlab``: chapter 02 in JupyterLab, executed, on a copy of the notebooks.

No address other than this machine's is opened. Pictures keep few colours, so that all of them stay small.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
OUTPUTS = ROOT / "outputs" / "2020-automne" / "financeurs"
CHAPTER = "02_feuille_de_route"
_COLOURS = 128
_SHEET_PAGES, _SHEET_COLUMNS, _GAP = 8, 4, 14
_PATIENCE = 60  # seconds for JupyterLab to be ready, and for a chapter to be executed

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
        starts('Source'), starts('DONNÉES'),
        ...['.exhibit-reading', '.exhibit-question', '.exhibit-status', '.exhibit-files', '.exhibit-data']
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

_RUN_ALL = """
async () => {
    await jupyterapp.shell.currentWidget.sessionContext.ready;
    await jupyterapp.commands.execute('notebook:run-all-cells');
}
"""


def save(image: Image.Image, name: str, width: int) -> None:
    """Write a picture, reduced to a width and to few colours."""
    height = round(image.height * width / image.width)
    small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    path = IMAGES / f"{name}.png"
    few = small.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def framed(image: Image.Image) -> Image.Image:
    """With a thin grey edge, so that a white page ends somewhere."""
    return ImageOps.expand(image.convert("RGB"), 2, "#c5ccd6")


@contextmanager
def browser_page(height: int) -> Iterator[Page]:
    """A page of a laptop's width, drawn finely."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_page(
            viewport={"width": 1280, "height": height}, device_scale_factor=1.5, locale="fr-FR"
        )
        browser.close()


def opened(content: bytes) -> Image.Image:
    """A screenshot as an image."""
    return Image.open(io.BytesIO(content))


def figure(name: str) -> None:
    """One figure of the report, as a file."""
    drawn = Image.open(OUTPUTS / "figures" / "F02-02.png").convert("RGB")
    save(framed(ImageOps.expand(drawn, 40, "white")), name, 900)


def pages(name: str) -> None:
    """The first pages of the PDF report, side by side."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", "50", "-png", "-l", str(_SHEET_PAGES), str(OUTPUTS / "rapport.pdf"), "p"]
        subprocess.run(command, cwd=folder, check=True)
        found = [framed(Image.open(path)) for path in sorted(Path(folder).glob("p-*.png"))]
    width, height = found[0].size
    rows = -(-len(found) // _SHEET_COLUMNS)
    size = (_SHEET_COLUMNS * (width + _GAP) + _GAP, rows * (height + _GAP) + _GAP)
    sheet = Image.new("RGB", size, "#eef1f5")
    for rank, image in enumerate(found):
        down, across = divmod(rank, _SHEET_COLUMNS)
        sheet.paste(image, (_GAP + across * (width + _GAP), _GAP + down * (height + _GAP)))
    save(sheet, name, 1400)


def accueil(name: str) -> None:
    """The top of the front page."""
    with browser_page(900) as page:
        page.goto((OUTPUTS / "index.html").as_uri())
        save(framed(opened(page.screenshot())), name, 900)


def lecture(name: str) -> None:
    """A figure in its page, with numbers beside its parts."""
    with browser_page(900) as page:
        page.goto((OUTPUTS / "html" / f"{CHAPTER}.html").as_uri())
        area = page.locator("#F02-01").evaluate(_NUMBER_PARTS)
        save(framed(opened(page.screenshot(clip=area, full_page=True))), name, 900)


@contextmanager
def jupyterlab() -> Iterator[str]:
    """JupyterLab on a copy of the notebooks, with settings of its own; gives the address of the chapter."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as folder:
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
        probe.close()
        carnets = Path(folder) / "carnets"
        shutil.copytree(ROOT / "notebooks", carnets, ignore=shutil.ignore_patterns("perso", ".*"))
        (carnets / "perso").mkdir()
        command = [
            str(Path(sys.executable).with_name("jupyter-lab")),
            *("--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.port_retries=0"),
            *(f"--port={port}", f"--IdentityProvider.token={token}", f"--notebook-dir={carnets}"),
        ]
        address = f"http://127.0.0.1:{port}/lab/tree/{CHAPTER}.ipynb?token={token}"
        with subprocess.Popen(
            command, env=_lab_environment(Path(folder)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                _wait_for(f"http://127.0.0.1:{port}/api?token={token}")
                yield address
            finally:
                server.terminate()


def _lab_environment(folder: Path) -> dict[str, str]:
    settings = folder / "reglages" / "@jupyterlab"
    for plugin, content in (
        ("translation-extension/plugin", '{"locale": "fr_FR"}'),
        ("apputils-extension/notification", '{"checkForUpdates": false, "fetchNews": "false"}'),
    ):
        path = settings / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    own = {
        "ATC_ROOT": str(ROOT),
        "JUPYTERLAB_SETTINGS_DIR": str(settings.parent),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "espaces"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    return {**os.environ, **own}


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310 (this machine, over http)
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return


def jupyterlab_picture(name: str) -> None:
    """A chapter in JupyterLab, executed down to its first figure."""
    with jupyterlab() as address, browser_page(800) as page:
        page.set_default_timeout(_PATIENCE * 1000)
        page.goto(address)
        page.locator(".jp-Notebook .jp-MarkdownOutput h1").first.wait_for()
        page.evaluate(_RUN_ALL)
        chart = page.locator("#F02-01 .chart-wide svg")
        chart.wait_for(state="attached")
        chart.scroll_into_view_if_needed()
        page.wait_for_timeout(1500)  # JupyterLab lays cells out as they come into view
        save(framed(opened(page.screenshot())), name, 1100)


PICTURES: Mapping[str, Callable[[str], None]] = {
    "figure": figure,
    "pages": pages,
    "accueil": accueil,
    "lecture": lecture,
    "jupyterlab": jupyterlab_picture,
}


def main() -> None:
    """Remake the pictures that are asked for, or all of them."""
    parser = argparse.ArgumentParser(description="Remake the pictures in docs/images/.")
    parser.add_argument(
        "names", nargs="*", choices=[[], *PICTURES], metavar="picture", help=", ".join(PICTURES)
    )
    names: list[str] = parser.parse_args().names or list(PICTURES)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in names:
        PICTURES[name](name)


if __name__ == "__main__":
    main()
