"""Indicators: pure functions, validated tables in, tidy tables or single values out.

A table parameter bears the name of its table, and ``dictionary`` brings labels. Shared column names:
``modalite`` and ``libelle`` (code and label, in the order of the questionnaire), ``effectif`` (how many rows
of the table), ``total`` (how many could have been counted, missing answers left out).
"""
