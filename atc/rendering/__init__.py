"""Executed notebooks made into documents: accessible HTML pages, tagged PDF, slides, Word, a workbook.

Nothing here reads the network or the clock. This file imports no module: who makes pages does not wait for
what lays out paper.
"""
