"""What a chapter shows: exhibits that display and save themselves, and sentences computed from the data."""

from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, Exhibit, Prose, listed, messages, prose, ratios_aloud
from atc.exhibits.table import Column, DataTable

__all__ = [
    "Base",
    "Column",
    "DataTable",
    "Draft",
    "Exhibit",
    "Prose",
    "exhibit",
    "listed",
    "messages",
    "prose",
    "ratios_aloud",
]
