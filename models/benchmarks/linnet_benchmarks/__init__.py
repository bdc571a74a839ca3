"""Exact likelihoods on the four piano-roll benchmarks of Boulanger-Lewandowski et al. (2012)."""
