"""What tests of evidence share: the sample, its ledger, and the papers that it lacks."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEDGER = ROOT / "sample_data/provenance/sources.toml"
STANDARDS = ("tc260-003-2024", "gbt-45654-2025", "gbt-45652-2025", "gbt-45674-2025")
DETECTORS = ("fingerprints", "keywords", "language", "licences", "origins")

RISKS = (("1", "abcdefgh"), ("2", "abcdefghi"), ("3", "abcde"), ("4", "abcdefg"), ("5", "ab"))
CORPUS_PAPERS = (
    "filter_log", "manual_check_log", "ip_record", "complaint_channel", "user_agreement",
    "ip_summary", "security_policy", "security_log", "annotation.roster", "annotation.exam",
    "annotation.rules", "annotation.task_log", "annotation.verification", "annotation.platform",
    "classifier.card", "banks.files",
)  # fmt: skip
#: What nothing here computes: people check it.
BY_PEOPLE = ("library.age", "banks.count", "banks.age", "classifier.labels", "sample.drawn")
