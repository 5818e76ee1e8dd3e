"""Gathers what there is of each kind of evidence, and hands it to the assessment."""
