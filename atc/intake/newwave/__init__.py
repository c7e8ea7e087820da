"""Open a wave to come: its draft and its entry of report.toml (`opening`), then its `forms`."""

from atc.intake.newwave.opening import open_new_wave, write_forms

__all__ = ["open_new_wave", "write_forms"]
