"""The sample notebook, read and set once for all the tests of this folder."""

import chromium
import pytest
from rendering import sample

from atc.rendering.chapter import read_chapter
from atc.rendering.html import chapter_page
from atc.rendering.paper import document_pdf
from atc.rendering.report import Chapter


@pytest.fixture(scope="session")
def chapter():
    return read_chapter(sample.notebook(), sample.SLUG)


@pytest.fixture(scope="session")
def second(chapter):
    """Another chapter with the same headings and other exhibits."""
    body = chapter.body.replace("F02-", "F03-").replace("T02-", "T03-")
    return Chapter("03_jeux_d_acteurs", "Des jeux d’acteurs complexes", body)


@pytest.fixture(scope="session")
def page(chapter):
    return chapter_page(chapter, sample.NAVIGATION, sample.COVER)


@pytest.fixture(scope="session")
def front():
    return sample.front(sample.COVER, sample.told())


@pytest.fixture(scope="session")
def single(chapter):
    """The chapter as a PDF of its own."""
    return document_pdf([chapter], sample.COVER)


@pytest.fixture(scope="session")
def report(chapter, second):
    return document_pdf([chapter, second], sample.COVER)


@pytest.fixture(scope="module")
def browser():
    # Two cannot be open in one process: other folders open their own.
    with chromium.launched() as opened:
        yield opened
