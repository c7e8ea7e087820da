"""The suite that holds the rows delivered with the project: ``-m demonstration``.

Its tests know what those rows say. With the team’s own waves they would fail for nobody’s fault: they are
left out, in one line, and all the others must pass.
"""

import hashlib
from pathlib import Path

TESTS = Path(__file__).resolve().parent
#: Of the descriptions of the delivered waves, which hold the hash of every table.
DELIVERED = "05eb5e830349a6bb341adf2964d4d90e8ace8c32e5e2f657e33e57d01efeb564"
#: Files, or folders, of tests/.
HELD = (
    "behaviour",
    "desk",
    "disclosure/test_audit.py",
    "disclosure/test_exceptions.py",
    "disclosure/test_exhibits.py",
    "disclosure/test_recovery.py",
    "exhibits/chapters",
    "exhibits/charts/test_sitemap.py",
    "exhibits/published",
    "exhibits/test_notices.py",
    "exhibits/test_report.py",
    "exhibits/test_wordings.py",
    "indicators/test_addresses.py",
    "indicators/test_quotations.py",
    "intake/test_as_people_have_them.py",
    "intake/test_corpus.py",
    "intake/test_correcting.py",
    "intake/test_filled_forms.py",
    "intake/test_importing.py",
    "intake/test_mapping_book.py",
    "intake/test_new_wave.py",
    "intake/test_proposal.py",
    "intake/test_simulate.py",
    "intake/test_three_tools.py",
    "publication/test_controls.py",
    "publication/test_finished.py",
    "publication/test_published.py",
    "publication/test_publishing.py",
    "publication/test_quotations.py",
    "publication/test_rows.py",
    "publication/test_wave_book.py",
    "reconstitution",
    "run/test_fiches.py",
    "survey/test_codebook.py",
    "survey/test_quotations.py",
    "survey/test_waves.py",
    "test_cli.py",
    "test_documents.py",
    "test_guide.py",
    "test_lives.py",
)


def are_delivered(raw: Path) -> bool:
    """Whether the waves are those of the project, and no others."""
    found = hashlib.sha256()
    for path in sorted(raw.glob("*/datapackage.json")):
        found.update(path.read_bytes())
    return found.hexdigest() == DELIVERED


def is_held(path: Path) -> bool:
    """Whether a file of tests knows what the delivered rows say."""
    name = path.relative_to(TESTS).as_posix()
    return any(name == held or name.startswith(f"{held}/") for held in HELD)
