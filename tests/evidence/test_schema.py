"""The JSON Schema of assessment.json."""

import json

import jsonschema

from corpus_audit.assess.model import Assessment
from corpus_audit.evidence.command import assess_audit
from corpus_audit.rules.location import rules_dir

SCHEMA = rules_dir() / "assessment.schema.json"


def test_the_schema_that_ships_is_that_of_the_model():
    """Write it again with `corpus-audit assess --schema > rules/assessment.schema.json`."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == Assessment.model_json_schema()


def test_an_assessment_is_valid_under_it_and_reads_back(sample_audit, today):
    found = assess_audit(str(sample_audit), "tc260-003-2024", today=today)
    text = found.model_dump_json()
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert Assessment.model_validate_json(text) == found
