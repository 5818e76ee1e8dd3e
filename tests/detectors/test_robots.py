"""Snapshots of robots.txt, replayed: cases labelled by hand from RFC 9309."""

import tomllib
from pathlib import Path

import pytest

from corpus_audit.detectors.robots import AI_AGENTS, Robots, Snapshots, authority, find_snapshots

FILES = tomllib.loads((Path(__file__).parent.parent / "data/robots.toml").read_text("utf-8"))[
    "file"
]
CASES = [(file["rule"], file["robots"], *case) for file in FILES for case in file["cases"]]


def test_there_are_at_least_a_hundred_cases():
    assert len(CASES) >= 100


@pytest.mark.parametrize(("rule", "robots", "agent", "path", "allowed"), CASES)
def test_an_address_is_allowed_or_refused_as_the_rfc_says(rule, robots, agent, path, allowed):
    assert Robots(robots).allows(f"https://site.example{path}", agent) is allowed, rule


def test_an_agent_that_no_group_names_gets_the_rules_of_the_star():
    robots = Robots("User-agent: *\nDisallow: /a\nUser-agent: GPTBot\nDisallow: /\n")
    assert robots.replay("https://s.example/a", "*").verdict == "refused"
    answer = robots.replay("https://s.example/b", "*")
    assert answer == ("ai-refused", ("GPTBot",))
    assert robots.replay("https://s.example/b", "gptbot").verdict == "refused"


def test_ai_agents_are_valid_product_tokens_and_distinct():
    assert len({name.lower() for name in AI_AGENTS}) == len(AI_AGENTS)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.Example/x", "a.example"), ("http://a.example:80/", "a.example"),
        ("https://a.example:8443", "a.example:8443"), ("ftp://a.example/", ""), ("a.example", ""),
        ("https://a.example:port/", ""), ("http://[::1", ""),
    ],
)  # fmt: skip
def test_a_snapshot_belongs_to_an_authority(url, expected):
    assert authority(url) == expected


def test_snapshots_are_found_by_their_names(tmp_path):
    for name in ("a.example.txt", "b.example_8080.txt", "c.example/robots.txt", "d.example"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("User-agent: *\nDisallow: /\n")
    found = find_snapshots([tmp_path])
    assert set(found) == {"a.example", "b.example:8080", "c.example", "d.example"}
    snapshots = Snapshots(found)
    assert snapshots.of("http://b.example:8080/x") is not None
    assert snapshots.of("http://b.example/x") is None
    assert snapshots.of("https://www.a.example/x") is not None


def test_bytes_that_are_no_text_are_read_as_far_as_they_go(tmp_path):
    (tmp_path / "a.example.txt").write_bytes(b"\xff\xfe\nUser-agent: *\nDisallow: /\xff\n")
    assert (
        Snapshots(find_snapshots([tmp_path]))
        .of("https://a.example/x")
        .allows("https://a.example/x", "bot")
    )
