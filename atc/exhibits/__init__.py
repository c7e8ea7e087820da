"""What a chapter shows: exhibits that display and save themselves, and sentences computed from the data."""
