"""Open a wave to come: what it will ask, who says what it is worth, and the forms to collect it.

``naming`` reads the id of a wave; ``draft`` prepares ``data/raw/<vague>`` (a description to complete and a
codebook to review), ``declaration`` the entry of report.toml; ``columns`` says what a form asks, ``workbook``
and ``mapping`` make the forms and the mapping file that imports them; ``opening`` writes it all or nothing.
"""

from atc.intake.newwave.opening import Opened, open_new_wave, write_forms

__all__ = ["Opened", "open_new_wave", "write_forms"]
