"""Indicators: pure functions, validated tables in, tidy tables or single values out.

One module per subject; import the module, not its names::

    from atc.indicators import measures

    measures.par_modalite(wave.table("carnet_de_bord"), wave.field("carnet_de_bord.contrat"))

Every table parameter bears the name of its table, and ``dictionary`` brings labels. Shared column names:

- ``modalite``, ``libelle``: code and label of the dictionary, in the order of the questionnaire;
- ``effectif``: how many rows of the table (people, territories: each docstring says which);
- ``total``: how many could have been counted, missing answers left out;
- ``part``: ``effectif / total``, between 0 and 1, missing when ``total`` is 0.

=================  =====================================================================
`measures`         counts by modalité, boxes, bands, quarters, summaries; what addresses measure
`addresses`        one value of a wave: a measure, a column, a value and a filter
`reponse`          who was asked, who answered, and what that leaves unknown
`terrain`          sites, interviews, observations
`animation`        the animateurs' posts: contracts, time, staffing, profiles, support
`pilotage`         the steering bodies: meetings, members, themes
`acteurs`          stance of the institutions, what slowed the work, legitimacy of carriers
`scores`           the situation before the start, scored 1-10, matched by territory
`modeles`          models of priorities, backing, organisation, what explains them
`effets`           first effects
`verbatims`        the quotations that may be shown
`change`           what changed since the wave before
=================  =====================================================================
"""
