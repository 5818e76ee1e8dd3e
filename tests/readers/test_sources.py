"""Sources by path: shard and split names are no sources, and no source is blank."""

import pytest

from corpus_audit.errors import UsageError
from corpus_audit.readers.sources import name_source
from corpus_audit.types import InputFile

#: path, root, source
PATHS = [
    # the top folder under the root
    ("c/forum/a.jsonl", "c", "forum"),
    ("c/forum/2024/a.jsonl", "c", "forum"),
    ("c/forum/train-00000-of-00009.parquet", "c", "forum"),
    ("c/论坛/a.jsonl", "c", "论坛"),
    ("c/forum/a.txt", "c", "forum"),
    ("/abs/c/forum/a.jsonl", "/abs/c", "forum"),
    ("c/forum/a.jsonl", "c/", "forum"),
    ("./c/forum/a.jsonl", "./c", "forum"),
    ("forum/a.jsonl", ".", "forum"),
    ("s3://bucket/c/forum/a.jsonl", "s3://bucket/c", "forum"),
    ("memory://c/forum/a.jsonl", "memory://c", "forum"),
    # a file directly under the root: its name without shard parts
    ("c/forum.jsonl", "c", "forum"),
    ("c/forum.jsonl.gz", "c", "forum"),
    ("c/forum.tar.zst", "c", "forum"),
    ("c/forum-00000-of-00009.jsonl", "c", "forum"),
    ("c/forum_00000_of_00009.jsonl.zst", "c", "forum"),
    ("c/forum-train-00000-of-00009.parquet", "c", "forum"),
    ("c/forum-0001.jsonl", "c", "forum"),
    ("c/forum_0001.jsonl", "c", "forum"),
    ("c/forum.part-00001.jsonl", "c", "forum"),
    ("c/forum_shard_0003.jsonl", "c", "forum"),
    ("c/wiki-2023.jsonl", "c", "wiki-2023"),
    ("c/news-20230115.jsonl", "c", "news-20230115"),
    ("c/CC-MAIN-2023-50.jsonl", "c", "CC-MAIN-2023-50"),
    ("c/driving-test.jsonl", "c", "driving-test"),
    ("c/zh.wiki.jsonl", "c", "zh"),
    # names that name nothing: the root folder
    ("c/train-00000-of-00009.parquet", "c", "c"),
    ("c/part-00001.parquet", "c", "c"),
    ("c/part-00001-0f1e2d3c-1111-2222-3333-444455556666-c000.snappy.parquet", "c", "c"),
    ("c/shard_0003.jsonl", "c", "c"),
    ("c/000_00000.parquet", "c", "c"),
    ("c/00017.jsonl", "c", "c"),
    ("c/train.jsonl", "c", "c"),
    ("c/test.jsonl", "c", "c"),
    ("c/valid.jsonl.gz", "c", "c"),
    ("c/validation.jsonl", "c", "c"),
    ("c/dev.csv", "c", "c"),
    ("c/data-00000-of-00001.arrow", "c", "c"),
    ("c/data/train-00000-of-00009.parquet", "c", "c"),
    ("c/train/data-00000-of-00001.arrow", "c", "c"),
    ("c/essay.txt", "c", "c"),
    ("c/0123456789abcdef0123456789abcdef.jsonl", "c", "c"),
    # a file given by itself
    ("c/forum.jsonl", "c/forum.jsonl", "forum"),
    ("c/train.jsonl", "c/train.jsonl", "c"),
    ("c/essay.txt", "c/essay.txt", "essay"),
    ("-", "-", "stdin"),
    # archives are folders
    ("c/forum.zip!/a.jsonl", "c", "forum"),
    ("c/forum.zip!/x/a.jsonl", "c/forum.zip", "x"),
    ("c/forum.zip!/a.jsonl", "c/forum.zip", "forum"),
    ("c/sub/forum.zip!/x/a.jsonl", "c", "sub"),
]


@pytest.mark.parametrize(("path", "root", "source"), PATHS)
def test_the_path_names_the_source(path, root, source):
    assert name_source(InputFile(path, root, 0, "")) == source


@pytest.mark.parametrize(
    ("path", "root"), [("/00001.jsonl", "/"), ("/train.jsonl", "/train.jsonl")]
)
def test_a_source_is_never_blank(path, root):
    assert name_source(InputFile(path, root, 0, "")).strip()


#: pattern, path, root, source
PATTERNS = [
    ("crawl/{source}/*.jsonl.gz", "c/crawl/forum/a.jsonl.gz", "c", "forum"),
    ("crawl/{source}/*.jsonl.gz", "c/crawl/forum/a.jsonl.gz", "c/crawl", "forum"),
    ("*/{source}-*.jsonl", "c/x/forum-zh-01.jsonl", "c", "forum"),
    ("**/{source}.jsonl", "c/a/b/forum.jsonl", "c", "forum"),
    ("{source}/**", "c/forum/a/b.jsonl", "c", "forum"),
    ("other/{source}/*.csv", "c/crawl/forum/a.jsonl.gz", "c", "crawl"),
]


@pytest.mark.parametrize(("pattern", "path", "root", "source"), PATTERNS)
def test_a_pattern_names_the_source_where_it_matches(pattern, path, root, source):
    assert name_source(InputFile(path, root, 0, ""), (pattern,)) == source


@pytest.mark.parametrize("pattern", ["crawl/*", "{source}/{source}"])
def test_a_pattern_without_one_hole_is_refused(pattern):
    with pytest.raises(UsageError, match="exactly once"):
        name_source(InputFile("a", "a", 0, ""), (pattern,))
