"""Write `sample_data/provenance/`: a ledger of the sample corpus, with papers for every kind.

The papers are made up. The data contradicts the ledger in places, as `sample_data/README.md` says.

    python scripts/build_sample_ledger.py
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "sample_data/provenance"

PAPERS = {
    "encyclopedia-license.txt": "本语料以 CC BY 4.0 发布，版本 2.1。\n",
    "books-license.txt": "作者去世已逾五十年，作品已进入公有领域。\n",
    "news-collection.log": "2025-02-01 to 2025-02-28, 120 pages fetched, 0 refused\n",
    "crawl-collection.log": "2025-03-10 to 2025-03-14, 66 pages fetched\n",
    "market-collection.log": "2025-01-05, written in-house by the sample team\n",
    "refusals.txt": "2025-03-01: nobody has refused so far\n",
    "forum-contract.txt": "Contract between Sample Lab and Forum Data Ltd, sample only.\n",
    "forum-commitment.txt": "Forum Data Ltd commits to source, quality and safety of its data.\n",
    "forum-proof.txt": "Proof by Forum Data Ltd: terms of service, consent logs.\n",
    "forum-review.txt": "Sample Lab reviewed data, commitment and proof on 2025-01-20.\n",
    "chat-authorization.txt": "38 users agreed on 2025-02-10; ids in the authorisation system.\n",
    "chat-opt-out.txt": "2025-03-01: u-901, u-902\n",
    "chat-consent.txt": "Wording of the consent to process personal data, version 3.\n",
    "assessments.txt": "Each source: 100 items looked at, none over 5 %. Dated 2024-12-20.\n",
    "ip-strategy.txt": "How intellectual property is managed, version 1.\n",
    "blocklist.txt": "# sites that must be blocked\nblocked.example\n",
}
ROBOTS = {
    "news.example.txt": "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\n"
    "User-agent: *\nAllow: /\n",
    "crawl.example.txt": "User-agent: *\nDisallow: /private/\n",
}

LEDGER = """\
# Where the sample corpus is from. `corpus-audit sources check sample_data/provenance/sources.toml`
version = 1
organisation = "Sample Lab"
purpose = "commercial"
data = "../corpus"

[[evidence]]
kind = "ip_strategy"
{ip-strategy.txt}

[[evidence]]
kind = "ip_owner"
person = "A. Sample, counsel"

[[evidence]]
kind = "blocklist"
{blocklist.txt}

# --- open data ---

[[source]]
id = "encyclopedia"
name = "样例百科"
paths = ["encyclopedia/**"]
kind = "open"
origin = "domestic"
languages = ["zh", "en"]
owner = "样例百科社区"
url = "https://ency.example"
version = "2.1"
licence = "CC-BY-4.0"
personal_data = { basis = "none-held" }

[[source.evidence]]
kind = "license"
version = "4.0"
{encyclopedia-license.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

[[source]]
id = "books"
paths = ["books/**"]
kind = "open"
origin = "domestic"
languages = ["zh"]
owner = "渡口出版社"
licence = "LicenseRef-public-domain"

[[source.evidence]]
kind = "license"
{books-license.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

# --- self-collected data ---

[[source]]
id = "news"
paths = ["news/**"]
kind = "self-collected"
origin = "domestic"
languages = ["zh"]
owner = "样例新闻网"
url = "https://news.example"
robots = "robots/news.example.txt"

[source.collected]
first = 2025-02-01
last = 2025-02-28
agent = "SampleLabBot"

[[source.evidence]]
kind = "collection_record"
{news-collection.log}

[[source.evidence]]
kind = "refusals"
{refusals.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

[[source]]
id = "crawl"
paths = ["crawl/*.jsonl.gz"]
kind = "self-collected"
delivery = "sample"
population = 48000
origin = "overseas"
languages = ["zh", "en"]
owner = "Crawl Example Foundation"
url = "https://crawl.example"
robots = "robots/crawl.example.txt"

[source.collected]
first = 2025-03-10
last = 2025-03-14
agent = "SampleLabBot"

[[source.evidence]]
kind = "collection_record"
{crawl-collection.log}

[[source.evidence]]
kind = "refusals"
{refusals.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

[[source]]
id = "market-board"
paths = ["market-board/**"]
kind = "self-collected"
origin = "domestic"
languages = ["zh"]
owner = "Sample Lab"
licence = "LicenseRef-own"

[source.collected]
first = 2025-01-05
last = 2025-01-05
method = "written in-house"

[[source.evidence]]
kind = "collection_record"
{market-collection.log}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

# --- bought data ---

[[source]]
id = "forum-en"
paths = ["forum-en/**"]
kind = "commercial"
origin = "overseas"
languages = ["en"]
owner = "Forum Data Ltd"
licence = "LicenseRef-contract"

[[source.evidence]]
kind = "contract"
parties = ["Sample Lab", "Forum Data Ltd"]
valid_from = 2025-01-01
valid_until = 2035-12-31
{forum-contract.txt}

[[source.evidence]]
kind = "commitment"
{forum-commitment.txt}

[[source.evidence]]
kind = "proof"
{forum-proof.txt}

[[source.evidence]]
kind = "supply_review"
issued = 2025-01-20
{forum-review.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

# --- user input ---

[[source]]
id = "chat"
paths = ["chat/**"]
kind = "user-input"
origin = "domestic"
languages = ["zh"]
owner = "Sample Lab"
personal_data = { basis = "consent" }

[[source.evidence]]
kind = "authorization"
{chat-authorization.txt}

[[source.evidence]]
kind = "opt_out"
{chat-opt-out.txt}

[[source.evidence]]
kind = "consent"
{chat-consent.txt}

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}

# --- generated data ---

[[source]]
id = "qa-synthetic"
paths = ["qa-synthetic/**"]
kind = "synthetic"
origin = "domestic"
languages = ["zh", "en"]
owner = "Sample Lab"

[source.generated]
model = "sample-model"
version = "1.0"
first = 2025-04-01
last = 2025-04-28
provider = "Sample Lab"
seeds = ["encyclopedia"]

[[source.evidence]]
kind = "assessment"
issued = 2024-12-20
{assessments.txt}
"""


def build() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for folder, files in (("evidence", PAPERS), ("robots", ROBOTS)):
        (FOLDER / folder).mkdir(parents=True)
        for name, text in files.items():
            (FOLDER / folder / name).write_text(text, encoding="utf-8")
    ledger = LEDGER
    for name, text in PAPERS.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        ledger = ledger.replace(f"{{{name}}}", f'file = "evidence/{name}"\nsha256 = "{digest}"')
    (FOLDER / "sources.toml").write_text(ledger, encoding="utf-8")


if __name__ == "__main__":
    build()
