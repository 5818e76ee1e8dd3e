"""Synthetic secrets: random, worth nothing. Prefixes are joined at run time, so that no scanner of
this repository takes its own source for a leak."""

from __future__ import annotations

import base64
import json
import string
import zlib
from collections.abc import Callable
from random import Random

from benchmarks.pii.vocabulary import digits, pick

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE32 = string.ascii_uppercase + "234567"
_ALGORITHMS = ("RSA ", "EC ", "", "OPENSSH ")


def _random(rng: Random, count: int, alphabet: str = _BASE62) -> str:
    return "".join(rng.choices(alphabet, k=count))


def private_key(rng: Random, variant: str) -> str:
    """A PEM block; `escaped` is the one-line form found in JSON and in environment variables."""
    label = rng.choice(_ALGORITHMS) + "PRIVATE" + " KEY"
    body = base64.b64encode(rng.randbytes(rng.choice((120, 250, 400)))).decode()
    lines = [f"-----BEGIN {label}-----"]
    lines += [body[start : start + 64] for start in range(0, len(body), 64)]
    lines.append(f"-----END {label}-----")
    return ("\\n" if variant == "escaped" else "\n").join(lines)


def cloud_token(rng: Random, variant: str) -> str:
    forms = {
        "aws": rng.choice(("AK" + "IA", "AS" + "IA")) + _random(rng, 16, _BASE32),
        "aliyun": "LT" + "AI" + _random(rng, rng.choice((16, 20))),
        "tencent": "AK" + "ID" + _random(rng, 32),
        "google": "AI" + "za" + _random(rng, 35, _BASE62 + "-_"),
    }
    return forms[variant or rng.choice(list(forms))]


def git_token(rng: Random, variant: str) -> str:
    """GitHub's classic tokens end in the CRC-32 of their random part, in base 62."""
    entropy = _random(rng, 30)
    check, rest = "", zlib.crc32(entropy.encode())
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        check = _BASE62[digit] + check
    forms = {
        "github": rng.choice(("gh" + "p_", "gh" + "o_", "gh" + "s_")) + entropy + check,
        "fine": "github" + "_pat_" + _random(rng, 22) + "_" + _random(rng, 59),
        "gitlab": "gl" + "pat-" + _random(rng, 20),
    }
    return forms[variant or rng.choices(list(forms), (50, 15, 35))[0]]


def jwt(rng: Random, variant: str) -> str:
    def part(value: object) -> str:
        raw = (
            value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
        )
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    header = {"alg": rng.choice(("HS256", "RS256")), "typ": "JWT"}
    claims = {"sub": digits(rng, 8), "iat": rng.randrange(1_600_000_000, 1_700_000_000)}
    return ".".join((part(header), part(claims), part(rng.randbytes(32))))


def password(rng: Random, variant: str) -> str:
    word = pick(rng, "handle_words").capitalize()
    return rng.choice(
        (
            word + rng.choice("@#!") + digits(rng, 4),
            _random(rng, 12) + rng.choice("!@#"),
            pick(rng, "pinyin") + pick(rng, "pinyin") + rng.choice("#@_") + digits(rng, 3) + "Qz",
            _random(rng, 6) + rng.choice("$%^*") + _random(rng, 5),
        )
    )


def url_credentials(rng: Random, variant: str) -> str:
    scheme = rng.choice(("https", "mysql", "postgresql", "redis", "mongodb", "ftp", "amqp"))
    secret = _random(rng, rng.choice((8, 10, 12)))
    host = rng.choice(("db01.lanhaisoft.cn", "git.yunfantech.com.cn", "cache.hengtongwl.com"))
    tail = rng.choice(("", ":3306/app", ":8443/", "/data"))
    user = pick(rng, "pinyin") + rng.choice(("", "_admin", digits(rng, 2)))
    return f"{scheme}://{user}:{secret}@{host}{tail}"


CREDENTIALS: dict[str, Callable[[Random, str], str]] = {
    "private_key": private_key,
    "cloud_token": cloud_token,
    "git_token": git_token,
    "jwt": jwt,
    "url_credentials": url_credentials,
    "password": password,
}
