#!/usr/bin/env bash
# Upgrade devices with curl, and wait until all jobs have ended.
#
#     SWIMCTL_URL=http://127.0.0.1:8080 SWIMCTL_TOKEN_FILE=/etc/swimctl/token ./upgrade.sh sw1 sw2
#
# The token is in the file, or in SWIMCTL_TOKEN. Needs curl and python3 in /usr/bin or /usr/local/bin, which is all that
# cron's PATH has. Exits 0 where every device has a job that succeeded, 1 where one has not, 2 where the request was
# refused.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 DEVICE…" >&2; exit 2; }
PATH="${PATH:-/usr/bin:/bin}:/usr/local/bin"
api="${SWIMCTL_URL:?is not set, such as http://127.0.0.1:8080}"
api="${api%/}/api/upgrade"
token="${SWIMCTL_TOKEN:-}"
[ -n "$token" ] || token=$(<"${SWIMCTL_TOKEN_FILE:?is not set, and SWIMCTL_TOKEN is not either}")

# The token goes through standard input: on the command line every user of this machine could read it.
ask() { curl --silent --show-error --max-time 60 --config - "$@" <<<"header = \"Authorization: Token $token\""; }
# Print what a Python expression makes of the answer `a`.
pick() { python3 -c "import json, sys; a = json.load(sys.stdin); print($1)"; }

body=$(python3 -c 'import json, sys; print(json.dumps({"devices": sys.argv[1:]}))' "$@")
answer=$(ask --header "Content-Type: application/json" --data "$body" "$api/trigger/")
batch=$(pick 'a.get("batch_id", "")' <<<"$answer")
if [ -z "$batch" ]; then
    pick '"refused: " + a["error"] + ": " + a["message"]' <<<"$answer" >&2
    exit 2
fi
given=$(pick 'a["status"]' <<<"$answer")  # partial: some devices were skipped
[ "$given" = success ] ||
    pick '"\n".join("%(device_hostname)s: skipped: %(message)s" % d for d in a["details"] if d["status"] == "skipped")' \
        <<<"$answer" >&2
while true; do
    jobs=$(ask "$api/status/?batch_id=$batch")
    pick '"\n".join("%(device_hostname)s: %(status)s (%(progress)s %%)" % j for j in a["jobs"])' <<<"$jobs"
    open=$(pick 'sum(j["status"] not in ("success", "failed", "cancelled") for j in a["jobs"])' <<<"$jobs")
    [ "$open" -gt 0 ] || break
    sleep "${SWIMCTL_ASK_EVERY:-30}"
done
pick '"\n".join("%(device_hostname)s: %(error)s" % j for j in a["jobs"] if j["error"])' <<<"$jobs" >&2
[ "$(pick 'sum(j["status"] != "success" for j in a["jobs"])' <<<"$jobs")" -eq 0 ] && [ "$given" = success ]
