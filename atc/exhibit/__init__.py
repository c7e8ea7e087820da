"""What a chapter shows: exhibits that display and save themselves, and sentences computed from the data."""

from atc.exhibit.declare import exhibit
from atc.exhibit.model import Base, Draft, Exhibit
from atc.exhibit.prose import Prose, listed, messages, prose, ratios_aloud
from atc.exhibit.table import Column, DataTable

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
