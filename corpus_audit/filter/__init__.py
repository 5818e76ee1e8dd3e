"""Acts on an audit: the corpus without what was found, and what was left out beside it."""
