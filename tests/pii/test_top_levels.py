"""The names of top-level domains are those of tldextract."""

import tldextract

from corpus_audit.pii.top_levels import _known, is_top_level


def test_the_list_is_the_one_that_tldextract_reads():
    suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    assert _known() == {suffix.rpartition(".")[2] for suffix in suffixes}
    assert is_top_level("cn") and is_top_level("example") and not is_top_level("png")
