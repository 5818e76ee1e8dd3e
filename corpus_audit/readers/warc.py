"""WARC: web pages as a crawler stored them. Needs the extra `[warc]`.

warcio finds the records; FastWARC would be faster, but ends the process on streams that it does not
expect. Resiliparse turns HTML into text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from corpus_audit.errors import ReadError
from corpus_audit.readers.assemble import Fault, Record
from corpus_audit.readers.fields import Fields
from corpus_audit.readers.opening import open_plain
from corpus_audit.readers.records import read_records
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_FIELDS = Fields(("text",), "id", url="url", collected_at="collected_at", headers="headers")
#: Headers and meta tags by which a site reserves rights or refuses uses.
_RESERVING = ("X-Robots-Tag", "TDM-Reservation", "TDM-Policy")
_META = re.compile(
    rb"""<meta\s[^>]{0,200}?name\s*=\s*["']?(robots|tdm-reservation|tdm-policy)["'\s][^>]{0,400}>""",
    re.IGNORECASE,
)
_CONTENT = re.compile(rb"""content\s*=\s*["']?([^"'>]{1,300})""", re.IGNORECASE)
_HEAD = 1 << 16  # bytes of a page in which its meta tags are looked for
_HTML = ("text/html", "application/xhtml+xml")
_MARKUP = 4  # bytes of HTML that a byte of text may take, before a page is too large to look at


class WarcReader:
    """Position is the offset of the record in the decompressed file.

    Documents are responses that hold HTML or plain text. Other responses are skipped as
    `no_content`; requests and metadata are no records of text.
    """

    name: ClassVar[str] = "warc"
    suffixes: ClassVar[tuple[str, ...]] = (".warc",)

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, weight=file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        try:
            import resiliparse.extract.html2text  # noqa: F401
            import warcio  # noqa: F401
        except ImportError as error:
            raise ReadError(
                f"{part.file.path}: reading WARC needs packages that are not installed, so no page "
                "in it can be scanned. Run: pip install 'corpus-audit[warc]'"
            ) from error
        yield from read_records(_records(part.file, options), _FIELDS, part.file, options)


def _records(file: InputFile, options: ReadOptions) -> Iterator[Record]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    limit = options.max_document_bytes * _MARKUP
    with open_plain(file, options) as stream:
        records = ArchiveIterator(stream)
        try:
            for record in records:
                if record.rec_type == "response":
                    document = _document(record, limit)
                    # The offset comes last: asking for it reads to the end of the record.
                    yield Record(records.get_record_offset(), document, record.length or 0)
        except ArchiveLoadFailed as error:  # its message repeats bytes of the file
            raise ReadError("holds something that is no WARC record; the rest is lost") from error


def _document(record: Any, limit: int) -> dict[str, Any] | Fault:
    http = record.http_headers
    kind, _, parameters = ((http and http.get_header("Content-Type")) or "").lower().partition(";")
    status = http.get_statuscode() if http else ""
    if status != "200":
        return Fault("no_content", "a response whose status is not 200")
    if kind.strip() not in _HTML and kind.strip() != "text/plain":
        return Fault("no_content", "neither HTML nor plain text")
    data = b"".join(_up_to(record.content_stream(), limit + 1))
    if len(data) > limit:
        return Fault("too_large", f"a page of over {limit:,} bytes")
    missing = record.raw_stream.limit
    if missing and record.raw_stream.read(1) == b"":
        raise ReadError(f"the last record lacks {missing:,} bytes: the file is truncated")
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters)
    headers = record.rec_headers
    return {
        "text": _text(data, found[1] if found else None, kind.strip() in _HTML),
        "id": headers.get_header("WARC-Record-ID"),
        "url": headers.get_header("WARC-Target-URI"),
        "collected_at": headers.get_header("WARC-Date"),
        "headers": _reserving(http, data),
    }


def _reserving(http: Any, page: bytes) -> dict[str, str] | None:
    """The headers and meta tags of `_RESERVING`, by lower-case name; None where there are none."""
    found: dict[str, str] = {}
    for name, value in http.headers:
        if name.lower() in {each.lower() for each in _RESERVING}:
            found[name.lower()] = ", ".join(filter(None, (found.get(name.lower()), value)))
    for tag in _META.finditer(page[:_HEAD]):
        if content := _CONTENT.search(tag[0]):
            name = f"meta {tag[1].decode().lower()}"
            value = content[1].decode("utf-8", "replace")
            found[name] = ", ".join(filter(None, (found.get(name), value)))
    return found or None


def _up_to(stream: Any, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):  # gives less than asked for
        size -= len(piece)
        yield piece


def _text(data: bytes, charset: str | None, html: bool) -> str:
    """All text that a reader of the page sees, not only what looks like its main part."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    page = bytes_to_str(data, charset or detect_encoding(data, from_html_meta=html) or "utf-8")
    return str(extract_plain_text(page, preserve_formatting=True) if html else page)
