"""From paths to units: nothing twice, nothing dropped without a word."""

import itertools

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_audit.errors import NothingToScan, UsageError
from corpus_audit.plan import plan
from corpus_audit.types import ReadOptions

LINE = b'{"text": "one"}\n'


@pytest.fixture
def tree(tmp_path):
    def make(**files):
        for name, data in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path

    return lambda files: make(**files)


def files(made, root):
    return [part.file.path.removeprefix(f"{root}/") for unit in made.units for part in unit.parts]


def planned(*paths, **options):
    return plan([str(path) for path in paths], ReadOptions(), **options)


def test_a_folder_gives_its_files_in_order_and_says_what_it_ignored(tree):
    root = tree(
        {
            "b/x.jsonl": LINE,
            "a/y.jsonl.gz": b"",
            "data/train-00000-of-00001.parquet": b"?",
            "README.md": b"#",
            "LICENSE.txt": b"l",
            "ds/dataset_info.json": b"{}",
            "ds/state.json": b"{}",
            "_SUCCESS": b"",
            ".hidden.jsonl": LINE,
            "x.md5": b"",
            "logo.png": b"",
        }
    )
    made = planned(root)
    assert files(made, root) == ["a/y.jsonl.gz", "b/x.jsonl", "data/train-00000-of-00001.parquet"]
    assert len(made.ignored) == 8 and all(reason for _, reason in made.ignored)


def test_a_readme_is_a_document_where_it_is_given_or_where_all_is_text(tree):
    root = tree({"README.md": b"#", "b.txt": b"t"})
    assert files(planned(root), root) == ["README.md", "b.txt"]
    (root / "c.jsonl").write_bytes(LINE)
    assert files(planned(root), root) == ["b.txt", "c.jsonl"]
    assert files(planned(root / "README.md", root / "c.jsonl"), root) == ["README.md", "c.jsonl"]


def test_a_file_given_twice_counts_once(tree, monkeypatch):
    root = tree({"a.jsonl": LINE})
    monkeypatch.chdir(root)
    assert len(planned(root, root / "a.jsonl", "a.jsonl", "./a.jsonl", root / "*.jsonl").units) == 1


def test_links_do_not_loop(tree):
    root = tree({"a/x.jsonl": LINE})
    (root / "a/loop").symlink_to(root)
    assert len(files(planned(root), root)) == 1


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="gone"):
        planned(tmp_path / "gone")
    with pytest.raises(UsageError, match="gone"):
        planned(tmp_path / "gone*.jsonl")


def test_nothing_to_scan_is_an_error_of_its_own(tree):
    with pytest.raises(NothingToScan):
        planned(tree({"logo.png": b""}))


def test_an_unknown_format_names_the_known_ones(tree):
    root = tree({"a.dat": LINE})
    with pytest.raises(UsageError, match="jsonl"):
        planned(root / "a.dat", format="nosuch")
    assert planned(root / "a.dat", format="jsonl").units[0].parts[0].reader == "jsonl"


def test_big_files_are_cut_and_small_neighbours_grouped(tree):
    root = tree({"big.jsonl": LINE * 1000, **{f"s/{i:03}.txt": b"text" for i in range(50)}})
    made = planned(root, unit_bytes=4_000)
    assert sum(unit.parts[0].file.path.endswith("big.jsonl") for unit in made.units) == 4
    assert len(made.units) == 5
    assert made.nbytes == 16_000 + 200


def test_a_unit_holds_no_more_than_1024_files(tree):
    root = tree({f"{i:04}.txt": b"t" for i in range(2_500)})
    assert [len(unit.parts) for unit in planned(root).units] == [1024, 1024, 452]


def test_parquet_is_cut_by_row_groups(tmp_path):
    table = pa.table({"text": [str(i) * 50 for i in range(1000)]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100, compression="none")
    made = planned(tmp_path, unit_bytes=10_000)
    ranges = [(part.start, part.end) for unit in made.units for part in unit.parts]
    assert ranges[0][0] == 0 and ranges[-1][1] == 10
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ranges))


def test_remote_folders_files_and_globs(tmp_path):
    for name in ("a.jsonl", "b.jsonl", "sub/c.jsonl"):
        with fsspec.open(f"memory://plan/{name}", "wb") as stream:
            stream.write(LINE)
    names = [part.file.path for unit in planned("memory://plan").units for part in unit.parts]
    assert [name.rsplit("/", 1)[-1] for name in names] == ["a.jsonl", "b.jsonl", "c.jsonl"]
    assert all(name.startswith("memory://") for name in names)
    assert len(planned("memory://plan/*.jsonl").units[0].parts) == 2
    assert len(planned("memory://plan/a.jsonl").units) == 1
    with pytest.raises(UsageError, match="gone"):
        planned("memory://plan/gone")
