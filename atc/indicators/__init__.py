"""Indicators: pure functions, validated tables in, tidy tables or single values out.

One module per subject; import the module, not its names::

    from atc.indicators import measures

    measures.tally(wave.field("carnet_de_bord.contrat").labels, wave.table("carnet_de_bord")["contrat"])

Every table parameter bears the name of its table, and ``dictionary`` brings labels. Shared column names:

- ``modalite``, ``libelle``: code and label of the dictionary, in the order of the questionnaire;
- ``effectif``: how many rows of the table (people, territories: each docstring says which);
- ``total``: how many could have been counted, missing answers left out;
- ``part``: ``effectif / total``, between 0 and 1, missing when ``total`` is 0.

=================  =====================================================================
`measures`         counts by modalité, boxes, bands, quarters, summaries
`addresses`        one value of a wave: a measure, a column, a value and a filter
`fieldwork`        who was asked, who answered, who was met, what the evaluators saw
`scores`           the situation, scored by two groups, matched by territory
`change`           what changed since the wave before
`quotations`       the quotations that may be shown, and under which name
=================  =====================================================================
"""
