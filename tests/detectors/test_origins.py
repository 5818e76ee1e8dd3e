"""What documents and their records say of where they come from."""

import json

import pytest

from corpus_audit.detectors.origins import OriginDetector


@pytest.fixture
def told(make_batch):
    """`told("text", column=value, config={...})`: the columns of one document."""

    def tell(text="Some prose.", config=None, source="s", **columns):
        batch = make_batch(text, source=source, **{k: [v] for k, v in columns.items()})
        seen = OriginDetector(config or {}).scan(batch).columns
        return {name: column[0].as_py() for name, column in seen.items()}

    return tell


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, "none"),
        ({"url": "https://a.example/x"}, "url"),
        ({"url": " HTTP://a.example "}, "url"),
        ({"url": "https://新闻.example/第一页"}, "url"),
        ({"url": "a.example/x"}, "bad-url"),
        ({"url": "https://localhost"}, "bad-url"),
        ({"url": "见正文"}, "bad-url"),
        ({"dataset": "D", "organization": "O"}, "dataset"),
        ({"dataset": "D"}, "none"),
        ({"dataset": "D", "organization": "  "}, "none"),
        ({"service": "chat", "user_id": "u-1"}, "service"),
        ({"service": "chat"}, "none"),
        ({"url": "bad", "dataset": "D", "organization": "O"}, "dataset"),
    ],
)
def test_a_document_names_its_origin_wholly_or_not_at_all(told, columns, expected):
    assert told(**columns)["metadata"] == expected


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (None, None), ("2024-05-06", "ok"), ("2024-05-06T07:08:09Z", "ok"), ("20240506", "ok"),
        ("2024年5月6日", "ok"), ("2024/05/06 07:08", "ok"), ("2024-05", "ok"), ("1714979289", "ok"),
        ("1714979289.5", "ok"), ("yesterday", "bad"), ("2024-13-40", "bad"), ("", "bad"),
    ],
)  # fmt: skip
def test_the_time_of_collection_has_a_form_that_can_be_read(told, time, expected):
    batch = {} if time is None else {"collected_at": time}
    assert told(**batch)["collected"] == expected


def test_generated_data_tells_its_model_and_time(told):
    assert told(model="m-1", generated_at="2025-01-01")["generation"] == "model+time"
    assert told(model="m-1")["generation"] == "model"
    assert told(generated_at="2025-01-01")["generation"] == "time"
    assert told()["generation"] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/page", "url-only"),
        ("  https://a.example/page \n", "url-only"),
        ("https://a.example/1\nhttps://a.example/2\nhttp://b.example/3", "link-list"),
        ("1. https://a.example/1\n2. https://a.example/2", "link-list"),
        ("图一 https://img.example/a/b/c/1.jpg 图二 https://img.example/a/b/c/2.jpg", "link-list"),
        ("See https://a.example/page for what the committee decided on Tuesday evening.", None),
        ("No link at all.", None),
        ("std::cout << 1; // http:// alone", None),
        ("The scheme is written as http:// and then the host.", None),
    ],
)
def test_documents_that_are_only_links_are_told_from_prose(told, text, expected):
    assert told(text)["links"] == expected


def test_a_long_text_with_many_links_far_apart_is_prose(told):
    paragraph = "A sentence that goes on for a while, as sentences do. " * 10
    assert told((paragraph + "https://a.example/x ") * 20)["links"] is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (None, None),
        ({"X-Robots-Tag": "noindex"}, None),
        ({"X-Robots-Tag": "noai, noimageai"}, "noai"),
        ({"x-robots-tag": "NoAI"}, "noai"),
        ({"meta robots": "index, noimageai"}, "noai"),
        ({"TDM-Reservation": "1"}, "tdm"),
        ({"tdm-reservation": 1}, "tdm"),
        ({"meta tdm-reservation": "1"}, "tdm"),
        ({"tdm-reservation": "0"}, None),
        ({"X-Robots-Tag": ["noai"], "tdm-reservation": "1"}, "noai tdm"),
        ({"Server": "noai"}, None),
    ],
)
def test_marks_that_reserve_rights_are_read_from_headers(told, headers, expected):
    columns = {} if headers is None else {"headers": json.dumps(headers)}
    assert told(**columns)["reserved"] == expected


def test_headers_that_are_no_object_say_nothing(told):
    assert told(headers="noai")["reserved"] is None
    assert told(headers="[1]")["reserved"] is None


def test_an_address_is_held_against_the_snapshot_of_its_site(told, tmp_path):
    (tmp_path / "news.example.txt").write_text(
        "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\nUser-agent: mybot\nDisallow: /shut\n"
    )
    config = {"robots": [str(tmp_path)], "agents": {"crawl": "mybot"}}
    page = {"url": "https://news.example/open"}
    assert told(config=config, **page)["robots"] == "ai-refused"
    assert told(config=config, **page)["robots_agents"] == "CCBot GPTBot"
    shut = told(config=config, source="crawl", url="https://www.news.example/shut/1")
    assert shut["robots"] == "refused"
    assert told(config=config, url="https://news.example/shut/1")["robots"] == "ai-refused"
    assert told(config=config, url="https://other.example/")["robots"] == "no-snapshot"
    assert told(config=config)["robots"] is None
    assert told("https://news.example/x", config=config)["robots"] == "ai-refused"


def test_a_blocked_site_is_found_by_address_and_in_lists_of_links(told, tmp_path):
    (tmp_path / "banned.txt").write_text("bad.example\n")
    config = {"blocklist": [str(tmp_path / "banned.txt")]}
    assert told(config=config, url="https://sub.bad.example/x")["blocked"] == "banned"
    assert told(config=config, url="https://notbad.example/x")["blocked"] is None
    assert told("http://bad.example/only", config=config)["blocked"] == "banned"
    links = "https://ok.example/1\nhttps://ok.example/2\nhttps://bad.example/3"
    assert told(links, config=config)["blocked"] == "banned"


def test_another_list_snapshot_or_agent_gives_another_digest(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("a.example\n")
    robots = tmp_path / "robots"
    robots.mkdir()
    (robots / "a.example.txt").write_text("User-agent: *\nDisallow: /\n")
    digests = {
        OriginDetector(config).digest
        for config in (
            {}, {"blocklist": [str(listed)]}, {"robots": [str(robots)]},
            {"robots": [str(robots)], "agents": {"s": "x"}},
        )
    }  # fmt: skip
    listed.write_text("b.example\n")
    digests.add(OriginDetector({"blocklist": [str(listed)]}).digest)
    assert len(digests) == 5
