"""Reads whole files through a reader, and checks what holds for every batch."""

from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch
from corpus_audit.types import SKIP_REASONS, InputFile, Loss, Part, ReadOptions, Skipped


def stored(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return InputFile(str(path), str(tmp_path), len(data), "1")


def read(file, reader, options=None, target=None):
    """All documents as (position, text), all skipped, all losses."""
    options = options or ReadOptions()
    made = reader_named(reader)
    parts = made.split(file, target) if target else [Part(file, reader, weight=file.size)]
    documents, skipped, losses = [], [], []
    for part in parts:
        for item in reader_named(part.reader).read(part, options):
            if isinstance(item, Batch):
                item.records.validate(full=True)
                assert all(item.records.column("source").to_pylist())
                rows = (item.records.column(n).to_pylist() for n in ("doc", "position", "text"))
                documents += zip(*rows, strict=True)
            elif isinstance(item, Skipped):
                assert item.reason in SKIP_REASONS
                skipped.append(item)
            else:
                assert isinstance(item, Loss)
                losses.append(item)
    return documents, skipped, losses
