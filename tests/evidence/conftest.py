"""The sample corpus scanned once, and an audit of it without the contradictions in it."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from sample import BY_PEOPLE, CORPUS_PAPERS, DETECTORS, LEDGER, RISKS, ROOT

import corpus_audit
from corpus_audit.rules.coverage import cover
from corpus_audit.rules.loader import read_rules
from corpus_audit.rules.standards import load_evidence, load_standard


@pytest.fixture(scope="session")
def sample_audit(tmp_path_factory) -> Path:
    audit = tmp_path_factory.mktemp("sample") / "audit"
    corpus_audit.scan(
        ROOT / "sample_data/corpus", audit, ledger=LEDGER, max_skipped=0.02, detectors=DETECTORS
    )
    return audit


@pytest.fixture(scope="session")
def today() -> date:
    """A day on which the shipped keyword library is not too old, if its files say how old it is."""
    updated = cover(read_rules(), load_standard("tc260-003-2024"), date.today()).updated
    return updated or date(2025, 6, 1)


@pytest.fixture(scope="session")
def clean_audit(sample_audit, tmp_path_factory) -> Path:
    """What a scan would have counted without what contradicts the ledger, and with personal data
    looked for and found in the chats."""
    audit = Path(shutil.copytree(sample_audit, tmp_path_factory.mktemp("clean") / "audit"))
    for file in (audit / "units").glob("*.json"):
        unit = json.loads(file.read_text(encoding="utf-8"))
        for name, tally in unit["tally"]["sources"].items():
            found = tally["categories"]
            for column in ("statements", "links", "blocked", "reserved", "robots"):
                found[column] = {}
            found["metadata"].pop("none", None)
            found["personal_data"] = {"general": 5} if name == "chat" else {"none": 1}
            tally["skipped"] = {}
            for counts in ("hits", "hit_chars", "any_hit", "any_hit_chars"):
                tally[counts] = {}
        file.write_text(json.dumps(unit), encoding="utf-8")
    manifest = json.loads((audit / "audit.json").read_text(encoding="utf-8"))
    manifest["detectors"]["pii"] = {}
    (audit / "audit.json").write_text(json.dumps(manifest), encoding="utf-8")
    return audit


@pytest.fixture(scope="session")
def full_ledger(tmp_path_factory) -> Path:
    """The sample ledger with every paper that holds for the corpus, and a whole crawl."""
    folder = Path(shutil.copytree(LEDGER.parent, tmp_path_factory.mktemp("ledger") / "provenance"))
    text = (folder / "sources.toml").read_text(encoding="utf-8")
    text = text.replace('delivery = "sample"\npopulation = 48000\n', "")
    (folder / "evidence/rules.txt").write_text(
        "\n".join(f"A.{group} {letter}" for group, letters in RISKS for letter in letters),
        encoding="utf-8",
    )
    (folder / "evidence/paper.txt").write_text("what was done, by whom, when\n", encoding="utf-8")

    def entry(kind: str, file: str) -> str:
        digest = hashlib.sha256((folder / "evidence" / file).read_bytes()).hexdigest()
        return f'\n[[evidence]]\nkind = "{kind}"\nfile = "evidence/{file}"\nsha256 = "{digest}"\n'

    for kind in CORPUS_PAPERS:
        text += entry(kind, "rules.txt" if kind == "annotation.rules" else "paper.txt")
    for person in ("first", "second", "third"):
        text += f'\n[[evidence]]\nkind = "report.signatories"\nperson = "{person}"\n'
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder / "sources.toml"


@pytest.fixture(scope="session")
def all_judged(tmp_path_factory) -> Path:
    """A person's judgement for everything that asks for one."""
    keys = [key for key, each in load_evidence().items() if each.by == "human"]
    file = tmp_path_factory.mktemp("judged") / "judgements.toml"
    file.write_text(
        "".join(
            f'[[judgement]]\nevidence = "{key}"\nverdict = "conforms"\nby = "A. Sample"\n'
            f'on = 2025-05-01\nreason = "looked at it"\n\n'
            for key in (*keys, *BY_PEOPLE)
        ),
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="session")
def annotations(tmp_path_factory) -> tuple[Path, Path]:
    """A table of annotation records without a fault, and the roster of those who made it."""
    folder = tmp_path_factory.mktemp("annotations")
    heading = "item,batch,kind,risk,executor,reviewers,date,result,check,response,side"
    rows = [heading]
    number = 0
    for group, letters in RISKS:
        for letter in letters:
            for _ in range(200):
                number += 1
                rows.append(
                    f"s{number},safety-1,safety,A.{group}.{letter},ann,bob,2025-03-01,pass,,"
                    "a calm answer,positive"
                )
    for i in range(400):
        check = "pass" if i < 10 else ""
        rows.append(f"f{i},tasks-1,functional,,ann,bob,2025-03-01,,{check},two and two is four,")
    (folder / "table.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "roster.csv").write_text(
        "person,role,qualified_from,qualified_until\n"
        "ann,executor,2025-01-01,\nbob,reviewer,2025-01-01,2025-12-31\n"
        "eve,arbiter,2025-01-01,\nzoe,supervisor,2025-01-01,\n",
        encoding="utf-8",
    )
    return folder / "table.csv", folder / "roster.csv"
