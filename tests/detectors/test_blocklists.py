"""Block lists: forms of lists, and what an entry blocks."""

import pyarrow as pa
import pytest

from corpus_audit.detectors.blocklists import Blocklist
from corpus_audit.errors import UsageError


def blocked(blocklist, *urls):
    codes = blocklist.match(pa.array(urls, pa.string()))
    return [None if code < 0 else blocklist.categories[code] for code in codes]


@pytest.fixture
def listed(tmp_path):
    def make(text, name="list.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return Blocklist([tmp_path / name])

    return make


@pytest.mark.parametrize(
    ("entry", "url", "hit"),
    [
        ("bad.example", "https://bad.example", True),
        ("bad.example", "http://BAD.example/x?y#z", True),
        ("bad.example", "https://www.bad.example/", True),
        ("bad.example", "https://deep.sub.bad.example/x", True),
        ("bad.example", "https://bad.example:8443/x", True),
        ("bad.example", "https://bad.example./x", True),
        ("bad.example", "https://user:pw@bad.example/x", True),
        ("bad.example", "https://notbad.example/", False),
        ("bad.example", "https://bad.example.org/", False),
        ("bad.example", "https://ok.example/bad.example", False),
        ("bad.example", "https://ok.example/?u=http://bad.example", False),
        ("www.bad.example", "https://bad.example/x", True),
        (".bad.example", "https://bad.example/x", True),
        ("*.bad.example", "https://a.bad.example/x", True),
        ("||bad.example^", "https://bad.example/x", True),
        ("http://bad.example/", "https://bad.example/x", True),
        ("0.0.0.0 bad.example", "https://bad.example/x", True),
        ("127.0.0.1\tbad.example # why", "https://bad.example/x", True),
        ("0.0.0.0 localhost bad.example", "https://bad.example/x", True),
        ("ok.example/forum", "https://ok.example/forum", True),
        ("ok.example/forum/", "https://www.ok.example/forum/thread?p=2", True),
        ("ok.example/forum", "https://ok.example/forums", False),
        ("ok.example/forum", "https://ok.example/", False),
        ("ok.example/forum", "https://sub.ok.example/forum", False),
        ("ok.example/Forum", "https://ok.example/forum", False),
        ("10.1.2.3", "http://10.1.2.3/x", True),
        ("违禁.example", "https://违禁.example/页", True),
        ("违禁.example", "https://xn--vuqt9s.example/", None),
        ("bad.example", "not an address", False),
        ("bad.example", "", False),
    ],
)
def test_an_entry_blocks_its_site_or_path_with_all_below(listed, entry, url, hit):
    if hit is None:  # the same host, as registries write it
        url = f"https://{'违禁'.encode('idna').decode()}.example/"
    found = blocked(listed(f"# comment\n\n{entry}\n"), url)
    assert found == ["list" if hit or hit is None else None]


def test_folders_as_ut1_lays_them_out_give_their_categories(tmp_path):
    for category, name, entry in (
        ("adult", "domains", "bad.example"), ("gambling", "domains", "bet.example"),
        ("gambling", "urls", "ok.example/casino"),
    ):  # fmt: skip
        (tmp_path / category).mkdir(exist_ok=True)
        (tmp_path / category / name).write_text(f"{entry}\n")
        (tmp_path / category / "usage").write_text("black\n")
    urls = ("https://bad.example", "https://x.bet.example", "https://ok.example/casino/1")
    assert blocked(Blocklist([tmp_path]), *urls) == ["adult", "gambling", "gambling"]
    assert blocked(Blocklist([tmp_path / "adult"]), *urls) == ["adult", None, None]


@pytest.mark.parametrize("text", ["", "# only comments\n", "bad.example\nnot an entry\n", "com\n"])
def test_a_list_that_would_block_nothing_is_refused(listed, text):
    with pytest.raises(UsageError):
        listed(text)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        Blocklist([tmp_path / "none.txt"])
    with pytest.raises(UsageError, match="no list in this folder"):
        Blocklist([tmp_path])
