"""An Airflow DAG that gates each day's delivery before anything downstream may read it.

A delivery that fails or cannot be decided fails its task at once: exit codes 2 to 5 mean that a
person has to look, so they are not retried. Anything else (a worker that died, a full disk) is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.models.param import Param
from airflow.operators.python import PythonOperator

COMMAND = """
set -u
out="{{ params.audits }}/{{ ds }}"
mkdir -p "$out"
exec corpus-audit gate "{{ params.deliveries }}/{{ ds }}" --policy "{{ params.policy }}" \
  --output "$out/audit" --key-file "{{ params.key_file }}" --lang "{{ params.lang }}" --quiet \
  --json "$out/gate.json" --markdown "$out/gate.md" --junit "$out/gate.xml"
"""


def run_gate(command: str) -> None:
    """Run the gate; tell Airflow which failures are worth another try."""
    import subprocess

    code = subprocess.run(["bash", "-c", command], check=False).returncode
    if code in (2, 3, 4, 5):
        raise AirflowFailException(f"the gate did not open (exit code {code}): see the log above")
    if code:
        raise RuntimeError(f"corpus-audit ended with {code}")


with DAG(
    dag_id="corpus_audit_gate",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    params={
        "deliveries": Param("/data/deliveries", type="string"),
        "audits": Param("/data/audits", type="string"),
        "policy": Param("/data/policy.toml", type="string"),
        "key_file": Param("/data/secrets/corpus-audit.key", type="string"),
        "lang": Param("en", type="string", enum=["en", "zh"]),
    },
    render_template_as_native_obj=False,
) as dag:
    gate = PythonOperator(task_id="gate", python_callable=run_gate, op_kwargs={"command": COMMAND})
