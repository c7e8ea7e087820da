"""Reproducible notebooks behind the evaluation of Animation territoriale citoyenne."""
__version__ = "0.1.0"
