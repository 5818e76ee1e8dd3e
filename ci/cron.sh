#!/usr/bin/env bash
# Gate every new delivery in a folder, and move it to where trainers may read. From cron:
#
#   */15 * * * *  /opt/corpus-audit/ci/cron.sh /srv/inbox /srv/accepted /srv/policy.toml
#
# A delivery is a folder. One that passes is moved to ACCEPTED; others stay, and are not tried again
# until they, or the policy, change. Audits and verdicts are in INBOX/.corpus-audit/NAME/. Output is
# what cron mails: a line for each delivery that needs somebody.
set -u
inbox=${1:?inbox} accepted=${2:?folder for what passed} policy=${3:?policy file}
state=$inbox/.corpus-audit
mkdir -p "$state" "$accepted"
exec 9>"$state/lock"
flock -n 9 || exit 0 # the last run is still at work

failed=0
for delivery in "$inbox"/*/; do
  [ -d "$delivery" ] || continue
  name=$(basename "$delivery")
  out=$state/$name
  mkdir -p "$out"
  seen=$(find "$delivery" -type f -printf '%P %s %T@\n' | sort | cat - "$policy" | sha256sum)
  [ "$seen" != "$(cat "$out/seen" 2>/dev/null)" ] || continue
  corpus-audit gate "$delivery" --policy "$policy" --output "$out/audit" --quiet \
    --key-file "${CORPUS_AUDIT_KEY:-$state/corpus-audit.key}" \
    --json "$out/gate.json" --markdown "$out/gate.md" >"$out/gate.txt" 2>"$out/errors.txt"
  code=$?
  case $code in
    0) mv "$delivery" "$accepted/$name" && rm -rf "$out/seen" && continue ;;
    4) echo "$name: FAILED, see $out/gate.md" ;;
    5) echo "$name: UNDECIDED, see $out/gate.md" ;;
    3) echo "$name: holds no document" ;;
    2) echo "$name: not gated: $(head -n 1 "$out/errors.txt")" ;;
    *) echo "$name: corpus-audit ended with $code, see $out/errors.txt" && failed=1 && continue ;;
  esac
  failed=1
  echo "$seen" >"$out/seen"
done
exit $failed
