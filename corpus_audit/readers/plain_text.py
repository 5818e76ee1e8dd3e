"""Plain text and Markdown: one file is one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from corpus_audit.readers.assemble import Fault, Record
from corpus_audit.readers.encodings import decoding_hint
from corpus_audit.readers.fields import Fields
from corpus_audit.readers.opening import open_utf8
from corpus_audit.readers.records import read_records
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_FIELDS = Fields(("text",), "id", None, ())


class TextReader:
    """Position is 0; the id is the path under the root."""

    name: ClassVar[str] = "text"
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".text", ".md", ".markdown", ".rst")

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, 0, -1, file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        yield from read_records(_record(part.file, options), _FIELDS, part.file, options)


def _record(file: InputFile, options: ReadOptions) -> Iterator[Record]:
    from corpus_audit.readers.sources import relative_path

    limit = options.max_document_bytes
    with open_utf8(file, options) as stream:
        pieces, size = [], 0
        while block := stream.read(1 << 20):
            size += len(block)
            if size <= limit + 3:
                pieces.append(block)
    data = b"".join(pieces).removeprefix(b"\xef\xbb\xbf")
    if size > limit + 3 or len(data) > limit:
        yield Record(0, Fault("too_large", f"a file of {size:,} bytes"), size)
        return
    try:
        yield Record(0, {"text": data.decode(), "id": relative_path(file)}, len(data))
    except UnicodeDecodeError:
        yield Record(0, Fault("invalid_encoding", decoding_hint(data)), len(data))
